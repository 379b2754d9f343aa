"""Whether what was sent is the same in both systems, to the cent."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from local.witness import SourceSale, TargetSale
from local.witness_books import SourceInvoice, TargetInvoice, Vat, VatByRate

Amount = TypeVar("Amount")


@dataclass(frozen=True)
class Comparison:
    """One sale in both systems; `target` holds every document there that names it, one when all is well."""

    source: SourceSale
    target: tuple[TargetSale, ...]

    @property
    def is_equal(self) -> bool:
        """Exactly one document in the target, with the same currency, total and VAT; VAT by rate where it is known."""
        if len(self.target) != 1:
            return False
        other = self.target[0]
        ours = (self.source.currency, self.source.total, self.source.vat)
        return (other.currency, other.total, other.vat) == ours and self._vat_is_equal(other)

    def _vat_is_equal(self, other: TargetSale) -> bool:
        if isinstance(self.source, SourceInvoice) and isinstance(other, TargetInvoice):
            return _taxed(self.source.vat_by_rate) == _taxed(other.vat_by_rate)
        return True


def _taxed(vat: VatByRate) -> VatByRate:
    """Without what is sold at 0 %: that may be under a VAT code of 0 %, or under none."""
    return {rate: of_rate for rate, of_rate in vat.items() if rate}


def compare(sent: Collection[str], source: Mapping[str, SourceSale], target: Iterable[TargetSale]) -> list[Comparison]:
    """Compare the sales with these numbers."""
    by_reference: dict[str, list[TargetSale]] = {}
    for document in target:
        by_reference.setdefault(document.reference, []).append(document)
    return [Comparison(source[number], tuple(by_reference.get(number, ()))) for number in sorted(sent)]


def doubles(references: Iterable[str]) -> dict[str, int]:
    """References that more than one document of the target carries; documents without a reference do not count."""
    counted = Counter(reference for reference in references if reference)
    return {reference: count for reference, count in counted.items() if count > 1}


def unequal(source: Mapping[str, Amount], target: Mapping[str, Amount]) -> dict[str, str]:
    """By name, what differs: `12.00, there 11.00`; what the source does not name does not count."""
    return {
        name: f"{amount}, there {target.get(name, 'nothing')}"
        for name, amount in source.items()
        if target.get(name) != amount
    }


def on_several_paths(sales: Mapping[str, Collection[str]]) -> dict[str, list[str]]:
    """Of these sales by path, those that went more than one."""
    paths: dict[str, list[str]] = defaultdict(list)
    for path, keys in sales.items():
        for key in set(keys):
            paths[key].append(path)
    return {key: went for key, went in paths.items() if len(went) > 1}


def vat_of(invoices: Iterable[SourceInvoice]) -> dict[tuple[str, Decimal], Vat]:
    """The VAT of invoices by currency and rate; what a total was rounded by is sold without VAT."""
    sums: dict[tuple[str, Decimal], Vat] = defaultdict(Vat)
    for invoice in invoices:
        rounding = invoice.total
        for rate, vat in invoice.vat_by_rate.items():
            sums[invoice.currency, rate] += vat
            rounding -= vat.base + vat.amount
        sums[invoice.currency, Decimal(0)] += Vat(base=rounding)
    return {key: vat for key, vat in sums.items() if vat != Vat()}
