"""Whether what was sent is the same in both systems, to the cent."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from local.witness import SourceOrder, TargetOrder


@dataclass(frozen=True)
class Comparison:
    """One order in both systems; `target` holds every target order that names it, one when all is well."""

    source: SourceOrder
    target: tuple[TargetOrder, ...]

    @property
    def is_equal(self) -> bool:
        """Exactly one order in the target, with the same currency, total and VAT."""
        if len(self.target) != 1:
            return False
        other = self.target[0]
        ours = (self.source.currency, self.source.total, self.source.vat)
        return (other.currency, other.total, other.vat) == ours


def compare(
    sent: Collection[str], source: Mapping[str, SourceOrder], target: Iterable[TargetOrder]
) -> list[Comparison]:
    """Compare the orders with these numbers."""
    by_reference: dict[str, list[TargetOrder]] = {}
    for order in target:
        by_reference.setdefault(order.reference, []).append(order)
    return [Comparison(source[number], tuple(by_reference.get(number, ()))) for number in sorted(sent)]


def doubles(references: Iterable[str]) -> dict[str, int]:
    """References that more than one order of the target carries; orders without a reference do not count."""
    counted = Counter(reference for reference in references if reference)
    return {reference: count for reference, count in counted.items() if count > 1}
