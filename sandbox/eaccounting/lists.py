"""Lists of eAccounting: the envelope with Meta and Data, pages, filters, sorting and choosing of fields."""

import datetime
import math
from collections.abc import Mapping
from typing import Any

from sandbox.answers import json_text
from sandbox.eaccounting.access import Switches
from sandbox.eaccounting.books import Collection
from sandbox.eaccounting.documents import PAID
from sandbox.eaccounting.filters import instant, read_filter, refused
from sandbox.eaccounting.pricing import ZERO
from sandbox.eaccounting.schema import Kind, kinds, properties
from sandbox.world import Record

DEFAULT_PAGE_SIZE, LARGEST_PAGE = 50, 1000
PARTIAL_PAGES = 3
"""Into so many pages a list falls whose second page loses rows."""

PARAMETERS = frozenset({"$page", "$pagesize", "$filter", "$orderby", "$select"})

# Not every property can be filtered on, and no list of those that can is published: the ones here are those that
# clients are known to use, and the stamps of change.
FILTERABLE = {
    "orders": "Id Number Status CustomerId CustomerNumber OrderDate CreatedUtc ModifiedUtc CurrencyCode Amount",
    "customers": "Id CustomerNumber Name EmailAddress CorporateIdentityNumber VatNumber IsActive IsPrivatePerson"
    " ChangedUtc",
    "articles": "Id Number Name IsActive CodingId CreatedUtc ChangedUtc",
    "customerinvoices": "Id InvoiceNumber CustomerId CustomerNumber InvoiceDate DueDate CreatedUtc ModifiedUtc"
    " RemainingAmountInvoiceCurrency TotalAmountInvoiceCurrency",
    "articleaccountcodings": "Id Name IsActive ChangedUtc",
    "bankaccounts": "Id Name IsActive ModifiedUtc",
    "fiscalyears": "Id StartDate EndDate",
}
FILTERABLE_ELSEWHERE = "Id Name Code"


def filterable(path: str, schema: str, refused_fields: frozenset[str]) -> Mapping[str, Kind]:
    """Say which properties of a collection may be filtered and sorted on; `refused_fields` name more that may not."""
    names = FILTERABLE.get(path, FILTERABLE_ELSEWHERE).split()
    known = kinds(schema)
    return {name: known[name] for name in names if name in known and f"{path}.{name}" not in refused_fields}


def whole_number(query: Mapping[str, str], name: str, default: int, largest: int | None = None) -> int:
    """Read a page number or size."""
    text = query.get(name, str(default))
    if not (text.isascii() and text.isdigit()) or int(text) < 1 or (largest is not None and int(text) > largest):
        raise refused(f"{name} must be a whole number from 1{f' to {largest}' if largest else ''}")
    return int(text)


def sort(records: list[Record], text: str, known: Mapping[str, Kind]) -> list[Record]:
    """Sort records as `$orderby` asks, nulls first."""
    for part in reversed(text.split(",")):
        name, _, direction = part.strip().partition(" ")
        if name not in known or direction.strip() not in ("", "asc", "desc"):
            raise refused(f"'{part.strip()}' cannot be used in $orderby")
        kind = known[name]

        def key(record: Record, name: str = name, kind: Kind = kind) -> tuple[bool, Any]:
            value = record[name]
            return (value is not None, 0 if value is None else instant(value) if kind == "time" else value)

        records = sorted(records, key=key, reverse=direction.strip() == "desc")
    return records


def selected(record: Record, text: str, schema: str) -> Record:
    """Keep the fields that `$select` names."""
    names = [name.strip() for name in text.split(",")]
    unknown = [name for name in names if name not in properties(schema)]
    if unknown:
        raise refused(f"The property '{unknown[0]}' cannot be used in $select")
    return {name: record[name] for name in names if name in record}


def modified_since(records: list[Record], text: str) -> list[Record]:
    """Keep what was changed since an instant; what was never changed counts from when it was made."""
    since = instant(text)
    return [record for record in records if instant(record["ModifiedUtc"] or record["CreatedUtc"]) >= since]


def as_listed(path: str, record: Record) -> Record:
    """Give a record as a list shows it: one unpaid invoice in three says that nothing remains to be paid.

    Clients have been misled by that in production; the single invoice and every PaymentStatus tell the truth.
    """
    if path == "customerinvoices" and record["PaymentStatus"] != PAID and record["InvoiceNumber"] % 3 == 0:
        return record | {"RemainingAmount": ZERO, "RemainingAmountInvoiceCurrency": ZERO}
    return record


def row_text(path: str, collection: Collection, record: Record, select: str | None) -> bytes:
    """Write a row of a list as JSON text, with the fields that `$select` names."""
    shown = as_listed(path, record)
    if select is not None:
        return json_text(selected(shown, select, collection.schema))
    return collection.text(record) if shown is record else json_text(shown)


def page(path: str, collection: Collection, query: Mapping[str, str], switches: Switches) -> bytes:
    """Answer a list request with one page of records as JSON text.

    Args:
        path: the collection's path, such as `orders`.
        collection: its records.
        query: the query parameters of the request.
        switches: what does not work as it should.
    """
    unknown = next((name for name in query if name.startswith("$") and name not in PARAMETERS), None)
    if unknown:
        raise refused(f"The query parameter '{unknown}' is not supported")
    number = whole_number(query, "$page", 1)
    size = whole_number(query, "$pagesize", DEFAULT_PAGE_SIZE, LARGEST_PAGE)
    known = filterable(path, collection.schema, switches.unfilterable)
    records = list(collection.records.values())
    if path == "customerinvoices" and "modifiedSinceUtc" in query:
        records = modified_since(records, query["modifiedSinceUtc"])
    if "$filter" in query:
        test = read_filter(query["$filter"], known)
        records = [record for record in records if test(record)]
    if "$orderby" in query:
        records = sort(records, query["$orderby"], known)
    partial = path in switches.partial_lists
    if partial:
        size = min(size, max(1, math.ceil(len(records) / PARTIAL_PAGES)))
    wanted = records[(number - 1) * size : number * size]
    if partial and number == 2:
        wanted = wanted[: len(wanted) // 2]
    rows = [row_text(path, collection, record, query.get("$select")) for record in wanted]
    return b'{"Meta":%b,"Data":[%b]}' % (json_text(meta(number, size, len(records))), b",".join(rows))


def meta(number: int, size: int, total: int) -> Record:
    """Say which page this is and how many there are."""
    return {
        "CurrentPage": number,
        "PageSize": size,
        "TotalNumberOfPages": math.ceil(total / size),
        "TotalNumberOfResults": total,
        "ServerTimeUtc": datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
