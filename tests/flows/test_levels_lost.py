"""Whatever goes wrong while orders are shipped and invoiced: nothing happens twice, nothing is forgotten."""

from datetime import date
from typing import Self

import pytest

from tests.flows.conftest import CompanyWith
from tests.flows.fulfilment import ACTIONS, GOODS, course, refuse_anything_twice_or_missing, stocked
from tests.flows.running import Company, only
from tests.flows.test_faults import FAULTS_OF_WRITES
from tests.flows.test_kills import finished, killed_when
from visma_sync.systems.vismanet.client import VismaNetClient


@pytest.fixture
def invoiced(company_with: CompanyWith) -> Company:
    """A pair of companies where orders are to be invoiced."""
    return stocked(company_with, "invoice")


@pytest.mark.parametrize("action", ACTIONS)
def test_each_kind_of_failure_at_an_action_leaves_nothing_twice_and_nothing_behind(
    action: str, invoiced: Company
) -> None:
    kinds = (*FAULTS_OF_WRITES, "land_late", *(["stale_etag"] if action == "release" else []))
    for kind in kinds:
        invoiced.fault(kind, **ACTIONS[action], retry_after=1, seconds=0.5)
    ran = invoiced.run()
    assert invoiced.faults_fired() == [1] * len(kinds)
    ended = {**ran.all_ended(), **invoiced.run().all_ended()}
    assert set(ended.values()) <= {"created", "skipped(exists)"}
    refuse_anything_twice_or_missing(invoiced)


@pytest.mark.parametrize("kind", ["cut", "500_after"])
@pytest.mark.parametrize("action", ACTIONS)
def test_what_happened_although_its_answer_was_lost_is_seen_at_once(action: str, kind: str, invoiced: Company) -> None:
    invoiced.tries = 1
    invoiced.fault(kind, **ACTIONS[action])
    assert invoiced.run(only(GOODS)).ended(GOODS) == "created"
    assert invoiced.faults_fired() == [1]
    assert course(invoiced, GOODS) == (["Completed"], ["Open"])


class SomebodyElse(VismaNetClient):
    """Somebody does by hand what we are just about to do: ships the order, or releases its invoice."""

    company: Company

    async def __aenter__(self) -> Self:
        """Let the hand be quicker than ours."""
        create, release = self.shipments.create, self.invoices.release

        async def create_after_them(order_type: str, order_id: str, shipped_on: date, warehouse: str) -> str:
            self.company.in_target(f"orders/{order_type}/{order_id}/ship", warehouse=warehouse)
            return await create(order_type, order_id, shipped_on, warehouse)

        async def release_after_them(number: str, version: str) -> None:
            self.company.in_target(f"invoices/{number}/release")
            await release(number, version)

        self.shipments.create = create_after_them  # type: ignore[method-assign]  # only this client's
        self.invoices.release = release_after_them  # type: ignore[method-assign]  # only this client's
        return await super().__aenter__()


def test_what_somebody_did_just_before_us_counts_as_done(invoiced: Company) -> None:
    invoiced.tries = 1
    invoiced.target_client = type("SomebodyElse", (SomebodyElse,), {"company": invoiced})
    assert invoiced.run(only(GOODS)).ended(GOODS) == "created"
    assert course(invoiced, GOODS) == (["Completed"], ["Open"])


@pytest.mark.parametrize(
    "path", ["/SalesOrders/SO/[^/]+/shipment$", "/SalesOrders/SO/[^/]+/lines$", "/customerinvoice/[^/]+$"]
)
def test_each_kind_of_failure_at_a_look_is_waited_out(path: str, invoiced: Company) -> None:
    kinds = ("refuse", "timeout_before", "429", "503", "cut", "malformed")
    for kind in kinds:
        invoiced.fault(kind, method="GET", path=path, retry_after=1)
    assert set(invoiced.run().all_ended().values()) == {"created"}
    assert invoiced.faults_fired() == [1] * len(kinds)
    refuse_anything_twice_or_missing(invoiced)


@pytest.mark.parametrize("action", ACTIONS)
def test_a_process_killed_before_and_after_an_action_leaves_nothing_twice_and_nothing_behind(
    action: str, invoiced: Company
) -> None:
    for name, kind in (("first", "timeout_before"), ("second", "timeout_after")):
        invoiced.no_more_faults()
        invoiced.fault(kind, **ACTIONS[action])
        killed_when(invoiced, name, "automatic", lambda: invoiced.faults_fired() == [1], confirm="invoice")
    assert set(finished(invoiced, "third", "automatic", confirm="invoice").values()) <= {"created", "skipped(exists)"}
    refuse_anything_twice_or_missing(invoiced)


def test_an_order_found_again_after_a_lost_ledger_counts_as_sent(invoiced: Company) -> None:
    invoiced.run(only(GOODS))
    invoiced.lose_ledger()
    invoiced.forget_requests()
    assert invoiced.run(only(GOODS)).ended(GOODS) == "skipped(exists)"
    assert invoiced.writes() == {}
