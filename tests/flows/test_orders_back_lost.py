"""Whatever goes wrong between Visma.net and eAccounting: no order twice, none lost, no person's work undone."""

from abc import abstractmethod
from collections import Counter
from typing import Any

import pytest

from tests.flows.conftest import CompanyWith
from tests.flows.order_back_flow import (
    DRAFT,
    FLOW,
    ONGOING,
    OTHER_SKU,
    WRITES,
    back,
    debtor,
    line,
    marker,
    refuse_difference,
    run,
    sales,
    sell,
    selling,
)
from tests.flows.running import NOTHING_NEW, Company, only
from visma_sync.systems.eaccounting.client import EAccountingClient, EAccountingSettings

AFTER_THE_EFFECT = ("timeout_after", "cut", "500_after", "malformed")
FAILURES = ("refuse", "timeout_before", "429", "500", "502", "503", "expired_token", *AFTER_THE_EFFECT)
BOTH_TYPES = {"send_when": {"types": ["SO", "WB"]}}


@pytest.mark.parametrize("write", ["order", "confirming"])
def test_each_kind_of_failure_at_a_write_leaves_nothing_twice_and_nothing_behind(
    write: str, company_with: CompanyWith
) -> None:
    company = selling(company_with)
    numbers = sales(company, 12)
    for kind in FAILURES:
        company.fault(kind, **WRITES[write], retry_after=1)
    run(company)
    while company.faults_fired() != [1] * len(FAILURES):
        run(company, NOTHING_NEW)
    run(company, NOTHING_NEW)
    refuse_difference(company, *numbers)
    company.forget_requests()
    assert run(company).all_ended() == dict.fromkeys(numbers, "skipped(exists)")
    assert not company.writes()


@pytest.mark.parametrize("kind", AFTER_THE_EFFECT)
def test_an_order_whose_answer_was_lost_is_found_by_its_reference_and_adopted(
    kind: str, company_with: CompanyWith
) -> None:
    company = selling(company_with)
    (number,) = sales(company, 1)
    company.fault(kind, **WRITES["order"])
    ran = run(company)
    assert ran.ended(number) == "created"
    assert "adopted" in ran.outcomes[number].detail
    assert company.writes()["POST /eaccounting/v2/orders"] == 1
    refuse_difference(company, number)


@pytest.mark.parametrize("write", ["order", "confirming"])
def test_a_write_that_lands_after_it_was_given_up_is_not_made_again(write: str, company_with: CompanyWith) -> None:
    company = selling(company_with)
    (number,) = sales(company, 1)
    company.fault("land_late", **WRITES[write], seconds=0.5)
    run(company)
    run(company, NOTHING_NEW)
    refuse_difference(company, number)


def test_a_lost_answer_of_an_order_that_stays_a_draft_is_found_too(company_with: CompanyWith) -> None:
    company = selling(company_with)
    (number,) = sales(company, 1)
    company.in_target(f"orders/WB/{number}", lines=[line(price="1.3377", quantity="3000")])
    company.fault("timeout_after", **WRITES["order"])
    assert run(company).ended(number) == "parked(price_does_not_fit)"
    assert back(company)[number]["Status"] == DRAFT


def test_a_list_with_gaps_does_not_prove_that_an_order_whose_answer_was_lost_never_came(
    company_with: CompanyWith,
) -> None:
    company = selling(company_with)
    numbers = sales(company, 6)
    company.fault("timeout_after", **WRITES["order"], times=6)
    company.tries = 1
    assert set(run(company).all_ended().values()) == {"uncertain(answer_lost)"}
    company.in_source("switch", partial_lists=["orders"])
    broke = company.try_run(NOTHING_NEW, flow=FLOW).broke
    assert broke is not None
    assert "is partial" in broke.message
    company.in_source("switch", partial_lists=[])
    company.tries = 5
    run(company, NOTHING_NEW)
    refuse_difference(company, *numbers)


def test_with_a_lost_ledger_a_list_with_gaps_sends_nothing_again(company_with: CompanyWith) -> None:
    company = selling(company_with)
    numbers = sales(company, 6)
    run(company)
    company.lose_ledger()
    company.in_source("switch", partial_lists=["orders"])
    company.tries = 1
    assert company.try_run(flow=FLOW).broke is not None
    company.in_source("switch", partial_lists=[])
    company.tries = 5
    assert run(company).all_ended() == dict.fromkeys(numbers, "skipped(exists)")
    refuse_difference(company, *numbers)


def test_an_order_of_somebody_else_with_our_reference_is_not_taken_for_ours(company_with: CompanyWith) -> None:
    company = selling(company_with)
    first, second = sales(company, 2)
    company.fault("timeout_before", **WRITES["order"], times=2)
    company.tries = 1
    assert set(run(company).all_ended().values()) == {"uncertain(answer_lost)"}
    company.in_source("orders", OurReference=marker(first), Status=DRAFT)
    company.tries = 5
    ran = run(company, NOTHING_NEW)
    assert ran.all_ended() == {first: "parked(number_taken)", second: "created"}


def test_an_order_that_eaccounting_refuses_is_rejected_alone_and_told_once(company_with: CompanyWith) -> None:
    company = selling(company_with)
    customer = debtor(company)
    good, refused = sell(company, customer), sell(company, customer, line(OTHER_SKU))
    company.source_client = deleting(company, OTHER_SKU)
    ran = run(company)
    assert ran.ended(good) == "created"
    assert ran.outcomes[refused].state == "rejected"
    assert "eAccounting refused it" in ran.outcomes[refused].detail
    assert run(company).ended(refused) == "skipped(rejected_before)"
    company.source_client = EAccountingClient
    company.in_source("articles", Number=OTHER_SKU, Name="Weer terug")
    assert run(company, only(refused)).ended(refused) == "created"


def deleting(company: Company, sku: str) -> type[EAccountingClient]:
    """A client in whose company a person deletes an article after it was looked up and before it is sold."""

    class Deleting(EAccountingClient):
        def __init__(self, settings: EAccountingSettings, **more: Any) -> None:
            super().__init__(settings, **more)
            create = self.order_documents.create

            async def after_the_person(body: dict[str, Any], marker: str) -> str:
                if sku in company.balances():
                    company.delete_in_source(f"articles/{sku}")
                return await create(body, marker)

            self.order_documents.create = after_the_person  # type: ignore[method-assign]  # the person comes first

    return Deleting


def test_an_order_whose_customer_was_deleted_waits(company_with: CompanyWith) -> None:
    company = selling(company_with)
    customer = debtor(company)
    first = sell(company, customer)
    run(company)
    company.delete_in_source(f"customers/{back(company)[first]['CustomerId']}")
    second = sell(company, customer)
    assert run(company).outcomes[second].state == "parked"
    assert back(company).keys() == {first}


# A lost ledger


def test_with_a_lost_ledger_no_order_is_made_again_in_either_direction(company_with: CompanyWith) -> None:
    company = selling(company_with)
    numbers = sales(company, 2)
    company.run()
    run(company)
    before = company.holdings()["orders"], back(company)
    company.lose_ledger()
    forward = company.run()
    assert {forward.outcomes[str(order["Number"])].reason for order in before[1].values()} == {"carries_our_mark"}
    assert run(company).all_ended() == dict.fromkeys(numbers, "skipped(exists)")
    assert (company.holdings()["orders"], back(company)) == before


def test_with_a_lost_ledger_a_draft_waits_for_a_person(company_with: CompanyWith) -> None:
    company = selling(company_with)
    (number,) = sales(company, 1)
    company.fault("503", **WRITES["confirming"], times=50, retry_after=1)
    run(company)
    company.no_more_faults()
    company.lose_ledger()
    assert run(company).ended(number) == "parked(exists_on_hold)"
    company.in_source(f"orders/{back(company)[number]['Id']}", Status=ONGOING)
    assert run(company).ended(number) == "skipped(exists)"
    refuse_difference(company, number)


@pytest.mark.parametrize("prefix", ["", "EA-"])
def test_with_a_lost_ledger_orders_that_came_from_eaccounting_are_known_by_their_marker(
    prefix: str, company_with: CompanyWith
) -> None:
    company = selling(company_with, orders=BOTH_TYPES, marker_prefix=prefix)
    company.run()
    company.lose_ledger()
    sales(company, 1)
    ended = Counter(run(company).all_ended().values())
    assert ended == {"created": 1, "skipped(written_by_us)": len(company.by_marker())}
    assert len(back(company)) == 1


def test_an_order_whose_reference_is_by_chance_a_number_of_eaccounting_is_sent(company_with: CompanyWith) -> None:
    company = selling(company_with)
    (number,) = sales(company, 1)
    company.in_target(f"orders/WB/{number}", customer={"refNo": "10002"})
    assert run(company).all_ended() == {number: "created"}


# People in between


class PersonInBetween(EAccountingClient):
    """Has a person act in eAccounting after a draft was compared and before it becomes an order."""

    def __init__(self, settings: EAccountingSettings, **more: Any) -> None:
        super().__init__(settings, **more)
        make_order = self.order_documents.make_order

        async def after_the_person(key: str) -> None:
            self.act(key)
            await make_order(key)

        self.order_documents.make_order = after_the_person  # type: ignore[method-assign]  # the person comes first

    @abstractmethod
    def act(self, key: str) -> None:
        """What the person does."""


def with_person(company: Company, **fields: Any) -> None:
    """Have a person change a draft of ours in between, once."""
    done: list[str] = []

    class Editing(PersonInBetween):
        def act(self, key: str) -> None:
            if key not in done:
                done.append(key)
                company.in_source(f"orders/{key}", **fields)

    company.source_client = Editing


def test_a_draft_that_somebody_changes_in_between_keeps_the_change_and_is_looked_at(company_with: CompanyWith) -> None:
    company = selling(company_with)
    (number,) = sales(company, 1)
    with_person(company, DeliveryAddress1="Havenkade 9")
    ran = run(company)
    assert ran.ended(number) == "parked(edited_in_target)"
    assert back(company)[number]["DeliveryAddress1"] == "Havenkade 9"
    assert run(company, NOTHING_NEW).ended(number) == "created"
    refuse_difference(company, number)


def test_a_draft_that_becomes_another_order_in_between_waits_until_its_sums_agree(company_with: CompanyWith) -> None:
    company = selling(company_with)
    (number,) = sales(company, 1)
    with_person(company, Rows=[{"ArticleNumber": "A-1005", "Quantity": 2, "UnitPrice": 1}])
    assert run(company).ended(number) == "parked(edited_in_target)"
    assert run(company, NOTHING_NEW).ended(number) == "parked(total_mismatch)"


def test_a_draft_that_somebody_makes_an_order_first_counts_as_sent(company_with: CompanyWith) -> None:
    company = selling(company_with)
    (number,) = sales(company, 1)
    with_person(company, Status=ONGOING)
    assert run(company).ended(number) == "created"
    refuse_difference(company, number)


def test_an_order_that_goes_on_after_it_was_sent_is_never_taken_back(company_with: CompanyWith) -> None:
    company = selling(company_with)
    (number,) = sales(company, 1)
    run(company)
    company.in_source(f"orders/{back(company)[number]['Id']}", Status=3)
    run(company)
    assert back(company)[number]["Status"] == 3
