"""Runs: what a run of a flow was asked to read, and how it ended."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, select, update

from visma_sync.ledger.database import upsert
from visma_sync.ledger.part import LedgerPart
from visma_sync.ledger.rows import Run, now
from visma_sync.ledger.tables import as_row, from_row
from visma_sync.ledger.tables import run as table


class Runs(LedgerPart):
    """The runs of a pair, open or closed."""

    def open_run(
        self,
        flow: str,
        run_id: str,
        window_from: datetime | None,
        window_to: datetime | None,
        kind: str,
    ) -> None:
        """Remember that a run began; one that is run again is opened again."""
        run = Run(flow, run_id, kind, window_from, window_to, opened_at=now())
        with self._database.writing() as connection:
            upsert(connection, table, [as_row(run, pair=self.pair)], ("pair", "flow", "run_id"))

    def note_read(self, flow: str, run_id: str, *, read: int, taken_up: int) -> None:
        """Remember how many records this run has read, and how many waiting ones it has taken up again."""
        self._change_run(flow, run_id, read=read, taken_up=taken_up)

    def close_run(
        self,
        flow: str,
        run_id: str,
        counts: Mapping[str, int],
        read: int,
        taken_up: int,
        failed_tasks: Collection[str],
    ) -> None:
        """Remember how a run ended: its counts by outcome and the tasks that failed."""
        self._change_run(
            flow,
            run_id,
            closed_at=now(),
            counts=counts,
            read=read,
            taken_up=taken_up,
            failed_tasks=sorted(failed_tasks),
        )

    def run(self, flow: str, run_id: str) -> Run | None:
        """One run of a flow; None when it was never opened."""
        with self._database.reading() as connection:
            row = connection.execute(select(table).where(self._is(flow, run_id))).one_or_none()
        return None if row is None else _run(row)

    def runs(self, flow: str, limit: int = 20) -> list[Run]:
        """The last runs of a flow, newest first."""
        with self._database.reading() as connection:
            rows = connection.execute(
                select(table)
                .where(table.c.pair == self.pair, table.c.flow == flow)
                .order_by(table.c.opened_at.desc())
                .limit(limit)
            )
            return [_run(row) for row in rows]

    def _change_run(self, flow: str, run_id: str, **values: Any) -> None:
        with self._database.writing() as connection:
            connection.execute(update(table).where(self._is(flow, run_id)).values(**values))

    def _is(self, flow: str, run_id: str) -> ColumnElement[bool]:
        return and_(table.c.pair == self.pair, table.c.flow == flow, table.c.run_id == run_id)


def _run(row: Row[Any]) -> Run:
    return from_row(Run, row, failed_tasks=tuple(row.failed_tasks))
