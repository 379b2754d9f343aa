"""How much of each item there is in Visma.net ERP. Source: "Visma.net ERP OpenAPI 2025-12"."""

from collections.abc import AsyncIterator

from visma_sync.errors import PartialReadError
from visma_sync.systems.vismanet.answers import SYSTEM, StockRow
from visma_sync.systems.vismanet.core import Core, at, metadata
from visma_sync.systems.vismanet.items import ITEM_PAGE, ITEMS, expanded

COSTS = ("addCostPriceStatistics", "true")


class Stock:
    """The stock of a company, by item and warehouse."""

    def __init__(self, core: Core) -> None:
        self._core = core

    async def levels(self) -> AsyncIterator[list[StockRow]]:
        """The stock of all items, a page at a time.

        Raises PartialReadError in the end where items were missed or came twice: nothing may be concluded from it.
        """
        seen: set[str] = set()
        rows_read = promised = 0
        async for rows in self._core.pages(ITEMS, *expanded("warehouses"), COSTS, size=ITEM_PAGE):
            page = [StockRow.of(row) for row in rows]
            rows_read += len(page)
            seen.update(row.sku for row in page)
            promised = metadata(rows, "totalCount") or rows_read
            yield page
        if not len(seen) == rows_read == promised:
            raise PartialReadError("the list of items is partial: it moved while it was read", system=SYSTEM)

    async def level_of(self, sku: str) -> StockRow | None:
        """The stock of one item, None where there is no such item."""
        answer = await self._core.one(at(f"{ITEMS}/{{number}}", sku))
        return None if answer is None else StockRow.of(answer.record)
