"""A payment that cannot be booked as it is waits alone, with reason and cure; the others go on."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.flows.conftest import CompanyWith
from tests.flows.payment_flow import (
    FLOW,
    NO_INVOICES,
    WRITES,
    Billed,
    balance,
    billed,
    booked,
    in_target,
    invoiced,
    link,
    pay,
    payments,
    refuse_differences,
    run,
)
from tests.flows.running import IMPATIENT, NOTHING_NEW, TODAY, TRIES, Company, Ran

D = Decimal
LAST_MONTH = TODAY.replace(day=1) - timedelta(days=1)


@pytest.fixture
def company(company_with: CompanyWith) -> Company:
    """A pair of companies without any invoice, which sends sales without an order as invoices."""
    return company_with(*NO_INVOICES, send_sales_as={"without_order": "invoice"}, **IMPATIENT)


def parked_alone(company: Company, number: str, reason: str) -> Ran:
    """Run the flow beside an invoice that is in order: the one parks, the other is booked."""
    ordinary = billed(company)
    pay(company, ordinary)
    ran = run(company)
    assert ran.all_ended()[ordinary.number] == "created"
    assert ran.ended(number) == f"parked({reason})"
    assert ran.outcomes[number].cure
    assert not [one for one in payments(company) if one["paymentRef"].startswith(f"{number}/")]
    return ran


def goes_on_by_itself(company: Company, invoice: Billed) -> None:
    """The next scheduled run books the payment, although nothing changed in eAccounting."""
    assert run(company, NOTHING_NEW).all_ended() == {invoice.number: "created"}
    assert balance(company, invoice) == 0


def test_a_payment_waits_until_its_invoice_is_in_the_target(company: Company) -> None:
    source = invoiced(company)
    number, total = str(source["InvoiceNumber"]), Decimal(source["TotalAmountInvoiceCurrency"])
    pay(company, number)
    parked_alone(company, number, "invoice_missing")
    sent = Billed(number, source["Id"], in_target(company, total), total)
    link(company, sent)
    goes_on_by_itself(company, sent)


def test_a_payment_waits_until_its_invoice_is_released(company: Company) -> None:
    invoice = billed(company, release=False)
    pay(company, invoice)
    parked_alone(company, invoice.number, "invoice_not_released")
    company.in_target(f"invoices/{invoice.in_target}/release")
    goes_on_by_itself(company, invoice)


def test_a_payment_of_which_more_was_paid_while_it_waited_is_booked_once_as_a_whole(company: Company) -> None:
    invoice = billed(company, release=False)
    pay(company, invoice, amount=D(10))
    assert run(company).all_ended() == {invoice.number: "parked(invoice_not_released)"}
    pay(company, invoice)
    company.in_target(f"invoices/{invoice.in_target}/release")
    ran = run(company)
    assert sorted(ran.all_ended().values()) == ["created", "skipped(gone_from_source)"]
    assert booked(company) == {f"{invoice.number}/{invoice.total}": (invoice.total, "Closed")}
    assert run(company).all_ended() == {invoice.number: "skipped(exists)"}


def test_a_payment_of_a_closed_period_waits_until_the_period_is_opened(company: Company) -> None:
    period, day = f"{LAST_MONTH:%Y%m}", LAST_MONTH.isoformat()
    invoice = billed(company, InvoiceDate=day)
    pay(company, invoice, date=day)
    company.in_target(f"periods/{period}", closedInCustomerLedger=True)
    parked_alone(company, invoice.number, "closed_period")
    assert not [one for one in payments(company) if one["applicationDate"].startswith(day)]
    company.in_target(f"periods/{period}", closedInCustomerLedger=False)
    goes_on_by_itself(company, invoice)


def test_a_period_that_was_closed_since_the_list_was_read_parks_as_well(company: Company) -> None:
    first, invoice = billed(company), billed(company, InvoiceDate=LAST_MONTH.isoformat())
    pay(company, first)
    run(company)
    pay(company, invoice, date=LAST_MONTH.isoformat())
    company.in_target(f"periods/{LAST_MONTH:%Y%m}", closedInCustomerLedger=True)
    assert run(company).ended(invoice.number) == "parked(closed_period)"
    assert balance(company, invoice) == invoice.total


def test_never_more_is_booked_than_is_open_in_the_target(company: Company) -> None:
    invoice = billed(company)
    line = {"description": "Credit", "quantity": 1, "unitPriceInCurrency": D(1)}
    note = company.in_target(
        "credit_notes",
        customerNumber=company.state("vismanet", "invoices")[0]["customer"]["number"],
        lines=[line | {"accountNumber": "8050", "vatCodeId": "NOVAT"}],
        applicationLines=[{"refNbr": invoice.in_target, "amountPaid": D(1)}],
    )
    company.in_target(f"credit_notes/{note['referenceNumber']}/release")
    pay(company, invoice)
    ran = parked_alone(company, invoice.number, "overpaid")
    assert str(invoice.total - 1) in ran.outcomes[invoice.number].detail
    assert balance(company, invoice) == invoice.total - 1


def test_what_people_booked_by_hand_is_not_booked_again(company: Company) -> None:
    whole, part = billed(company), billed(company)
    company.in_target(f"invoices/{whole.in_target}/pay")
    company.in_target(f"invoices/{part.in_target}/pay", paymentAmount=D(10))
    for invoice in (whole, part):
        pay(company, invoice)
    assert run(company).all_ended() == {whole.number: "skipped(already_booked)", part.number: "created"}
    assert balance(company, whole) == balance(company, part) == 0
    assert [one["paymentAmount"] for one in payments(company) if one["paymentRef"] != "BANK"] == [part.total - 10]


def test_an_invoice_that_a_factor_bought_waits_until_a_person_booked_it(company: Company) -> None:
    invoice = billed(company)
    company.in_source(f"invoices/{invoice.number}/sell")
    assert run(company).all_ended() == {invoice.number: "skipped(not_paid)"}
    pay(company, invoice)
    parked_alone(company, invoice.number, "factored")
    company.in_target(f"invoices/{invoice.in_target}/pay")
    assert run(company, NOTHING_NEW).all_ended() == {invoice.number: "skipped(already_booked)"}


def test_money_paid_back_to_a_customer_waits_for_a_person(company: Company) -> None:
    invoice = billed(company)
    pay(company, invoice)
    credit = company.in_source(f"invoices/{invoice.number}/credit")
    run(company)
    pay(company, str(credit["InvoiceNumber"]))
    parked_alone(company, str(credit["InvoiceNumber"]), "refund")
    assert booked(company)[f"{invoice.number}/{invoice.total}"] == (invoice.total, "Closed")


def test_a_payment_taken_back_in_the_source_is_told_and_never_undone(company: Company) -> None:
    invoice = billed(company)
    pay(company, invoice)
    run(company)
    open_again = {"PaymentStatus": 1, "PaymentDate": None, "RemainingAmountInvoiceCurrency": invoice.total}
    company.in_source(f"customerinvoices/{invoice.number}", **open_again)
    assert run(company).all_ended() == {invoice.number: "parked(overpaid)"}
    assert balance(company, invoice) == 0
    assert run(company, NOTHING_NEW).all_ended() == {invoice.number: "parked(overpaid)"}


@pytest.mark.parametrize(
    "odd",
    [
        {"PaymentStatus": 0, "RemainingAmountInvoiceCurrency": D("0.01"), "PaymentDate": TODAY.isoformat()},
        {"PaymentStatus": 0, "RemainingAmountInvoiceCurrency": 0, "PaymentDate": None},
        {"PaymentStatus": 1, "RemainingAmountInvoiceCurrency": 0, "PaymentDate": TODAY.isoformat()},
        {"PaymentStatus": 2, "RemainingAmountInvoiceCurrency": D("-1.00"), "PaymentDate": TODAY.isoformat()},
    ],
)
def test_a_remainder_that_does_not_tell_what_was_paid_waits_for_a_person(odd: dict[str, Any], company: Company) -> None:
    invoice = billed(company)
    company.in_source(f"customerinvoices/{invoice.number}", **odd)
    parked_alone(company, invoice.number, "odd_remainder")


def test_terms_of_payment_without_an_entry_in_the_settings_park(company: Company) -> None:
    invoice = billed(company)
    pay(company, invoice)
    company.decide(payment_method={"default": None, "table": {"onbekend": "BANK"}})
    assert run(company).all_ended() == {invoice.number: "parked(no_payment_method)"}
    company.decide()
    goes_on_by_itself(company, invoice)


def test_an_invoice_that_says_nothing_of_its_payment_is_rejected_alone(company: Company) -> None:
    malformed, ordinary = billed(company), billed(company)
    pay(company, ordinary)
    company.in_source(f"customerinvoices/{malformed.number}", PaymentStatus=None)
    ran = run(company)
    assert ran.all_ended() == {malformed.number: "rejected(missing_field)", ordinary.number: "created"}
    assert ran.outcomes[malformed.number].cure
    assert run(company).ended(malformed.number) == "skipped(rejected_before)"
    company.in_source(f"customerinvoices/{malformed.number}", PaymentStatus=1)
    pay(company, malformed)
    assert run(company).ended(malformed.number) == "created"


def test_a_payment_that_the_target_refuses_is_rejected_alone(company: Company) -> None:
    """Its cash account does not go with the payment method of its terms: only the target knows that."""
    by_card = next(
        one["Id"] for one in company.state("eaccounting", "termsofpayments") if one["Name"] == "Kaartbetaling"
    )
    refused, ordinary = billed(company, TermsOfPaymentId=by_card), billed(company)
    for invoice in (refused, ordinary):
        pay(company, invoice)
    company.decide(cash_account={"force": "1010"})
    ran = run(company)
    assert ran.all_ended() == {refused.number: "rejected(refused)", ordinary.number: "created"}
    assert ran.outcomes[refused.number].cure
    company.decide(**IMPATIENT)
    goes_on_by_itself(company, refused)


def test_payments_at_which_the_target_fails_with_500_are_looked_up_by_the_next_run(company: Company) -> None:
    invoices = [billed(company), billed(company)]
    for invoice in invoices:
        pay(company, invoice)
    company.tries = 1
    company.fault("500", times=99, **WRITES["payment"])
    assert set(run(company).all_ended().values()) == {"uncertain(answer_lost)"}
    company.no_more_faults()
    company.tries = TRIES
    assert set(run(company, NOTHING_NEW).all_ended().values()) == {"created"}
    refuse_differences(company, *invoices)


def test_a_payment_whose_release_failed_is_released_by_the_next_run(company: Company) -> None:
    invoice = billed(company)
    pay(company, invoice)
    company.tries = 1
    company.fault("503", times=99, **WRITES["release"])
    company.try_run(flow=FLOW)
    assert {state for _, state in booked(company).values()} == {"Balanced"}
    company.no_more_faults()
    goes_on_by_itself(company, invoice)


def test_a_payment_whose_invoice_was_settled_before_its_release_says_so(company: Company) -> None:
    invoice = billed(company)
    pay(company, invoice)
    company.tries = 1
    company.fault("503", times=99, **WRITES["release"])
    company.try_run(flow=FLOW)
    company.no_more_faults()
    company.in_target(f"invoices/{invoice.in_target}/pay", paymentAmount=D(10))
    ran = run(company, NOTHING_NEW)
    assert ran.all_ended() == {invoice.number: "parked(settled_since)"}
    assert f"of which {invoice.total - 10} is open" in ran.outcomes[invoice.number].detail
