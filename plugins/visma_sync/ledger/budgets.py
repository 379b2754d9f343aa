"""Call budgets: how many calls a vendor allows in a time, shared by all processes.

They belong to a Connection, not to a pair: the vendor counts by its client.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from visma_sync.ledger.database import insert_missing
from visma_sync.ledger.part import LedgerPart
from visma_sync.ledger.rows import now
from visma_sync.ledger.tables import budget as table
from visma_sync.ledger.tables import budget_block as block


class Budgets(LedgerPart):
    """Calls are granted in blocks; a block weighs on the budget for one window after it was granted."""

    def reserve_calls(self, key: str, *, limit: int, window_seconds: float, want: int) -> tuple[int, float]:
        """How many of the wanted calls may be made now, and when none may, in how many seconds to ask again.

        In any window of that length no more than `limit` are granted over all processes, nor more than
        the server was last heard to have left.
        """
        window = timedelta(seconds=window_seconds)
        with self._database.writing() as connection:
            told = _locked(connection, key)
            moment = now()
            connection.execute(delete(block).where(block.c.key == key, block.c.taken_at <= moment - window))
            taken, oldest = connection.execute(
                select(func.coalesce(func.sum(block.c.calls), 0), func.min(block.c.taken_at)).where(block.c.key == key)
            ).one()
            granted = min(want, limit - int(taken), *_left(told, moment))
            if granted > 0:
                _take(connection, key, granted, moment)
                return granted, 0.0
            waits = [oldest + window - moment] if oldest is not None and taken >= limit else []
            waits += [told.reset_at - moment for left in _left(told, moment) if left <= 0]
        return 0, max((wait.total_seconds() for wait in waits), default=window_seconds)

    def note_remaining(self, key: str, remaining: int, reset_seconds: float) -> None:
        """Remember how many calls the server says are left until it counts anew.

        Calls that were granted but not yet made are unknown to the server; so within one count the lowest
        number heard holds, and every grant lowers it further.
        """
        with self._database.writing() as connection:
            told = _locked(connection, key)
            moment = now()
            known = _left(told, moment)
            values: dict[str, Any] = {"remaining": min((remaining, *known))}
            if not known:
                values["reset_at"] = moment + timedelta(seconds=reset_seconds)
            connection.execute(update(table).where(table.c.key == key).values(values))


def _locked(connection: Connection, key: str) -> Row[Any]:
    """What the server told of this budget; other processes wait until this transaction ends."""
    insert_missing(connection, table, [{"key": key}])
    return connection.execute(select(table).where(table.c.key == key).with_for_update()).one()


def _left(told: Row[Any], moment: datetime) -> tuple[int, ...]:
    """The calls that the server has left, as one number, or nothing when it has begun to count anew."""
    return (told.remaining,) if told.reset_at is not None and told.reset_at > moment else ()


def _take(connection: Connection, key: str, calls: int, moment: datetime) -> None:
    connection.execute(insert(block).values(key=key, taken_at=moment, calls=calls))
    connection.execute(update(table).where(table.c.key == key).values(remaining=table.c.remaining - calls))
