"""Shipments, as Visma.net ERP answers them. Sources: "Visma.net ERP OpenAPI 2025-12", "SalesOrders OpenAPI v3"."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from visma_sync.systems.reading import amount_of, day_of, essential_text, text_of
from visma_sync.systems.vismanet.answers.server import SYSTEM, amount_or_zero, snake_case, state_of

WHAT = "a shipment"
ROW = "a row of an order"
# What is charged and never shipped; the text of error 1809 names the type.
_NEVER_SHIPPED = "misc_charge"


@dataclass(frozen=True, slots=True)
class OrderShipment:
    """What left of an order, and the invoice that charges it; both numbers are empty where there is none.

    `invoice_type` is invoice or the like.
    """

    number: str
    invoice_type: str
    invoice: str

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> "OrderShipment":
        """Read a row of the shipments of an order."""
        return cls(
            number=text_of(body, "id"),
            invoice_type=snake_case(text_of(body, "invoiceType")),
            invoice=text_of(body, "invoiceId"),
        )


@dataclass(frozen=True, slots=True)
class OrderLine:
    """What of a row of an order has still to leave: `waiting` has not left, `unassigned` of it is on no shipment yet.

    Both are 0 for what is charged and never shipped. `ships_on` is the day on which it is to leave.
    """

    warehouse: str
    ships_on: date | None
    waiting: Decimal
    unassigned: Decimal

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> "OrderLine":
        """Read a row of the rows of an order."""
        waiting = assigned = Decimal(0)
        if snake_case(text_of(body, "lineType")) != _NEVER_SHIPPED and not body.get("completed"):
            waiting = amount_of(body, SYSTEM, ROW, "openQuantity")
            assigned = amount_or_zero(body, ROW, "quantityOnShipments")
        ordered = amount_or_zero(body, ROW, "quantity")
        return cls(
            warehouse=text_of(body, "warehouseId"),
            ships_on=day_of(body, SYSTEM, ROW, "shipDate") if text_of(body, "shipDate") else None,
            waiting=waiting,
            unassigned=max(min(waiting, ordered - assigned), Decimal(0)),
        )


@dataclass(frozen=True, slots=True)
class Shipment:
    """A shipment; `state` is open, hold, confirmed, completed, invoiced or the vendor's further word.

    `orders` are the orders (type, number) that it serves.
    """

    number: str
    state: str
    shipped_on: date
    warehouse: str
    orders: tuple[tuple[str, str], ...]
    body: dict[str, Any]

    @classmethod
    def of(cls, body: dict[str, Any]) -> "Shipment":
        """Read a single shipment."""
        lines = body.get("shipmentOrderLines") or []
        return cls(
            number=essential_text(body, SYSTEM, WHAT, "shipmentNumber"),
            state=state_of(text_of(body, "status")),
            shipped_on=day_of(body, SYSTEM, WHAT, "shipmentDate"),
            warehouse=text_of(body, "fromWarehouse", "id"),
            orders=tuple((text_of(line, "orderType"), text_of(line, "orderNbr")) for line in lines),
            body=body,
        )
