"""VAT rates by date: what codings and VAT codes charge on the day that a request asks for."""

import datetime
from collections.abc import Mapping
from decimal import Decimal

from sandbox.eaccounting.books import Books, Collection
from sandbox.eaccounting.filters import refused
from sandbox.world import Record

RATES = {"articleaccountcodings": "VatRatePercent", "vatcodes": "VatRate"}
"""The field that holds the rate, by the path of the collections whose rates depend on the day."""


def on_day(books: Books, path: str, query: Mapping[str, str]) -> Collection:
    """Give a collection as it is on the day `vatRateDate`, which is today where it is not asked for."""
    collection = books[path]
    if path not in RATES or not books.planned_rates:
        return collection
    text = query.get("vatRateDate", datetime.datetime.now(datetime.UTC).date().isoformat())
    try:
        day = datetime.datetime.fromisoformat(text).date()
    except ValueError:
        raise refused(f"'{text}' is no date") from None
    rows = [with_rate(record, RATES[path], books, day) for record in collection.records.values()]
    return Collection(collection.schema, rows, collection.key)


def with_rate(record: Record, field: str, books: Books, day: datetime.date) -> Record:
    """Give a record with the rate that it has on a day: that of the last plan that has begun for its present rate."""
    begun = [plan for plan in books.planned_rates if plan.old == Decimal(record[field]) and plan.begins <= day]
    latest = max(begun, key=lambda plan: plan.begins, default=None)
    return record if latest is None else record | {field: latest.new}
