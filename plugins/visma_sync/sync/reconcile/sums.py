"""Sums: what should have been sent and what stands in the target, by day, country, VAT code and currency."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from visma_sync.domain.money import ZERO
from visma_sync.sync.reconcile.documents import Due, Found, Shares

Group = tuple[str, str, str, str]


@dataclass
class Sum:
    """How many documents, and what they add up to without VAT and in VAT; in the currency of their group."""

    count: int = 0
    base: Decimal = ZERO
    vat: Decimal = ZERO

    def add(self, base: Decimal, vat: Decimal) -> None:
        """Count one document more."""
        self.count, self.base, self.vat = self.count + 1, self.base + base, self.vat + vat


@dataclass
class Sums:
    """Both sides, by group: day (ISO 8601), country, VAT code and currency.

    A document with several VAT codes counts in the group of each. One whose codes are not known has none.
    """

    due: dict[Group, Sum] = field(default_factory=dict)
    found: dict[Group, Sum] = field(default_factory=dict)

    def add(self, due: Due, found: Found | None) -> None:
        """Add a document as it should be, and as it stands, where it does."""
        alive = found if found is not None and found.is_alive else None
        shares = _shares(alive.shares, alive.total, alive.vat) if alive else {}
        if alive:
            _add(self.found, due, alive.currency or due.owner.currency, shares)
        if due.total is None:
            # Nobody knows what it should be: it counts as it stands.
            _add(self.due, due, due.owner.currency, shares)
            return
        same = alive is not None and due.shares is None and (due.total, due.vat) == (alive.total, alive.vat)
        _add(self.due, due, due.owner.currency, shares if same else _shares(due.shares, due.total, due.vat))

    @property
    def groups(self) -> list[Group]:
        """All groups of either side, in order."""
        return sorted(self.due.keys() | self.found.keys())


def _shares(shares: Shares | None, total: Decimal, vat: Decimal | None) -> Shares:
    return shares if shares is not None else {"": (total - (vat or ZERO), vat or ZERO)}


def _add(side: dict[Group, Sum], due: Due, currency: str, shares: Mapping[str, tuple[Decimal, Decimal]]) -> None:
    for code, (base, vat) in shares.items():
        side.setdefault((due.owner.day, due.owner.country, code, currency), Sum()).add(base, vat)
