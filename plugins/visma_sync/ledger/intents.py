"""Intents and attempts: what was about to be written, and what was said about it."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, or_, select, update

from visma_sync.ledger.conflicts import IntentTakenError
from visma_sync.ledger.database import Columns, chunks, upsert
from visma_sync.ledger.part import LedgerPart
from visma_sync.ledger.rows import Attempt, Intent, Link
from visma_sync.ledger.tables import as_row, from_row
from visma_sync.ledger.tables import attempt as attempt_table
from visma_sync.ledger.tables import intent as table

KEY = ("pair", "flow", "kind", "key", "action")


HAD_NO_EFFECT = ("refused", "absent")


def _is_open_and_the_same(new: Columns) -> ColumnElement[bool]:
    return (table.c.state == "open") & (table.c.run_id == new.run_id) & (table.c.started_at == new.started_at)


def _may_be_opened(new: Columns) -> ColumnElement[bool]:
    had_no_effect = or_(*(table.c.state == state for state in HAD_NO_EFFECT))
    return had_no_effect | _is_open_and_the_same(new)


class Intents(LedgerPart):
    """The writes of a pair: one intent per record and action, and every request that was made for it."""

    def intents(self, flow: str, kind: str, keys: Collection[str], action: str) -> dict[str, Intent]:
        """The intents to do this with these records, by key; those without one are left out."""
        found: dict[str, Intent] = {}
        with self._database.reading() as connection:
            for chunk in chunks(keys):
                rows = connection.execute(
                    select(table).where(
                        table.c.pair == self.pair,
                        table.c.flow == flow,
                        table.c.kind == kind,
                        table.c.action == action,
                        table.c.key.in_(chunk),
                    )
                )
                found |= {row.key: from_row(Intent, row) for row in rows}
        return found

    def attempts(self, flow: str, kind: str, key: str) -> list[Attempt]:
        """The requests made for a record, oldest first, with the bodies that are still kept."""
        with self._database.reading() as connection:
            rows = connection.execute(
                select(attempt_table)
                .where(
                    attempt_table.c.pair == self.pair,
                    attempt_table.c.flow == flow,
                    attempt_table.c.kind == kind,
                    attempt_table.c.key == key,
                )
                .order_by(attempt_table.c.id)
            )
            return [
                from_row(Attempt, row, request=self._unsealed(row.request), answer=self._unsealed(row.answer))
                for row in rows
            ]

    def _attempt_rows(self, attempts: Sequence[Attempt]) -> list[dict[str, Any]]:
        return [
            as_row(
                attempt,
                pair=self.pair,
                request=self._sealed(attempt.request),
                answer=self._sealed(attempt.answer),
            )
            for attempt in attempts
        ]

    def _sealed(self, body: Any | None) -> str | None:
        return None if body is None else self._seal.close(body)

    def _unsealed(self, sealed: str | None) -> Any | None:
        return None if sealed is None else self._seal.open(sealed)

    def _write_intents(self, connection: Connection, intents: Sequence[Intent]) -> None:
        """Write what the present intents allow; IntentTakenError when one may not be opened.

        That a write was made (done) is always kept. That it was not (refused, absent) says nothing about
        the intent of another process, and is passed over when there is one. These come first, so that one
        commit may find a write absent and open it again.
        """
        in_order = sorted(intents, key=lambda intent: (intent.flow, intent.kind, intent.key, intent.action))
        free = [intent for intent in in_order if intent.repeatable or intent.state == "done"]
        undone = [intent for intent in in_order if not intent.repeatable and intent.state in HAD_NO_EFFECT]
        opened = [intent for intent in in_order if not intent.repeatable and intent.state == "open"]
        upsert(connection, table, self._intent_rows(free), KEY)
        upsert(connection, table, self._intent_rows(undone), KEY, only_where=_is_open_and_the_same)
        if upsert(connection, table, self._intent_rows(opened), KEY, only_where=_may_be_opened) < len(opened):
            raise self._intent_taken(connection, opened)

    def _take_back(self, connection: Connection, flow: str, made: Link) -> None:
        """Have the intent to make a record of the target say that it is absent, as long as it made this one."""
        connection.execute(
            update(table)
            .where(
                table.c.pair == self.pair,
                table.c.flow == flow,
                table.c.kind == made.kind,
                table.c.key == made.source_key,
                table.c.action == "create",
                table.c.state == "done",
                table.c.target_key == made.target_key,
            )
            .values(state="absent")
        )

    def _intent_rows(self, intents: Sequence[Intent]) -> list[dict[str, Any]]:
        rows = [as_row(intent, pair=self.pair) for intent in intents]
        for row in rows:
            del row["repeatable"]
        return rows

    def _intent_taken(self, connection: Connection, intents: Sequence[Intent]) -> IntentTakenError:
        """The first of these intents whose row is not the one that was to be written."""
        for intent in intents:
            row = connection.execute(
                select(table.c.run_id, table.c.started_at, table.c.state).where(
                    table.c.pair == self.pair,
                    table.c.flow == intent.flow,
                    table.c.kind == intent.kind,
                    table.c.key == intent.key,
                    table.c.action == intent.action,
                )
            ).one()
            if (row.run_id, row.started_at, row.state) != (intent.run_id, intent.started_at, "open"):
                break
        return IntentTakenError(intent.kind, intent.action, intent.key, intent.marker)
