"""How orders leave the warehouse and are invoiced in Visma.net ERP.

None of it can be repeated: after a lost answer the shipments of the order are read first.
Sources: "Visma.net ERP OpenAPI 2025-12", "SalesOrders OpenAPI v3".
"""

from datetime import date
from typing import Any

from visma_sync.errors import UncertainWriteError
from visma_sync.systems.call import Call, key_segment
from visma_sync.systems.http import HttpClient
from visma_sync.systems.reading import surprising, text_of
from visma_sync.systems.vismanet.answers import SYSTEM, OrderLine, OrderShipment, Shipment
from visma_sync.systems.vismanet.core import Core, at, found
from visma_sync.systems.vismanet.wire import NewShipment

ORDER_SHIPMENTS = "/api/v3/SalesOrders/{type}/{order_id}/shipment"
ORDER_LINES = "/api/v3/SalesOrders/{type}/{order_id}/lines"
LINES_PAGE = 1000
CREATE = "/v2/salesorder/{number}/action/createShipment"
PREPARE_INVOICE = "/v2/salesorder/{type}/{number}/action/prepareInvoice"
SHIPMENTS = "/v1/shipment"


class Shipments:
    """The shipments of a company's orders."""

    def __init__(self, core: Core, orders: HttpClient) -> None:
        self._core = core
        self._orders = orders

    async def of_order(self, order_type: str, order_id: str) -> list[OrderShipment]:
        """The shipments and invoices of an order."""
        call = Call("GET", ORDER_SHIPMENTS, {"type": order_type, "order_id": order_id}, key=order_id)
        answer = await found(self._orders, call)
        rows: Any = [] if answer is None else answer.body
        if not isinstance(rows, list):
            raise surprising(SYSTEM, f"the shipments of order {order_id}", "id")
        return [OrderShipment.of(row) for row in rows]

    async def lines(self, order_type: str, order_id: str) -> list[OrderLine]:
        """The rows of an order, with what of each has still to leave."""
        values = {"type": order_type, "order_id": order_id}
        lines: list[OrderLine] = []
        index, more = 0, True
        while more:
            paged = (("pageSize", str(LINES_PAGE)), ("pageIndex", str(index)))
            answer = await self._orders.send(Call("GET", ORDER_LINES, values, paged, key=order_id))
            rows = answer.record.get("value")
            if not isinstance(rows, list):
                raise surprising(SYSTEM, f"the rows of order {order_id}", "value")
            lines += map(OrderLine.of, rows)
            index, more = index + 1, bool(answer.record.get("nextPage"))
        return lines

    async def create(self, order_type: str, order_id: str, shipped_on: date, warehouse: str) -> str:
        """Make a shipment of what a warehouse has of an open order; gives its number.

        Raises RecordRejectedError (conflict) where there is nothing to ship.
        """
        asked = {"orderType": order_type, "shipmentDate": shipped_on.isoformat(), "shipmentWarehouse": warehouse}
        new = NewShipment.model_validate(asked)
        result = await self._core.act(at(CREATE, order_id), new.model_dump(by_alias=True, exclude_unset=True))
        number = text_of(result, "referenceNumber")
        if not number:
            raise UncertainWriteError(
                "the answer does not say what was created", system=SYSTEM, operation=f"POST {CREATE}", key=order_id
            )
        return number

    async def get(self, number: str) -> Shipment | None:
        """One shipment, None where there is none."""
        answer = await self._core.one(at(f"{SHIPMENTS}/{{number}}", number))
        return None if answer is None else Shipment.of(answer.record)

    async def confirm(self, number: str) -> None:
        """Say that an open shipment has left. Raises RecordRejectedError where it is refused."""
        await self._core.act(at(f"{SHIPMENTS}/{{number}}/action/confirmShipment", number))

    async def prepare_invoice(self, order_type: str, order_id: str) -> str:
        """Make the invoice of what has left of an order; gives its number, or nothing where the answer does not say.

        Raises RecordRejectedError where there is nothing to invoice.
        """
        values = {"type": order_type, "number": key_segment(order_id)}
        result = await self._core.act(Call("GET", PREPARE_INVOICE, values, key=order_id))
        return text_of(result, "referenceNumber")
