"""What the target's books say: their currency, and which periods take no invoices any more."""

from collections.abc import Collection
from datetime import date

from visma_sync.sync.invoices.plan import ClosedPeriod
from visma_sync.sync.lists import target_list
from visma_sync.sync.ports import Lists
from visma_sync.sync.run import Run


async def base_currency(run: Run, target: Lists) -> str:
    """The currency in which the target's books are kept; empty where it does not say."""
    rows = await target_list(run, target, "currencies")
    return next((str(row["id"]) for row in rows if row["facts"].get("is_base")), "")


async def closed_periods(run: Run, target: Lists, days: Collection[date]) -> list[ClosedPeriod]:
    """The periods that are closed in the customer ledger.

    They are asked for anew where an invoice of one of these days would wait: somebody may have opened its period.
    """
    closed = await _closed(run, target, fresh=False)
    if any(period.start <= day <= period.end for period in closed for day in days):
        closed = await _closed(run, target, fresh=True)
    return closed


async def _closed(run: Run, target: Lists, *, fresh: bool) -> list[ClosedPeriod]:
    rows = await target_list(run, target, "periods", fresh=fresh)
    return [
        ClosedPeriod(str(row["id"]), date.fromisoformat(row["facts"]["start"]), date.fromisoformat(row["facts"]["end"]))
        for row in rows
        if row["facts"]["closed_in_customer_ledger"]
    ]
