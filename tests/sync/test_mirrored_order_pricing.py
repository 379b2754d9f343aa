"""Amounts, prices and discounts with which eAccounting arrives at what an order comes to in Visma.net."""

from collections import defaultdict
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.eaccounting.pricing import totals as totals_there
from visma_sync.domain.money import to_cents, vat_on_top
from visma_sync.domain.totals import Totals
from visma_sync.sync.mirror.orders.pricing import (
    DOMESTIC,
    FOREIGN,
    Charged,
    price_of,
    row_amounts,
    totals_in_target,
)

D = Decimal
NET_ROWS = st.lists(
    st.builds(Charged, st.decimals("-50", "9999", places=2), st.sampled_from([D("0.21"), D("0.09"), D(0), D("0.25")])),
    min_size=1,
    max_size=12,
)


def vat_by_rate(rows: list[Charged]) -> dict[Decimal, Decimal]:
    """The VAT of an order whose VAT is rounded once for each rate."""
    sums: dict[Decimal, Decimal] = defaultdict(Decimal)
    for row in rows:
        sums[row.rate] += row.amount
    return {rate: vat_on_top(amount, rate) for rate, amount in sums.items()}


@given(NET_ROWS)
def test_rows_without_vat_turned_into_rows_with_vat_keep_total_and_vat_to_the_cent(rows: list[Charged]) -> None:
    vat = vat_by_rate(rows)
    gross = row_amounts(rows, vat, with_vat=False, wanted_with_vat=True)
    shown = totals_in_target(
        [Charged(amount, row.rate) for row, amount in zip(rows, gross, strict=True)], with_vat=True
    )
    net = sum((row.amount for row in rows), D(0))
    assert shown == Totals(net + sum(vat.values(), D(0)), sum(vat.values(), D(0)))


@given(NET_ROWS)
def test_rows_with_vat_turned_into_rows_without_it_lose_exactly_their_vat(rows: list[Charged]) -> None:
    vat = vat_by_rate(rows)
    gross = row_amounts(rows, vat, with_vat=False, wanted_with_vat=True)
    with_vat = [Charged(amount, row.rate) for row, amount in zip(rows, gross, strict=True)]
    nets = row_amounts(with_vat, vat, with_vat=True, wanted_with_vat=False)
    assert sum(nets, D(0)) == sum((row.amount for row in rows), D(0))


@given(NET_ROWS, st.booleans())
def test_totals_are_those_that_eaccounting_shows(rows: list[Charged], with_vat: bool) -> None:
    there = totals_there(((row.amount, row.rate * 100) for row in rows), includes_vat=with_vat, currency="EUR")
    assert totals_in_target(rows, with_vat=with_vat) == Totals(there.including_vat, there.vat)


@given(
    quantity=st.decimals("0.0001", "9999", places=4),
    price=st.decimals("0", "9999", places=4),
    discount=st.decimals("0", "1", places=4),
    places=st.sampled_from([DOMESTIC, FOREIGN]),
)
def test_a_row_says_what_it_comes_to_and_fits_the_decimals(
    quantity: Decimal, price: Decimal, discount: Decimal, places: Decimal
) -> None:
    amount = to_cents(quantity * price * (1 - discount))
    found = price_of(quantity, amount, price, discount, places)
    assert found.amount == to_cents(found.unit_price * quantity * (1 - found.discount_rate))
    assert found.unit_price == found.unit_price.quantize(places)
    assert found.discount_rate == found.discount_rate.quantize(D("0.0001"))
    assert 0 <= found.discount_rate <= 1
    if not discount:
        assert found.discount_rate <= D("0.01")


@pytest.mark.parametrize(
    ("quantity", "amount", "price", "discount", "expected"),
    [
        ("3", "29.97", "9.99", "0", ("9.99", "0")),
        ("7", "122.19", "19.95", "0.125", ("19.95", "0.125")),
        ("1", "65.32", "66.99", "0.0249", ("66.99", "0.0249")),
        ("10", "12.35", "1.2345", "0", ("1.24", "0.0040")),
        ("-2", "-19.98", "9.99", "0", ("9.99", "0")),
        ("2", "0.00", "5.00", "1", ("5.00", "1")),
    ],
)
def test_the_price_that_people_know_is_kept_where_it_can_be(
    quantity: str, amount: str, price: str, discount: str, expected: tuple[str, str]
) -> None:
    found = price_of(D(quantity), D(amount), D(price), D(discount), DOMESTIC)
    assert (found.unit_price, found.discount_rate, found.amount) == (D(expected[0]), D(expected[1]), D(amount))


def test_an_amount_that_no_price_makes_comes_as_near_as_it_can_without_a_discount() -> None:
    found = price_of(D(3000), D("4013.10"), D("1.3377"), D(0), DOMESTIC)
    assert (found.unit_price, found.discount_rate, found.amount) == (D("1.34"), D(0), D("4020.00"))
    assert price_of(D(3000), D("4013.10"), D("1.3377"), D(0), FOREIGN).amount == D("4013.10")


def test_an_amount_without_quantity_is_never_made_up() -> None:
    assert price_of(D(0), D("5.00"), D("5.00"), D(0), DOMESTIC).amount == 0
