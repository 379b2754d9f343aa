"""Amounts of money: always `Decimal`, always rounded half up, in the document's currency."""

from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
ZERO = Decimal(0)


def to_cents(amount: Decimal) -> Decimal:
    """The amount in whole cents (hundredths of the currency), halves away from zero."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


def vat_on_top(net: Decimal, rate: Decimal) -> Decimal:
    """VAT that comes on top of a net amount; `rate` is a fraction (0.21)."""
    return to_cents(net * rate)


def vat_inside(gross: Decimal, rate: Decimal) -> Decimal:
    """VAT contained in a gross amount; `rate` is a fraction (0.21)."""
    return to_cents(gross * rate / (1 + rate))
