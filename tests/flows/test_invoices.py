"""Every customer invoice of eAccounting is a customer invoice of Visma.net, to the cent, once, and sent to nobody."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.flows.conftest import TWELVE, CompanyWith
from tests.flows.invoice_flow import (
    AS_INVOICES,
    FLOW,
    THEIR_NUMBERS,
    documents,
    dutch,
    enter,
    number_of,
    planted,
    run,
    shown_vat_by_rate,
    source_invoices,
    sums,
    vat_by_rate,
)
from tests.flows.running import IMPATIENT, MIDNIGHT, Company, only
from visma_sync.errors import ConfigurationError
from visma_sync.sync.fetch import Window

PERIOD = f"{MIDNIGHT:%Y%m}"
REASONS = {
    "rot_invoice": "parked(unsupported_tax_form)",
    "no_vat_treatment": "parked(no_vat_treatment)",
    "missing_vat_number": "parked(vat_number_missing)",
    "malformed": "rejected(vat_does_not_add_up)",
    "row_without_article": "created",
    "closed_period": "parked(closed_period)",
}


@pytest.fixture
def troubled(company_with: CompanyWith) -> Company:
    """A pair of companies with invoices of forty orders and further ones, six of them odd."""
    return company_with("--orders", "40", **AS_INVOICES)


@pytest.fixture
def company(company_with: CompanyWith) -> Company:
    """A pair of companies whose invoices can all be sent."""
    return company_with(*TWELVE, **AS_INVOICES, **IMPATIENT)


def test_every_invoice_arrives_with_its_number_days_and_sums_to_the_cent(troubled: Company) -> None:
    ran = run(troubled)
    invoices, made = source_invoices(troubled), documents(troubled)
    odd = {number for trouble, number in planted(troubled).items() if REASONS[trouble] != "created"}
    assert set(ran.numbers("created")) == set(made) == invoices.keys() - odd
    assert {one["CurrencyCode"] for one in invoices.values()} == {"EUR", "SEK"}
    for number, document in made.items():
        invoice = invoices[number]
        assert document["referenceNumber"] == number
        assert document["documentType"] == ("CreditNote" if invoice["IsCreditInvoice"] else "Invoice")
        assert (document["amountInCurrency"], document["vatTotalInCurrency"]) == sums(invoice)
        assert shown_vat_by_rate(document) == vat_by_rate(invoice)
        assert document["documentDate"][:10] == invoice["InvoiceDate"]
        assert (document["currencyId"], document["exchangeRate"]) == (invoice["CurrencyCode"], invoice["CurrencyRate"])
        assert document["status"] in {"Open", "Closed"}
        if not invoice["IsCreditInvoice"]:
            assert document["documentDueDate"][:10] == invoice["DueDate"]
            assert document.get("paymentReference") == invoice["PaymentReferenceNumber"]
    assert troubled.mailed() == []


def test_the_second_run_changes_nothing(troubled: Company) -> None:
    run(troubled)
    before = documents(troubled)
    troubled.forget_requests()
    again = run(troubled)
    assert not troubled.writes()
    assert documents(troubled) == before
    waiting = {planted(troubled)[trouble] for trouble, ended in REASONS.items() if ended.startswith("parked")}
    assert {number for number in again.outcomes if again.outcomes[number].state == "parked"} == waiting


def test_each_odd_invoice_waits_alone_with_its_reason_and_cure(troubled: Company) -> None:
    ran = run(troubled)
    for trouble, number in planted(troubled).items():
        assert ran.ended(number) == REASONS[trouble], trouble
        assert ran.outcomes[number].cure or REASONS[trouble] == "created"


def test_a_dry_run_says_what_would_happen_and_writes_nothing(troubled: Company) -> None:
    dry = run(troubled, dry_run=True)
    assert not troubled.writes()
    assert documents(troubled) == {}
    real = run(troubled)
    assert set(dry.numbers("skipped(dry_run)")) == set(real.numbers("created"))
    parked = {number for number, ended in dry.all_ended().items() if ended != "skipped(dry_run)"}
    assert {number: dry.ended(number) for number in parked} == {number: real.ended(number) for number in parked}
    one = dutch(troubled)
    total, vat = sums(source_invoices(troubled)[one])
    assert dry.outcomes[one].detail == f"would be sent with total {total} and VAT {vat}"


def test_a_person_can_send_single_invoices(company: Company) -> None:
    first, second, *_ = source_invoices(company)
    ran = run(company, only(first, second, "99999"))
    assert ran.all_ended() == {first: "created", second: "created", "99999": "skipped(not_in_source)"}
    assert set(documents(company)) == {first, second}


def test_an_invoice_made_at_the_first_moment_of_a_window_belongs_to_it_and_at_the_last_to_the_next(
    company: Company,
) -> None:
    since = datetime.combine(MIDNIGHT.date() - timedelta(days=20), datetime.min.time(), UTC)
    until = since + timedelta(hours=1)
    made = {
        moment: number_of(enter(company, CreatedUtc=moment.isoformat().replace("+00:00", "Z")))
        for moment in (since - timedelta(seconds=1), since, until - timedelta(seconds=1), until)
    }
    ran = run(company, Window("backfill", since, until))
    assert list(ran.outcomes) == [made[since], made[until - timedelta(seconds=1)]]


def test_rows_name_the_products_that_the_target_keeps_no_stock_of_and_the_account_of_the_others(
    company: Company,
) -> None:
    sold = {article["Number"] for article in company.state("eaccounting", "articles")}
    kept = {item["inventoryNumber"] for item in company.state("vismanet", "items") if item["stockItem"]}
    in_stock = min(sold & kept)
    rows = [
        {"ArticleNumber": in_stock, "Quantity": 2, "UnitPrice": "10.00"},
        {"ArticleNumber": "FREIGHT", "Quantity": 1, "UnitPrice": "6.95"},
    ]
    number = number_of(enter(company, like=dutch(company), Rows=rows))
    run(company, only(number))
    stock, freight = documents(company)[number]["invoiceLines"]
    assert stock.get("inventoryNumber") is None
    assert stock["description"].startswith(f"{in_stock} ")
    assert stock["account"]["number"] in {"8000", "8001"}
    assert freight["inventoryNumber"] == "FREIGHT"


def test_where_the_target_takes_stock_items_on_invoices_every_row_names_its_product(company: Company) -> None:
    company.in_target("invoice_set_up", stock_items=True)
    company.decide(**AS_INVOICES, invoices={"stock_rows": "item"})
    number = dutch(company)
    run(company, only(number))
    articles = [row["ArticleNumber"] for row in source_invoices(company)[number]["Rows"] if not row["IsTextRow"]]
    assert [line["inventoryNumber"] for line in documents(company)[number]["invoiceLines"]] == articles


def test_left_on_hold_where_the_settings_say_so(company: Company) -> None:
    company.decide(**AS_INVOICES, invoices={"confirm": "hold"})
    run(company)
    assert {document["status"] for document in documents(company).values()} == {"Hold"}
    assert not [write for write in company.writes() if "release" in write or write.startswith("PUT")]


def test_an_invoice_before_the_cut_off_date_is_never_sent(company: Company) -> None:
    company.decide(**AS_INVOICES, cut_off_date=(MIDNIGHT + timedelta(days=1)).date().isoformat())
    ran = run(company)
    assert set(ran.all_ended().values()) == {"skipped(before_cut_off)"}


# Numbers


def test_the_target_numbers_invoices_itself_where_the_settings_say_so(company: Company) -> None:
    company.decide(**AS_INVOICES, **THEIR_NUMBERS, **IMPATIENT)
    run(company)
    made = documents(company)
    assert set(made) == set(source_invoices(company))
    assert all(document["referenceNumber"] != number for number, document in made.items())
    company.lose_ledger()
    company.forget_requests()
    assert set(run(company).all_ended().values()) == {"skipped(exists)"}
    assert not company.writes()


def test_a_number_series_that_takes_no_numbers_of_ours_stops_the_flow_before_anything_is_made(
    company: Company,
) -> None:
    company.in_target("invoice_set_up", own_numbers=False)
    with pytest.raises(ConfigurationError, match="numbering"):
        run(company)
    assert documents(company) == {}


def test_a_number_that_somebody_used_for_something_else_waits_for_a_person(company: Company) -> None:
    number = dutch(company)
    line = {"description": "By hand", "quantity": 1, "unitPriceInCurrency": "1.00", "accountNumber": "8000"}
    other = company.state("vismanet", "customers")[0]["number"]
    company.in_target(
        "invoices",
        customerNumber=other,
        referenceNumber=number,
        overrideNumberSeries=True,
        externalReference="by hand",
        invoiceLines=[line],
    )
    ran = run(company, only(number))
    assert ran.ended(number) == "parked(number_taken)"
    assert number not in documents(company)


def test_after_a_lost_ledger_every_invoice_is_found_again_by_its_number(company: Company) -> None:
    run(company)
    before = documents(company)
    company.lose_ledger()
    assert set(run(company).all_ended().values()) == {"skipped(exists)"}
    assert documents(company) == before


# What the target refuses


def test_an_invoice_of_a_closed_period_goes_on_by_itself_when_somebody_opens_it(company: Company) -> None:
    number = dutch(company)
    company.in_target(f"periods/{PERIOD}", closedInCustomerLedger=True)
    if source_invoices(company)[number]["InvoiceDate"][:7] != f"{MIDNIGHT:%Y-%m}":
        number = number_of(enter(company, like=number))
    assert run(company, only(number)).ended(number) == "parked(closed_period)"
    assert not [write for write in company.writes() if "customerinvoice" in write]
    company.in_target(f"periods/{PERIOD}", closedInCustomerLedger=False)
    assert run(company).ended(number) == "created"


def test_a_period_closed_since_its_list_was_read_parks_the_invoice_too(company: Company) -> None:
    like = dutch(company)
    run(company, only(like))
    number = number_of(enter(company, like=like))
    company.in_target(f"periods/{PERIOD}", closedInCustomerLedger=True)
    ran = run(company, only(number))
    assert ran.ended(number) == "parked(closed_period)"
    assert number not in documents(company)


def test_an_invoice_that_the_target_refuses_is_rejected_alone(company: Company) -> None:
    like = dutch(company)
    number = number_of(enter(company, like=like, InvoiceDate="2028-01-03"))
    ran = run(company)
    assert ran.ended(number) == "rejected(refused)"
    assert ran.outcomes[number].cure
    assert set(ran.numbers("created")) == source_invoices(company).keys() - {number}
    again = run(company)
    assert again.ended(number) == "skipped(rejected_before)"


def test_a_refusal_that_the_target_answers_with_500_is_no_outage(company: Company, tmp_path: Path) -> None:
    overlay = tmp_path / "overlay.yaml"
    overlay.write_text("write: {invoice: {salesperson: \"='99' if invoice.number == '20003' else none\"}}")
    company.decide(**AS_INVOICES, **IMPATIENT, mapping_overlays={FLOW: [str(overlay)]})
    ran = run(company)
    assert ran.ended("20003") == "rejected(reference_not_found)"
    assert set(ran.numbers("created")) == source_invoices(company).keys() - {"20003"}


def test_a_customer_on_credit_hold_leaves_its_invoice_unreleased(company: Company) -> None:
    number = dutch(company)
    company.decide(**AS_INVOICES, invoices={"confirm": "hold"}, **IMPATIENT)
    other = number_of(enter(company, like=number))
    run(company, only(other))
    customer = documents(company)[other]["customer"]["number"]
    company.in_target(f"customers/{customer}", status="CreditHold")
    company.decide(**AS_INVOICES, **IMPATIENT)
    ran = run(company, only(number))
    assert ran.ended(number) == "parked(credit_hold)"
    company.in_target(f"customers/{customer}", status="Active")
    company.in_target(f"invoices/{number}/release")
    assert run(company).ended(number) == "created"
