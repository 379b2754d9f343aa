"""The demo believes only what it compared: each sent order once in the target, equal to the cent."""

from dataclasses import replace
from decimal import Decimal

import pytest

from local.reconciliation import compare, doubles, on_several_paths, unequal, vat_of
from local.witness import SourceSale, TargetSale
from local.witness_books import SourceInvoice, TargetInvoice, Vat

SOURCE = SourceSale("1001", "ongoing", "EUR", total=Decimal("121.00"), vat=Decimal("21.00"))
TARGET = TargetSale("SO000101", "1001", "Open", "EUR", total=Decimal("121.00"), vat=Decimal("21.00"))


def test_an_order_that_is_the_same_in_both_systems_is_equal() -> None:
    [comparison] = compare({"1001"}, {"1001": SOURCE}, [TARGET, replace(TARGET, reference="1002")])

    assert comparison.is_equal


@pytest.mark.parametrize(
    "other",
    [
        [],
        [TARGET, replace(TARGET, number="SO000102")],
        [replace(TARGET, total=Decimal("121.01"))],
        [replace(TARGET, vat=Decimal("20.99"))],
        [replace(TARGET, currency="SEK")],
        [replace(TARGET, reference="10010")],
    ],
    ids=["missing", "twice", "other total", "other VAT", "other currency", "other order"],
)
def test_any_difference_is_seen(other: list[TargetSale]) -> None:
    [comparison] = compare({"1001"}, {"1001": SOURCE}, other)

    assert not comparison.is_equal


def test_a_reference_on_two_orders_is_a_double_and_orders_without_one_are_not() -> None:
    assert doubles(["1001", "", "1002", "", "1001"]) == {"1001": 2}


HIGH, LOW, NONE = Decimal(21), Decimal(9), Decimal(0)
INVOICE = SourceInvoice(
    "20001",
    "paid",
    "EUR",
    total=Decimal("230.00"),
    vat=Decimal("30.00"),
    key="i-1",
    customer="c-1",
    orders=("o-1",),
    is_credit=False,
    takes_back="",
    is_credited=False,
    is_sold=False,
    paid=Decimal("230.00"),
    vat_by_rate={HIGH: Vat(Decimal("100.00"), Decimal("21.00")), LOW: Vat(Decimal("100.00"), Decimal("9.00"))},
)
DOCUMENT = TargetInvoice(
    "20001", "20001", "Open", "EUR", total=INVOICE.total, vat=INVOICE.vat, vat_by_rate=INVOICE.vat_by_rate
)


def test_an_invoice_is_equal_only_with_the_same_vat_at_each_rate() -> None:
    shifted = {HIGH: Vat(Decimal("100.00"), Decimal("20.99")), LOW: Vat(Decimal("100.00"), Decimal("9.01"))}

    [same] = compare({"20001"}, {"20001": INVOICE}, [DOCUMENT])
    [other] = compare({"20001"}, {"20001": INVOICE}, [replace(DOCUMENT, vat_by_rate=shifted)])

    assert same.is_equal
    assert not other.is_equal


def test_what_is_sold_without_vat_may_be_under_a_vat_code_or_under_none() -> None:
    with_code = {**INVOICE.vat_by_rate, NONE: Vat(Decimal("5.00"))}

    [comparison] = compare({"20001"}, {"20001": INVOICE}, [replace(DOCUMENT, vat_by_rate=with_code)])

    assert comparison.is_equal


def test_a_name_with_another_amount_and_a_missing_name_are_unequal_and_what_only_the_target_has_is_not() -> None:
    source = {"A-1": Decimal(2), "A-2": Decimal(3), "A-3": Decimal(4)}

    assert unequal(source, {"A-1": Decimal("2.00"), "A-2": Decimal(1), "B-9": Decimal(7)}) == {
        "A-2": "3, there 1",
        "A-3": "4, there nothing",
    }


def test_a_sale_that_two_paths_sent_is_seen_and_one_that_one_path_sent_in_parts_is_not() -> None:
    sales = {"order": ["o-1", "o-2"], "invoice": ["o-3", "o-3"], "booking": ["o-2"]}

    assert on_several_paths(sales) == {"o-2": ["order", "booking"]}


def test_the_vat_of_invoices_adds_up_by_currency_and_rate_and_rounding_is_sold_without_vat() -> None:
    rounded = replace(INVOICE, total=Decimal("230.20"))
    credit = replace(INVOICE, currency="SEK", vat_by_rate={HIGH: Vat(Decimal("-10.00"), Decimal("-2.10"))})

    assert vat_of([INVOICE, rounded, replace(credit, total=Decimal("-12.10"))]) == {
        ("EUR", HIGH): Vat(Decimal("200.00"), Decimal("42.00")),
        ("EUR", LOW): Vat(Decimal("200.00"), Decimal("18.00")),
        ("EUR", NONE): Vat(Decimal("0.20")),
        ("SEK", HIGH): Vat(Decimal("-10.00"), Decimal("-2.10")),
    }
