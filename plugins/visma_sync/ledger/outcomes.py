"""Outcomes: what became of each record in a run."""

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, delete, func, select

from visma_sync.ledger.database import chunks, upsert
from visma_sync.ledger.held_records import HeldRecords
from visma_sync.ledger.rows import Outcome, now
from visma_sync.ledger.tables import as_row, from_row
from visma_sync.ledger.tables import outcome as table


class Outcomes(HeldRecords):
    """The outcomes of the runs of a pair: one per run and record, the last one told counts."""

    def save_outcomes(self, flow: str, run_id: str, outcomes: Iterable[Outcome]) -> None:
        """Remember what became of these records in this run, and move the records in hand to it."""
        with self._database.writing() as connection:
            self._write_outcomes(connection, flow, run_id, list(outcomes))

    def outcomes(self, flow: str, run_id: str) -> list[Outcome]:
        """The outcomes of a run, by number."""
        with self._database.reading() as connection:
            rows = connection.execute(
                select(table)
                .where(table.c.pair == self.pair, table.c.flow == flow, table.c.run_id == run_id)
                .order_by(table.c.number, table.c.key)
            )
            return [from_row(Outcome, row) for row in rows]

    def counts(self, flow: str, run_id: str) -> dict[str, int]:
        """How many records of a run have which outcome."""
        with self._database.reading() as connection:
            rows = connection.execute(
                select(table.c.state, func.count().label("records"))
                .where(table.c.pair == self.pair, table.c.flow == flow, table.c.run_id == run_id)
                .group_by(table.c.state)
            )
            return {row.state: row.records for row in rows}

    def withdraw_outcomes(self, flow: str, run_id: str, step: str) -> None:
        """Forget the outcomes that a step of this run gave, which is about to decide anew.

        Those are the ones with this `step` in their facts; their records are in hand as fetched again.
        """
        with self._database.writing() as connection:
            rows = connection.execute(
                select(table.c.key, table.c.facts).where(
                    table.c.pair == self.pair, table.c.flow == flow, table.c.run_id == run_id
                )
            )
            keys = sorted(row.key for row in rows if row.facts.get("step") == step)
            for chunk in chunks(keys):
                connection.execute(
                    delete(table).where(
                        table.c.pair == self.pair,
                        table.c.flow == flow,
                        table.c.run_id == run_id,
                        table.c.key.in_(chunk),
                    )
                )
            self._settle(connection, flow, run_id, [Outcome(key, "", "fetched") for key in keys])

    def _write_outcomes(self, connection: Connection, flow: str, run_id: str, outcomes: Sequence[Outcome]) -> None:
        in_order = sorted(outcomes, key=lambda outcome: outcome.key)
        moment = now()
        rows = [as_row(outcome, pair=self.pair, flow=flow, run_id=run_id, settled_at=moment) for outcome in in_order]
        upsert(connection, table, rows, ("pair", "flow", "run_id", "key"))
        self._settle(connection, flow, run_id, in_order)
