"""How much of each stock item there is, by warehouse. Source: "SalesOrders OpenAPI v3", Inventory.

Quantities are in the item's base unit. A record's body is the vendor's InventoryItemAvailabilityDto.
"""

from collections.abc import AsyncIterator, Collection, Mapping
from typing import Any

from visma_sync.errors import PartialReadError
from visma_sync.systems.call import Answer, Call
from visma_sync.systems.http import HttpClient
from visma_sync.systems.reading import essential_text, surprising
from visma_sync.systems.source_record import LONG_AGO, SourceRecord
from visma_sync.systems.vismanet.answers import SYSTEM

INVENTORY = "/api/v3/Inventory"
# The largest page that the specification publishes, and how many items an address names without growing too long.
INVENTORY_PAGE, ITEMS_NAMED = 10_000, 40
_PASSING = frozenset({"availability"})


class Availability:
    """The stock of all warehouses, by item; the server keeps no history of it."""

    def __init__(self, orders: HttpClient) -> None:
        self._orders = orders

    async def all(self) -> AsyncIterator[list[SourceRecord]]:
        """All stock items, a page at a time.

        Raises PartialReadError in the end where some were missed or came twice, or where there are none at all: nothing
        may be concluded from what was given.
        """
        seen: set[str] = set()
        rows_read, totals, index, more = 0, set[int](), 0, True
        while more:
            answer = await self._page(("pageSize", str(INVENTORY_PAGE)), ("pageIndex", str(index)))
            page = _records(answer)
            rows_read += len(page)
            seen.update(record.key.casefold() for record in page)
            # The server leaves the count out where it does not know it.
            totals |= {answer.record["totalCount"]} if isinstance(answer.record.get("totalCount"), int) else set()
            yield page
            index, more = index + 1, bool(answer.record.get("nextPage"))
        if not seen:
            raise PartialReadError("the list of stock is empty, which is not believed", system=SYSTEM)
        if len(seen) != rows_read or totals - {rows_read}:
            raise PartialReadError("the list of stock is partial: it moved while it was read", system=SYSTEM)

    async def of(self, skus: Collection[str]) -> list[SourceRecord]:
        """The stock items with these numbers; missing ones are left out."""
        named, wanted = sorted(skus), {sku.casefold() for sku in skus}
        found: list[SourceRecord] = []
        for start in range(0, len(named), ITEMS_NAMED):
            asked = named[start : start + ITEMS_NAMED]
            answer = await self._page(*(("inventoryId", sku) for sku in asked), ("pageSize", str(INVENTORY_PAGE)))
            found += [record for record in _records(answer) if record.key.casefold() in wanted]
        return found

    async def _page(self, *query: tuple[str, str]) -> Answer:
        return await self._orders.send(Call("GET", INVENTORY, query=query))


def _records(answer: Answer) -> list[SourceRecord]:
    rows = answer.record.get("value")
    if not isinstance(rows, list):
        raise surprising(SYSTEM, "the list of stock", "value")
    return [_record(row) for row in rows]


def _record(body: Mapping[str, Any]) -> SourceRecord:
    sku = essential_text(body, SYSTEM, "the stock of an item", "inventoryId")
    return SourceRecord(sku, sku, LONG_AGO, None, dict(body), _PASSING)
