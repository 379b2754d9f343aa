"""The lists of both systems as they were last read, and what changed in them since they were first read."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, insert, select, update

from visma_sync.ledger.database import upsert
from visma_sync.ledger.part import LedgerPart
from visma_sync.ledger.rows import now
from visma_sync.ledger.tables import from_row
from visma_sync.ledger.tables import reference as table
from visma_sync.ledger.tables import reference_change as change_table

Content = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ReferenceValue:
    """One value of a list: `content` is {id, description, active, facts} as last read; moments are UTC.

    `gone_at` is when the list was first read without it, None while it is there.
    """

    value_id: str
    content: Content
    first_seen: datetime
    last_seen: datetime
    gone_at: datetime | None


@dataclass(frozen=True, slots=True)
class ReferenceChange:
    """A value that appeared (`before` is None), vanished (`after` is None) or changed; seen at this moment, UTC.

    `told_at` is when it was held against the settings, and somebody told where they use the value; None before.
    """

    id: int
    system: str
    name: str
    value_id: str
    before: Content | None
    after: Content | None
    seen_at: datetime
    told_at: datetime | None


class ReferenceLists(LedgerPart):
    """The lists of the two companies, whichever way records go; `system` is source or target of the pair itself."""

    def save_reference(self, system: str, name: str, rows: Sequence[Content]) -> int:
        """Remember a list as read now, and what changed in it; gives how many values are not as they were known.

        Rows are {id, description, active, facts}. All that is not among them has vanished. What the first reading of a
        list finds is no change.
        """
        moment = now()
        fresh = {str(row["id"]): dict(row) for row in rows}
        with self._database.writing() as connection:
            known = {row.value_id: row for row in connection.execute(select(table).where(self._list(system, name)))}
            present = {key: row.content for key, row in known.items() if row.gone_at is None}
            changed = [key for key in sorted(fresh.keys() | present.keys()) if fresh.get(key) != present.get(key)]
            seen = [
                {
                    "pair": self.own_pair,
                    "system": system,
                    "name": name,
                    "value_id": key,
                    "content": content,
                    "first_seen": known[key].first_seen if key in known else moment,
                    "last_seen": moment,
                    "gone_at": None,
                }
                for key, content in sorted(fresh.items())
            ]
            upsert(connection, table, seen, ("pair", "system", "name", "value_id"))
            gone = table.c.gone_at.is_(None) & (table.c.last_seen < moment)
            connection.execute(update(table).where(self._list(system, name), gone).values(gone_at=moment))
            if known and changed:
                connection.execute(
                    insert(change_table),
                    [
                        {
                            "pair": self.own_pair,
                            "system": system,
                            "name": name,
                            "value_id": key,
                            "before": present.get(key),
                            "after": fresh.get(key),
                            "seen_at": moment,
                        }
                        for key in changed
                    ],
                )
        return len(changed)

    def reference(self, system: str, name: str) -> list[ReferenceValue]:
        """All values that a list has or had, by id; empty when it was never read."""
        with self._database.reading() as connection:
            rows = connection.execute(select(table).where(self._list(system, name)).order_by(table.c.value_id))
            return [from_row(ReferenceValue, row) for row in rows]

    def reference_changes(self, system: str, name: str) -> list[ReferenceChange]:
        """What changed in a list, oldest first."""
        of_list = (
            change_table.c.pair == self.own_pair,
            change_table.c.system == system,
            change_table.c.name == name,
        )
        with self._database.reading() as connection:
            rows = connection.execute(select(change_table).where(*of_list).order_by(change_table.c.id))
            return [from_row(ReferenceChange, row) for row in rows]

    def note_told(self, changes: Collection[ReferenceChange]) -> None:
        """Remember that these changes were held against the settings."""
        ids = sorted(change.id for change in changes)
        with self._database.writing() as connection:
            connection.execute(update(change_table).where(change_table.c.id.in_(ids)).values(told_at=now()))

    def _list(self, system: str, name: str) -> ColumnElement[bool]:
        return and_(table.c.pair == self.own_pair, table.c.system == system, table.c.name == name)
