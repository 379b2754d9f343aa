"""The states of sales orders, with their shipments and invoices. Source: "SalesOrders OpenAPI v3".

An order's stamp moves when it is shipped or invoiced (inferred: both change the order), so its own list tells.
"""

from collections.abc import AsyncIterator, Collection, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Protocol

from visma_sync.systems.reading import moment_of
from visma_sync.systems.source_record import LONG_AGO, SourceRecord
from visma_sync.systems.together import together
from visma_sync.systems.vismanet.answers import SYSTEM, OrderRow, OrderShipment, Shipment, TargetDocument, TargetOrder
from visma_sync.systems.vismanet.documents import CustomerDocuments
from visma_sync.systems.vismanet.shipments import Shipments


class Orders(Protocol):
    """Where sales orders are read."""

    shipments: Shipments
    invoices: CustomerDocuments

    def orders_modified(self, since: datetime, order_type: str | None = None) -> AsyncIterator[list[OrderRow]]: ...
    async def order(self, order_type: str, order_id: str) -> TargetOrder | None: ...


class OrderStates:
    """Reads orders for their states; the body of a record is put together from the order and what belongs to it.

    Its key is `type/number`; `state` is the vendor's word in one spelling, such as back_order.
    """

    def __init__(self, orders: Orders) -> None:
        self._orders = orders

    async def changed(self, since: datetime, until: datetime) -> AsyncIterator[list[SourceRecord]]:
        """The orders changed in [since, until), UTC, a page at a time; of every type."""
        async for rows in self._orders.orders_modified(since):
            records = [_record(row, row.changed_at) for row in rows]
            yield [record for record in records if record.lies_in(since, until)]

    async def single(self, documents: Collection[str]) -> list[SourceRecord]:
        """The orders with these keys, one by one; missing ones are left out."""
        found = await together(self._orders.order(*document.split("/", 1)) for document in sorted(documents))
        return [_record(order, _changed_at(order)) for order in found if order is not None]

    async def with_departures(self, records: Iterable[SourceRecord], *, charges: bool) -> list[SourceRecord]:
        """The same records with `departures`, their shipments; and with `charges`, their invoices, where asked for."""
        return await together(self._with_departures(record, charges) for record in records)

    async def _with_departures(self, record: SourceRecord, charges: bool) -> SourceRecord:
        rows = await self._orders.shipments.of_order(*record.key.split("/", 1))
        states = {number: await self._state_of(number) for number in dict.fromkeys(row.number for row in rows)}
        body = record.body | {"departures": [_departure(row, states[row.number]) for row in rows]}
        if charges:
            numbers = dict.fromkeys(row.invoice for row in rows if row.invoice)
            invoices = [await self._orders.invoices.get(number) for number in numbers]
            body["charges"] = [_charge(invoice) for invoice in invoices if invoice is not None]
        return replace(record, body=body)

    async def _state_of(self, shipment: str) -> str:
        found: Shipment | None = await self._orders.shipments.get(shipment) if shipment else None
        return "" if found is None else found.state


def _record(order: OrderRow | TargetOrder, changed_at: datetime) -> SourceRecord:
    key = f"{order.order_type}/{order.order_id}"
    body = {"document": key, "state": order.state, "reference": order.reference}
    # A list does not say when an order was made: its last change stands for it.
    return SourceRecord(key, order.order_id, changed_at, changed_at, body)


def _changed_at(order: TargetOrder) -> datetime:
    return moment_of(order.body, SYSTEM, "an order", "lastModified", UTC) or LONG_AGO


def _departure(row: OrderShipment, state: str) -> Mapping[str, Any]:
    return {"shipment": row.number, "state": state, "invoice": row.invoice}


def _charge(invoice: TargetDocument) -> Mapping[str, Any]:
    return {"number": invoice.number, "state": invoice.state, "total": invoice.total, "vat": invoice.vat}
