"""The financial periods: which one a day belongs to, and whether a ledger is still open in it."""

import datetime
from typing import Literal

from sandbox.vismanet.answers import Record, plain_refusal
from sandbox.vismanet.company import LOCAL, Company

Ledger = Literal["CustomerLedger", "GeneralLedger", "InventoryManagement"]
NAMES: dict[Ledger, str] = {
    "CustomerLedger": "Customer Ledger",
    "GeneralLedger": "General Ledger",
    "InventoryManagement": "Inventory",
}


def period_of(day: datetime.date) -> str:
    """Give the period of a day as `YYYYPP`; the company's periods are the calendar months."""
    return f"{day:%Y%m}"


def month_first(period: str) -> str:
    """Write a period `YYYYPP` as `PPYYYY`, as `postPeriod` has it."""
    return period[4:] + period[:4]


def year_first(post_period: str) -> str:
    """Write a period `PPYYYY` as `YYYYPP`."""
    return post_period[2:] + post_period[:2]


def open_period(company: Company, period: str, ledger: Ledger) -> Record:
    """Give a period `YYYYPP`; raises a 400 refusal that names it when it is not there or closed in the ledger."""
    found = next((row for row in company.master.lists["financialPeriod"] if row["period"] == period), None)
    named = f"{period[4:]}-{period[:4]}"
    if found is None:
        raise plain_refusal(400, f"Financial Period '{named}' cannot be found in the system.")
    if found[f"closedIn{ledger}"]:
        raise plain_refusal(400, f"Financial Period '{named}' is closed in {NAMES[ledger]}.")
    return found


def day_of(text: str) -> datetime.date:
    """Read a business date of the core API; the time of day does not count."""
    try:
        return datetime.datetime.fromisoformat(text).date()
    except ValueError:
        raise plain_refusal(400, f"String '{text}' was not recognized as a valid DateTime.") from None


def today() -> datetime.date:
    """Give the business date."""
    return datetime.datetime.now(LOCAL).date()


def date_text(day: datetime.date) -> str:
    """Write a business date the way the core API does."""
    return f"{day}T00:00:00"
