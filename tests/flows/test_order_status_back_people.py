"""What people do with orders while they are taken further is kept."""

from collections.abc import Callable

from tests.flows.conftest import CompanyWith
from tests.flows.order_status_flow import (
    ALL,
    DRAFT,
    GOODS,
    MORE_GOODS,
    ONGOING,
    SHIPPED,
    PersonInBetween,
    charge,
    followed,
    invoices_of,
    run,
    set_state,
    ship,
    status,
)
from tests.flows.running import NOTHING_NEW, Company
from visma_sync.systems.eaccounting.client import EAccountingClient


def meanwhile(company: Company, does: Callable[[], object]) -> None:
    """Have somebody do this after orders were read and before one is taken further."""

    class Person(PersonInBetween):
        def act(self) -> None:
            does()

    company.source_client = Person


def test_an_order_that_somebody_shipped_meanwhile_is_as_it_should_be(company_with: CompanyWith) -> None:
    company = followed(company_with)
    ship(company, GOODS)
    meanwhile(company, lambda: company.in_source(f"orders/{GOODS}", Status=SHIPPED, YourReference="Anna"))
    assert run(company).ended(GOODS) == "unchanged"
    assert (status(company, GOODS), company.source_orders()[GOODS]["YourReference"]) == (SHIPPED, "Anna")


def test_what_somebody_writes_into_an_order_meanwhile_is_kept(company_with: CompanyWith) -> None:
    company = followed(company_with)
    ship(company, GOODS)
    meanwhile(company, lambda: company.in_source(f"orders/{GOODS}", YourReference="Anna"))
    assert run(company).ended(GOODS) == "updated"
    assert (status(company, GOODS), company.source_orders()[GOODS]["YourReference"]) == (SHIPPED, "Anna")


def test_a_refused_step_waits_alone_and_goes_on_by_itself(company_with: CompanyWith) -> None:
    company = followed(company_with)
    ship(company, GOODS)
    ship(company, MORE_GOODS)
    meanwhile(company, lambda: company.in_source(f"orders/{GOODS}", Status=DRAFT))
    ran = run(company)
    assert (ran.ended(GOODS), ran.ended(MORE_GOODS)) == ("parked(step_refused)", "updated")
    assert "error 4002" in ran.outcomes[GOODS].detail
    assert "goes on by itself" in ran.outcomes[GOODS].cure
    company.source_client = EAccountingClient
    assert run(company, NOTHING_NEW).all_ended() == {GOODS: "updated"}
    assert status(company, GOODS) == SHIPPED


def test_an_order_that_somebody_deleted_meanwhile_is_gone(company_with: CompanyWith) -> None:
    company = followed(company_with)
    ship(company, GOODS)
    meanwhile(company, lambda: company.delete_in_source(f"orders/{GOODS}"))
    assert run(company).ended(GOODS) == "skipped(gone_from_target)"


def test_an_order_that_somebody_invoiced_meanwhile_is_invoiced_once(company_with: CompanyWith) -> None:
    company = followed(company_with, invoice_in_eaccounting=True)
    ship(company, GOODS)
    charge(company, GOODS)
    company.in_source(f"orders/{GOODS}", Status=SHIPPED)

    def bill() -> None:
        if not invoices_of(company, GOODS):
            company.in_source(f"orders/{GOODS}/invoice")

    meanwhile(company, bill)
    assert run(company).ended(GOODS) == "unchanged"
    assert len(invoices_of(company, GOODS)) == 1


def test_an_order_that_a_list_leaves_out_is_not_taken_for_deleted(company_with: CompanyWith) -> None:
    company = followed(company_with)
    for number in ALL:
        set_state(company, number, "Completed")
    company.in_source("switch", partial_lists=["orders"])
    ran = run(company)
    assert {ran.ended(number) for number in ALL} == {"updated"}
    assert ran.numbers("skipped(gone_from_target)") == []
    assert {status(company, number) for number in ALL} == {SHIPPED}


def test_what_a_person_took_back_is_not_done_again_until_the_source_says_more(company_with: CompanyWith) -> None:
    company = followed(company_with)
    ship(company, GOODS)
    run(company)
    company.in_source(f"orders/{GOODS}", Status=ONGOING)
    company.decide(max_lanes=7)
    assert run(company).ended(GOODS) == "parked(taken_back_in_target)"
    set_state(company, GOODS, "Invoiced")
    assert run(company).ended(GOODS) == "parked(taken_back_in_target)"
    assert status(company, GOODS) == ONGOING


def test_a_part_that_has_left_counts_as_shipped_while_the_rest_comes_and_goes(company_with: CompanyWith) -> None:
    company = followed(company_with, partial="shipped", backwards="follow")
    ship(company, GOODS)
    for state in ("BackOrder", "Open", "BackOrder", "Open", "Completed"):
        set_state(company, GOODS, state)
        run(company)
        assert status(company, GOODS) == SHIPPED
    assert sum(company.writes().values()) == 1
