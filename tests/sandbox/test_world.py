"""The shop of the sandbox is believable, always the same, and holds everything that makes real shops hard."""

import datetime
import itertools
from collections import Counter
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
import stdnum.eu.vat
import stdnum.gb.vat

from sandbox.eaccounting.books import SCHEMAS, records_of
from sandbox.eaccounting.schema import faults
from sandbox.seed import build_world
from sandbox.trouble import TROUBLES
from sandbox.world import Options, World

Record = dict[str, Any]
SUMS_DO_NOT_FIT = ("malformed",)


@pytest.fixture(scope="module")
def world() -> World:
    """The usual shop."""
    return build_world(Options())


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


def article_rows(order: Record) -> list[Record]:
    return [row for row in order["Rows"] if not row["IsTextRow"]]


def percent(world: World, row: Record) -> Decimal:
    """The VAT rate of a row by its own word, else by its article's coding."""
    if row["VatRate"] is not None:
        return row["VatRate"] * 100 if row["VatRate"] < 1 else Decimal(row["VatRate"])
    article = next(one for one in world.articles if one["Id"] == row["ArticleId"])
    return next(Decimal(one["VatRatePercent"]) for one in world.codings if one["Id"] == article["CodingId"])


def vat_of(world: World, order: Record) -> Decimal:
    sums: Counter[Decimal] = Counter()
    for row in article_rows(order):
        sums[percent(world, row)] += row["Amount"]
    whole = 100 if not order["IncludesVat"] else None
    return sum((cents(amount * rate / (whole or 100 + rate)) for rate, amount in sums.items()), Decimal(0))


def test_the_same_options_give_the_same_shop_and_another_seed_another_one(world: World) -> None:
    assert build_world(Options()) == world
    assert build_world(Options(seed=2)).orders != world.orders


def test_a_bigger_shop_has_more_of_everything_but_trouble() -> None:
    big = build_world(Options(orders=1000))
    odd = (len(big.customers) - 250, len(big.articles) - 400)
    usual = build_world(Options())
    assert (len(big.orders), *odd) == (1000, len(usual.customers) - 60, len(usual.articles) - 80)
    assert max(odd) < 20
    assert len(big.customer_invoices) > 4 * len(usual.customer_invoices)
    assert len(big.planted) == len(TROUBLES)


def test_every_record_has_the_published_shape(world: World) -> None:
    wrong = {
        (path, fault.field, fault.message)
        for path, records in records_of(world).items()
        for record in records
        for fault in faults(SCHEMAS[path], record)
    }
    assert wrong == set()


def test_orders_are_from_the_ten_days_before_today_and_drafts_have_no_number(world: World) -> None:
    days = {datetime.date.fromisoformat(order["OrderDate"]) for order in world.orders}
    numbers = [order["Number"] for order in world.orders if order["Status"] != 1]
    assert (min(days), max(days)) == (datetime.date(2026, 11, 10), datetime.date(2026, 11, 19))
    assert numbers == list(range(10001, 10001 + len(numbers)))
    assert {order["Number"] for order in world.orders if order["Status"] == 1} == {None}
    assert {order["Status"] for order in world.orders} == {1, 2, 3, 4}


@pytest.mark.parametrize("meaning", ["net", "gross"])
def test_rows_and_vat_add_up_to_the_order(meaning: Any) -> None:
    shop = build_world(Options(order_amount=meaning))
    for order in shop.orders:
        if shop.planted.get(str(order["Number"])) in SUMS_DO_NOT_FIT:
            continue
        rows = sum(row["Amount"] for row in article_rows(order))
        added = order["VatAmount"] if meaning == "gross" and not order["IncludesVat"] else 0
        assert (order["Amount"], order["VatAmount"]) == (rows + added, vat_of(shop, order)), order["Number"]


def test_a_row_amount_is_quantity_times_price_less_discount(world: World) -> None:
    for order in world.orders:
        if world.planted.get(str(order["Number"])) not in SUMS_DO_NOT_FIT:
            for row in article_rows(order):
                assert row["Amount"] == cents(row["Quantity"] * row["UnitPrice"] * (1 - row["DiscountPercentage"]))


def test_whole_kronor_are_reached_beside_the_amount(world: World) -> None:
    rounded = [order for order in world.orders if order["RoundingsAmount"]]
    assert {order["CurrencyCode"] for order in rounded} == {"SEK"}
    for order in rounded:
        total = order["Amount"] + (0 if order["IncludesVat"] else order["VatAmount"]) + order["RoundingsAmount"]
        assert total == int(total)


def test_some_gross_totals_cannot_be_reached_from_net_cents(world: World) -> None:
    unreachable = []
    for order in world.orders:
        rates = {percent(world, row) for row in article_rows(order)}
        if order["IncludesVat"] and rates == {Decimal(21)}:
            net = order["Amount"] - order["VatAmount"]
            around = [net + Decimal(step) / 100 for step in range(-2, 3)]
            unreachable += [order] if order["Amount"] not in {one + cents(one * 21 / 100) for one in around} else []
    assert unreachable


def test_rows_state_their_vat_rate_in_all_three_ways(world: World) -> None:
    rates = [row["VatRate"] for order in world.orders for row in article_rows(order)]
    assert None in rates
    assert Decimal("0.21") in rates
    assert Decimal(21) in rates
    countries = {
        order["InvoiceCountryCode"] for order in world.orders for row in article_rows(order) if row["VatRate"] is None
    }
    assert countries == {"NL"}


def test_every_country_pays_its_own_rates_and_businesses_abroad_none(world: World) -> None:
    seen: dict[tuple[str, bool], set[int]] = {}
    for order in world.orders:
        if str(order["Number"]) not in world.planted and not order["DeliveryAddress1"]:
            key = (order["InvoiceCountryCode"], order["CustomerIsPrivatePerson"])
            seen.setdefault(key, set()).update(int(percent(world, row)) for row in article_rows(order))
    assert seen["DE", False] == seen["SE", False] == seen["BE", False] == seen["GB", False] == {0}
    assert seen["NL", False] == seen["NL", True] == {21, 9}
    assert (seen["DE", True], seen["BE", True]) == ({19, 7}, {21, 6})
    assert seen["SE", True] <= {25, 12, 6}


def test_the_awkward_things_of_real_shops_occur(world: World) -> None:
    rows = [row for order in world.orders for row in order["Rows"]]
    names = {customer["Name"] for customer in world.customers}
    texts = [sum(len(row["Text"]) for row in order["Rows"] if row["IsTextRow"]) for order in world.orders]
    freight = [
        [row["ArticleNumber"] for row in order["Rows"] if str(row["ArticleNumber"]).startswith("FREIGHT")]
        for order in world.orders
    ]
    emails = Counter(customer["EmailAddress"] for customer in world.customers)
    assert {"1e5", "007", "A/B #1", "ÅÄÖ-1", "FREIGHT"} <= {article["Number"] for article in world.articles}
    assert max(len(name) for name in names) == 50
    assert all(any(mark in name for name in names) for mark in ("{{", "{%", "<b>", '"', "'", "🦁", "\u200f"))
    assert max(texts) > 2048
    assert any(order["Rows"][0]["IsTextRow"] for order in world.orders)
    assert ["FREIGHT", "FREIGHT-9"] in freight
    assert (
        {row["Quantity"] for row in rows if row["Quantity"] != row["Quantity"].to_integral_value()} if rows else False
    )
    assert any(row["UnitPrice"].as_tuple().exponent == -4 for row in rows if not row["IsTextRow"])
    assert any(row["DiscountPercentage"] for row in rows)
    assert emails[None] >= 3
    assert max(count for email, count in emails.items() if email) == 2
    assert any(customer["DeliveryBasedVat"] for customer in world.customers)
    assert any(customer["IsNorthernIreland"] for customer in world.customers)


def test_vat_numbers_pass_their_check_digits(world: World) -> None:
    for customer in world.customers:
        if world.planted_customers.get(customer["CustomerNumber"]) == "malformed_vat_number":
            assert not stdnum.eu.vat.is_valid(customer["VatNumber"])
        elif customer["IsNorthernIreland"]:
            assert stdnum.gb.vat.is_valid(customer["VatNumber"])
        elif customer["VatNumber"]:
            assert stdnum.eu.vat.is_valid(customer["VatNumber"])


def test_each_trouble_is_planted_once_in_an_order_that_would_be_sent(world: World) -> None:
    by_number = {str(order["Number"]): order for order in world.orders}
    assert sorted(world.planted.values()) == sorted(TROUBLES)
    assert {by_number[number]["Status"] for number in world.planted} == {2}


def planted(world: World, reason: str) -> Record:
    number = next(number for number, word in world.planted.items() if word == reason)
    return next(order for order in world.orders if str(order["Number"]) == number)


def test_the_planted_orders_are_what_their_reason_says(world: World) -> None:
    unknown = planted(world, "unknown_article")["Rows"][1]
    assert (unknown["ArticleId"], unknown["IsTextRow"]) == (None, False)
    assert unknown["ArticleNumber"] not in {article["Number"] for article in world.articles}
    assert planted(world, "no_vat_treatment")["InvoiceCountryCode"] == "NO"
    assert planted(world, "negative_total")["Amount"] < 0
    assert planted(world, "rot_order")["RotReducedInvoicingType"] == 1
    without = planted(world, "missing_vat_number")
    assert (without["InvoiceCountryCode"], without["VatAmount"], without["CustomerIsPrivatePerson"]) == ("DE", 0, False)
    malformed = planted(world, "malformed")
    assert sum(row["Amount"] for row in malformed["Rows"]) - malformed["Amount"] == 1


def test_what_the_target_knows_already_hangs_together(world: World) -> None:
    known = world.in_target
    numbers = {article["Number"] for article in world.articles}
    typed = [order for order in world.orders if str(order["Number"]) in known.orders]
    assert len(typed) == 6
    assert "FREIGHT" in known.articles
    assert not set(known.orders) & set(world.planted)
    assert {order["CustomerNumber"] for order in typed} <= set(known.customers)
    assert {row["ArticleNumber"] for order in typed for row in article_rows(order)} <= set(known.articles) <= numbers
    assert not set(known.other_class_by_email) & set(known.customers)
    ordinary = {
        row["ArticleNumber"]
        for order in world.orders
        if str(order["Number"]) not in world.planted
        for row in article_rows(order)
    }
    assert not ordinary & {*known.inactive_articles, *known.no_sales_articles, "GIFT-0"}


def test_only_planted_orders_have_customers_that_cannot_be_settled(world: World) -> None:
    of_trouble = {order["CustomerNumber"] for order in world.orders if str(order["Number"]) in world.planted}
    others = {order["CustomerNumber"] for order in world.orders if str(order["Number"]) not in world.planted}
    stuck = {*world.in_target.on_credit_hold, *world.in_target.twice_by_email}
    assert stuck <= of_trouble - others
    # Two customers of one kind with one e-mail address would be taken for each other: only one of them ever buys.
    sharing = [one for one in world.customers if one["EmailAddress"] and one["CustomerNumber"] in others]
    kinds = Counter((one["EmailAddress"].casefold(), one["IsPrivatePerson"]) for one in sharing)
    assert max(kinds.values()) == 1


def test_invoices_are_paid_unpaid_overdue_collective_and_credited(world: World) -> None:
    invoices = world.customer_invoices
    invoiced = {order["Id"] for order in world.orders if order["Status"] == 4}
    single = [invoice["CreatedFromOrderId"] for invoice in invoices if invoice["CreatedFromOrderId"]]
    together = [invoice for invoice in invoices if invoice["IsCollectiveInvoice"]]
    related = [
        one["OrderId"] for invoice in together for one in invoice["CollectiveCustomerInvoiceRowsRelationToOrders"]
    ]
    assert Counter([*single, *related]) == Counter(invoiced)
    assert len(related) == 2
    assert {invoice["PaymentStatus"] for invoice in invoices} == {0, 1, 2}
    credited = [invoice for invoice in invoices if invoice["CreditedBy"]]
    credits = [invoice for invoice in invoices if invoice["IsCreditInvoice"]]
    assert [one["CreditedBy"][0]["CreditInvoiceId"] for one in credited] == [one["Id"] for one in credits]
    assert credits[0]["TotalAmount"] == -credited[0]["TotalAmount"]


def test_an_invoice_comes_to_what_its_order_came_to(world: World) -> None:
    orders = {order["Id"]: order for order in world.orders}
    for invoice in world.customer_invoices:
        order = orders.get(invoice["CreatedFromOrderId"])
        if order:
            total = order["Amount"] + (0 if order["IncludesVat"] else order["VatAmount"]) + order["RoundingsAmount"]
            assert (invoice["TotalAmountInvoiceCurrency"], invoice["TotalVatAmountInvoiceCurrency"]) == (
                total,
                order["VatAmount"],
            )


def test_small_shops_and_shops_without_trouble_can_be_had() -> None:
    for orders, trouble in itertools.product((0, 1, 5, 40), (True, False)):
        shop = build_world(Options(orders=orders, trouble=trouble))
        assert len(shop.orders) == orders
        assert len(shop.planted) == (min(orders // 3, len(TROUBLES)) if trouble else 0)
