"""What an order's total and VAT are, established from its rows rather than believed."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from visma_sync.domain.money import CENT, ZERO, to_cents, vat_inside, vat_on_top
from visma_sync.domain.order import Order
from visma_sync.errors import Reason, RecordRejectedError

_MEND_SOURCE = "Open the order in the source, correct its rows and save it; the next run reads it again."


@dataclass(frozen=True)
class Totals:
    """A document's total including VAT, and the VAT in it; in the document's currency."""

    total: Decimal
    vat: Decimal


@dataclass(frozen=True)
class SourceTotals(Totals):
    """What the source says, before whole-unit rounding.

    `rows_include_vat` tells how the row amounts are to be read; `rates` holds each row's rate as charged, a
    fraction by row position (all zero where the source charged no VAT).
    """

    rows_include_vat: bool
    rates: Mapping[int, Decimal]


def establish_totals(order: Order, rates_of_products: Mapping[str, Decimal]) -> SourceTotals:
    """Establish total, VAT and the meaning of the rows of an order.

    `rates_of_products` gives the VAT rate (fraction) of products whose rows do not say one. Raises
    RecordRejectedError where the rows do not add up to the order's amount with or without VAT, where a rate is
    unknown, or where the VAT does not follow from rows and rates.
    """
    rows = sum((line.amount for line in order.goods), ZERO)
    include_vat, total = _reading_of(order, rows)
    rates = _rates_as_charged(order, rates_of_products)
    _cross_check(order, include_vat, rates)
    return SourceTotals(total=total, vat=order.vat_amount, rows_include_vat=include_vat, rates=rates)


def stated_totals(order: Order) -> Totals:
    """What an order costs by its own words, whole-unit rounding included: what must stand in the target.

    Raises RecordRejectedError where its rows do not add up to its amount.
    """
    _, total = _reading_of(order, sum((line.amount for line in order.goods), ZERO))
    return Totals(total + order.rounding_amount, order.vat_amount)


def _reading_of(order: Order, rows: Decimal) -> tuple[bool, Decimal]:
    if rows == order.amount and order.includes_vat:
        return True, order.amount
    if rows == order.amount:
        return False, order.amount + order.vat_amount
    if rows == order.amount - order.vat_amount:
        return False, order.amount
    raise RecordRejectedError(
        [
            Reason(
                "rows_do_not_add_up",
                f"the rows add up to {rows}, the order says {order.amount} (VAT {order.vat_amount})",
            )
        ],
        resolution=_MEND_SOURCE,
        key=order.number,
    )


def _rates_as_charged(order: Order, rates_of_products: Mapping[str, Decimal]) -> dict[int, Decimal]:
    if order.vat_amount == 0:
        return {line.position: ZERO for line in order.goods}
    rates: dict[int, Decimal] = {}
    unknown: list[str] = []
    for line in order.goods:
        rate = line.vat_rate if line.vat_rate is not None else rates_of_products.get(line.product_number)
        if rate is None:
            unknown.append(str(line.position))
        else:
            rates[line.position] = rate
    if unknown:
        raise RecordRejectedError(
            [Reason("vat_rate_unknown", f"no VAT rate is known for row {', '.join(unknown)}")],
            resolution="Give the article of that row a coding with a VAT rate in the source.",
            key=order.number,
        )
    return rates


def _cross_check(order: Order, include_vat: bool, rates: Mapping[int, Decimal]) -> None:
    """VAT per rate, and per row, differ by rounding at most; more than that is a wrong rate."""
    sums: dict[Decimal, Decimal] = defaultdict(lambda: ZERO)
    for line in order.goods:
        sums[rates[line.position]] += line.amount
    of = vat_inside if include_vat else vat_on_top
    computed = sum((of(amount, rate) for rate, amount in sums.items()), ZERO)
    slack = CENT * (len(order.goods) + 1) / 2 + CENT
    if abs(computed - order.vat_amount) > slack:
        raise RecordRejectedError(
            [
                Reason(
                    "vat_does_not_follow",
                    f"rows and rates give VAT {to_cents(computed)}, the order says {order.vat_amount}",
                )
            ],
            resolution=_MEND_SOURCE,
            key=order.number,
        )
