"""The tax engine: what an order costs, worked out as Acumatica-style ERPs do.

Inclusive VAT is extracted from each line and rounded there; VAT per item is added and rounded per line; VAT
per document is calculated once over the sum of what is taxable (the published `calculateOn` values).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from sandbox.vismanet.taxes import DOCUMENT, Tax, taxes_of

CENT = Decimal("0.01")
ZERO = Decimal("0.00")
HUNDRED = Decimal(100)


def cents(amount: Decimal) -> Decimal:
    """Round half up to cents, away from zero for negative amounts."""
    return amount.quantize(CENT, ROUND_HALF_UP)


@dataclass(frozen=True)
class Charge:
    """A line amount or the freight of an order, in the order's currency, with its VAT category."""

    amount: Decimal
    category: str | None


@dataclass
class TaxLine:
    """One VAT code on an order: what it is calculated over and what it comes to."""

    tax: Tax
    taxable: Decimal = ZERO
    amount: Decimal = ZERO


@dataclass
class Totals:
    """The sums of one order in its own currency."""

    lines: Decimal = ZERO
    freight: Decimal = ZERO
    taxable: Decimal = ZERO
    exempt: Decimal = ZERO
    tax: Decimal = ZERO
    order: Decimal = ZERO
    discount: Decimal = ZERO
    quantity: Decimal = ZERO
    tax_lines: list[TaxLine] = field(default_factory=list)


def contained_vat(amount: Decimal, rate: Decimal) -> Decimal:
    """Give the VAT that is inside an amount, rounded half up to cents."""
    return cents(amount * rate / (HUNDRED + rate))


def charge_order(lines: Iterable[Charge], freight: Charge, zone: str | None) -> Totals:
    """Add up an order: its lines, its freight and the VAT that comes on top of them."""
    totals = Totals(freight=freight.amount)
    found: dict[str, TaxLine] = {}
    charges = [*lines, freight]
    for charge in charges:
        _charge_one(charge, zone, totals, found)
    totals.lines = sum((charge.amount for charge in charges[:-1]), ZERO)
    on_top = ZERO
    for line in found.values():
        if line.tax.calculate_on == DOCUMENT:
            line.amount = cents(line.taxable * line.tax.rate / HUNDRED)
        if line.tax.exempt:
            totals.exempt += line.taxable
        else:
            totals.taxable += line.taxable
        totals.tax += line.amount
        on_top += ZERO if line.tax.contained else line.amount
    totals.order = totals.lines + totals.freight + on_top
    totals.tax_lines = list(found.values())
    return totals


def _charge_one(charge: Charge, zone: str | None, totals: Totals, found: dict[str, TaxLine]) -> None:
    taxes = taxes_of(charge.category, zone)
    if not taxes:
        totals.exempt += charge.amount
    for tax in taxes:
        line = found.setdefault(tax.id, TaxLine(tax))
        if tax.contained:
            vat = contained_vat(charge.amount, tax.rate)
            line.amount += vat
            line.taxable += charge.amount - vat
        else:
            line.taxable += charge.amount
            if tax.calculate_on != DOCUMENT:
                line.amount += cents(charge.amount * tax.rate / HUNDRED)
