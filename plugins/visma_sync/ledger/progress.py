"""How far a flow has come: watermarks, cursors, and master data read before."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select

from visma_sync.ledger.database import upsert
from visma_sync.ledger.part import LedgerPart
from visma_sync.ledger.rows import now
from visma_sync.ledger.tables import cursor, master_data, watermark


class Progress(LedgerPart):
    """What the next run of a pair need not read again."""

    def watermark(self, flow: str) -> datetime | None:
        """The start of the last fetch that was reported, in UTC; None before the first one."""
        with self._database.reading() as connection:
            return connection.scalar(
                select(watermark.c.at).where(watermark.c.pair == self.pair, watermark.c.flow == flow)
            )

    def move_watermark(self, flow: str, at: datetime) -> None:
        """Move the watermark on; it never moves back."""
        row = {"pair": self.pair, "flow": flow, "at": at}
        with self._database.writing() as connection:
            upsert(connection, watermark, [row], ("pair", "flow"), only_where=lambda new: watermark.c.at < new.at)

    def cursor(self, name: str) -> datetime | None:
        """How far a list of a system has been read, in UTC; None when it never was."""
        with self._database.reading() as connection:
            return connection.scalar(select(cursor.c.at).where(cursor.c.pair == self.pair, cursor.c.name == name))

    def save_cursor(self, name: str, at: datetime) -> None:
        """Remember how far a list of a system has been read."""
        with self._database.writing() as connection:
            upsert(connection, cursor, [{"pair": self.pair, "name": name, "at": at}], ("pair", "name"))

    def master_data(self, system: str, name: str) -> tuple[list[dict[str, Any]], datetime] | None:
        """A master-data list as it was last read, and when (UTC); None when it never was."""
        with self._database.reading() as connection:
            row = connection.execute(
                select(master_data.c.rows, master_data.c.read_at).where(
                    master_data.c.pair == self.pair,
                    master_data.c.system == system,
                    master_data.c.name == name,
                )
            ).one_or_none()
        return None if row is None else (row[0], row[1])

    def forget_master_data(self, system: str) -> None:
        """Have all master data of a system read anew when it is next needed."""
        with self._database.writing() as connection:
            connection.execute(
                delete(master_data).where(master_data.c.pair == self.pair, master_data.c.system == system)
            )

    def save_master_data(self, system: str, name: str, rows: Sequence[dict[str, Any]]) -> None:
        """Remember a master-data list as read now; it must not hold personal data."""
        row = {"pair": self.pair, "system": system, "name": name, "rows": list(rows), "read_at": now()}
        with self._database.writing() as connection:
            upsert(connection, master_data, [row], ("pair", "system", "name"))
