"""How the records of a flow are read on both sides to be compared; each flow says what is its own."""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar

from visma_sync.domain.money import ZERO
from visma_sync.domain.totals import Totals
from visma_sync.ledger.rows import Link
from visma_sync.sync.catalog import document_flow
from visma_sync.sync.flow import DocumentFlow
from visma_sync.sync.lists import target_list
from visma_sync.sync.reconcile.documents import Due, Found, Owner, Period, Shares, whole
from visma_sync.sync.run import Run
from visma_sync.sync.sales.kept_vat import COUNTRY, SHARES


class Side(ABC):
    """A flow's records in the source and its documents in the target.

    `run` looks into what the flow keeps; `flow` decides and reads as the flow does, and writes nothing.
    """

    flow_name: ClassVar[str]
    # Whether `records` gives every record of its days, so that one which is not there is gone.
    gives_all: ClassVar[bool] = True

    def __init__(self, run: Run, source: Any, target: Any) -> None:
        self.run = run
        self.source = source
        self.target = target
        self.flow: DocumentFlow[Any] = document_flow(replace(run, dry_run=True), source, target)
        self._codes: Mapping[str, str] = {}

    async def prepare(self) -> None:
        """Read once what comparing takes."""
        rows = await target_list(self.run, self.target, "vat_categories")
        taxes = {str(row["id"]): row["facts"].get("taxes") or [] for row in rows}
        self._codes = {name: str(of[0].get("vat_id", "")) if of else "" for name, of in taxes.items()}

    @abstractmethod
    def records(self, period: Period) -> AsyncIterator[list[Any]]:
        """The source records of these days, and perhaps others, a page at a time; PartialReadError at the end."""

    @abstractmethod
    def documents(self, since: datetime) -> AsyncIterator[list[Found]]:
        """The documents of the target changed since then, UTC, a page at a time; PartialReadError at the end."""

    @abstractmethod
    async def document(self, target_key: str) -> Found | None:
        """One document, None where there is none."""

    @abstractmethod
    def stated(self, record: Any) -> Totals | None:
        """Total and VAT that must stand in the target by the record's own words; None where it does not say."""

    def markers(self, numbers: Mapping[str, str]) -> dict[str, str]:
        """By key, the text that tells a record's document apart in the target; `numbers` are the records' by key."""
        return {key: f"{self.run.settings.marker_prefix}{number}" for key, number in numbers.items() if number}

    @property
    def marker_is_ours(self) -> bool:
        """Whether nobody else writes such a text; a bare number may be the reference of a customer."""
        return bool(self.run.settings.marker_prefix)

    def dues(self, linked: Mapping[str, tuple[Owner, Link]]) -> list[Due]:
        """The documents in which these records, by key, should stand."""
        return [self.due_of(owner, link, link.target_key) for owner, link in linked.values()]

    def due_of(self, owner: Owner, link: Link, target_key: str) -> Due:
        """What was sent, as its link tells."""
        detail, sign = link.detail, self.sign_of(link)
        if "total" not in detail:
            return Due(owner, target_key, None, None)
        total, vat = sign * Decimal(str(detail["total"])), sign * Decimal(str(detail["vat"]))
        owner = replace(owner, country=str(detail.get(COUNTRY, "")))
        return Due(owner, target_key, total, vat, self._kept_shares(detail.get(SHARES), total, sign))

    def sign_of(self, link: Link) -> int:
        """-1 for a document whose amounts are positive although it takes a sale back."""
        return 1

    async def read_vat(self, pairs: Sequence[tuple[Due, Found]]) -> list[Found]:
        """The documents with their VAT, where a list does not say it."""
        return [found for _, found in pairs]

    def code_of(self, category: str) -> str:
        """The VAT code behind a VAT category, empty where it has none."""
        return self._codes.get(category, category)

    def _kept_shares(self, kept: Mapping[str, Any] | None, total: Decimal, sign: int) -> Shares | None:
        if kept is None:
            return None
        shares: dict[str, tuple[Decimal, Decimal]] = {}
        for category, (base, vat) in kept.items():
            code = self.code_of(category)
            before = shares.get(code, (ZERO, ZERO))
            shares[code] = before[0] + sign * Decimal(str(base)), before[1] + sign * Decimal(str(vat))
        return whole(shares, total)


def shares_in(taxes: Collection[Any], sign: int = 1) -> Shares:
    """By VAT code, what a document of the target says of it."""
    shares: dict[str, tuple[Decimal, Decimal]] = {}
    for tax in taxes:
        base, vat = shares.get(tax.vat_id, (ZERO, ZERO))
        shares[tax.vat_id] = base + sign * tax.base, vat + sign * tax.vat
    return shares
