"""Shipments of orders, as they are asked for. Source: "Visma.net ERP OpenAPI 2025-12"."""

from typing import Literal

from visma_sync.systems.vismanet.wire.payload import Moment, Payload


class NewShipment(Payload):
    """What of an order is shipped: everything that a warehouse has of it. Plain JSON, as all actions take it."""

    order_type: str
    shipment_date: Moment
    shipment_warehouse: str
    operation: Literal["I", "R"] | None = None
    return_shipment_dto: bool | None = None
