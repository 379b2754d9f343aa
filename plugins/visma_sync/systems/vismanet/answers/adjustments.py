"""Inventory adjustments, as Visma.net ERP answers them. Source: "Visma.net ERP OpenAPI 2025-12"."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from visma_sync.systems.reading import amount_of, day_of, essential_text, text_of
from visma_sync.systems.vismanet.answers.server import SYSTEM, amount_or_zero, state_of

WHAT = "an inventory adjustment"


@dataclass(frozen=True, slots=True)
class AdjustmentLine:
    """By how much the stock of an item in a warehouse changed; `unit_cost` is in the company's currency."""

    sku: str
    warehouse: str
    quantity: Decimal
    unit_cost: Decimal
    reason_code: str

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> "AdjustmentLine":
        """Read a row."""
        return cls(
            sku=text_of(body, "inventoryItem", "number"),
            warehouse=text_of(body, "warehouse", "id"),
            quantity=amount_of(body, SYSTEM, WHAT, "quantity"),
            unit_cost=amount_or_zero(body, WHAT, "unitCost"),
            reason_code=text_of(body, "reasonCode", "id"),
        )


@dataclass(frozen=True, slots=True)
class AdjustmentRow:
    """An inventory adjustment; `reference` is its external reference, `state` hold, balanced or released.

    `quantity` is the sum of its signed quantities.
    """

    number: str
    reference: str
    state: str
    dated_on: date
    quantity: Decimal
    lines: tuple[AdjustmentLine, ...]
    body: dict[str, Any]

    @classmethod
    def of(cls, body: dict[str, Any]) -> "AdjustmentRow":
        """Read an adjustment of a list or of a single answer."""
        return cls(
            number=essential_text(body, SYSTEM, WHAT, "referenceNumber"),
            reference=text_of(body, "externalReference"),
            state=state_of(text_of(body, "status")),
            dated_on=day_of(body, SYSTEM, WHAT, "date"),
            quantity=amount_or_zero(body, WHAT, "totalQuantity"),
            # The vendor's own spelling in answers; what is written is called adjustmentLines.
            lines=tuple(map(AdjustmentLine.of, body.get("adjusmentLines") or [])),
            body=body,
        )
