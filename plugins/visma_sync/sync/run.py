"""One run of a flow, as its steps see it."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import simplejson

from visma_sync.ledger.ledger import Ledger
from visma_sync.ledger.rows import HeldRecord
from visma_sync.mapping.catalog import FlowMapping
from visma_sync.mapping.record_filter import RecordFilter
from visma_sync.settings.load import fingerprint
from visma_sync.settings.model import Settings
from visma_sync.sync.ports import SourceRecord

ONE_DAY = timedelta(days=1)


def now() -> datetime:
    """The present moment, UTC."""
    return datetime.now(tz=UTC)


@dataclass(frozen=True)
class Run:
    """What every step of a run shares.

    `kind` is the kind of the records that the run moves (`order`, `product`, ...), `flows` names the flow of each kind
    that it touches, `mappings` holds those of the kinds that the step itself reads or writes, `filter` says which of
    the run's own records are to be sent (None: all). `last_try` tells a step that it will not be called again: what is
    still uncertain is then left to the next run instead of being waited for.
    `named_company` is a keyed hash of which company the Connection of the target names. In a `mirrored` run source and
    target are exchanged: the company named so is its source; its ledger is that of the mirrored pair.
    """

    run_id: str
    kind: str
    ledger: Ledger
    settings: Settings
    flows: Mapping[str, str]
    mappings: Mapping[str, FlowMapping]
    lists: Mapping[str, tuple[str, ...]]
    filter: RecordFilter | None = None
    dry_run: bool = False
    last_try: bool = True
    default_branch: str = ""
    named_company: str = ""
    mirrored: bool = False

    def flow_of(self, kind: str) -> str:
        """The name under which this run has records of a kind in hand.

        What a run only needs is held apart from that kind's own flow, which runs beside it; a dry run holds its own
        as well, so that it changes nothing.
        """
        own = self.flows[self.kind]
        name = own if kind == self.kind else f"{own}, {kind}s"
        return f"{name} (dry run)" if self.dry_run else name

    @property
    def flow(self) -> str:
        """The name under which this run's own records are in hand."""
        return self.flow_of(self.kind)

    def writer_of(self, kind: str) -> str:
        """The flow in whose name records of a kind are written, whichever run does it: it is written once for all."""
        return self.flows[kind]

    def mapping(self, kind: str) -> FlowMapping:
        """The mapping of a record kind."""
        return self.mappings[kind]

    def fingerprint_of(self, kind: str, source_hash: str) -> str:
        """Changes when the record, its mapping or the settings do."""
        together = f"{source_hash}|{self.mapping(kind).fingerprint}|{fingerprint(self.settings)}"
        return hashlib.sha256(together.encode()).hexdigest()[:32]


def hash_of(body: Mapping[str, Any]) -> str:
    """A text that changes exactly when a record's content does."""
    text = simplejson.dumps(body, use_decimal=True, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def held_record(run: Run, kind: str, record: SourceRecord, key: str) -> HeldRecord:
    """A source record as it is held: with its body, and what tells whether it, its mapping or the settings changed."""
    source_hash = hash_of(record.body)
    return HeldRecord(
        key=key,
        number=record.number,
        created_at=record.created_at,
        changed_at=record.changed_at or record.created_at,
        source_hash=source_hash,
        fingerprint=run.fingerprint_of(kind, source_hash),
        source=record.body,
    )


async def source_lists(run: Run, kind: str, source: Any, *, fresh: bool = False) -> dict[str, dict[str, Any]]:
    """The source's master data that a mapping reads, by list name and id; read at most daily."""
    lists: dict[str, dict[str, Any]] = {}
    for name in run.lists.get(kind, ()):
        known = run.ledger.master_data("source", name)
        if fresh or known is None or known[1] < now() - ONE_DAY:
            rows = await source.mapping_rows(name)
            run.ledger.save_master_data("source", name, rows)
        else:
            rows = known[0]
        lists[name] = {str(row.get("Id") or row["id"]): row for row in rows}
    return lists
