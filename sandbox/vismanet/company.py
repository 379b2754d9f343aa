"""What the target company has stored: master records, documents, stock, and what it would have mailed."""

import base64
import datetime
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
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
    """A debtor, contact, item or document: its values under the update DTO's names, and when it changed (UTC)."""

    key: str
    internal_id: int
    values: Record
    created: datetime.datetime
    modified: datetime.datetime
    version: str = ""


@dataclass
class Order:
    """A sales order: head and lines under the names of the write DTOs, with defaults filled in.

    `billed` gives for each invoice made of it the quantities of its lines.
    """

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
    billed: dict[str, dict[int, Decimal]] = field(default_factory=dict)

    @property
    def next_line(self) -> int:
        """Give the number of the next line; numbers are never used twice."""
        return max((line["lineId"] for line in self.lines), default=0) + 1


@dataclass
class CustomerDocument(Stored):
    """A customer invoice or credit note: its head under the update DTO's names, lines, sums and what is open.

    `totals` and `balance` are in the document's currency; `tax_details` are the VAT amounts that were given by hand.
    """

    lines: list[Record] = field(default_factory=list)
    tax_details: list[Record] = field(default_factory=list)
    totals: Totals = field(default_factory=Totals)
    balance: Decimal = Decimal("0.00")
    released: bool = False
    credit_note: bool = False
    created_by: str | None = None

    @property
    def next_line(self) -> int:
        """Give the number of the next line; numbers are never used twice."""
        return max((line["lineNumber"] for line in self.lines), default=0) + 1


@dataclass
class Payment(Stored):
    """A payment of a debtor: its values under the update DTO's names; `unapplied` is what no invoice has taken yet."""

    unapplied: Decimal = Decimal("0.00")
    released: bool = False
    voided: bool = False


@dataclass
class InvoiceSetUp:
    """What the company has decided about customer documents.

    `own_numbers`: the number series allow numbers of their own on import. `stock_items`: invoices that come from no
    sales order may hold stock items, which the published description of the field rules out.
    """

    own_numbers: bool = True
    stock_items: bool = False


@dataclass
class Level:
    """How much of an item lies in one warehouse, in the item's base unit, and when that last changed (UTC)."""

    on_hand: Decimal
    modified: datetime.datetime


class Company:
    """One company with its master data and everything that people and programs have entered."""

    def __init__(self, master: MasterData, numbering: Literal["auto", "manual"]) -> None:
        self.master = master
        self.numbering = numbering
        self.customers: dict[str, Stored] = {}
        self.contacts: dict[int, Stored] = {}
        self.items: dict[str, Stored] = {}
        self.orders: dict[tuple[str, str], Order] = {}
        self.stock: dict[tuple[str, str], Level] = {}
        self.stock_list = "whole"
        self.costs: dict[str, Decimal] = {}
        self.adjustments: dict[str, Stored] = {}
        self.journals: dict[str, Stored] = {}
        self.shipments: dict[str, Stored] = {}
        self.invoices: dict[str, CustomerDocument] = {}
        self.credit_notes: dict[str, CustomerDocument] = {}
        self.payments: dict[str, Payment] = {}
        self.invoice_set_up = InvoiceSetUp()
        self.mailed: list[Record] = []
        self.mailed_customers: set[str] = set()
        self._versions = 0
        self._internal_ids = 0
        self._next_customer = FIRST_CUSTOMER
        self._last_numbers: Counter[str] = Counter()
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

    def next_number(self, series: str) -> str:
        """Give the next six-digit number of a series that starts at 1."""
        self._last_numbers[series] += 1
        return f"{self._last_numbers[series]:06}"

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
