"""How the stock of the target follows that of the source."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Literal

from pydantic import Field

from visma_sync.settings.choice import Choice
from visma_sync.settings.part import Part


class StockSettings(Part):
    """Which quantity is kept equal, in which warehouse, at what cost, and when a person is asked first.

    `whole_units` are units of the target that cannot be cut; `brake_percent` is a share of the products that the
    target has in stock.
    """

    quantity: Literal["physical", "available"]
    warehouse: Choice
    reason_code: str
    unit_cost: Literal["source", "target"]
    whole_units: tuple[str, ...]
    negative_balance: Literal["park", "zero"]
    brake_percent: Decimal = Field(ge=0, le=100)
    max_lines: int = Field(ge=1, le=5000)

    def target_values(self) -> Iterable[tuple[str, str, frozenset[str]]]:
        """Warehouses; the target has no list of reason codes."""
        yield "warehouses", "stock.warehouse", self.warehouse.values
