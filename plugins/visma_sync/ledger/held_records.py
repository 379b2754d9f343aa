"""Held records: the source records a flow has in hand, and what each of them needs first."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Column, Connection, Row, delete, func, select, update
from sqlalchemy import bindparam as parameter

from visma_sync.ledger.database import chunks, insert_missing, upsert
from visma_sync.ledger.part import LedgerPart
from visma_sync.ledger.rows import HeldRecord, Outcome, now
from visma_sync.ledger.tables import as_row, from_row, need
from visma_sync.ledger.tables import held_record as table

WAITING = ("fetched", "parked", "rejected", "uncertain")
REJECTED_BEFORE = "rejected_before"  # the reason of a skipped record: its rejection is no news, it still waits

Needs = Mapping[str, Collection[str]]


class HeldRecords(LedgerPart):
    """The records that the flows of a pair have in hand: one row per flow and key, through all runs."""

    def hold(self, flow: str, run_id: str, records: Sequence[HeldRecord], needs: Mapping[str, Needs]) -> None:
        """Take these records in hand, with the other records that each of them needs first.

        `needs` gives, by record key and kind, the keys of the source's customers, products and so on; it
        replaces what was known of that record. A record without `source` or `fingerprint` keeps those it
        had.
        """
        rows = [self._held_row(flow, run_id, record) for record in _by_key(records)]
        needed = [
            {"pair": self.pair, "flow": flow, "record_key": key, "kind": kind, "needed_key": needed_key}
            for key in sorted(needs)
            for kind, needed_keys in needs[key].items()
            for needed_key in sorted(set(needed_keys))
        ]
        with self._database.writing() as connection:
            upsert(connection, table, rows, ("pair", "flow", "key"), keep=("source", "fingerprint"))
            for chunk in chunks(needs):
                connection.execute(
                    delete(need).where(need.c.pair == self.pair, need.c.flow == flow, need.c.record_key.in_(chunk))
                )
            insert_missing(connection, need, needed)

    def held(self, flow: str, keys: Collection[str], *, with_source: bool = True) -> dict[str, HeldRecord]:
        """The records in hand with these keys, by key; unknown keys are left out."""
        return {record.key: record for record in self._held_with(flow, table.c.key, keys, with_source=with_source)}

    def held_by_number(self, flow: str, numbers: Collection[str], *, with_source: bool = True) -> dict[str, HeldRecord]:
        """The records in hand with these numbers, by number; unknown numbers are left out."""
        return {
            record.number: record for record in self._held_with(flow, table.c.number, numbers, with_source=with_source)
        }

    def waiting(self, flow: str) -> list[HeldRecord]:
        """The records a run takes up again, oldest first, without their source.

        They are parked, rejected or uncertain, or an earlier run died before it had settled them.
        """
        with self._database.reading() as connection:
            rows = connection.execute(
                select(*_columns(with_source=False))
                .where(table.c.pair == self.pair, table.c.flow == flow, table.c.state.in_(WAITING))
                .order_by(table.c.created_at, table.c.key)
            )
            return [self._held(row) for row in rows]

    def held_in_run(self, flow: str, run_id: str) -> list[HeldRecord]:
        """The records that this run fetched or settled last, by key, without their source."""
        with self._database.reading() as connection:
            rows = connection.execute(
                select(*_columns(with_source=False))
                .where(table.c.pair == self.pair, table.c.flow == flow, table.c.run_id == run_id)
                .order_by(table.c.key)
            )
            return [self._held(row) for row in rows]

    def needed(self, flow: str, keys: Collection[str], kind: str) -> dict[str, set[str]]:
        """What these records need of a kind: needed key -> the keys of the records that need it."""
        found: dict[str, set[str]] = defaultdict(set)
        with self._database.reading() as connection:
            for chunk in chunks(keys):
                rows = connection.execute(
                    select(need.c.needed_key, need.c.record_key).where(
                        need.c.pair == self.pair,
                        need.c.flow == flow,
                        need.c.kind == kind,
                        need.c.record_key.in_(chunk),
                    )
                )
                for needed_key, record_key in rows:
                    found[needed_key].add(record_key)
        return dict(found)

    def _settle(self, connection: Connection, flow: str, run_id: str, outcomes: Sequence[Outcome]) -> None:
        """Move the records in hand to their outcome; one without a fingerprint leaves the record's own.

        A record that only waits because it was rejected before stays rejected.
        """
        moves = [
            {
                "record_key": outcome.key,
                "new_state": outcome.state,
                "new_reason": outcome.reason,
                "new_cure": outcome.cure,
                "new_fingerprint": outcome.fingerprint or None,
                "new_run": run_id,
            }
            for outcome in outcomes
            if outcome.reason != REJECTED_BEFORE
        ]
        if moves:
            connection.execute(
                update(table)
                .where(table.c.pair == self.pair, table.c.flow == flow, table.c.key == parameter("record_key"))
                .values(
                    state=parameter("new_state"),
                    reason=parameter("new_reason"),
                    cure=parameter("new_cure"),
                    fingerprint=func.coalesce(parameter("new_fingerprint"), table.c.fingerprint),
                    run_id=parameter("new_run"),
                ),
                moves,
            )

    def _held_with(
        self, flow: str, column: Column[Any], values: Collection[str], *, with_source: bool
    ) -> list[HeldRecord]:
        found: list[HeldRecord] = []
        with self._database.reading() as connection:
            for chunk in chunks(values):
                rows = connection.execute(
                    select(*_columns(with_source=with_source)).where(
                        table.c.pair == self.pair, table.c.flow == flow, column.in_(chunk)
                    )
                )
                found += [self._held(row) for row in rows]
        return found

    def _held_row(self, flow: str, run_id: str, record: HeldRecord) -> dict[str, Any]:
        source = None if record.source is None else self._seal.close(dict(record.source))
        return as_row(
            record,
            pair=self.pair,
            flow=flow,
            run_id=run_id,
            fingerprint=record.fingerprint or None,
            source=source,
            held_at=now(),
        )

    def _held(self, row: Row[Any]) -> HeldRecord:
        sealed = getattr(row, "source", None)
        source = None if sealed is None else self._seal.open(sealed)
        return from_row(HeldRecord, row, source=source, fingerprint=row.fingerprint or "")


def _columns(*, with_source: bool) -> list[Column[Any]]:
    return [column for column in table.c if with_source or column is not table.c.source]


def _by_key(records: Iterable[HeldRecord]) -> list[HeldRecord]:
    return sorted(records, key=lambda record: record.key)
