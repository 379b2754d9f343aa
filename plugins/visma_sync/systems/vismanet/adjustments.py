"""Inventory adjustments in Visma.net ERP. Source: "Visma.net ERP OpenAPI 2025-12"."""

from collections.abc import Sequence
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

    async def unreleased(self) -> list[AdjustmentRow]:
        """The adjustments that change no stock yet: on hold, or waiting to be released."""
        rows: list[AdjustmentRow] = []
        for status in ("Hold", "Balanced"):
            async for page in self._core.pages(ADJUSTMENTS, ("status", status)):
                rows += map(AdjustmentRow.of, page)
        return rows

    async def get(self, number: str) -> AdjustmentRow | None:
        """One adjustment, None where there is none."""
        answer = await self._core.one(at(f"{ADJUSTMENTS}/{{number}}", number))
        return None if answer is None else AdjustmentRow.of(answer.record)

    async def create(self, body: Row) -> str:
        """Make an adjustment from a plain `wire.InventoryAdjustmentUpdate`; gives its number."""
        new = InventoryAdjustmentUpdate.model_validate(body)
        return await self._core.create(ADJUSTMENTS, new.wrapped(), new.external_reference or "")

    async def release(self, number: str) -> bool:
        """Book an adjustment that is off hold; says whether that is done, or still under way in Visma.net.

        Raises RecordRejectedError where it is refused.
        """
        said = await self._core.act(at(f"{ADJUSTMENTS}/{{number}}/action/release", number))
        return said.get("actionResult") == "Done"

    @staticmethod
    def together(bodies: Sequence[Row]) -> Row:
        """One adjustment with the lines of all of these; whatever else it says is as in the first."""
        return {**bodies[0], "adjustmentLines": [line for body in bodies for line in body["adjustmentLines"]]}
