"""What the ledger forgets: bodies after some days, a person on request, and old keys."""

from collections import defaultdict
from datetime import timedelta

from sqlalchemy import ColumnElement, Connection, Table, delete, or_, select, update
from sqlalchemy import bindparam as parameter

from visma_sync.ledger.database import chunks
from visma_sync.ledger.part import LedgerPart
from visma_sync.ledger.rows import now
from visma_sync.ledger.tables import attempt, held_record, identity, link, metadata, need

AT_ONCE = 500  # bodies that are encrypted anew in one transaction: others wait for its end


class Privacy(LedgerPart):
    """Links, outcomes, totals and intents stay, because without them orders would be sent twice."""

    def delete_bodies_older_than(self, days: int) -> int:
        """Delete the source records, requests and answers kept longer; gives how many rows lost theirs.

        A record that still waits loses its source as well: the run that takes it up reads it anew.
        """
        moment = now() - timedelta(days=days)
        with self._database.writing() as connection:
            return self._forget_sources(connection, held_record.c.held_at < moment) + self._forget_attempts(
                connection, attempt.c.started_at < moment
            )

    def erase_person(self, kind: str, source_key: str) -> int:
        """Delete what is kept of one person, known by their key in the source; gives how many rows changed.

        That is the person's own record and every record that needs it, with all requests and answers, and
        what the linked record of the target is recognised by. The link stays, without what was written.
        """
        with self._database.writing() as connection:
            rows = self._forget_identity(connection, kind, source_key)
            for table, forget in ((held_record, self._forget_sources), (attempt, self._forget_attempts)):
                rows += forget(connection, table.c.key == source_key)
                for flow, keys in self._needing(connection, kind, source_key).items():
                    for chunk in chunks(keys):
                        rows += forget(connection, (table.c.flow == flow) & table.c.key.in_(chunk))
            return rows

    def reencrypt(self) -> int:
        """Put everything of all pairs that is encrypted under the newest key; gives the number of rows.

        Afterwards the older keys can be taken out of VISMA_SYNC_LEDGER_KEY. Safe to repeat and beside a
        run.
        """
        return sum(self._reencrypt(table) for table in metadata.sorted_tables if _sealed_columns(table))

    def _forget_sources(self, connection: Connection, which: ColumnElement[bool]) -> int:
        return connection.execute(
            update(held_record)
            .where(held_record.c.pair == self.pair, held_record.c.source.is_not(None), which)
            .values(source=None)
        ).rowcount

    def _forget_attempts(self, connection: Connection, which: ColumnElement[bool]) -> int:
        return connection.execute(
            update(attempt)
            .where(
                attempt.c.pair == self.pair,
                or_(attempt.c.request.is_not(None), attempt.c.answer.is_not(None)),
                which,
            )
            .values(request=None, answer=None)
        ).rowcount

    def _forget_identity(self, connection: Connection, kind: str, source_key: str) -> int:
        of_person = (link.c.pair == self.pair, link.c.kind == kind, link.c.source_key == source_key)
        target_keys = select(link.c.target_key).where(*of_person)
        identities = connection.execute(
            delete(identity).where(
                identity.c.pair == self.pair, identity.c.kind == kind, identity.c.target_key.in_(target_keys)
            )
        )
        links = connection.execute(update(link).where(*of_person).values(written={}, detail={}, source_hash=""))
        return identities.rowcount + links.rowcount

    def _needing(self, connection: Connection, kind: str, source_key: str) -> dict[str, list[str]]:
        """The keys of the records that need this person, by flow."""
        keys: dict[str, list[str]] = defaultdict(list)
        rows = connection.execute(
            select(need.c.flow, need.c.record_key).where(
                need.c.pair == self.pair, need.c.kind == kind, need.c.needed_key == source_key
            )
        )
        for flow, record_key in rows:
            keys[flow].append(record_key)
        return keys

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


def _sealed_columns(table: Table) -> list[str]:
    return [column.name for column in table.c if column.info.get("sealed")]
