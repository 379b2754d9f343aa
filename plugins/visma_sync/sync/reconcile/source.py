"""The source's side: which of its records should stand in the target, and why others need not or do not yet."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from visma_sync.domain.totals import Totals
from visma_sync.errors import RecordRejectedError
from visma_sync.ledger.held_records import WAITING
from visma_sync.ledger.rows import HeldRecord, Link
from visma_sync.sync.reconcile.documents import Due, Owner, Period, Waiting, document_of
from visma_sync.sync.reconcile.side import Side
from visma_sync.sync.run import ONE_DAY, hash_of, now, source_lists

# Outcomes of records that are in the target; without a link it has to be seen whether they still are.
_SENT = frozenset({"created", "updated", "unchanged", "exists", "exists_changed", "exists_unwanted"})


@dataclass
class SourceSide:
    """What the source's pages lead to, without bodies.

    `owners` are the records of the period by the marker of their documents, which several of one number share;
    `stands` says by key which document of the target is a record's own; `candidates` are those of which nobody has
    decided yet what becomes of them, by key, with their totals; `skipped` counts reasons; `read` has the keys of all
    records that were read.
    """

    dues: list[Due] = field(default_factory=list)
    owners: dict[str, list[Owner]] = field(default_factory=lambda: defaultdict(list))
    stands: dict[str, str] = field(default_factory=dict)
    waiting: list[Waiting] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)
    candidates: dict[str, tuple[Owner, Totals | None]] = field(default_factory=dict)
    read: set[str] = field(default_factory=set)
    oldest: datetime | None = None


@dataclass(frozen=True)
class _Read:
    """A record as it is now: its facts, and the record itself where it had to be read."""

    facts: Mapping[str, Any]
    record: Any = None


async def read_source(side: Side, period: Period) -> SourceSide:
    """Sort the source's records of a period by what the flow decided about each; raises PartialReadError."""
    found = SourceSide()
    reader = _Reader(side, period, await source_lists(side.run, side.run.kind, side.source))
    linked: dict[str, tuple[Owner, Link]] = {}
    async for page in side.records(period):
        linked |= reader.sort(page, found)
    changed = reader.changed
    found.dues = [
        replace(due, **changed[due.owner.key]) if due.owner.key in changed else due for due in side.dues(linked)
    ]
    return found


class _Reader:
    """Sorts pages of records; `changed` tells of those whose content is no longer what was sent."""

    def __init__(self, side: Side, period: Period, lists: Mapping[str, Any]) -> None:
        self._side = side
        self._period = period
        self._lists = lists
        self._watermark = side.run.ledger.watermark(side.run.flow)
        self.changed: dict[str, dict[str, Any]] = {}

    def sort(self, page: Sequence[Any], found: SourceSide) -> dict[str, tuple[Owner, Link]]:
        """Sort a page; gives the records that were sent, by key with their links."""
        run = self._side.run
        by_key = {self._side.flow.key_of(record): record for record in page}
        found.read.update(by_key)
        held = run.ledger.held(run.flow, by_key, with_source=False)
        links = run.ledger.links(run.kind, by_key)
        markers = self._side.markers({key: record.number for key, record in by_key.items()})
        sent: dict[str, tuple[Owner, Link]] = {}
        for key, record in by_key.items():
            before, link = held.get(key), links.get(key)
            try:
                read = self._read(record, before)
            except RecordRejectedError as error:
                owner = Owner(key, record.number, record.created_at.date().isoformat(), "")
                if self._period.has(owner.day):
                    found.waiting.append(Waiting(owner, "rejected", error.code, error.resolution))
                continue
            owner = Owner(key, record.number, str(read.facts["date"]), str(read.facts["currency"]))
            if not self._period.has(owner.day):
                continue
            found.oldest = min(found.oldest or record.created_at, record.created_at)
            if key in markers:
                found.owners[markers[key]].append(owner)
            if link is not None and link.detail.get("confirmed") is not False:
                self._note_change(record, read, link)
                sent[key] = owner, link
                found.stands[key] = document_of(link.target_key)
            else:
                self._sort_unsent(record, owner, read, before, found)
        return sent

    def _read(self, record: Any, before: HeldRecord | None) -> _Read:
        """What the flow kept of a record is enough as long as the record is the same."""
        if before is not None and "date" in before.facts and before.source_hash == hash_of(record.body):
            return _Read(before.facts)
        return self._mapped(record)

    def _mapped(self, record: Any) -> _Read:
        run, flow = self._side.run, self._side.flow
        read = run.mapping(run.kind).read(record.body, lists=self._lists, settings=run.settings)
        return _Read(flow.facts_of(read), read)

    def _note_change(self, record: Any, read: _Read, link: Link) -> None:
        """What a record says now counts where it changed since, or where nobody knows what was sent."""
        changed = bool(link.source_hash) and link.source_hash != read.facts.get("content")
        if not changed and "total" in link.detail:
            return
        stated = self._side.stated(read.record or self._mapped(record).record)
        if stated is None:
            return
        sent = (str(link.detail.get("total")), str(link.detail.get("vat")))
        sign = self._side.sign_of(link)
        if sent == (str(sign * stated.total), str(sign * stated.vat)):
            return
        self.changed[link.source_key] = {
            "total": stated.total,
            "vat": stated.vat,
            "shares": None,
            "changed": changed,
        }

    def _sort_unsent(
        self, record: Any, owner: Owner, read: _Read, before: HeldRecord | None, found: SourceSide
    ) -> None:
        known = before is not None and before.source_hash == hash_of(record.body)
        news = max(record.created_at, record.changed_at or record.created_at)
        if before is not None and before.state in WAITING:
            found.waiting.append(Waiting(owner, before.state, before.reason, before.cure))
        elif before is not None and known and before.reason and not {before.reason, before.state} & _SENT:
            found.skipped[before.reason] += 1
        elif not record.number:
            found.skipped["draft"] += 1
        elif self._watermark is not None and max(self._watermark, now() - ONE_DAY) <= news:
            found.waiting.append(
                Waiting(owner, "new", "not_read_yet", "Nothing to do: the next run of the flow reads it.")
            )
        else:
            stated = self._side.stated(read.record or self._mapped(record).record)
            found.candidates[owner.key] = owner, stated
