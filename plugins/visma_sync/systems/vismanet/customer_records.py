"""Customers of Visma.net ERP as a source of records. Source: "Visma.net ERP OpenAPI 2025-12"."""

from collections.abc import AsyncIterator, Collection, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from visma_sync.systems.reading import essential_text, moment_of
from visma_sync.systems.source_record import LONG_AGO, SourceRecord
from visma_sync.systems.together import together
from visma_sync.systems.vismanet.answers import SERVER_ZONE, SYSTEM
from visma_sync.systems.vismanet.answers.customers import customer_as_written
from visma_sync.systems.vismanet.core import Core, Row, at, changed_since, metadata

CUSTOMERS = "/v1/customer"
# Larger pages are silently cut.
CUSTOMER_PAGE = 1000
# The server compares local times, and an hour of the night in which summer time ends comes twice.
_CLOCK_MARGIN = timedelta(hours=2)
_ONE_HOUR = timedelta(hours=1)
# What only some answers have: a list says how long it is, a single answer shows accounts and mandates.
_NOT_OF_THE_CUSTOMER = frozenset(
    ("metadata", "errorInfo", "extras", "glAccounts", "paymentMethods", "directDebitLines", "internalId")
)
_PASSING = frozenset(("lastModifiedDateTime", "createdDateTime", "timeStamp"))


class CustomerRecords:
    """The customers of a company, read whole; a customer's key is its number."""

    def __init__(self, core: Core) -> None:
        self._core = core

    async def changed(self, since: datetime, until: datetime) -> AsyncIterator[list[SourceRecord]]:
        """Customers created or changed in [since, until), UTC, a page at a time; each once."""
        seen: set[str] = set()
        query = changed_since(since - _CLOCK_MARGIN)
        async for rows in self._core.pages(CUSTOMERS, *query, size=CUSTOMER_PAGE):
            records = [record for record in map(customer_record, rows) if record.key not in seen]
            seen.update(record.key for record in records)
            if wanted := [record for record in records if _lies_in(record, since, until)]:
                yield wanted

    async def read(self, numbers: Collection[str]) -> list[SourceRecord]:
        """The customers with these numbers, one by one or from the list, whichever takes fewer calls.

        Missing ones are left out.
        """
        wanted = {number.strip() for number in numbers} - {""}
        found: dict[str, SourceRecord] = {}
        if len(wanted) > 1:
            read = 0
            async for rows in self._core.pages(CUSTOMERS, size=CUSTOMER_PAGE):
                records = map(customer_record, rows)
                found.update({record.key: record for record in records if record.key in wanted})
                read += len(rows)
                if len(wanted) - len(found) <= -(-(metadata(rows, "totalCount") - read) // CUSTOMER_PAGE):
                    break
        single = await together(self._one(number) for number in sorted(wanted - found.keys()))
        return [*found.values(), *(record for record in single if record is not None)]

    async def _one(self, number: str) -> SourceRecord | None:
        answer = await self._core.one(at(f"{CUSTOMERS}/{{number}}", number))
        return None if answer is None else customer_record(answer.record)

    @staticmethod
    def as_written(body: Mapping[str, Any]) -> dict[str, Any]:
        """A customer in the shape in which one is written here."""
        return customer_as_written(body)


def customer_record(body: Row) -> SourceRecord:
    """Read a customer of a list or of a single answer: both give the same record."""
    number = essential_text(body, SYSTEM, "a customer", "number")
    changed_at = moment_of(body, SYSTEM, "a customer", "lastModifiedDateTime", SERVER_ZONE)
    created_at = moment_of(body, SYSTEM, "a customer", "createdDateTime", SERVER_ZONE)
    return SourceRecord(
        key=number,
        number=number,
        created_at=created_at or changed_at or LONG_AGO,
        changed_at=changed_at,
        body={name: value for name, value in body.items() if name not in _NOT_OF_THE_CUSTOMER},
        passing=_PASSING,
    )


def _lies_in(record: SourceRecord, since: datetime, until: datetime) -> bool:
    """Whether it was created or changed in [since, until); an hour that comes twice counts as both."""
    return record.lies_in(since, until) or any(
        _comes_twice(stamp) and since <= stamp + _ONE_HOUR < until
        for stamp in (record.created_at, record.changed_at)
        if stamp is not None
    )


def _comes_twice(stamp: datetime) -> bool:
    local = stamp.astimezone(SERVER_ZONE).replace(tzinfo=None)
    first, second = (local.replace(tzinfo=SERVER_ZONE, fold=fold).astimezone(UTC) for fold in (0, 1))
    return second - first == _ONE_HOUR
