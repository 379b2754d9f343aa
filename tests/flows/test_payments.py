"""What customers paid, as eAccounting knows it, is on the invoices in Visma.net, to the cent and once."""

from datetime import timedelta
from decimal import Decimal

import pytest

from tests.flows.conftest import CompanyWith
from tests.flows.payment_flow import (
    FLOW,
    NO_INVOICES,
    balance,
    billed,
    booked,
    in_target,
    invoiced,
    pay,
    payments,
    refuse_differences,
    run,
)
from tests.flows.running import IMPATIENT, MIDNIGHT, TODAY, Company, only
from visma_sync.ledger.rows import Link, SaleClaim
from visma_sync.sync.fetch import Window

D = Decimal
YESTERDAY = TODAY - timedelta(days=1)


@pytest.fixture
def company(company_with: CompanyWith) -> Company:
    """A pair of companies without any invoice."""
    return company_with(*NO_INVOICES, **IMPATIENT)


def test_a_paid_invoice_is_settled_in_the_target_on_the_day_on_which_it_was_paid(company: Company) -> None:
    invoice = billed(company)
    pay(company, invoice, date=YESTERDAY.isoformat())
    assert run(company).all_ended() == {invoice.number: "created"}
    (payment,) = payments(company)
    assert (payment["paymentRef"], payment["status"]) == (f"{invoice.number}/{invoice.total}", "Closed")
    assert payment["applicationDate"].startswith(YESTERDAY.isoformat())
    assert (payment["paymentMethod"]["id"], payment["cashAccount"]) == ("BANK", "1010")
    refuse_differences(company, invoice)


def test_the_outcome_tells_what_was_booked(company: Company) -> None:
    invoice = billed(company)
    pay(company, invoice, amount=D("10.00"))
    run(company)
    pay(company, invoice)
    outcome = run(company).outcomes[invoice.number]
    assert (outcome.total, outcome.currency) == (invoice.total - 10, "EUR")
    assert outcome.target_key == max(one["refNbr"] for one in payments(company))


def test_a_second_run_of_the_same_window_writes_nothing_and_reads_no_invoice_alone_again(company: Company) -> None:
    invoices = [billed(company) for _ in range(3)]
    for invoice in invoices:
        pay(company, invoice)
    run(company)
    company.forget_requests()
    assert set(run(company).all_ended().values()) == {"skipped(exists)"}
    assert not company.writes()
    assert company.requests() == {"GET /eaccounting/v2/customerinvoices": 1}


def test_an_unpaid_invoice_is_skipped_whatever_the_list_says_of_the_remainder(company: Company) -> None:
    invoice = billed(company)
    assert run(company).all_ended() == {invoice.number: "skipped(not_paid)"}
    assert run(company, only(invoice.number)).all_ended() == {invoice.number: "skipped(not_paid)"}
    assert balance(company, invoice) == invoice.total


def test_an_invoice_paid_in_parts_becomes_a_payment_for_each_part(company: Company) -> None:
    invoice = billed(company)
    for amount in ("10.00", "20.00", None):
        pay(company, invoice, **({"amount": D(amount)} if amount else {}))
        assert run(company).all_ended() == {invoice.number: "created"}
        refuse_differences(company, invoice)
        assert run(company).all_ended() == {invoice.number: "skipped(exists)"}
    assert [one["paymentAmount"] for one in payments(company)] == [D(10), D(20), invoice.total - 30]


def test_parts_paid_between_two_runs_become_one_payment(company: Company) -> None:
    invoice = billed(company)
    pay(company, invoice, amount=D(10))
    pay(company, invoice)
    assert run(company).all_ended() == {invoice.number: "created"}
    assert len(payments(company)) == 1
    refuse_differences(company, invoice)


def test_what_a_credit_invoice_settled_is_never_booked_as_money(company: Company) -> None:
    rest_paid, all_credited = billed(company), billed(company)
    company.in_source(f"invoices/{rest_paid.number}/credit", amount=D(10))
    pay(company, rest_paid)
    company.in_source(f"invoices/{all_credited.number}/credit")
    ended = run(company).all_ended()
    assert ended[rest_paid.number] == "created"
    assert ended[all_credited.number] == "skipped(credited)"
    credits_ = ended.keys() - {rest_paid.number, all_credited.number}
    assert {ended[number] for number in credits_} == {"skipped(credit_invoice)"}
    source = {str(one["InvoiceNumber"]): one for one in company.state("eaccounting", "customerinvoices")}
    assert balance(company, rest_paid) == source[rest_paid.number]["SetOffAmountInvoiceCurrency"]
    assert balance(company, all_credited) == all_credited.total


def test_a_payment_in_kronor_is_booked_in_kronor_on_an_account_in_kronor(company: Company) -> None:
    customer = next(one for one in company.state("eaccounting", "customers") if one["CurrencyCode"] == "SEK")
    source = invoiced(company, CustomerNumber=customer["CustomerNumber"])
    number = in_target(company, source["TotalAmountInvoiceCurrency"], currencyId="SEK")
    company.ledger().save_links([Link("invoice", source["Id"], f"invoice/{number}")])
    pay(company, str(source["InvoiceNumber"]))
    assert run(company).all_ended() == {str(source["InvoiceNumber"]): "created"}
    (payment,) = payments(company)
    assert (payment["currency"], payment["cashAccount"]) == ("SEK", "1030")
    assert payment["paymentAmount"] == source["TotalAmountInvoiceCurrency"]
    assert balance(company, number) == 0


def test_with_confirm_hold_a_payment_waits_on_hold_for_a_person(company: Company) -> None:
    company.decide(payments={"confirm": "hold"})
    invoice = billed(company)
    pay(company, invoice)
    assert run(company).all_ended() == {invoice.number: "created"}
    assert booked(company) == {f"{invoice.number}/{invoice.total}": (invoice.total, "Hold")}
    assert run(company).all_ended() == {invoice.number: "skipped(exists)"}


def test_a_dry_run_says_what_would_be_booked_and_writes_nothing(company: Company) -> None:
    ready, waiting = billed(company), billed(company, release=False)
    for invoice in (ready, waiting):
        pay(company, invoice)
    company.forget_requests()
    ran = run(company, dry_run=True)
    assert ran.all_ended() == {ready.number: "skipped(dry_run)", waiting.number: "parked(invoice_not_released)"}
    assert str(ready.total) in ran.outcomes[ready.number].detail
    assert not company.writes()
    assert payments(company) == []
    assert run(company).all_ended()[ready.number] == "created"


def test_single_numbers_take_just_these_invoices(company: Company) -> None:
    invoices = [billed(company) for _ in range(3)]
    for invoice in invoices:
        pay(company, invoice)
    asked = only(invoices[1].number, "999999")
    assert run(company, asked).all_ended() == {invoices[1].number: "created", "999999": "skipped(not_in_source)"}
    assert [one["paymentRef"].split("/")[0] for one in payments(company)] == [invoices[1].number]


def test_a_window_takes_what_was_paid_in_it_and_nothing_of_the_moment_at_which_it_ends(company: Company) -> None:
    invoice = billed(company, CreatedUtc=f"{(MIDNIGHT - timedelta(days=20)).isoformat()[:19]}Z")
    pay(company, invoice)
    (source,) = company.state("eaccounting", "customerinvoices")
    paid_at = MIDNIGHT.fromisoformat(source["ModifiedUtc"])
    before = Window("backfill", paid_at - timedelta(days=9), paid_at)
    assert run(company, before).all_ended() == {}
    after = Window("backfill", paid_at, paid_at + timedelta(milliseconds=1))
    assert run(company, after).all_ended() == {invoice.number: "created"}


def test_the_cut_off_date_counts_by_the_day_of_the_invoice(company: Company) -> None:
    company.decide(cut_off_date=TODAY.isoformat())
    old, new = billed(company, InvoiceDate=YESTERDAY.isoformat()), billed(company, InvoiceDate=TODAY.isoformat())
    for invoice in (old, new):
        pay(company, invoice)
    assert run(company).all_ended() == {old.number: "skipped(before_cut_off)", new.number: "created"}


def test_a_sale_that_went_as_a_booking_has_no_open_item_to_settle(company: Company) -> None:
    source = invoiced(company)
    number = str(source["InvoiceNumber"])
    pay(company, number)
    company.ledger().commit(SaleClaim(source["Id"], "booking", source["Id"]))
    company.forget_requests()
    assert run(company).all_ended() == {number: "skipped(sent_as_booking)"}
    assert not any("customerPayment" in operation for operation in company.requests())


@pytest.mark.parametrize(
    ("send_sales_as", "reason"),
    [
        ({"default": "booking"}, "skipped(sent_as_booking)"),
        ({"default": "nothing"}, "skipped(sent_as_nothing)"),
        ({"default": "order", "without_order": "nothing"}, "skipped(no_order)"),
        ({"default": "order", "without_order": "invoice"}, "parked(invoice_missing)"),
        ({"default": "invoice"}, "parked(invoice_missing)"),
    ],
)
def test_a_sale_that_was_not_sent_yet_is_waited_for_only_where_it_will_have_an_open_item(
    send_sales_as: dict[str, str], reason: str, company: Company
) -> None:
    company.decide(send_sales_as=send_sales_as)
    number = str(invoiced(company)["InvoiceNumber"])
    pay(company, number)
    assert run(company).all_ended() == {number: reason}


def test_a_lost_ledger_finds_its_payments_again_by_their_references(company: Company) -> None:
    whole, part = billed(company), billed(company)
    pay(company, whole)
    pay(company, part, amount=D(10))
    run(company)
    company.lose_ledger()
    for invoice in (whole, part):
        company.ledger().save_links([Link("invoice", invoice.key, f"invoice/{invoice.in_target}")])
    company.forget_requests()
    assert run(company).all_ended() == {whole.number: "skipped(exists)", part.number: "skipped(exists)"}
    assert not company.writes()
    pay(company, part)
    assert run(company).all_ended() == {whole.number: "skipped(exists)", part.number: "created"}
    refuse_differences(company, whole, part)


def test_a_filter_leaves_out_the_invoices_that_people_settle_themselves(company: Company) -> None:
    left_out, sent = billed(company), billed(company)
    company.decide(filters={FLOW: [f"=payment.number != '{left_out.number}'"]})
    for invoice in (left_out, sent):
        pay(company, invoice)
    assert run(company).all_ended() == {left_out.number: "skipped(filtered)", sent.number: "created"}


def test_what_is_open_of_invoices_that_their_own_flow_sent_is_the_same_in_both_systems(
    company_with: CompanyWith,
) -> None:
    """Where a credit note took what was paid already, nothing is open: that payment waits for a person."""
    shop = ("--orders", "0", "--invoices", "12", "--no-trouble", "--existing-orders", "0")
    company = company_with(*shop, send_sales_as={"default": "invoice"})
    company.run(flow="invoices_eaccounting_to_vismanet")
    ran = run(company)
    sent = {one["externalReference"]: one for one in company.state("vismanet", "invoices")}
    source = {str(one["InvoiceNumber"]): one for one in company.state("eaccounting", "customerinvoices")}
    assert {
        sent[number]["balanceInCurrency"] - source[number]["RemainingAmountInvoiceCurrency"] for number in sent
    } == {0}
    assert set(ran.all_ended().values()) <= {
        "created",
        "skipped(not_paid)",
        "skipped(credited)",
        "skipped(credit_invoice)",
        "parked(overpaid)",
    }
    assert len(payments(company)) == len(ran.numbers("created")) > 3
    company.forget_requests()
    run(company)
    assert not company.writes()
