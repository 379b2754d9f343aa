"""What the target company has stored: debtors, contacts, items, orders, and what it would have mailed."""

import base64
import datetime
from dataclasses import dataclass, field
from typing import Literal
from zoneinfo import ZoneInfo

from sandbox.vismanet.answers import Record
from sandbox.vismanet.masterdata import MasterData
from sandbox.vismanet.tax import Totals

LOCAL = ZoneInfo("Europe/Oslo")
"""The core API reads and writes times in Nordic local time, without a zone."""

FIRST_CUSTOMER = 10001
FIRST_ORDER = 101


def local_text(moment: datetime.datetime) -> str:
    """Write a moment the way the core API does: local time, no zone."""
    return moment.astimezone(LOCAL).replace(tzinfo=None).isoformat(timespec="milliseconds")


def utc_text(moment: datetime.datetime) -> str:
    """Write a moment the way the SalesOrders API does: UTC."""
    return moment.astimezone(datetime.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def entity_tag(version: str) -> str:
    """Give the ETag header that belongs to the version in a body."""
    return f'"{version}"'


@dataclass
class Stored:
    """A debtor, contact or item: its values under the update DTO's names, and when it changed (UTC)."""

    key: str
    internal_id: int
    values: Record
    created: datetime.datetime
    modified: datetime.datetime
    version: str = ""


@dataclass
class Order:
    """A sales order: head and lines under the names of the write DTOs, with defaults filled in."""

    type: str
    number: str
    head: Record
    lines: list[Record]
    created: datetime.datetime
    modified: datetime.datetime
    status: str = "Open"
    version: str = ""
    created_by: str | None = None
    totals: Totals = field(default_factory=Totals)

    @property
    def next_line(self) -> int:
        """Give the number of the next line; numbers are never used twice."""
        return max((line["lineId"] for line in self.lines), default=0) + 1


class Company:
    """One company with its master data and everything that people and programs have entered."""

    def __init__(self, master: MasterData, numbering: Literal["auto", "manual"]) -> None:
        self.master = master
        self.numbering = numbering
        self.customers: dict[str, Stored] = {}
        self.contacts: dict[int, Stored] = {}
        self.items: dict[str, Stored] = {}
        self.orders: dict[tuple[str, str], Order] = {}
        self.mailed: list[Record] = []
        self.mailed_customers: set[str] = set()
        self._versions = 0
        self._internal_ids = 0
        self._next_customer = FIRST_CUSTOMER
        self._next_order = dict.fromkeys(("SO", "WB"), FIRST_ORDER)

    def customer(self, number: str) -> Stored | None:
        """Find a debtor by number; like the ERP's database, without regard to case."""
        return self.customers.get(number.strip().upper())

    def item(self, number: str) -> Stored | None:
        """Find an item by number; like the ERP's database, without regard to case or trailing blanks."""
        return self.items.get(item_key(number))

    def known_item(self, number: str) -> Stored:
        """Give an item that has been found before."""
        return self.items[item_key(number)]

    def customer_by_gln(self, gln: str) -> Stored | None:
        """Find a debtor by global location number."""
        return next((found for found in self.customers.values() if found.values.get("gln") == gln), None)

    def next_version(self) -> str:
        """Give the next version of a record: eight bytes that only ever grow, in base64."""
        self._versions += 1
        return base64.b64encode(self._versions.to_bytes(8, "big")).decode()

    def next_internal_id(self) -> int:
        """Give the next internal id of a record."""
        self._internal_ids += 1
        return self._internal_ids

    def next_customer_number(self) -> str:
        """Give the next number of the debtors' series."""
        while str(self._next_customer) in self.customers:
            self._next_customer += 1
        return str(self._next_customer)

    def next_order_number(self, order_type: str) -> str:
        """Give the next six-digit number of an order type's series."""
        number = self._next_order[order_type]
        self._next_order[order_type] = number + 1
        return f"{number:06}"

    def keep(self, key: str, values: Record, moment: datetime.datetime | None = None) -> Stored:
        """Make a new record, now or at an earlier moment."""
        made = moment or datetime.datetime.now(datetime.UTC)
        return Stored(key, self.next_internal_id(), values, made, made, self.next_version())

    def touch(self, record: Stored | Order) -> None:
        """Give a changed record its new version and time."""
        record.modified = datetime.datetime.now(datetime.UTC)
        record.version = self.next_version()

    def mail(self, document: str, number: str, flags: list[str]) -> None:
        """Remember that the ERP would have mailed, printed or e-invoiced something to people outside."""
        self.mailed.extend({"document": document, "number": number, "because": flag} for flag in flags)
        if document == "customer" and flags:
            self.mailed_customers.add(number)


def item_key(number: str) -> str:
    """Give the form of an item number by which the ERP tells items apart."""
    return number.rstrip().upper()
