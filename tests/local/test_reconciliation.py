"""The demo believes only what it compared: each sent order once in the target, equal to the cent."""

from dataclasses import replace
from decimal import Decimal

import pytest

from local.reconciliation import compare, doubles
from local.witness import SourceOrder, TargetOrder

SOURCE = SourceOrder("1001", "ongoing", "EUR", total=Decimal("121.00"), vat=Decimal("21.00"))
TARGET = TargetOrder("SO000101", "1001", "Open", "EUR", total=Decimal("121.00"), vat=Decimal("21.00"))


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
def test_any_difference_is_seen(other: list[TargetOrder]) -> None:
    [comparison] = compare({"1001"}, {"1001": SOURCE}, other)

    assert not comparison.is_equal


def test_a_reference_on_two_orders_is_a_double_and_orders_without_one_are_not() -> None:
    assert doubles(["1001", "", "1002", "", "1001"]) == {"1001": 2}
