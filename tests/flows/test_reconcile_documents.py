"""Invoices, credit notes, payments and bookings are compared too, from their lists."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from tests.flows import booked, payment_flow
from tests.flows.conftest import BOOKED, CompanyWith
from tests.flows.invoice_flow import AS_INVOICES, documents, enter, number_of, source_invoices
from tests.flows.invoice_flow import FLOW as INVOICES
from tests.flows.invoice_flow import run as run_invoices
from tests.flows.reconciled import compare, summed, told, waits
from tests.flows.running import IMPATIENT, Company, only

BOOKINGS, PAYMENTS = booked.FLOW, payment_flow.FLOW


@pytest.fixture
def invoiced(company_with: CompanyWith) -> Company:
    """A pair of companies whose invoices were sent, and are on hold in Visma.net: people can still change them."""
    on_hold = {"invoices": {"confirm": "hold", "keep_number": False}}
    company = company_with(*BOOKED, **AS_INVOICES, **on_hold, **IMPATIENT)
    run_invoices(company)
    company.forget_requests()
    return company


@pytest.fixture
def journalled(shop: Company) -> Company:
    """A pair of companies whose sales were booked."""
    booked.decide(shop)
    booked.book(shop)
    return shop


@pytest.fixture
def paying(company_with: CompanyWith) -> Company:
    """A pair of companies with six invoices that were paid, and whose payments were sent."""
    company = company_with(*payment_flow.NO_INVOICES, **IMPATIENT)
    payment_flow.paid(company, 6)
    payment_flow.run(company)
    return company


# Invoices and credit notes


def test_invoices_and_credit_notes_agree_after_a_run(invoiced: Company) -> None:
    result = compare(invoiced, INVOICES)
    assert (result.counts, result.due) == ({}, len(documents(invoiced)))
    sides = summed(result, "due"), summed(result, "found")
    assert sides[0] == sides[1]
    total = sum(
        (
            one["TotalAmountInvoiceCurrency"]
            for number, one in source_invoices(invoiced).items()
            if number in documents(invoiced) and one["CurrencyCode"] == "EUR"
        ),
        Decimal(0),
    )
    assert sum(amount for (_, currency), amount in sides[0].items() if currency == "EUR") == total
    assert invoiced.writes() == {}


def test_released_invoices_agree_too(invoices_with: Callable[[str], Company]) -> None:
    company = invoices_with("ours")
    ran = run_invoices(company)
    result = compare(company, INVOICES)
    assert (result.counts, result.found) == ({}, len(ran.numbers("created")))
    assert waits(result).keys() == {n for n, end in ran.all_ended().items() if end.startswith(("parked", "rejected"))}


def _invoice_of(company: Company) -> dict[str, Any]:
    return next(
        one
        for one in documents(company).values()
        if one["documentType"] == "Invoice"
        and one["currencyId"] == "EUR"
        and {line["vatCode"]["id"] for line in one["invoiceLines"]} == {"NL21"}
    )


def _other_price(company: Company, invoice: dict[str, Any]) -> None:
    line = {"operation": "Update", "lineNumber": 1, "unitPriceInCurrency": 999, "manualAmountInCurrency": 999}
    company.in_target(f"invoices/{invoice['referenceNumber']}", invoiceLines=[line])


def _other_vat(company: Company, invoice: dict[str, Any]) -> None:
    lines = [
        {"operation": "Update", "lineNumber": line["lineNumber"], "vatCodeId": "BE21"}
        for line in invoice["invoiceLines"]
    ]
    company.in_target(f"invoices/{invoice['referenceNumber']}", customerVatZoneId="EUPRIVATE", invoiceLines=lines)


def _again(company: Company, invoice: dict[str, Any]) -> None:
    line = {"description": "Sale", "quantity": 1, "unitPriceInCurrency": 5, **payment_flow.NO_VAT}
    customer, reference = invoice["customer"]["number"], invoice["externalReference"]
    company.in_target("invoices", customerNumber=customer, externalReference=reference, invoiceLines=[line])


def _other_currency(company: Company, invoice: dict[str, Any]) -> None:
    company.in_target(f"invoices/{invoice['referenceNumber']}", currencyId="SEK", exchangeRate=1)


def _deleted(company: Company, invoice: dict[str, Any]) -> None:
    company.delete_in_target(f"invoices/{invoice['referenceNumber']}")


PLANTED = {
    "double": _again,
    "amount": _other_price,
    "vat": _other_vat,
    "currency": _other_currency,
    "deleted": _deleted,
}


@pytest.mark.parametrize("kind", PLANTED)
def test_what_a_person_did_to_an_invoice_is_told_of_this_one_alone(invoiced: Company, kind: str) -> None:
    invoice = _invoice_of(invoiced)
    PLANTED[kind](invoiced, invoice)
    assert told(compare(invoiced, INVOICES)) == {invoice["externalReference"]: kind}


def test_an_invoice_that_no_run_ever_read_is_missing_until_it_is_sent(invoiced: Company) -> None:
    number = number_of(enter(invoiced))
    assert told(compare(invoiced, INVOICES)) == {number: "missing"}
    invoiced.run(only(number), flow=INVOICES)
    assert compare(invoiced, INVOICES).counts == {}


# Payments


def test_payments_agree_after_a_run_and_a_voided_one_is_told(paying: Company) -> None:
    assert compare(paying, PAYMENTS).counts == {}
    payment = payment_flow.payments(paying)[0]
    paying.in_target(f"payments/{payment['refNbr']}/void")
    assert told(compare(paying, PAYMENTS)) == {payment["paymentRef"].split("/")[0]: "deleted"}


def test_a_payment_that_was_entered_again_in_the_target_is_told(paying: Company) -> None:
    payment = next(one for one in payment_flow.payments(paying) if one["paymentAmount"] == 10)
    invoice = payment["paymentLines"][0]["refNbr"]
    paying.in_target(f"invoices/{invoice}/pay", paymentRef=payment["paymentRef"], paymentAmount=5)
    assert told(compare(paying, PAYMENTS)) == {payment["paymentRef"].split("/")[0]: "double"}


def test_a_payment_that_no_run_ever_read_is_missing_until_it_is_sent(paying: Company) -> None:
    invoice = payment_flow.billed(paying)
    payment_flow.pay(paying, invoice)
    assert told(compare(paying, PAYMENTS)) == {invoice.number: "missing"}
    paying.run(only(invoice.number), flow=PAYMENTS)
    assert compare(paying, PAYMENTS).counts == {}


# Bookings


def test_bookings_agree_after_a_run_and_sum_up_to_their_journals(journalled: Company) -> None:
    result = compare(journalled, BOOKINGS)
    assert (result.counts, result.due) == ({}, len(booked.journals(journalled)))
    assert summed(result, "due") == summed(result, "found")


def test_a_journal_that_was_copied_holds_every_invoice_twice(journalled: Company) -> None:
    journal = booked.journals(journalled)[0]
    journalled.in_target(f"journals/{journal['batchNumber']}/copy")
    numbers = {
        line["referenceNumber"] for line in journal["journalTransactionLines"] if line["accountNumber"] == "1390"
    }
    assert told(compare(journalled, BOOKINGS)) == dict.fromkeys(numbers, "double")


def test_a_deleted_journal_is_told_once_and_an_unbooked_invoice_is_missing(journalled: Company) -> None:
    journal = booked.journals(journalled)[0]
    journalled.delete_in_target(f"journals/{journal['batchNumber']}")
    number = number_of(enter(journalled))
    assert told(compare(journalled, BOOKINGS)) == {journal["description"]: "deleted", number: "missing"}
