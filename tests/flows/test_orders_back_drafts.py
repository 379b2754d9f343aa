"""Drafts of ours that wait in eAccounting while people correct, change or delete something on either side."""

from decimal import Decimal
from typing import Any

import pytest

from tests.flows.conftest import CompanyWith
from tests.flows.order_back_flow import (
    DRAFT,
    FLOW,
    ONGOING,
    OTHER_SKU,
    SKU,
    WRITES,
    back,
    debtor,
    line,
    refuse_difference,
    run,
    sell,
    selling,
)
from tests.flows.running import EVERYTHING, NOTHING_NEW, Company, only

D = Decimal


def with_a_draft(company_with: CompanyWith, **fields: Any) -> tuple[Company, str]:
    """A company in which an order of three pieces of 9.99 is a draft, as it could not be confirmed."""
    company = selling(company_with)
    number = sell(company, debtor(company), **fields)
    company.fault("503", **WRITES["confirming"], times=50, retry_after=1)
    company.tries = 1
    run(company)
    company.tries = 5
    company.no_more_faults()
    assert back(company)[number]["Status"] == DRAFT
    return company, number


def correct(company: Company, number: str, *rows: tuple[str, int, str], **fields: Any) -> None:
    """Have a person correct the draft of an order: rows of article, quantity and price."""
    changed = [{"ArticleNumber": sku, "Quantity": quantity, "UnitPrice": D(price)} for sku, quantity, price in rows]
    company.in_source(f"orders/{back(company)[number]['Id']}", **({"Rows": changed} if rows else {}), **fields)


def change(company: Company, number: str, **fields: Any) -> None:
    """Have a person change the first line of an order in Visma.net."""
    company.in_target(f"orders/WB/{number}", changed_lines=[{"lineId": 1, **fields}])


# The source was changed


def test_a_draft_whose_order_was_cancelled_meanwhile_never_becomes_an_order(company_with: CompanyWith) -> None:
    company, number = with_a_draft(company_with)
    company.in_target(f"orders/WB/{number}", status="Cancelled")
    ran = run(company)
    assert ran.ended(number) == "parked(source_changed)"
    assert "is now cancelled" in ran.outcomes[number].detail
    assert run(company, NOTHING_NEW).ended(number) == "parked(source_changed)"
    assert back(company)[number]["Status"] == DRAFT
    company.in_target(f"orders/WB/{number}", status="Open")
    assert run(company).ended(number) == "created"
    refuse_difference(company, number)


def test_a_draft_whose_order_was_changed_meanwhile_waits_with_both_sums(company_with: CompanyWith) -> None:
    company, number = with_a_draft(company_with)
    company.in_target(f"orders/WB/{number}", lines=[line(price="20.00")])
    ran = run(company)
    assert ran.ended(number) == "parked(source_changed)"
    assert "the draft has total 36.26 with VAT 6.29, the source 108.86 with VAT 18.89" in ran.outcomes[number].detail
    assert back(company)[number]["Status"] == DRAFT
    company.in_source(f"orders/{back(company)[number]['Id']}", Status=ONGOING)
    assert run(company, NOTHING_NEW).ended(number) == "created"


def test_a_draft_whose_order_was_put_back_as_it_was_goes_on(company_with: CompanyWith) -> None:
    company, number = with_a_draft(company_with)
    company.in_target(f"orders/WB/{number}", customer={"order": "PO 4711"})
    assert run(company).ended(number) == "parked(source_changed)"
    company.in_target(f"orders/WB/{number}", customer={"order": ""})
    assert run(company).ended(number) == "created"
    refuse_difference(company, number)


@pytest.mark.parametrize("status", [DRAFT, ONGOING])
def test_a_draft_that_somebody_corrected_to_what_its_order_says_now_is_sent(
    status: int, company_with: CompanyWith
) -> None:
    company, number = with_a_draft(company_with)
    change(company, number, unitPrice=D("20.00"))
    assert run(company).ended(number) == "parked(source_changed)"
    correct(company, number, (SKU, 3, "20.00"), Status=status)
    assert run(company, NOTHING_NEW).ended(number) == "created"
    refuse_difference(company, number)
    assert run(company).ended(number) == "skipped(exists)"


def test_a_draft_whose_prices_did_not_fit_is_sent_once_it_is_what_its_changed_order_says(
    company_with: CompanyWith,
) -> None:
    company = selling(company_with)
    number = sell(company, debtor(company), line(price="1.3377", quantity="3000"))
    assert run(company).ended(number) == "parked(price_does_not_fit)"
    change(company, number, unitPrice=D("1.3355"))
    assert run(company).ended(number) == "parked(source_changed)"
    correct(company, number, (SKU, 1, "4006.50"))
    assert run(company, NOTHING_NEW).ended(number) == "created"
    refuse_difference(company, number)


def test_a_draft_that_was_corrected_to_something_else_says_what_differs(company_with: CompanyWith) -> None:
    company, number = with_a_draft(company_with)
    change(company, number, unitPrice=D("20.00"))
    company.in_target(f"orders/WB/{number}", lines=[line(OTHER_SKU, "5.00", "1")])
    correct(company, number, (SKU, 1, "65.00"))
    ran = run(company)
    assert ran.ended(number) == "parked(source_changed)"
    assert "it differs in articles or quantities" in ran.outcomes[number].detail
    correct(company, number, (SKU, 3, "1.00"), Status=ONGOING)
    ran = run(company, NOTHING_NEW)
    assert ran.ended(number) == "parked(total_mismatch)"
    assert "total 3.63 with VAT 0.63" in ran.outcomes[number].detail
    assert "78.65 with VAT 13.65" in ran.outcomes[number].detail
    correct(company, number, (SKU, 3, "20.00"), (OTHER_SKU, 1, "5.00"))
    assert run(company, NOTHING_NEW).ended(number) == "created"
    refuse_difference(company, number)


def test_a_draft_of_other_quantities_at_the_same_sums_never_becomes_an_order_by_itself(
    company_with: CompanyWith,
) -> None:
    company, number = with_a_draft(company_with, orderLines=[line(), line(OTHER_SKU, quantity="1")])
    changed = [{"lineId": 1, "quantity": D(1)}, {"lineId": 2, "quantity": D(3)}]
    company.in_target(f"orders/WB/{number}", changed_lines=changed)
    ran = run(company)
    assert ran.ended(number) == "parked(source_changed)"
    assert "it differs in articles or quantities" in ran.outcomes[number].detail
    correct(company, number, (SKU, 1, "9.99"), (OTHER_SKU, 3, "9.99"))
    assert run(company, NOTHING_NEW).ended(number) == "created"
    refuse_difference(company, number)


def test_a_draft_of_another_vat_at_the_same_total_never_becomes_an_order_by_itself(company_with: CompanyWith) -> None:
    company, number = with_a_draft(company_with)
    change(company, number, unitPrice=D("11.09"), taxCategoryId="NL9")
    ran = run(company)
    assert ran.ended(number) == "parked(source_changed)"
    assert (
        "36.26 with VAT 6.29, the source 36.26 with VAT 2.99; it differs in total or VAT" in ran.outcomes[number].detail
    )
    assert back(company)[number]["Status"] == DRAFT


def test_a_draft_of_another_day_is_corrected_before_it_is_an_order(company_with: CompanyWith) -> None:
    company, number = with_a_draft(company_with)
    company.in_target(f"orders/WB/{number}", requestOn="2031-01-02")
    ran = run(company)
    assert ran.ended(number) == "parked(source_changed)"
    assert "it differs in delivery day" in ran.outcomes[number].detail
    correct(company, number, DeliveryDate="2031-01-02")
    assert run(company, NOTHING_NEW).ended(number) == "created"
    refuse_difference(company, number)


def test_a_draft_of_another_customer_is_corrected_and_made_an_order_by_a_person(company_with: CompanyWith) -> None:
    company, number = with_a_draft(company_with)
    other = debtor(company, "Ander B.V.")
    company.in_target(f"orders/WB/{number}", customer={"id": other})
    ran = run(company)
    assert ran.ended(number) == "parked(source_changed)"
    assert "it differs in customer" in ran.outcomes[number].detail
    customers = {one["Name"]: one["Id"] for one in company.state("eaccounting", "customers")}
    correct(company, number, CustomerId=customers["Ander B.V."], Status=ONGOING)
    assert run(company, NOTHING_NEW).ended(number) == "created"
    refuse_difference(company, number)


def test_a_draft_whose_address_changed_in_visma_net_is_made_an_order_by_a_person(company_with: CompanyWith) -> None:
    company, number = with_a_draft(company_with)
    shipping = {"address": {"line1": "Havenkade 9", "postalCode": "3011 AA", "city": "Rotterdam", "countryId": "NL"}}
    company.in_target(f"orders/WB/{number}", shipping=shipping)
    ran = run(company)
    assert ran.ended(number) == "parked(source_changed)"
    assert "make it an order" in ran.outcomes[number].cure
    correct(company, number, DeliveryAddress1="Havenkade 9", Status=ONGOING)
    assert run(company, NOTHING_NEW).ended(number) == "created"
    refuse_difference(company, number)


# The draft was deleted


def with_a_deleted_draft(company_with: CompanyWith) -> tuple[Company, str]:
    """The same company after a person deleted the draft."""
    company, number = with_a_draft(company_with)
    company.delete_in_source(f"orders/{back(company)[number]['Id']}")
    return company, number


def test_a_draft_that_somebody_deleted_is_made_again_only_when_a_person_asks_for_its_number(
    company_with: CompanyWith,
) -> None:
    company, number = with_a_deleted_draft(company_with)
    for window in (EVERYTHING, NOTHING_NEW, EVERYTHING):
        ran = run(company, window)
        assert ran.ended(number) == "parked(gone_from_target)"
    assert "trigger the flow with its number" in ran.outcomes[number].cure
    assert back(company) == {}
    assert run(company, only(number), dry_run=True).ended(number) == "skipped(dry_run)"
    assert run(company, NOTHING_NEW).ended(number) == "parked(gone_from_target)"
    assert run(company, only(number)).ended(number) == "created"
    refuse_difference(company, number)
    for window in (only(number), EVERYTHING):
        assert run(company, window).ended(number) == "skipped(exists)"
    refuse_difference(company, number)


@pytest.mark.parametrize("kind", ["timeout_after", "timeout_before", "503", "land_late"])
def test_a_draft_that_is_made_again_is_made_once_whatever_becomes_of_the_answer(
    kind: str, company_with: CompanyWith
) -> None:
    company, number = with_a_deleted_draft(company_with)
    company.fault(kind, **WRITES["order"], **({"seconds": 0.5} if kind == "land_late" else {}))
    company.tries = 1
    run(company, only(number))
    company.tries = 5
    run(company, NOTHING_NEW)
    refuse_difference(company, number)


def test_two_people_who_ask_for_a_deleted_draft_at_the_same_time_get_one(company_with: CompanyWith) -> None:
    company, number = with_a_deleted_draft(company_with)
    ledger = company.ledger().mirrored()
    (link,) = ledger.links("order", [f"WB/{number}"]).values()
    assert run(company, only(number)).ended(number) == "created"
    ledger.forget_deleted(FLOW, [link])
    assert ledger.intents(FLOW, "order", [link.source_key], "create")[link.source_key].state == "done"
    assert run(company, only(number)).ended(number) == "skipped(exists)"
    refuse_difference(company, number)


def test_an_order_that_nobody_wants_any_more_is_given_up_once_its_draft_is_deleted(company_with: CompanyWith) -> None:
    company, number = with_a_deleted_draft(company_with)
    company.in_target(f"orders/WB/{number}", status="Cancelled")
    assert run(company).ended(number) == "parked(gone_from_target)"
    assert run(company, only(number)).ended(number) == "skipped(status_not_wanted)"
    assert run(company, NOTHING_NEW).all_ended() == {}
    assert back(company) == {}


def test_a_draft_whose_order_was_deleted_never_becomes_an_order_by_itself(company_with: CompanyWith) -> None:
    company, number = with_a_draft(company_with)
    company.delete_in_target(f"orders/WB/{number}")
    ran = run(company)
    assert ran.ended(number) == "parked(source_changed)"
    assert "was deleted in the source" in ran.outcomes[number].detail
    assert back(company)[number]["Status"] == DRAFT
    company.delete_in_source(f"orders/{back(company)[number]['Id']}")
    assert run(company).ended(number) == "skipped(gone_from_source)"
    assert run(company, NOTHING_NEW).all_ended() == {}


def test_an_order_that_was_deleted_while_its_answer_was_lost_is_not_sent_after_all(company_with: CompanyWith) -> None:
    company = selling(company_with)
    number = sell(company, debtor(company))
    company.fault("timeout_before", **WRITES["order"])
    company.tries = 1
    assert run(company).ended(number) == "uncertain(answer_lost)"
    company.delete_in_target(f"orders/WB/{number}")
    company.tries = 5
    assert run(company, NOTHING_NEW).ended(number) == "skipped(not_wanted_any_more)"
    assert back(company) == {}
