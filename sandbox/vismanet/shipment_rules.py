"""How the goods of a sales order leave: shipments are made of open lines, and confirmed.

Published ("Visma.net ERP API", createShipment and confirmShipment; the 9.66 document's 409 for an order that must ship
complete): the calls and the states. Inferred, as Acumatica works, which Visma.net is made of: a shipment takes what
is available of each open line of its warehouse; with nothing to take there is no shipment; the goods leave the stock
when it is confirmed, and what is left of the order then waits as a back order, unless its line cancels the remainder.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from sandbox.vismanet.answers import Record, plain_refusal
from sandbox.vismanet.company import Company, Order, Stored, item_key
from sandbox.vismanet.inventory_rules import is_stock
from sandbox.vismanet.order_rules import BACK_ORDER, CREDIT_HOLD, HOLD
from sandbox.vismanet.periods import open_period, period_of
from sandbox.vismanet.stock import NOTHING, Balances, on_hand_of, put

SHIPPING, COMPLETED, CANCELLED = "Shipping", "Completed", "Cancelled"
SHIP_COMPLETE, CANCEL_REMAINDER = "ShipComplete", "CancelRemainder"


def create_shipment(company: Company, order: Order, day: datetime.date, warehouse: str) -> Stored:
    """Make a shipment of what is available; raises a 400 refusal for an order on hold, else 409."""
    if order.status in (HOLD, CREDIT_HOLD, CANCELLED):
        raise plain_refusal(400, f"Order {order.type} {order.number} cannot be shipped in status {order.status}.")
    lines = list(_available_lines(company, order, warehouse))
    if not lines:
        raise plain_refusal(409, f"Order {order.type} {order.number} has nothing to ship from warehouse {warehouse}.")
    values = {
        "status": "Open",
        "orderType": order.type,
        "orderNbr": order.number,
        "customer": order.head["customer"]["id"],
        "warehouse": warehouse,
        "day": day,
        "lines": [{**line, "lineNumber": number} for number, line in enumerate(lines, start=1)],
    }
    shipment = company.keep(company.next_number("SHIPMENT"), values)
    company.shipments[shipment.key] = shipment
    for line in lines:
        order_line = _order_line(order, line)
        order_line["onShipments"] = on_shipments(order_line) + line["quantity"]
    order.status = SHIPPING
    company.touch(order)
    return shipment


def confirm_shipment(company: Company, shipment: Stored) -> None:
    """Let the goods leave the stock; raises a 400 refusal when it is not open, or there is less than it ships."""
    values = shipment.values
    if values["status"] != "Open":
        raise plain_refusal(400, f"Shipment {shipment.key} cannot be confirmed in status {values['status']}.")
    open_period(company, period_of(values["day"]), "InventoryManagement")
    _take_from_stock(company, values["lines"], values["warehouse"])
    order = company.orders[values["orderType"], values["orderNbr"]]
    for line in values["lines"]:
        order_line = _order_line(order, line)
        order_line["shipped"] = order_line.get("shipped", NOTHING) + line["quantity"]
    for order_line in stock_lines(company, order):
        cancelled = _rule(order, order_line) == CANCEL_REMAINDER and order_line["warehouseId"] == values["warehouse"]
        order_line["completed"] = cancelled or order_line.get("shipped", NOTHING) >= order_line["quantity"]
    shipment.values = {**values, "status": "Confirmed", "issue": company.next_number("ISSUE")}
    company.touch(shipment)
    order.status = _status_after(company, order)
    company.touch(order)


def shipments_of(company: Company, order: Order) -> list[Stored]:
    """Give the shipments of an order, oldest first."""
    key = {"orderType": order.type, "orderNbr": order.number}
    return [shipment for shipment in company.shipments.values() if key.items() <= shipment.values.items()]


def stock_lines(company: Company, order: Order) -> list[Record]:
    """Give the lines of an order that need a shipment; what is not kept in stock needs none."""
    return [line for line in order.lines if is_stock(company.known_item(line["inventoryId"]).values)]


def on_shipments(line: Record) -> Decimal:
    """Say how much of an order line is on shipments, confirmed or not."""
    quantity: Decimal = line.get("onShipments", NOTHING)
    return quantity


def _available_lines(company: Company, order: Order, warehouse: str) -> Iterator[Record]:
    """Give what of each open line of the warehouse can leave; raises 409 where an incomplete delivery is not wanted."""
    balances, taken = Balances(company), defaultdict[str, Decimal](Decimal)
    for line in stock_lines(company, order):
        wanted = NOTHING if line.get("completed") else line["quantity"] - on_shipments(line)
        if line["warehouseId"] != warehouse or wanted <= 0:
            continue
        item = company.known_item(line["inventoryId"])
        left = balances.of(item, warehouse).available_for_shipment - taken[item.key]
        quantity = max(min(wanted, left), NOTHING)
        if quantity < wanted and _rule(order, line) == SHIP_COMPLETE:
            raise plain_refusal(
                409, f"Order {order.type} {order.number} must ship complete: only {left} of {item.key} available."
            )
        if quantity:
            taken[item.key] += quantity
            shared = {"inventoryId": item.key, "warehouseId": warehouse, "orderedQuantity": line["quantity"]}
            yield {**shared, "orderLine": line["lineId"], "uom": line["unitOfMeasure"], "quantity": quantity}


def _rule(order: Order, line: Record) -> str:
    whole: str | None = order.head.get("shipping", {}).get("rule")
    return SHIP_COMPLETE if whole == SHIP_COMPLETE else str(line["shippingRule"])


def _take_from_stock(company: Company, lines: list[Record], warehouse: str) -> None:
    leaving: dict[str, Decimal] = {}
    for line in lines:
        key = item_key(line["inventoryId"])
        leaving[key] = leaving.get(key, NOTHING) + line["quantity"]
    left = {key: on_hand_of(company, company.items[key], warehouse) - quantity for key, quantity in leaving.items()}
    short = [company.items[key].key for key, quantity in left.items() if quantity < 0]
    if short:
        raise plain_refusal(400, f"Inventory quantity for '{short[0]}' in warehouse '{warehouse}' will go negative.")
    for key, quantity in left.items():
        put(company, company.items[key], warehouse, quantity)


def _order_line(order: Order, line: Record) -> Record:
    return next(row for row in order.lines if row["lineId"] == line["orderLine"])


def _status_after(company: Company, order: Order) -> str:
    if all(line.get("completed") for line in stock_lines(company, order)):
        return COMPLETED
    waiting = any(shipment.values["status"] == "Open" for shipment in shipments_of(company, order))
    return SHIPPING if waiting else BACK_ORDER
