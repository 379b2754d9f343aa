"""Inventory adjustments, as they are written. Source: "Visma.net ERP OpenAPI 2025-12"."""

from visma_sync.systems.vismanet.wire.payload import CorePayload, Moment, Number, Operation


class AdjustmentLine(CorePayload):
    """By how much the stock of an item changes: a signed quantity; costs are in the company's currency."""

    bare = frozenset({"operation"})

    operation: Operation | None = None
    line_number: int | None = None
    inventory_number: str | None = None
    warehouse_id: str | None = None
    location_id: str | None = None
    quantity: Number | None = None
    uom: str | None = None
    unit_cost: Number | None = None
    ext_cost: Number | None = None
    receipt_number: str | None = None
    reason_code: str | None = None
    project_id: str | None = None
    project_task_id: str | None = None
    description: str | None = None
    branch_number: str | None = None


class InventoryAdjustmentUpdate(CorePayload):
    """An inventory adjustment to be created, or what changes of one."""

    reference_number: str | None = None
    hold: bool | None = None
    date: Moment | None = None
    post_period: str | None = None
    external_reference: str | None = None
    description: str | None = None
    control_quantity: Number | None = None
    control_cost: Number | None = None
    branch_number: str | None = None
    adjustment_lines: list[AdjustmentLine] | None = None
