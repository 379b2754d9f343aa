"""Row amounts as the target will be sent them, so that its total and VAT equal the source's to the cent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from visma_sync.domain.money import ZERO, vat_inside
from visma_sync.domain.taxing import Category, TaxedAmount, expected_totals, net_of
from visma_sync.domain.totals import SourceTotals, Totals
from visma_sync.errors import Reason, RecordParkedError


@dataclass(frozen=True)
class Charge:
    """One amount to be taxed: a row, or the freight of several rows.

    `category` is for amounts without VAT, `inclusive` for amounts that contain it (None where the settings name none).
    """

    amount: Decimal
    category: Category
    inclusive: Category | None


@dataclass(frozen=True)
class Pricing:
    """The amount and category to send per charge, what the target will show, and what is left for the rounding row."""

    amounts: tuple[TaxedAmount, ...]
    expected: Totals
    remainder: Decimal


def price(charges: Sequence[Charge], source: SourceTotals, max_rounding: Decimal) -> Pricing:
    """Find amounts with which the target arrives at the source's total and VAT.

    Raises RecordParkedError(`total_mismatch`) with both sums where no way does within `max_rounding`.
    """
    ways = (_inclusive(charges), _net(charges, source)) if source.rows_include_vat else (_as_is(charges),)
    tried = [_priced(way, source) for way in ways if way is not None]
    for pricing in tried:
        if pricing.expected.vat == source.vat and abs(pricing.remainder) <= max_rounding:
            return pricing
    nearest = tried[-1].expected
    raise RecordParkedError(
        [
            Reason(
                "total_mismatch",
                f"the source says {source.total} with VAT {source.vat}, "
                f"the target would show {nearest.total} with VAT {nearest.vat}",
            )
        ],
        resolution="Let the VAT category compute on the document's amount (or name a category for prices "
        "that contain VAT), raise max_rounding, or correct the order in the source.",
    )


def _priced(amounts: Sequence[TaxedAmount], source: SourceTotals) -> Pricing:
    expected = expected_totals(amounts)
    return Pricing(tuple(amounts), expected, source.total - expected.total)


def _as_is(charges: Sequence[Charge]) -> list[TaxedAmount]:
    return [TaxedAmount(charge.amount, charge.category) for charge in charges]


def _inclusive(charges: Sequence[Charge]) -> list[TaxedAmount] | None:
    """Gross amounts under categories that extract the VAT, where every taxed row has such a category."""
    taxed: list[TaxedAmount] = []
    for charge in charges:
        category = charge.inclusive if charge.category.rate else charge.category
        if category is None:
            return None
        taxed.append(TaxedAmount(charge.amount, category))
    return taxed


def _net(charges: Sequence[Charge], source: SourceTotals) -> list[TaxedAmount]:
    """Net amounts whose VAT is the source's; the missing cents are the remainder."""
    vat_of = _vat_per_category(charges, source)
    amounts: list[Decimal] = [charge.amount for charge in charges]
    for category, vat in vat_of.items():
        at = [index for index, charge in enumerate(charges) if charge.category == category]
        for index, net in zip(at, net_of([charges[i].amount for i in at], category, vat), strict=True):
            amounts[index] = net
    return [TaxedAmount(amount, charge.category) for amount, charge in zip(amounts, charges, strict=True)]


def _vat_per_category(charges: Sequence[Charge], source: SourceTotals) -> Mapping[Category, Decimal]:
    """The source's VAT shared over its categories; cents of rounding go to the largest one."""
    gross: dict[Category, Decimal] = {}
    for charge in charges:
        gross[charge.category] = gross.get(charge.category, ZERO) + charge.amount
    vat = {category: vat_inside(amount, category.rate) for category, amount in gross.items()}
    taxed = [category for category in gross if category.rate]
    if taxed:
        largest = max(taxed, key=lambda category: abs(gross[category]))
        vat[largest] += source.vat - sum(vat.values(), ZERO)
    return vat
