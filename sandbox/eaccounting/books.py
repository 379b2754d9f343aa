"""What one company keeps in eAccounting: its collections of records, and the numbers it gives out."""

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from sandbox.answers import json_text
from sandbox.catalogue import company_settings
from sandbox.eaccounting.chart import chart_of_accounts
from sandbox.eaccounting.documents import Ledgers
from sandbox.world import Record, World

STOCK_MODULE = "stock"
"""Our own word: by which name ActivatedModules lists the stock module is not published."""
OTHER_COMPANY_NAME = "Zuiderzon Advies"
OTHER_COMPANY_IDENTIFIER = "c7a4b1de-0d1c-4d5e-8a55-9b1d7f3a2e64"


def utc_now() -> str:
    """Give the present instant as the API writes it."""
    return datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


class Collection:
    """The records of one kind by their key, in the order they came; they are replaced, never changed in place."""

    def __init__(self, schema: str, records: Iterable[Record] = (), key: str = "Id") -> None:
        self.schema = schema
        self.key = key
        self.records: dict[str, Record] = {record[key]: record for record in records}
        self._texts: dict[str, bytes] = {}

    def get(self, key: str | None) -> Record | None:
        """Find a record by its key; ids may be written in capitals."""
        return None if key is None else self.records.get(key) or self.records.get(key.lower())

    def find(self, wanted: Callable[[Record], bool]) -> Record | None:
        """Find the first record that is wanted."""
        return next((record for record in self.records.values() if wanted(record)), None)

    def save(self, record: Record) -> Record:
        """Keep a record, new or changed."""
        self.records[record[self.key]] = record
        self._texts.pop(record[self.key], None)
        return record

    def remove(self, record: Record) -> None:
        """Forget a record without a trace; the API has no tombstones."""
        del self.records[record[self.key]]
        self._texts.pop(record[self.key], None)

    def text(self, record: Record) -> bytes:
        """Give a record as JSON text; the text is kept until the record changes."""
        key = record[self.key]
        if key not in self._texts:
            self._texts[key] = json_text(record)
        return self._texts[key]


SCHEMAS = {
    "orders": "OrderApi",
    "customers": "CustomerApi",
    "articles": "ArticleApi",
    "customerinvoices": "CustomerInvoiceApi",
    "articleaccountcodings": "ArticleAccountCodingApi",
    "articlelabels": "ArticleLabelApi",
    "customerlabels": "CustomerLabelApi",
    "units": "UnitApi",
    "termsofpayments": "TermsOfPaymentApi",
    "deliverymethods": "DeliveryMethodApi",
    "deliveryterms": "DeliveryTermApi",
    "vatcodes": "VatCodeApi",
    "accounts": "AccountApi",
    "bankaccounts": "BankAccountApi",
    "fiscalyears": "FiscalYearApi",
    "notes": "NoteApi",
    "countries": "CountryApi",
    "currencies": "CurrencyApi",
}
"""The collections of a company, by their paths, with the published schema of their records."""


def records_of(world: World) -> dict[str, list[Record]]:
    """Give the world's records by the path of their collection."""
    return {
        "orders": world.orders,
        "customers": world.customers,
        "articles": world.articles,
        "customerinvoices": world.customer_invoices,
        "articleaccountcodings": world.codings,
        "articlelabels": world.article_labels,
        "customerlabels": world.customer_labels,
        "units": world.units,
        "termsofpayments": world.terms_of_payment,
        "deliverymethods": world.delivery_methods,
        "deliveryterms": world.delivery_terms,
        "vatcodes": world.vat_codes,
        "accounts": chart_of_accounts(world),
        "bankaccounts": world.bank_accounts,
        "fiscalyears": world.fiscal_years,
        "notes": [],
        "countries": world.countries,
        "currencies": world.currencies,
    }


@dataclass(frozen=True)
class PlannedRate:
    """A VAT rate in percent becomes another one on a day."""

    old: Decimal
    new: Decimal
    begins: datetime.date


@dataclass
class Books:
    """One company: its settings, its collections by path, what `Amount` of an order means, and who was written to.

    `mailed` lists each attempt to send something to somebody outside, which no test may find anything in.
    """

    settings: Record
    collections: dict[str, Collection]
    amount_means: str
    mailed: list[Record] = field(default_factory=list)
    planned_rates: list[PlannedRate] = field(default_factory=list)

    def __getitem__(self, path: str) -> Collection:
        return self.collections[path]

    @property
    def has_stock_module(self) -> bool:
        """Whether the company has switched the stock module on."""
        return STOCK_MODULE in self.settings["ActivatedModules"]

    @property
    def ledgers(self) -> Ledgers:
        """The lists that orders are filled in from."""
        return Ledgers(self["articleaccountcodings"].records, self.amount_means)

    def next_number(self, path: str, number_field: str) -> int:
        """Give the number after the highest one given out; numbers that are not whole are left alone."""
        numbers = (str(record[number_field]) for record in self[path].records.values())
        return max((int(number) for number in numbers if number.isascii() and number.isdigit()), default=10_000) + 1


def own_books(world: World, amount_means: str) -> Books:
    """Open the books of the shop."""
    kept = records_of(world)
    keys = {"countries": "Code", "currencies": "Code", "accounts": "Number"}
    collections = {path: Collection(schema, kept[path], keys.get(path, "Id")) for path, schema in SCHEMAS.items()}
    return Books(world.company, collections, amount_means)


def other_books(world: World, amount_means: str) -> Books:
    """Open the books of another company of the same accountant: the same lists, but no business."""
    books = own_books(world, amount_means)
    for path in ("orders", "customers", "articles", "customerinvoices"):
        books.collections[path] = Collection(SCHEMAS[path])
    terms = str(world.company["TermsOfPaymentId"])
    books.settings = company_settings(terms, name=OTHER_COMPANY_NAME, identifier=OTHER_COMPANY_IDENTIFIER)
    return books
