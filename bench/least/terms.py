"""What the terms of every flow's least are made of.

What can be read in pages is read in pages, or one by one where that takes fewer calls; lists that rarely change are
read once a day.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

SOURCE_PAGE, CUSTOMER_PAGE, ITEM_PAGE, ORDER_PAGE, DOCUMENT_PAGE = 1000, 1000, 5000, 100, 500
STOCK_PAGE, LINE_PAGE = 10_000, 1000
# A filter of eAccounting names so many records without the address growing too long.
FILTERED_AT_ONCE = 20
# A run begins with a look whether each of the three APIs answers.
LOOKS = 3
# The lists of the target from which the settings of the imitated business choose.
SETTINGS_LISTS = (
    "accounts",
    "branches",
    "carriers",
    "cash accounts",
    "credit terms",
    "customer classes",
    "item classes",
    "order types",
    "payment methods",
    "posting classes",
    "units",
    "VAT categories",
    "VAT zones",
    "warehouses",
)

Row = dict[str, Any]
Rows = list[Row]


@dataclass(frozen=True)
class Holdings:
    """What both systems hold at a moment, by collection; `source` is the one from which a flow goes."""

    source: Mapping[str, Rows]
    target: Mapping[str, Rows]

    def exchanged(self) -> "Holdings":
        """The same for a flow that goes the other way."""
        return Holdings(self.target, self.source)


@dataclass(frozen=True)
class Measured:
    """A run that was measured: what was there before and after, and the numbers of its records by outcome.

    `is_first` says that nothing had been read with this ledger before, so that tokens and lists had to be asked for.
    """

    before: Holdings
    after: Holdings
    numbers: Mapping[str, set[str]]
    is_first: bool = True

    def of(self, *states: str) -> set[str]:
        """The numbers of the records with one of these outcomes."""
        return set().union(*(self.numbers.get(state, set()) for state in states))

    def made(self, collection: str) -> int:
        """How many records of a collection of the target are new."""
        return len(self.after.target[collection]) - len(self.before.target[collection])

    def once(self, calls: int) -> int:
        """Calls that only a first run makes."""
        return calls if self.is_first else 0


def pages(rows: int, size: int) -> int:
    """How many pages it takes to read so many rows; that there are none takes one to see."""
    return max(1, -(-rows // size))
