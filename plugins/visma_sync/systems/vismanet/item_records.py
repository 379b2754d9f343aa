"""Items of Visma.net ERP as a source of records. Source: "Visma.net ERP OpenAPI 2025-12"."""

from collections.abc import AsyncIterator, Collection
from datetime import datetime, timedelta

from visma_sync.errors import RecordRejectedError
from visma_sync.systems.reading import essential_text, surprising
from visma_sync.systems.source_record import LONG_AGO, SourceRecord
from visma_sync.systems.together import together
from visma_sync.systems.vismanet.answers.server import SYSTEM, changed_at
from visma_sync.systems.vismanet.core import Core, Row, at, changed_since, metadata
from visma_sync.systems.vismanet.items import ITEM_PAGE, ITEMS, expanded

# The server compares local times, and an hour of the night in which summer time ends comes twice.
_CLOCK_MARGIN = timedelta(hours=2)
_SHOWN = ("barcodes", "attributes", "sales_categories", "note")
# What only some answers have, or what tells of the list.
_NOT_OF_THE_ITEM = frozenset(
    (
        "metadata",
        "errorInfo",
        "attachments",
        "warehouseDetails",
        "accountInformation",
        "inventoryUnits",
        "supplierDetails",
    )
)
_PASSING = frozenset(
    (
        "lastModifiedDateTime",
        "timestamp",
        "currentCost",
        "lastCost",
        "pendingCost",
        "pendingCostDate",
        "effectiveDate",
        "costPriceStatistics",
    )
)


class ItemRecords:
    """The items of a company; an item's key is its number, the SKU."""

    def __init__(self, core: Core) -> None:
        self._core = core

    async def changed(self, since: datetime, until: datetime) -> AsyncIterator[list[SourceRecord]]:
        """Items created or changed in [since, until), UTC, a page at a time; each once.

        An item says only when it was changed last: one that was changed after `until` belongs to a later window.
        """
        seen: set[str] = set()
        query = (*expanded(*_SHOWN), *changed_since(since - _CLOCK_MARGIN))
        async for rows in self._core.pages(ITEMS, *query, size=ITEM_PAGE):
            records = [record for record in map(item_record, rows) if record.key not in seen]
            seen.update(record.key for record in records)
            if wanted := [record for record in records if record.lies_in(since, until)]:
                yield wanted

    async def read(self, numbers: Collection[str]) -> list[SourceRecord]:
        """The items with these numbers, one by one or from the list, whichever takes fewer calls.

        Missing ones are left out.
        """
        wanted = {number for number in numbers if number.strip()}
        found: dict[str, SourceRecord] = {}
        if len(wanted) > 1:
            read = 0
            async for rows in self._core.pages(ITEMS, *expanded(*_SHOWN), size=ITEM_PAGE):
                records = map(item_record, rows)
                found.update({record.key: record for record in records if record.key in wanted})
                read += len(rows)
                if len(wanted) - len(found) <= -(-(metadata(rows, "totalCount") - read) // ITEM_PAGE):
                    break
        single = await together(self._one(number) for number in sorted(wanted - found.keys()))
        return [*found.values(), *(record for record in single if record is not None)]

    async def _one(self, number: str) -> SourceRecord | None:
        answer = await self._core.one(at(f"{ITEMS}/{{number}}", number))
        if answer is None:
            return None
        record = item_record(answer.record)
        if record.number.casefold() != number.strip().casefold():
            raise surprising(SYSTEM, f"item {number}", "inventoryNumber")
        return record


def item_record(row: Row) -> SourceRecord:
    """Read an item, with the same parts whether it comes from a list or alone."""
    number = essential_text(row, SYSTEM, "an item", "inventoryNumber")
    changed = _changed_at(row)
    return SourceRecord(
        key=number,
        number=number,
        created_at=changed or LONG_AGO,
        changed_at=changed,
        body={name: value for name, value in row.items() if name not in _NOT_OF_THE_ITEM},
        passing=_PASSING,
    )


def _changed_at(row: Row) -> datetime | None:
    """A stamp that cannot be read counts as none: one such item must not stop the reading of the others."""
    try:
        return changed_at(row, "an item")
    except RecordRejectedError:
        return None
