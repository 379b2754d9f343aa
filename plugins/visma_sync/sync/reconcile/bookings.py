"""Comparing bookings: a journal holds one or more invoices, each of which is in one journal only."""

import re
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import Any

from visma_sync.domain.invoice import Invoice
from visma_sync.domain.money import ZERO
from visma_sync.domain.totals import Totals
from visma_sync.ledger.rows import Link
from visma_sync.sync.bookings.journals import standing_of
from visma_sync.sync.bookings.members import JOURNALS, journals_run
from visma_sync.sync.reconcile.documents import Due, Found, Owner, Period, document_of, whole
from visma_sync.sync.reconcile.side import Side


class BookingSide(Side):
    """Invoices of the source, and the journals of the target in which they are booked."""

    flow_name = "bookings_eaccounting_to_vismanet"

    def records(self, period: Period) -> AsyncIterator[list[Any]]:
        records: AsyncIterator[list[Any]] = self.source.complete.invoices_dated(period.first, period.last)
        return records

    async def documents(self, since: datetime) -> AsyncIterator[list[Found]]:
        async for page in self.target.complete.journals(since):
            yield [self._found(row) for row in page]

    async def document(self, target_key: str) -> Found | None:
        row = await self.target.journals.get(target_key)
        return None if row is None else self._found(row)

    def stated(self, record: Invoice) -> Totals | None:
        """A journal may hold others besides this invoice."""
        return None

    @property
    def marker_is_ours(self) -> bool:
        """What a journal of ours is called names one of the invoices in it."""
        return True

    def markers(self, numbers: Mapping[str, str]) -> dict[str, str]:
        return {key: number for key, number in numbers.items() if number}

    def dues(self, linked: Mapping[str, tuple[Owner, Link]]) -> list[Due]:
        """The journals, each once: their days, currencies and totals are their own."""
        members: dict[str, list[tuple[Owner, Link]]] = defaultdict(list)
        for owner, link in linked.values():
            members[str(link.detail.get("journal", ""))].append((owner, link))
        made = self.run.ledger.links(JOURNALS, members)
        held = self.run.ledger.held(journals_run(self.run).flow, members, with_source=False)
        dues: list[Due] = []
        for marker, of_journal in members.items():
            if marker in made and marker in held:
                facts = held[marker].facts
                owner = Owner(marker, held[marker].number, str(facts["date"]), str(facts["currency"]))
                dues.append(self.due_of(owner, made[marker], made[marker].target_key))
            else:
                # Found in the target after a lost ledger: only that it is still there can be told.
                dues += [Due(owner, document_of(link.target_key), None, None) for owner, link in of_journal]
        return dues

    def _found(self, row: Any) -> Found:
        standing = standing_of(row)
        sums: dict[str, list[Any]] = defaultdict(lambda: [ZERO, ZERO])
        for line in row.lines:
            amount = line.credit - line.debit
            if line.vat_category:
                sums[line.vat_id or self.code_of(line.vat_category)][0] += amount
            elif line.vat_id:
                sums[line.vat_id][1] += amount
        total = standing.total
        return Found(
            key=row.number,
            name=f"journal {row.number}",
            markers=self._listed(row),
            state=standing.state,
            currency=row.currency,
            total=total,
            vat=standing.vat,
            shares=whole({code: (base, vat) for code, (base, vat) in sums.items()}, total),
            changed_at=row.changed_at,
        )

    def _listed(self, row: Any) -> tuple[str, ...]:
        """The invoices in a journal of ours."""
        ours = re.fullmatch(rf"{re.escape(self.run.settings.marker_prefix)}([^+]+)(\+\d+)?", row.description)
        owed = {line.reference for line in row.lines if not line.vat_category and not line.vat_id}
        return tuple(sorted(owed)) if ours is not None and ours[1] in owed else ()
