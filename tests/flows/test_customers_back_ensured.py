"""The customers that orders of Visma.net need are in eAccounting before the orders are, each once."""

import asyncio
from collections.abc import Mapping

import pytest

from tests.flows.customers_back import FLOW, entered, link_of, named, person, run, there
from tests.flows.running import IMPATIENT, MIDNIGHT, Company, only
from visma_sync.ledger.rows import HeldRecord
from visma_sync.sync.catalog import ENSURE
from visma_sync.sync.reference import plain_reference

ORDERS = "orders_vismanet_to_eaccounting"


def ensured(company: Company, needs: Mapping[str, str], name: str = "orders") -> tuple[dict[str, int], dict[str, str]]:
    """Ensure the customers of these orders, by order; gives the customers by outcome, and why which orders park."""
    ordered = company.open_run(name, flow=ORDERS)
    ledger = ordered.ledger
    ledger.open_run(ordered.flow, name, None, None, "manual")
    held = [HeldRecord(order, order, MIDNIGHT, MIDNIGHT, source_hash="x") for order in needs]
    ledger.hold(ordered.flow, name, held, {order: {"customer": {number}} for order, number in needs.items()})

    async def ensure() -> dict[str, int]:
        eaccounting, vismanet = company.clients(ledger)
        async with eaccounting, vismanet:
            return await ENSURE[FLOW](
                ordered, vismanet, eaccounting, [plain_reference(order, order) for order in needs]
            )

    counted = asyncio.run(ensure())
    return counted, {one.key: one.reason for one in ledger.outcomes(ordered.flow, name) if one.state == "parked"}


def test_a_customer_is_made_once_for_all_its_orders_and_not_again_by_its_own_flow(untroubled: Company) -> None:
    number = entered(untroubled)
    assert ensured(untroubled, {"SO 1": number, "SO 2": number}) == ({"created": 1}, {})
    assert ensured(untroubled, {"SO 3": number}, "later") == ({"unchanged": 1}, {})
    assert run(untroubled, only(number)).ended(number) == "unchanged"
    assert [one["Id"] for one in named(untroubled, "Bakkerij Noord B.V.")] == [there(untroubled, number)["Id"]]


def test_a_customer_that_parks_parks_its_orders_and_no_others(untroubled: Company) -> None:
    stranger, known = entered(untroubled, customerClassId="OTHER"), person(untroubled, "Fleur Postma")
    needs = {"SO 1": stranger, "SO 2": known, "SO 3": "no such"}
    counted, parked = ensured(untroubled, needs)
    assert counted == {"created": 1, "parked": 2}
    assert parked == {"SO 1": "class_unknown", "SO 3": "customer_unknown"}


@pytest.mark.parametrize("status", ["Inactive", "OneTime"])
def test_a_customer_that_its_own_flow_leaves_out_is_made_for_an_order(status: str, untroubled: Company) -> None:
    number = entered(untroubled, status=status)
    assert run(untroubled, only(number)).ended(number) == "skipped(archived)"
    assert ensured(untroubled, {"SO 1": number}) == ({"created": 1}, {})
    assert there(untroubled, number)["IsActive"] is True
    assert run(untroubled, only(number)).ended(number) == "unchanged"


@pytest.mark.parametrize("when", ["always", "fallback"])
def test_an_order_of_the_default_debtor_waits_for_a_customer_of_its_own(when: str, untroubled: Company) -> None:
    number = entered(untroubled)
    untroubled.decide(default_debtor={"when": when, "customer": number}, **IMPATIENT)
    assert ensured(untroubled, {"SO 1": number}) == ({"parked": 1}, {"SO 1": "default_debtor"})
    assert link_of(untroubled, number) is None
