"""Row amounts, prices and discounts with which the target arrives at the order's total and VAT."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, ROUND_UP, Decimal

from visma_sync.domain.money import CENT, ZERO, to_cents, vat_inside, vat_on_top
from visma_sync.domain.taxing import spread
from visma_sync.domain.totals import Totals

# "eAccounting OpenAPI 2026-02": two decimals where customer and currency are domestic, else four; discounts four.
DOMESTIC, FOREIGN = CENT, Decimal("0.0001")
_FINEST = Decimal("0.0001")
# A price that is cut to its places is brought back to its amount by a discount of at most this (a fraction): more
# would be a discount that nobody granted.
_LARGEST_MEND = Decimal("0.01")
_MOST_STEPS = 20


@dataclass(frozen=True)
class Charged:
    """What a row comes to in the source: its amount, and the VAT rate as charged there (a fraction)."""

    amount: Decimal
    rate: Decimal


@dataclass(frozen=True)
class RowPrice:
    """Unit price and discount (a fraction), and the amount that the target makes of them."""

    unit_price: Decimal
    discount_rate: Decimal
    amount: Decimal


def row_amounts(
    rows: Sequence[Charged], vat_of: Mapping[Decimal, Decimal], *, with_vat: bool, wanted_with_vat: bool
) -> list[Decimal]:
    """The amounts of rows, with VAT or without, as the target wants them.

    `vat_of` is the order's VAT by rate. Cents of rounding go to the largest rows, so that the sums stay what they are.
    """
    if with_vat == wanted_with_vat:
        return [row.amount for row in rows]
    by_rate: dict[Decimal, list[int]] = defaultdict(list)
    for index, row in enumerate(rows):
        by_rate[row.rate].append(index)
    amounts = [row.amount for row in rows]
    for rate, indexes in by_rate.items():
        own = [rows[index].amount for index in indexes]
        factor = 1 + rate if wanted_with_vat else 1 / (1 + rate)
        turned = [to_cents(amount * factor) for amount in own]
        vat = vat_of.get(rate, ZERO)
        wanted = sum(own, ZERO) + (vat if wanted_with_vat else -vat)
        for index, amount in zip(indexes, spread(turned, wanted - sum(turned, ZERO)), strict=True):
            amounts[index] = amount
    return amounts


def price_of(quantity: Decimal, amount: Decimal, price: Decimal, discount_rate: Decimal, places: Decimal) -> RowPrice:
    """The price and discount that give a row its amount, or come nearest to it.

    In this order: the source's own price and discount; where a discount was granted, a price near its own with the
    discount that the amount means; a price that has the discount inside; one a little above with the little discount
    that brings it back.
    """
    if quantity == 0:
        return _priced(quantity, _fitting(price, places), ZERO)
    inside = _priced(quantity, _fitting(amount / quantity, places), ZERO)
    ways = _ways(quantity, amount, price, discount_rate, places)
    return next((way for way in ways if way.amount == amount), inside)


def _ways(
    quantity: Decimal, amount: Decimal, price: Decimal, discount_rate: Decimal, places: Decimal
) -> Iterator[RowPrice]:
    """The prices and discounts to be tried, the best first."""
    if price == _fitting(price, places):
        yield _priced(quantity, price, _whole(discount_rate))
    if discount_rate:
        for near in _near(_fitting(price, places), places, both_sides=True):
            yield _priced(quantity, near, _discount(quantity, amount, near))
    yield _priced(quantity, _fitting(amount / quantity, places), ZERO)
    for above in _near((amount / quantity).quantize(places, ROUND_UP), places, both_sides=False):
        discount = _discount(quantity, amount, above)
        if discount <= _LARGEST_MEND:
            yield _priced(quantity, above, discount)


def _near(price: Decimal, places: Decimal, *, both_sides: bool) -> Iterator[Decimal]:
    """Prices from this one on, away from zero and perhaps towards it, as far as a mend may go."""
    yield price
    step = places.copy_sign(price)
    for count in range(1, min(_MOST_STEPS, int(abs(price) * _LARGEST_MEND / places)) + 1):
        yield price + count * step
        if both_sides:
            yield price - count * step


def _discount(quantity: Decimal, amount: Decimal, price: Decimal) -> Decimal:
    full = quantity * price
    return _whole(1 - amount / full) if full else ZERO


def _whole(rate: Decimal) -> Decimal:
    return min(max(rate.quantize(_FINEST, ROUND_HALF_UP), ZERO), Decimal(1))


def _fitting(price: Decimal, places: Decimal) -> Decimal:
    return price.quantize(places, ROUND_HALF_UP)


def _priced(quantity: Decimal, price: Decimal, discount_rate: Decimal) -> RowPrice:
    return RowPrice(price, discount_rate, to_cents(price * quantity * (1 - discount_rate)))


def totals_in_target(rows: Sequence[Charged], *, with_vat: bool) -> Totals:
    """Total and VAT that the target shows for these rows: it rounds VAT once for each rate of the document."""
    sums: dict[Decimal, Decimal] = defaultdict(lambda: ZERO)
    for row in rows:
        sums[row.rate] += row.amount
    of = vat_inside if with_vat else vat_on_top
    vat = sum((of(amount, rate) for rate, amount in sums.items()), ZERO)
    rows_together = sum(sums.values(), ZERO)
    return Totals(rows_together if with_vat else rows_together + vat, vat)
