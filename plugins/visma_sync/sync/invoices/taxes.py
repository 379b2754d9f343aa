"""The VAT of an invoice per tax of the target: computed there, or set where rounding makes it differ."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from visma_sync.domain.charges import Charges
from visma_sync.domain.money import ZERO
from visma_sync.domain.taxing import Category, TaxedAmount, expected_totals
from visma_sync.domain.totals import Totals
from visma_sync.errors import RecordParkedError
from visma_sync.sync.sales.treatments import parked


@dataclass(frozen=True)
class TaxedRow:
    """A row's net amount, the rate that the source charges (a fraction), and its VAT category in the target."""

    net: Decimal
    rate: Decimal
    category: Category


@dataclass(frozen=True)
class PlannedTax:
    """The VAT that is set for a tax of the target, instead of what it computes; in the document's currency."""

    vat_id: str
    vat: Decimal


def taxes_of(rows: Sequence[TaxedRow], charges: Charges, max_rounding: Decimal) -> tuple[PlannedTax, ...]:
    """The taxes whose VAT has to be set, so that each rate's VAT is the source's to the cent.

    Raises RecordParkedError where the target computes more than `max_rounding` beside it.
    """
    planned: list[PlannedTax] = []
    total = charges.rounding
    for rate, vat in charges.vat.items():
        computed = _computed([row for row in rows if row.rate == rate])
        missing = vat - sum((totals.vat for totals in computed.values()), ZERO)
        total += sum((totals.total for totals in computed.values()), ZERO) + missing
        if not missing:
            continue
        taxed = {tax_id: totals for tax_id, totals in computed.items() if tax_id}
        if abs(missing) > max_rounding or not taxed:
            raise _differs(rate, vat, vat - missing)
        largest = max(taxed, key=lambda tax_id: abs(taxed[tax_id].vat))
        planned.append(PlannedTax(largest, taxed[largest].vat + missing))
    if total != charges.totals.total:
        raise parked(
            "total_mismatch",
            f"the source says {charges.totals.total}, the target would show {total}",
            "Name categories that compute VAT on top of the amount in vat.treatments of the settings.",
        )
    return tuple(planned)


def _computed(rows: Sequence[TaxedRow]) -> dict[str, Totals]:
    """What the target computes by tax id: categories with the same tax are taxed together."""
    by_tax: dict[str, list[TaxedAmount]] = {}
    for row in rows:
        together = by_tax.setdefault(row.category.tax_id, [])
        together.append(TaxedAmount(row.net, together[0].category if together else row.category))
    return {tax_id: expected_totals(amounts) for tax_id, amounts in by_tax.items()}


def _differs(rate: Decimal, vat: Decimal, computed: Decimal) -> RecordParkedError:
    return parked(
        "vat_differs",
        f"at {rate * 100:f} % the source charges VAT {vat}, the target computes {computed}",
        "Raise max_rounding in the settings, or enter the invoice by hand.",
    )
