"""Invoices that are not booked: each for its own reason, with a cure, while the others go on."""

import pytest

from tests.flows.booked import EVERY_SALE, FLOW, book, booked, decide, invoices, journals, owed
from tests.flows.conftest import CompanyWith
from tests.flows.invoice_flow import planted
from tests.flows.running import IMPATIENT, NOTHING_NEW, TODAY, Company, only
from visma_sync.errors import ConfigurationError
from visma_sync.ledger.rows import Link


def test_a_dry_run_says_what_would_be_booked_and_books_nothing(shop: Company) -> None:
    dry = book(shop, dry_run=True)
    assert set(dry.all_ended().values()) == {"skipped(dry_run)"}
    number, invoice = next(iter(invoices(shop).items()))
    assert f"total {invoice['TotalAmountInvoiceCurrency']}" in dry.outcomes[number].detail
    assert not shop.writes()
    assert set(book(shop).all_ended().values()) == {"created"}


def test_single_numbers_and_the_bounds_of_a_window_are_kept(shop: Company) -> None:
    first, second = list(invoices(shop))[:2]
    assert book(shop, only(first, "999999")).all_ended() == {first: "created", "999999": "skipped(not_in_source)"}
    assert book(shop, NOTHING_NEW).all_ended() == {}
    assert set(booked(shop)) == {first}
    assert book(shop).ended(second) == "created"


def test_what_was_sent_as_order_or_goes_another_path_is_not_booked(shop: Company) -> None:
    shop.decide(**IMPATIENT)
    sent = {order["customer"]["refNo"] for order in shop.target_orders()}
    assert not sent
    shop.run()
    orders = {one["Id"] for one in shop.state("eaccounting", "orders")}
    shop.decide(send_sales_as=EVERY_SALE, **IMPATIENT)
    ended = book(shop).all_ended()
    of_orders = {number for number, one in invoices(shop).items() if one["CreatedFromOrderId"] in orders}
    assert of_orders
    assert {ended[number] for number in of_orders} == {"skipped(sent_as_order)"}
    assert not of_orders & booked(shop).keys()
    shop.decide(send_sales_as={"default": "invoice"}, **IMPATIENT)
    new = str(shop.in_source("invoices")["InvoiceNumber"])
    assert book(shop).ended(new) == "skipped(sent_as_invoice)"


def test_a_sale_that_is_booked_is_not_sent_as_order(shop: Company) -> None:
    book(shop)
    shop.decide(**IMPATIENT)
    ended = shop.run().all_ended()
    invoiced = {one["CreatedFromOrderId"] for one in invoices(shop).values()}
    numbers = [str(one["Number"]) for one in shop.state("eaccounting", "orders") if one["Id"] in invoiced]
    assert numbers
    assert {ended[number] for number in numbers} == {"skipped(sent_as_booking)"}


def test_the_credit_of_a_sale_that_went_as_order_waits(shop: Company) -> None:
    shop.decide(**IMPATIENT)
    shop.run()
    number = next(
        number for number, one in invoices(shop).items() if one["CreatedFromOrderId"] and not one["CreditedBy"]
    )
    credit = str(shop.in_source(f"invoices/{number}/credit")["InvoiceNumber"])
    shop.decide(send_sales_as=EVERY_SALE, **IMPATIENT)
    assert book(shop).ended(credit) == "parked(credit_of_order)"


def uncredited(shop: Company) -> str:
    """The number of an invoice without an order that nobody took back."""
    return next(
        number
        for number, one in invoices(shop).items()
        if not (one["CreatedFromOrderId"] or one["CreditedBy"] or one["IsCreditInvoice"] or one["IsCollectiveInvoice"])
    )


def test_a_credit_is_booked_where_its_invoice_was_whatever_the_settings_say_by_now(shop: Company) -> None:
    number = uncredited(shop)
    book(shop)
    credit = str(shop.in_source(f"invoices/{number}/credit")["InvoiceNumber"])
    shop.decide(send_sales_as={"default": "invoice"}, **IMPATIENT)
    assert book(shop).ended(credit) == "created"
    assert booked(shop)[credit] == (booked(shop)[number][0], -booked(shop)[number][1])


def test_the_credit_of_an_invoice_that_goes_another_path_is_not_booked(shop: Company) -> None:
    number = uncredited(shop)
    credit = str(shop.in_source(f"invoices/{number}/credit")["InvoiceNumber"])
    shop.decide(send_sales_as={"default": "invoice"}, **IMPATIENT)
    assert book(shop).ended(credit) == "skipped(sent_as_invoice)"
    assert booked(shop) == {}


def test_the_credit_of_an_order_that_came_from_the_target_is_not_booked_back(shop: Company) -> None:
    number, invoice = next(
        (number, one) for number, one in invoices(shop).items() if one["CreatedFromOrderId"] and not one["CreditedBy"]
    )
    came = Link("order", "SO/000900", str(invoice["CreatedFromOrderId"]), how="created")
    shop.ledger().mirrored().save_links([came])
    credit = str(shop.in_source(f"invoices/{number}/credit")["InvoiceNumber"])
    assert book(shop, only(number, credit)).all_ended() == dict.fromkeys((number, credit), "skipped(written_by_us)")
    assert booked(shop) == {}


def test_what_cannot_be_booked_waits_alone(company_with: CompanyWith) -> None:
    company = company_with("--orders", "30", "--invoices", "24", "--existing-orders", "0", send_sales_as=EVERY_SALE)
    troubles = planted(company)
    ended = book(company).all_ended()
    expected = {
        "rot_invoice": "parked(unsupported_tax_form)",
        "no_vat_treatment": "parked(no_vat_treatment)",
        "missing_vat_number": "parked(vat_number_missing)",
        "malformed": "rejected(vat_does_not_add_up)",
        "row_without_article": "created",
        "closed_period": "parked(closed_period)",
    }
    assert {trouble: ended[number] for trouble, number in troubles.items()} == expected
    assert {ended[number] for number in ended.keys() - set(troubles.values())} == {"created"}
    unbooked = {number for number, end in ended.items() if end != "created"}
    assert booked(company) == {number: one for number, one in owed(company).items() if number not in unbooked}


def test_a_closed_period_waits_until_it_is_open_or_is_booked_on_the_first_open_day(shop: Company) -> None:
    number = str(shop.in_source("invoices", InvoiceDate="2025-12-30")["InvoiceNumber"])
    assert book(shop, only(number)).ended(number) == "parked(closed_period)"
    decide(shop, closed_period="first_open_day")
    assert book(shop, NOTHING_NEW).ended(number) == "created"
    assert [journal["transactionDate"][:10] for journal in journals(shop)] == ["2026-01-01"]
    decide(shop)
    other = str(shop.in_source("invoices", InvoiceDate="2025-12-30")["InvoiceNumber"])
    assert book(shop, only(other)).ended(other) == "parked(closed_period)"
    shop.in_target("periods/202512", closedInGeneralLedger=False)
    try:
        assert book(shop, NOTHING_NEW).ended(other) == "created"
    finally:
        shop.in_target("periods/202512", closedInGeneralLedger=True)


@pytest.mark.parametrize(
    ("bookings", "cure"),
    [
        ({"debit_account": {"default": "1300"}}, "control account 1300"),
        ({"freight_account": "8999"}, "8999"),
        ({"debit_account": {"default": "4711"}}, "4711"),
        ({"debit_account": {"default": ""}}, "debit_account names no account"),
        ({"vat_account": {"default": ""}}, "vat_account names no account"),
    ],
)
def test_accounts_that_cannot_be_booked_on_stop_the_flow(shop: Company, bookings: dict[str, object], cure: str) -> None:
    decide(shop, **bookings)
    with pytest.raises(ConfigurationError, match=cure):
        book(shop)
    assert journals(shop) == []


def test_a_company_that_keeps_its_books_by_cash_is_refused(shop: Company) -> None:
    shop.in_source("switch", cash_method=True)
    with pytest.raises(ConfigurationError, match="cash method"):
        book(shop)
    assert journals(shop) == []
    shop.in_source("switch", cash_method=False)
    assert set(book(shop, NOTHING_NEW).all_ended().values()) == {"created"}


def test_an_invoice_before_the_cut_off_date_or_without_an_amount_is_not_booked(shop: Company) -> None:
    nothing = shop.in_source("invoices", Rows=[{"ArticleNumber": "A-1001", "UnitPrice": 0}])
    old = shop.in_source("invoices", InvoiceDate="2026-01-02")
    shop.decide(send_sales_as=EVERY_SALE, cut_off_date=TODAY.replace(day=1).isoformat(), **IMPATIENT)
    ended = book(shop).all_ended()
    assert ended[str(nothing["InvoiceNumber"])] == "skipped(nothing_to_book)"
    assert ended[str(old["InvoiceNumber"])] == "skipped(before_cut_off)"


def test_a_filter_of_the_business_holds(shop: Company) -> None:
    shop.decide(send_sales_as=EVERY_SALE, filters={FLOW: ["=invoice.currency == 'EUR'"]}, **IMPATIENT)
    book(shop)
    assert {journal["currencyId"] for journal in journals(shop)} == {"EUR"}


def test_what_is_kept_of_a_customer_in_journals_is_erased_with_the_customer(shop: Company) -> None:
    book(shop)
    number, invoice = next(iter(invoices(shop).items()))
    ledger = shop.ledger()
    journal = next(one for one in journals(shop) if f"'{number}'" in str(one["journalTransactionLines"]))
    kept = f"{FLOW}, journals"
    assert ledger.held(kept, [journal["description"]])[journal["description"]].source
    ledger.erase_person("customer", invoice["CustomerId"])
    assert ledger.held(kept, [journal["description"]])[journal["description"]].source is None
    assert all(one.request is None for one in ledger.attempts(kept, "journal", journal["description"]))
