"""A credit invoice follows the sale that it takes back; one sale goes one path."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.flows.conftest import TWELVE, CompanyWith
from tests.flows.invoice_flow import (
    AS_INVOICES,
    INVOICE_WRITES,
    documents,
    dutch,
    number_of,
    run,
    source_invoices,
    standings,
    sums,
)
from tests.flows.running import IMPATIENT, Company, only
from visma_sync.ledger.rows import Link

D = Decimal


@pytest.fixture
def company(company_with: CompanyWith) -> Company:
    """A pair of companies whose invoices can all be sent."""
    return company_with(*TWELVE, **AS_INVOICES, **IMPATIENT)


def credited(company: Company, number: str, **how: Any) -> str:
    """Credit an invoice of eAccounting by hand, whole unless said otherwise; gives the credit invoice's number."""
    return number_of(company.in_source(f"invoices/{number}/credit", **how))


def balance(company: Company, number: str) -> Decimal:
    """What is open of a document of Visma.net."""
    return standings(company)[number][4]


def of_orders(company: Company) -> set[str]:
    """The numbers of the invoices that charge orders."""
    return {
        number
        for number, one in source_invoices(company).items()
        if one["CreatedFromOrderId"] or one["IsCollectiveInvoice"]
    }


def credits_of(company: Company, numbers: set[str]) -> set[str]:
    """The numbers of the credit invoices that take these invoices back."""
    keys = {one["Id"] for number, one in source_invoices(company).items() if number in numbers}
    return {number for number, one in source_invoices(company).items() if one["ReferringInvoiceId"] in keys}


# What a credit note settles


def test_a_whole_credit_in_the_same_run_settles_its_invoice(company: Company) -> None:
    number = dutch(company)
    credit = credited(company, number)
    ran = run(company)
    total, _ = sums(source_invoices(company)[number])
    assert ran.ended(credit) == "created"
    assert ran.outcomes[credit].detail == f"applied {total} to invoice {number}"
    assert standings(company)[number][:2] == ("Invoice", "Closed")
    assert standings(company)[credit][:2] == ("CreditNote", "Closed")


def test_a_credit_of_an_earlier_invoice_settles_a_part_of_it(company: Company) -> None:
    number = dutch(company)
    run(company)
    credit = credited(company, number, amount="5.00")
    assert run(company).ended(credit) == "created"
    taken, _ = sums(source_invoices(company)[credit])
    total, _ = sums(source_invoices(company)[number])
    assert balance(company, number) == total - taken
    assert balance(company, credit) == 0


def test_a_credit_settles_no_more_than_what_is_open_and_the_report_says_what_is_left(company: Company) -> None:
    number = dutch(company)
    run(company)
    total, _ = sums(source_invoices(company)[number])
    company.in_target(f"invoices/{number}/pay", paymentAmount=total - 3)
    credit = credited(company, number)
    ran = run(company)
    assert ran.outcomes[credit].detail == (
        f"applied 3.00 to invoice {number}; {total - 3} stays open on the credit note"
    )
    assert (balance(company, number), balance(company, credit)) == (D(0), total - 3)


def test_a_credit_of_a_paid_invoice_stays_open_for_the_customer(company: Company) -> None:
    number = dutch(company)
    run(company)
    total, _ = sums(source_invoices(company)[number])
    company.in_target(f"invoices/{number}/pay")
    credit = credited(company, number)
    ran = run(company)
    assert (ran.ended(credit), ran.outcomes[credit].detail) == ("created", f"{total} stays open on the credit note")
    assert balance(company, credit) == total


def test_a_credit_of_an_invoice_that_was_paid_in_the_source_settles_nothing_of_it(company: Company) -> None:
    number = dutch(company)
    run(company)
    total, _ = sums(source_invoices(company)[number])
    company.in_source(f"invoices/{number}/pay")
    credit = credited(company, number)
    ran = run(company)
    assert (ran.ended(credit), ran.outcomes[credit].detail) == ("created", f"{total} stays open on the credit note")
    # The money that settles it is the payment flow's.
    assert (balance(company, number), balance(company, credit)) == (total, total)


def test_a_credit_that_was_paid_back_to_the_customer_settles_nothing_of_its_invoice(company: Company) -> None:
    number = dutch(company)
    run(company)
    total, _ = sums(source_invoices(company)[number])
    company.in_source(f"invoices/{number}/pay")
    credit = credited(company, number)
    company.in_source(f"invoices/{credit}/pay")
    assert run(company).ended(credit) == "created"
    assert (balance(company, number), balance(company, credit)) == (total, total)


def test_a_credit_of_an_invoice_paid_in_part_settles_the_other_part(company: Company) -> None:
    number = dutch(company)
    run(company)
    total, _ = sums(source_invoices(company)[number])
    company.in_source(f"invoices/{number}/pay", amount=str(total - 3))
    credit = credited(company, number)
    assert run(company).ended(credit) == "created"
    assert (balance(company, number), balance(company, credit)) == (total - 3, total - 3)


def test_a_credit_whose_invoice_is_not_sent_yet_waits_for_it(company: Company) -> None:
    number = dutch(company)
    credit = credited(company, number)
    alone = run(company, only(credit))
    assert alone.ended(credit) == "parked(invoice_not_sent)"
    assert standings(company)[credit][1] == "Hold"
    ran = run(company)
    assert (ran.ended(number), ran.ended(credit)) == ("created", "created")
    assert balance(company, number) == balance(company, credit) == 0


def test_a_credit_whose_invoice_is_left_on_hold_waits_until_it_is_released(company: Company) -> None:
    number = dutch(company)
    company.decide(**AS_INVOICES, **IMPATIENT, invoices={"confirm": "hold"})
    run(company, only(number))
    company.decide(**AS_INVOICES, **IMPATIENT)
    credit = credited(company, number)
    assert run(company, only(credit)).ended(credit) == "parked(invoice_not_released)"
    company.in_target(f"invoices/{number}", hold=False)
    company.in_target(f"invoices/{number}/release")
    assert run(company).ended(credit) == "created"
    assert balance(company, number) == 0


def test_what_a_person_applied_before_the_release_stays_as_it_is(company: Company) -> None:
    number = dutch(company)
    run(company)
    credit = credited(company, number)
    company.fault("503", **INVOICE_WRITES["applying"], times=100)
    assert run(company).ended(credit) == "parked(not_sent_yet)"
    company.no_more_faults()
    row = {"operation": "Insert", "documentType": "Invoice", "refNbr": number, "amountPaid": "1.00"}
    company.in_target(f"credit_notes/{credit}", applicationLines=[row])
    total, _ = sums(source_invoices(company)[credit])
    ran = run(company)
    assert ran.outcomes[credit].detail == f"applied 1.00 to invoice {number}; {total - 1} stays open on the credit note"
    assert balance(company, credit) == total - 1


def test_an_application_whose_answer_was_lost_is_not_made_again(company: Company) -> None:
    number = dutch(company)
    run(company)
    credit = credited(company, number, amount="5.00")
    company.fault("cut", **INVOICE_WRITES["applying"])
    company.forget_requests()
    ran = run(company)
    assert company.faults_fired() == [1]
    assert company.writes()["PUT /vismanet/v1/customerCreditNote/{number}"] == 1
    taken, _ = sums(source_invoices(company)[credit])
    assert ran.outcomes[credit].detail == f"applied {taken} to invoice {number}"
    assert balance(company, credit) == 0


# One sale, one path


def test_sales_that_go_as_orders_are_left_to_the_order_flow(company: Company) -> None:
    company.decide(**IMPATIENT)
    ran = run(company)
    ordered = of_orders(company)
    credits = credits_of(company, ordered)
    assert ordered
    assert credits
    for number in source_invoices(company):
        expected = "skipped(no_order)"
        if number in ordered:
            expected = "skipped(sent_as_order)"
        elif number in credits:
            expected = "parked(credit_of_order)"
        assert ran.ended(number) == expected
    assert documents(company) == {}


def test_invoices_without_an_order_are_sent_where_the_settings_say_so_and_their_credits_too(company: Company) -> None:
    company.decide(**IMPATIENT, send_sales_as={"without_order": "invoice"})
    number = dutch(company)
    credit = credited(company, number)
    ran = run(company)
    assert {ran.ended(number), ran.ended(credit)} == {"created"}
    assert {ran.ended(number) for number in of_orders(company)} == {"skipped(sent_as_order)"}
    assert balance(company, number) == 0


def test_what_was_sent_as_an_order_stays_one_when_the_settings_change(company: Company) -> None:
    company.decide(**IMPATIENT)
    company.run()
    company.decide(**AS_INVOICES, **IMPATIENT)
    ran = run(company)
    ordered = of_orders(company)
    assert {ran.ended(number) for number in ordered} == {"skipped(sent_as_order)"}
    assert {ran.ended(number) for number in credits_of(company, ordered)} == {"parked(credit_of_order)"}
    assert set(ran.numbers("created")) == set(source_invoices(company)) - ordered - credits_of(company, ordered)


def test_what_was_sent_as_an_invoice_is_not_sent_as_an_order_too(company: Company) -> None:
    run(company)
    company.decide(**IMPATIENT)
    charged = {
        key
        for one in source_invoices(company).values()
        for key in [
            one["CreatedFromOrderId"],
            *(row["OrderId"] for row in one["CollectiveCustomerInvoiceRowsRelationToOrders"] or []),
        ]
        if key
    }
    numbers = {number for number, order in company.source_orders().items() if order["Id"] in charged}
    ran = company.run()
    assert numbers
    assert {ran.ended(number) for number in numbers} == {"skipped(sent_as_invoice)"}


def test_the_group_of_the_customer_decides_which_sales_go_as_invoices(company: Company) -> None:
    number = dutch(company)
    customer = source_invoices(company)[number]["CustomerNumber"]
    label = company.state("eaccounting", "customerlabels")[0]
    company.in_source(f"customers/{customer}", CustomerLabels=[label])
    rows = [{"group": label["Name"], "path": "booking"}]
    company.decide(**IMPATIENT, send_sales_as={"default": "invoice", "rows": rows})
    credit = credited(company, number)
    ran = run(company)
    assert (ran.ended(number), ran.ended(credit)) == ("skipped(sent_as_booking)", "skipped(sent_as_booking)")
    assert ran.numbers("created")


def test_an_order_and_its_invoice_go_one_way_when_the_way_changes_between_their_days(company: Company) -> None:
    ordered = (one for one in source_invoices(company).values() if one["CreatedFromOrderId"])
    invoice = next(one for one in ordered if not one["CreditedBy"])
    orders = company.source_orders()
    order = next(number for number, one in orders.items() if one["Id"] == invoice["CreatedFromOrderId"])
    changes_on = date.fromisoformat(invoice["InvoiceDate"][:10])
    company.in_source(f"orders/{order}", OrderDate=(changes_on - timedelta(days=1)).isoformat())
    label = company.state("eaccounting", "customerlabels")[0]
    company.in_source(f"customers/{invoice['CustomerNumber']}", CustomerLabels=[label])
    rows = [{"group": label["Name"], "path": "order", "valid_from": changes_on.isoformat()}]
    company.decide(**IMPATIENT, send_sales_as={"default": "invoice", "rows": rows})
    assert company.run(only(order)).ended(order) == "skipped(sent_as_invoice)"
    assert run(company, only(number_of(invoice))).ended(number_of(invoice)) == "created"


def test_the_invoice_of_an_order_that_came_from_the_target_is_not_sent_back(company: Company) -> None:
    invoice = next(
        one for one in source_invoices(company).values() if one["CreatedFromOrderId"] and not one["CreditedBy"]
    )
    came = Link("order", "SO/000900", str(invoice["CreatedFromOrderId"]), how="created")
    company.ledger().mirrored().save_links([came])
    credit = credited(company, number_of(invoice))
    ran = run(company, only(number_of(invoice), credit))
    assert (ran.ended(number_of(invoice)), ran.ended(credit)) == ("skipped(written_by_us)", "skipped(written_by_us)")
    order = next(number for number, one in company.source_orders().items() if one["Id"] == came.target_key)
    company.decide(**IMPATIENT)
    assert company.run(only(order)).ended(order) == "skipped(written_by_us)"
    assert documents(company) == {}
    assert company.target_orders() == []
