"""Invoices are booked: each once, with the VAT that it has, in balanced journals."""

from collections import Counter
from decimal import Decimal

import pytest

from tests.flows.booked import (
    CLEARING,
    book,
    booked,
    decide,
    dutch_business,
    invoices,
    journals,
    lines,
    owed,
    vat_reported,
    vat_stated,
)
from tests.flows.running import Company, only

D = Decimal


@pytest.mark.parametrize(
    ("per", "depth"),
    [
        ("day", "total"),
        ("day", "split"),
        ("day", "products"),
        ("day", "everything"),
        ("invoice", "total"),
        ("invoice", "everything"),
    ],
)
def test_every_invoice_is_booked_with_the_vat_report_of_the_source(shop: Company, per: str, depth: str) -> None:
    decide(shop, per=per, depth=depth)
    ran = book(shop)
    assert Counter(ran.all_ended().values()) == {"created": len(invoices(shop))}
    assert booked(shop) == owed(shop)
    assert vat_reported(shop) == vat_stated(shop)
    assert {journal["status"] for journal in journals(shop)} == {"Posted"}
    assert all(sum(line[1] for line in lines(journal)) == 0 for journal in journals(shop))


def test_the_second_run_of_a_window_writes_nothing(shop: Company) -> None:
    book(shop)
    before = journals(shop)
    shop.forget_requests()
    again = book(shop)
    assert set(again.all_ended().values()) == {"skipped(exists)"}
    assert not shop.writes()
    assert journals(shop) == before


def test_a_day_has_one_journal_for_each_currency_and_rate(shop: Company) -> None:
    book(shop)
    days = {
        (one["InvoiceDate"], one["CurrencyCode"], one["DeliveryCountryCode"] == "SE") for one in invoices(shop).values()
    }
    assert len(journals(shop)) <= len(days) < len(invoices(shop))
    for journal in journals(shop):
        listed = {invoices(shop)[line[4]]["InvoiceDate"][:10] for line in lines(journal) if line[0] == CLEARING}
        assert listed == {journal["transactionDate"][:10]}


def test_each_invoice_has_its_own_journal_where_the_settings_say_so(shop: Company) -> None:
    decide(shop, per="invoice")
    book(shop)
    assert {journal["description"] for journal in journals(shop)} == set(invoices(shop))


def test_an_invoice_of_a_day_that_is_booked_already_gets_a_second_journal(shop: Company) -> None:
    book(shop)
    before = len(journals(shop))
    late = shop.in_source("invoices", InvoiceDate=next(iter(invoices(shop).values()))["InvoiceDate"])
    assert book(shop).ended(str(late["InvoiceNumber"])) == "created"
    assert len(journals(shop)) == before + 1
    assert booked(shop) == owed(shop)


def test_freight_and_discounts_are_split_off(shop: Company) -> None:
    rows = [
        {"ArticleNumber": "A-1001", "Quantity": 2, "UnitPrice": D("50.00"), "DiscountPercentage": D("0.10")},
        {"ArticleNumber": "FREIGHT", "Quantity": 1, "UnitPrice": D("9.50")},
    ]
    number = str(shop.in_source("invoices", CustomerNumber=dutch_business(shop), Rows=rows)["InvoiceNumber"])
    decide(shop, depth="split")
    book(shop, only(number))
    assert [line[:4] for line in lines(journals(shop)[0])] == [
        (CLEARING, D("-120.40"), "", ""),
        ("8000", D("100.00"), "NL21", "NL21"),
        ("8080", D("-10.00"), "NL21", "NL21"),
        ("8040", D("9.50"), "NL21", "NL21"),
        ("1500", D("20.90"), "", "NL21"),
    ]


def test_products_are_booked_on_the_account_of_their_label(shop: Company) -> None:
    labelled = next(one for one in shop.state("eaccounting", "articles") if one["ArticleLabels"] and one["IsActive"])
    label = labelled["ArticleLabels"][0]["Name"]
    rows = [{"ArticleNumber": labelled["Number"], "UnitPrice": D("10.00")}]
    number = str(shop.in_source("invoices", CustomerNumber=dutch_business(shop), Rows=rows)["InvoiceNumber"])
    decide(shop, depth="products", product_accounts=[{"label": label, "account": "8040"}])
    book(shop, only(number))
    assert [line[0] for line in lines(journals(shop)[0])] == [CLEARING, "8040", "1500"]


def test_a_credit_invoice_reverses_the_sides(shop: Company) -> None:
    number = str(shop.in_source("invoices", CustomerNumber=dutch_business(shop))["InvoiceNumber"])
    credit = shop.in_source(f"invoices/{number}/credit")
    decide(shop, per="invoice")
    book(shop, only(number, str(credit["InvoiceNumber"])))
    there, back = ([line[:4] for line in lines(journal)] for journal in journals(shop))
    assert [(account, -amount, category, code) for account, amount, category, code in there] == back


def test_a_foreign_invoice_is_booked_in_its_currency_at_its_own_rate(shop: Company) -> None:
    book(shop)
    rates = {one["CurrencyCode"]: one["CurrencyRate"] for one in invoices(shop).values()}
    assert {journal["currencyId"]: journal["exchangeRate"] for journal in journals(shop)} == rates
    assert len(rates) > 1


def test_journals_stay_on_hold_where_the_settings_say_so(shop: Company) -> None:
    decide(shop, confirm="hold")
    assert set(book(shop).all_ended().values()) == {"created"}
    assert {journal["status"] for journal in journals(shop)} == {"Hold"}
    assert set(book(shop).all_ended().values()) == {"skipped(exists)"}
