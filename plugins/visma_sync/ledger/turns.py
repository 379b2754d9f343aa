"""Turns: of all runs of a flow, scheduled, manual and backfill, one writes at a time."""

from sqlalchemy import ColumnElement, and_, delete, or_, select, update

from visma_sync.ledger.database import insert_missing
from visma_sync.ledger.part import LedgerPart
from visma_sync.ledger.rows import Turn, now
from visma_sync.ledger.tables import as_row, from_row
from visma_sync.ledger.tables import turn as table


class Turns(LedgerPart):
    """Whose turn it is; only Airflow knows whether the holder still runs, so a turn has no end of its own."""

    def turn_holder(self, flow: str) -> Turn | None:
        """The run whose turn it is; None when nobody's."""
        with self._database.reading() as connection:
            row = connection.execute(select(table).where(table.c.pair == self.pair, table.c.flow == flow)).one_or_none()
        return None if row is None else from_row(Turn, row)

    def take_turn(self, flow: str, dag_id: str, run_id: str, *, instead_of: Turn | None = None) -> bool:
        """Take the turn when it is nobody's or this run's own; says whether it was taken.

        `instead_of` is the holder that was found not to run any more: it is replaced, unless somebody
        else was first or it has come back.
        """
        turn = Turn(flow, dag_id, run_id, now())
        present = [self._held_by(flow, dag_id, run_id)]
        if instead_of is not None:
            stale = self._held_by(flow, instead_of.dag_id, instead_of.run_id)
            present.append(stale & (table.c.taken_at == instead_of.taken_at))
        with self._database.writing() as connection:
            replaced = connection.execute(update(table).where(or_(*present)).values(as_row(turn)))
            return replaced.rowcount == 1 or insert_missing(connection, table, [as_row(turn, pair=self.pair)]) == 1

    def give_turn_back(self, flow: str, dag_id: str, run_id: str) -> None:
        """Give the turn back; without effect when it is another run's."""
        with self._database.writing() as connection:
            connection.execute(delete(table).where(self._held_by(flow, dag_id, run_id)))

    def _held_by(self, flow: str, dag_id: str, run_id: str) -> ColumnElement[bool]:
        return and_(
            table.c.pair == self.pair,
            table.c.flow == flow,
            table.c.dag_id == dag_id,
            table.c.run_id == run_id,
        )
