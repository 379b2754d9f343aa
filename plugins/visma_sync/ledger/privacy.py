"""What the ledger forgets: what is too old after some days, a person on request, and old keys."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, Table, delete, exists, or_, select, update
from sqlalchemy import bindparam as parameter

from visma_sync.ledger.erasing import Erasing, being_written
from visma_sync.ledger.held_records import REJECTED_BEFORE, WAITING
from visma_sync.ledger.rows import now
from visma_sync.ledger.tables import attempt, held_record, metadata, outcome, run

AT_ONCE = 500  # bodies that are encrypted anew in one transaction: others wait for its end


class Privacy(Erasing):
    """Links, intents and sales stay for ever, because without them records would be sent twice."""

    def forget_older_than(self, days: int) -> int:
        """Delete source records, requests with their answers, outcomes and runs that are older; gives how many rows.

        A record that still waits loses its source: the run that takes it up reads it anew. It keeps the outcome that
        says since when it waits. What may have been written unseen keeps its source and its requests, which say what
        was sent; a run that is not closed keeps its outcomes.
        """
        moment = now() - timedelta(days=days)
        with self._database.writing() as connection:
            return (
                self._forget_sources(connection, moment)
                + connection.execute(
                    delete(attempt).where(
                        attempt.c.pair == self.pair,
                        attempt.c.started_at < moment,
                        ~being_written(attempt, self.pair),
                    )
                ).rowcount
                + self._forget_outcomes(connection, moment)
                + self._forget_runs(connection, moment)
            )

    def reencrypt(self) -> int:
        """Put everything of all pairs that is encrypted under the newest key; gives the number of rows.

        Afterwards the older keys can be taken out of VISMA_SYNC_LEDGER_KEY. Safe to repeat and beside a
        run.
        """
        return sum(self._reencrypt(table) for table in metadata.sorted_tables if _sealed_columns(table))

    def _forget_sources(self, connection: Connection, moment: datetime) -> int:
        return connection.execute(
            update(held_record)
            .where(
                held_record.c.pair == self.pair,
                held_record.c.source.is_not(None),
                held_record.c.held_at < moment,
                ~being_written(held_record, self.pair),
            )
            .values(source=None)
        ).rowcount

    def _forget_outcomes(self, connection: Connection, moment: datetime) -> int:
        waits = exists().where(
            held_record.c.pair == outcome.c.pair,
            held_record.c.flow == outcome.c.flow,
            held_record.c.key == outcome.c.key,
            held_record.c.state.in_(WAITING),
        )
        open_runs = select(run.c.run_id).where(run.c.pair == self.pair, run.c.closed_at.is_(None))
        return connection.execute(
            delete(outcome).where(
                outcome.c.pair == self.pair,
                outcome.c.settled_at < moment,
                outcome.c.run_id.not_in(open_runs),
                or_(~waits, _waited_before()),
            )
        ).rowcount

    def _forget_runs(self, connection: Connection, moment: datetime) -> int:
        has_outcomes = exists().where(
            outcome.c.pair == run.c.pair, outcome.c.flow == run.c.flow, outcome.c.run_id == run.c.run_id
        )
        return connection.execute(
            delete(run).where(run.c.pair == self.pair, run.c.closed_at < moment, ~has_outcomes)
        ).rowcount

    def _reencrypt(self, table: Table) -> int:
        done, last = 0, 0
        while True:
            with self._database.writing() as connection:
                numbers = self._reencrypt_some(connection, table, last)
            if not numbers:
                return done
            done, last = done + len(numbers), numbers[-1]

    def _reencrypt_some(self, connection: Connection, table: Table, after: int) -> list[int]:
        """The next rows under the newest key; gives their row numbers."""
        columns = _sealed_columns(table)
        rows = connection.execute(
            select(table.c.id, *(table.c[name] for name in columns))
            .where(table.c.id > after)
            .order_by(table.c.id)
            .limit(AT_ONCE)
            .with_for_update()
        ).all()
        if rows:
            connection.execute(
                update(table).where(table.c.id == parameter("row_id")),
                [
                    {"row_id": row.id}
                    | {
                        name: None if (sealed := row._mapping[name]) is None else self._seal.rotate(sealed)
                        for name in columns
                    }
                    for row in rows
                ],
            )
        return [row.id for row in rows]


def _waited_before() -> ColumnElement[bool]:
    """Outcomes of a record that waited then as it had before: they do not say since when it waits."""
    before = outcome.alias("before")
    waited = or_(before.c.state.in_(WAITING), before.c.reason == REJECTED_BEFORE)
    previous = (
        select(waited)
        .where(
            before.c.pair == outcome.c.pair,
            before.c.flow == outcome.c.flow,
            before.c.key == outcome.c.key,
            before.c.settled_at < outcome.c.settled_at,
        )
        .order_by(before.c.settled_at.desc())
        .limit(1)
        .scalar_subquery()
    )
    return or_(outcome.c.state.in_(WAITING), outcome.c.reason == REJECTED_BEFORE) & previous


def _sealed_columns(table: Table) -> list[str]:
    return [column.name for column in table.c if column.info.get("sealed")]
