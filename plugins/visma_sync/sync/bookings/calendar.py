"""On which day something is booked in the general ledger, where its own period may be closed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from visma_sync.sync.lists import target_list
from visma_sync.sync.ports import Lists
from visma_sync.sync.run import Run
from visma_sync.sync.sales.treatments import parked


@dataclass(frozen=True)
class Period:
    """A financial period, both days included, and whether the general ledger takes entries in it."""

    start: date
    end: date
    is_open: bool


@dataclass(frozen=True)
class PostingCalendar:
    """The financial periods of the target, earliest first, and what becomes of a day whose period is closed."""

    periods: Sequence[Period]
    closed_period: Literal["park", "first_open_day"]

    def day_for(self, day: date) -> date:
        """The day on which something of this day is booked; RecordParkedError(`closed_period`) where there is none."""
        if any(period.is_open and period.start <= day <= period.end for period in self.periods):
            return day
        later = next((period.start for period in self.periods if period.is_open and period.start > day), None)
        if later is not None and self.closed_period == "first_open_day":
            return later
        raise parked(
            "closed_period",
            f"the target has no open financial period for {day.isoformat()}",
            "Open the period in the target, or let bookings.closed_period be first_open_day.",
        )


async def posting_calendar(run: Run, target: Lists) -> PostingCalendar:
    """The calendar as it is now: periods are opened and closed on any day."""
    rows = await target_list(run, target, "periods", fresh=True)
    periods = sorted((_period(row) for row in rows), key=lambda period: period.start)
    return PostingCalendar(periods, run.settings.bookings.closed_period)


def _period(row: dict[str, Any]) -> Period:
    facts = row["facts"]
    is_open = bool(row["active"]) and not facts["closed_in_general_ledger"]
    return Period(date.fromisoformat(facts["start"]), date.fromisoformat(facts["end"]), is_open)
