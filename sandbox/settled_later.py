"""What the shop settled after its first lists: fiscal years, labels to part sales by, a unit and an old VAT rate."""

import datetime
import random

from sandbox.catalogue import coding, named, new_id
from sandbox.eaccounting.schema import filled
from sandbox.world import Record

LOCKED_YEAR = 2025
"""The fiscal year that is closed, as `AccountingLockedTo` of the company settings says."""

INVOICING_METHOD, CASH_METHOD = 0, 1
"""BookkeepingMethod of a fiscal year ("eAccounting OpenAPI 2018", names of the values)."""

UNIT_WITHOUT_MATCH = "plt"
CODING_WITHOUT_MATCH = "Books, rate before 2019"
SALES_LABELS = (("Webshop", "Bestelt in de webshop"), ("Balie", "Koopt aan de balie"))


def settle(chance: random.Random, lists: dict[str, list[Record]], today: datetime.date) -> None:
    """Add to the lists what the shop settled later, and the fiscal years up to today's."""
    lists["fiscal_years"] = [fiscal_year(chance, year) for year in range(LOCKED_YEAR, today.year + 1)]
    lists["customer_labels"] += named(chance, "CustomerLabelApi", ("Name", "Description"), SALES_LABELS)
    unit = ("Pallet", "PF", UNIT_WITHOUT_MATCH, "plt")
    lists["units"] += named(chance, "UnitApi", ("Name", "Code", "Abbreviation", "AbbreviationEnglish"), (unit,))
    lists["codings"].append(coding(chance, "Boeken oud tarief", CODING_WITHOUT_MATCH, "Goods", 6, 8001))


def fiscal_year(chance: random.Random, year: int) -> Record:
    """Make a fiscal year that is a calendar year, kept by the invoicing method."""
    return filled(
        "FiscalYearApi",
        Id=new_id(chance),
        StartDate=f"{year}-01-01T00:00:00",
        EndDate=f"{year}-12-31T00:00:00",
        IsLockedForAccounting=year <= LOCKED_YEAR,
        BookkeepingMethod=INVOICING_METHOD,
    )
