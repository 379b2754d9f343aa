"""How much of each item there is, as Visma.net ERP answers it. Source: "Visma.net ERP OpenAPI 2025-12"."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from visma_sync.systems.reading import amount_of, essential_text, text_of
from visma_sync.systems.vismanet.answers.server import SYSTEM, amount_or_zero

WHAT = "the stock of an item"


@dataclass(frozen=True, slots=True)
class WarehouseLevel:
    """What a warehouse has of an item, in the item's base unit."""

    on_hand: Decimal
    available: Decimal
    available_for_shipment: Decimal

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> "WarehouseLevel":
        """Read a row of the warehouses of an item."""
        return cls(
            on_hand=amount_of(body, SYSTEM, WHAT, "quantityOnHand"),
            available=amount_or_zero(body, WHAT, "available"),
            available_for_shipment=amount_or_zero(body, WHAT, "availableForShipment"),
        )


@dataclass(frozen=True, slots=True)
class StockRow:
    """The stock of an item by warehouse, in its base `unit`; `status` as of `TargetItem`.

    Costs are of one unit, in the company's currency, 0 where there is none.
    """

    sku: str
    is_stock: bool
    status: str
    unit: str
    current_cost: Decimal
    last_cost: Decimal
    average_cost: Decimal
    warehouses: Mapping[str, WarehouseLevel]

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> "StockRow":
        """Read an item of a list or of a single answer."""
        return cls(
            sku=essential_text(body, SYSTEM, WHAT, "inventoryNumber"),
            is_stock=bool(body.get("stockItem")),
            status=text_of(body, "status"),
            unit=text_of(body, "baseUnit"),
            current_cost=amount_or_zero(body, WHAT, "currentCost"),
            last_cost=amount_or_zero(body, WHAT, "lastCost"),
            average_cost=amount_or_zero(body, WHAT, "costPriceStatistics", "averageCost"),
            warehouses={
                text_of(row, "warehouse"): WarehouseLevel.of(row) for row in body.get("warehouseDetails") or []
            },
        )
