"""Inventory adjustments in Visma.net ERP. Source: "Visma.net ERP OpenAPI 2025-12"."""

from datetime import date

from visma_sync.systems.vismanet.answers import AdjustmentRow
from visma_sync.systems.vismanet.core import Core, Row, at
from visma_sync.systems.vismanet.wire import InventoryAdjustmentUpdate

ADJUSTMENTS = "/v1/inventoryadjustment"


class Adjustments:
    """The inventory adjustments of a company; they have no versions."""

    def __init__(self, core: Core) -> None:
        self._core = core

    async def dated(self, day: date) -> list[AdjustmentRow]:
        """The adjustments of one day: they cannot be asked for by their reference."""
        pages = self._core.pages(ADJUSTMENTS, ("date", day.isoformat()), ("dateCondition", ">="))
        rows = [AdjustmentRow.of(row) async for rows in pages for row in rows]
        return [row for row in rows if row.dated_on == day]

    async def get(self, number: str) -> AdjustmentRow | None:
        """One adjustment, None where there is none."""
        answer = await self._core.one(at(f"{ADJUSTMENTS}/{{number}}", number))
        return None if answer is None else AdjustmentRow.of(answer.record)

    async def create(self, body: Row) -> str:
        """Make an adjustment from a plain `wire.InventoryAdjustmentUpdate`; gives its number."""
        new = InventoryAdjustmentUpdate.model_validate(body)
        return await self._core.create(ADJUSTMENTS, new.wrapped(), new.external_reference or "")

    async def release(self, number: str) -> None:
        """Book an adjustment that is off hold. Raises RecordRejectedError where it is refused."""
        await self._core.act(at(f"{ADJUSTMENTS}/{{number}}/action/release", number))
