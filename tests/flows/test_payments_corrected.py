"""What was booked and then corrected by people is booked anew where it is really paid later."""

from datetime import timedelta

import httpx
import pytest

from tests.flows.conftest import CompanyWith
from tests.flows.payment_flow import (
    FLOW,
    NO_INVOICES,
    Billed,
    balance,
    billed,
    booked,
    pay,
    payments,
    refuse_differences,
    run,
)
from tests.flows.running import IMPATIENT, NOTHING_NEW, TODAY, Company
from tests.sandbox.vismanet_caller import ask_for_token

EARLIER = TODAY - timedelta(days=1)


@pytest.fixture
def company(company_with: CompanyWith) -> Company:
    """A pair of companies without any invoice, which sends sales without an order as invoices."""
    return company_with(*NO_INVOICES, send_sales_as={"without_order": "invoice"}, **IMPATIENT)


def take_back(company: Company, invoice: Billed) -> None:
    """Somebody takes a payment back in eAccounting."""
    unpaid = {"PaymentStatus": 1, "PaymentDate": None, "RemainingAmountInvoiceCurrency": invoice.total}
    company.in_source(f"customerinvoices/{invoice.number}", **unpaid)


def void(company: Company) -> None:
    """Somebody voids the only payment in Visma.net."""
    (payment,) = payments(company)
    token = ask_for_token(company.url).json()["access_token"]
    httpx.post(
        f"{company.url}/vismanet/v1/customerPayment/{payment['refNbr']}/action/void",
        json={"type": "Payment"},
        headers={"Authorization": f"Bearer {token}"},
    ).raise_for_status()


def test_a_payment_taken_back_and_voided_is_booked_anew_when_it_is_really_paid(company: Company) -> None:
    invoice = billed(company)
    for entered in ("", "/2", "/3"):
        pay(company, invoice)
        assert run(company).all_ended() == {invoice.number: "created"}
        assert booked(company) == {f"{invoice.number}/{invoice.total}{entered}": (invoice.total, "Closed")}
        refuse_differences(company, invoice)
        assert run(company).all_ended() == {invoice.number: "skipped(exists)"}
        take_back(company, invoice)
        assert run(company).all_ended() == {invoice.number: "parked(overpaid)"}
        void(company)
        assert run(company, NOTHING_NEW).all_ended() == {invoice.number: "skipped(not_paid)"}
        assert balance(company, invoice) == invoice.total


def test_a_payment_taken_back_and_entered_again_is_not_booked_twice_where_nobody_voided_it(company: Company) -> None:
    invoice = billed(company)
    pay(company, invoice)
    run(company)
    take_back(company, invoice)
    assert run(company).all_ended() == {invoice.number: "parked(overpaid)"}
    pay(company, invoice)
    assert set(run(company).all_ended().values()) == {"skipped(gone_from_source)", "skipped(already_booked)"}
    void(company)
    assert run(company).all_ended() == {invoice.number: "created"}
    refuse_differences(company, invoice)


def test_a_payment_corrected_between_two_runs_is_known_by_its_other_day(company: Company) -> None:
    invoice = billed(company, InvoiceDate=(TODAY - timedelta(days=2)).isoformat())
    pay(company, invoice, date=EARLIER.isoformat())
    run(company)
    void(company)
    take_back(company, invoice)
    pay(company, invoice, date=TODAY.isoformat())
    assert run(company, dry_run=True).all_ended() == {invoice.number: "skipped(dry_run)"}
    assert run(company).all_ended() == {invoice.number: "created"}
    assert run(company).all_ended() == {invoice.number: "skipped(exists)"}
    refuse_differences(company, invoice)


def test_when_a_part_was_taken_back_and_all_is_paid_later_only_what_is_missing_is_booked(company: Company) -> None:
    invoice = billed(company)
    pay(company, invoice, amount=10)
    run(company)
    first = booked(company)
    take_back(company, invoice)
    assert run(company).all_ended() == {invoice.number: "parked(overpaid)"}
    pay(company, invoice)
    assert set(run(company).all_ended().values()) == {"skipped(gone_from_source)", "created"}
    assert booked(company) == first | {f"{invoice.number}/{invoice.total}/2": (invoice.total - 10, "Closed")}
    refuse_differences(company, invoice)


def test_what_is_kept_of_a_customer_in_payments_is_erased_with_the_customer(company: Company) -> None:
    invoice = billed(company)
    pay(company, invoice)
    run(company)
    ledger, key = company.ledger(), f"{invoice.key}/{invoice.total}"
    assert ledger.held(FLOW, [key])[key].source
    (source,) = (one for one in company.state("eaccounting", "customerinvoices") if one["Id"] == invoice.key)
    ledger.erase_person("customer", source["CustomerId"])
    assert ledger.held(FLOW, [key])[key].source is None
