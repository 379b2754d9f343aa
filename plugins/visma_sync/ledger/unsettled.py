"""What is not settled yet: writes whose answer was lost, and since when records wait."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import and_, or_, select

from visma_sync.ledger.database import chunks
from visma_sync.ledger.held_records import REJECTED_BEFORE, WAITING
from visma_sync.ledger.part import LedgerPart
from visma_sync.ledger.rows import Intent
from visma_sync.ledger.tables import from_row, intent, outcome, run


class Unsettled(LedgerPart):
    """What a pair still has to look after."""

    def open_intents(self, flow: str) -> list[Intent]:
        """The writes begun in the name of a flow of which nobody knows yet whether they were made; oldest first."""
        with self._database.reading() as connection:
            rows = connection.execute(
                select(intent)
                .where(intent.c.pair == self.pair, intent.c.flow == flow, intent.c.state == "open")
                .order_by(intent.c.started_at, intent.c.key)
            )
            return [from_row(Intent, row) for row in rows]

    def waiting_since(self, flow: str, keys: Collection[str]) -> dict[str, datetime]:
        """Since when (UTC) these records have waited without a break: the start of the first run that left them so.

        Records that no run has settled yet are left out.
        """
        waits = or_(outcome.c.state.in_(WAITING), outcome.c.reason == REJECTED_BEFORE)
        same_run = and_(run.c.pair == outcome.c.pair, run.c.flow == outcome.c.flow, run.c.run_id == outcome.c.run_id)
        since: dict[str, datetime] = {}
        with self._database.reading() as connection:
            for chunk in chunks(keys):
                rows = connection.execute(
                    select(outcome.c.key, run.c.opened_at, waits.label("waits"))
                    .select_from(outcome.join(run, same_run))
                    .where(outcome.c.pair == self.pair, outcome.c.flow == flow, outcome.c.key.in_(chunk))
                    .order_by(run.c.opened_at.desc())
                )
                ended: set[str] = set()
                for row in rows:
                    if not row.waits:
                        ended.add(row.key)
                    elif row.key not in ended:
                        since[row.key] = row.opened_at
        return since
