"""How a journal of bookings is made, found, read and released in the target."""

import re
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from visma_sync.domain.invoice import Invoice
from visma_sync.domain.money import ZERO
from visma_sync.domain.totals import Totals
from visma_sync.errors import Reason, RecordParkedError, RecordRejectedError
from visma_sync.ledger.rows import HeldRecord, Intent, Outcome
from visma_sync.sync.bookings.batch import PlannedJournal
from visma_sync.sync.bookings.members import INVOICES, invoices_run, parts_of, spread_outcomes
from visma_sync.sync.bookings.ports import BookingSource, BookingTarget, JournalRow
from visma_sync.sync.exist import CLOCK_SLACK
from visma_sync.sync.flow import Built, DocumentFlow, Standing
from visma_sync.sync.sales.kept_vat import SHARES
from visma_sync.sync.sales.treatments import parked

_STATES = {"balanced": "hold", "voided": "cancelled"}


class JournalFlow(DocumentFlow[Invoice]):
    """Journal transactions of the target, each with one or more invoices of the source."""

    source: BookingSource
    target: BookingTarget

    verb = "release"
    path = "booking"

    _journals: Mapping[str, HeldRecord]

    @property
    def goes_further(self) -> bool:
        return self.run.settings.bookings.confirm == "release"

    def ended(self, outcomes: Sequence[Outcome]) -> None:
        spread_outcomes(self.run, outcomes)

    # Making one

    async def prepare(self, records: Mapping[str, HeldRecord]) -> None:
        self._journals = records

    def build(self, key: str) -> Built:
        journal = self._journals[key]
        if journal.source is None:
            raise parked(
                "journal_forgotten",
                f"what journal {journal.number} was to hold is no longer kept",
                f"See whether the target has a journal with the description '{key}'; book its invoices by hand if not.",
            )
        plan = PlannedJournal.model_validate(journal.source)
        mapping = self.run.mapping(INVOICES)
        written = mapping.write("journal", plan, links={}, settings=self.run.settings, plan=plan)
        return Built(
            marker=plan.marker,
            payload=written.payload,
            customer="",
            expected=Totals(plan.total, plan.vat),
            rounding=plan.rounding,
            cuts=tuple(str(cut) for cut in written.cuts),
            parts=parts_of(journal, invoices_run(self.run).flow),
            detail={SHARES: shares_in(plan)},
        )

    async def send(self, built: Built) -> str:
        try:
            return await self.target.journals.create(built.payload)
        except RecordRejectedError as refusal:
            if refusal.code != "period_closed":
                raise
            # Closed since its invoices were put together: the next run finds another day, or waits.
            raise RecordParkedError(
                [Reason("closed_period", refusal.message)], resolution=refusal.resolution
            ) from refusal

    async def find(self, intents: Sequence[Intent]) -> Mapping[str, Standing]:
        markers = {intent.marker for intent in intents}
        found: dict[str, Standing] = {}
        async for page in self._since(min(intent.started_at for intent in intents)):
            found.update({row.description: standing_of(row) for row in page if row.description in markers})
        return found

    def _since(self, moment: datetime) -> AsyncIterator[list[JournalRow]]:
        return self.target.journals.changed(moment - CLOCK_SLACK)

    async def find_invoices(self, numbers: Collection[str], since: datetime) -> dict[str, JournalRow]:
        """By number, the journals of ours that list these invoices."""
        ours = re.compile(rf"{re.escape(self.run.settings.marker_prefix)}(?P<first>[^+]+)(\+\d+)?")
        found: dict[str, JournalRow] = {}
        async for page in self._since(since):
            for row in page:
                listed = {line.reference for line in row.lines}
                named = ours.fullmatch(row.description)
                if named is not None and named["first"] in listed:
                    found.update(dict.fromkeys(listed.intersection(numbers), row))
        return found

    # Confirming one

    async def read(self, key: str) -> Standing | None:
        row: JournalRow | None = await self.target.journals.get(key)
        return None if row is None else standing_of(row)

    async def take_off_hold(self, standing: Standing) -> None:
        await self.target.journals.release(standing.key, standing.version)

    async def read_back(self, keys: Collection[str], since: datetime) -> AsyncIterator[list[Standing]]:
        async for page in self.target.journals.changed(since):
            yield [standing_of(row) for row in page]


def shares_in(plan: PlannedJournal) -> dict[str, list[str]]:
    """By VAT category, the sum without VAT and the VAT on it that a journal books, as text."""
    shares: dict[str, list[Decimal]] = {}
    category_of: dict[str, str] = {}
    for row in plan.rows:
        if row.vat_category:
            shares.setdefault(row.vat_category, [ZERO, ZERO])[0] += row.credit - row.debit
            category_of.setdefault(row.vat_code, row.vat_category)
    for row in plan.rows:
        if row.vat_code and not row.vat_category:
            category = category_of.get(row.vat_code, row.vat_code)
            shares.setdefault(category, [ZERO, ZERO])[1] += row.credit - row.debit
    return {category: [str(base), str(vat)] for category, (base, vat) in shares.items()}


def standing_of(row: Any) -> Standing:
    """A journal as it stands: its total is what customers owe, the rows that have to do with no VAT."""
    lines = row.lines
    owed = (line.debit - line.credit for line in lines if not line.vat_category and not line.vat_id)
    vat = (line.credit - line.debit for line in lines if line.vat_id and not line.vat_category)
    return Standing(
        key=row.number,
        name=row.number,
        customer="",
        marker=row.description,
        state=_STATES.get(row.state, row.state),
        total=sum(owed, ZERO),
        vat=sum(vat, ZERO),
        version=row.version,
        content=row.content,
    )
