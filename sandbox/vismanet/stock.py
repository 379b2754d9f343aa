"""The stock: how much of each item lies in which warehouse, what of it is promised, and what it cost.

Quantities are in the item's base unit; every unit that an item can be sold in converts one to one. Available is what
is on hand less what open orders still wait for; available for shipment is what is on hand less what lies on
shipments that are not confirmed yet (SalesOrders OpenAPI v3, WarehouseAvailabilityDto; which documents count in
`available` is a choice of the company, here: sales orders).
"""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from sandbox.vismanet import tables
from sandbox.vismanet.answers import Record
from sandbox.vismanet.company import Company, Level, Stored, item_key

NOTHING = Decimal(0)
WAITING = ("Open", "Back Order", "Shipping", "Credit Hold")
"""The states in which an order's unshipped goods are promised to its debtor; on hold it promises nothing."""

Place = tuple[str, str]
"""The key of an item and the id of a warehouse."""


@dataclass(frozen=True)
class Quantities:
    """What one warehouse has of one item."""

    on_hand: Decimal
    booked: Decimal
    allocated: Decimal
    modified: datetime.datetime

    @property
    def available(self) -> Decimal:
        """Say what nobody has ordered yet."""
        return self.on_hand - self.booked

    @property
    def available_for_shipment(self) -> Decimal:
        """Say what lies on no shipment yet."""
        return self.on_hand - self.allocated


class Balances:
    """The stock at one moment, with everything that is promised of it added up once, when first asked for."""

    def __init__(self, company: Company) -> None:
        self._company = company

    def of(self, item: Stored, warehouse: str) -> Quantities:
        """Give what one warehouse has of one item."""
        key = (item_key(item.key), warehouse)
        level = self._company.stock.get(key, Level(NOTHING, item.created))
        return Quantities(level.on_hand, self._booked[key], self._allocated[key], level.modified)

    @cached_property
    def _booked(self) -> Mapping[Place, Decimal]:
        orders = [order for order in self._company.orders.values() if order.status in WAITING]
        return _summed((line, open_quantity(line)) for order in orders for line in order.lines)

    @cached_property
    def _allocated(self) -> Mapping[Place, Decimal]:
        shipments = [kept.values for kept in self._company.shipments.values() if kept.values["status"] == "Open"]
        return _summed((line, line["quantity"]) for shipment in shipments for line in shipment["lines"])


def open_quantity(line: Record) -> Decimal:
    """Give what of an order line has not left yet."""
    left: Decimal = line["quantity"] - line.get("shipped", NOTHING)
    return NOTHING if line.get("completed") else left


def places_of(item: Stored) -> set[Place]:
    """Give all places in which an item can lie."""
    return {(item_key(item.key), warehouse) for warehouse in tables.WAREHOUSES}


def warehouses_of(company: Company, item: Stored) -> list[str]:
    """Give the warehouses that an item belongs in: its own, and those where it has lain."""
    own = item.values.get("defaultWarehouse")
    lain = {warehouse for _, warehouse in company.stock.keys() & places_of(item)}
    return [warehouse for warehouse in tables.WAREHOUSES if warehouse == own or warehouse in lain]


def on_hand_of(company: Company, item: Stored, warehouse: str) -> Decimal:
    """Say how much of an item lies in a warehouse."""
    level = company.stock.get((item_key(item.key), warehouse))
    return NOTHING if level is None else level.on_hand


def put(company: Company, item: Stored, warehouse: str, on_hand: Decimal) -> None:
    """Set what one warehouse has of an item; what is below zero is for the caller to refuse."""
    company.stock[item_key(item.key), warehouse] = Level(on_hand, datetime.datetime.now(datetime.UTC))


def cost_of(company: Company, item: Stored) -> Decimal:
    """Give what a unit of an item cost on average, in the company's currency; zero when nobody knows."""
    return company.costs.get(item_key(item.key), NOTHING)


def stock_rows(company: Company) -> list[Record]:
    """Show every quantity with `sku` and `warehouse`, under the names of the item list."""
    balances, rows = Balances(company), []
    for key, warehouse in company.stock:
        quantities = balances.of(company.items[key], warehouse)
        rows.append(
            {
                "sku": company.items[key].key,
                "warehouse": warehouse,
                "quantityOnHand": quantities.on_hand,
                "available": quantities.available,
                "availableForShipment": quantities.available_for_shipment,
            }
        )
    return rows


def _summed(rows: Iterable[tuple[Record, Decimal]]) -> Mapping[Place, Decimal]:
    totals: defaultdict[Place, Decimal] = defaultdict(Decimal)
    for line, quantity in rows:
        totals[item_key(line["inventoryId"]), str(line["warehouseId"])] += quantity
    return totals
