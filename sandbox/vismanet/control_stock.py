"""What a person does in the warehouse meanwhile: counts an item, or sends an order's goods.

Bodies are plain JSON: `{"inventoryNumber": "A-1", "quantityOnHand": 5}`, with `warehouse` and `unitCost` where they
differ; sending takes `{"warehouse": "1"}` and, to leave the shipment open, `{"confirm": false}`.
"""

from decimal import Decimal

from fastapi import APIRouter, Request

from sandbox.vismanet import tables
from sandbox.vismanet.answers import Record, plain_refusal
from sandbox.vismanet.by_hand import by_hand, fields_of
from sandbox.vismanet.company import Company, item_key
from sandbox.vismanet.inventory_rules import is_stock
from sandbox.vismanet.inventory_view import inventory_view
from sandbox.vismanet.orders import find_order
from sandbox.vismanet.periods import today
from sandbox.vismanet.shipment_rules import confirm_shipment, create_shipment
from sandbox.vismanet.shipment_view import shipment_view
from sandbox.vismanet.stock import put


def add_warehouse_by_hand(router: APIRouter, company: Company) -> None:
    """Offer what people do in the warehouse."""

    @router.post("/stock", response_model=None)
    @by_hand
    async def count(request: Request) -> Record:
        fields = await fields_of(request)
        item, warehouse = company.item(str(fields.get("inventoryNumber"))), str(fields.get("warehouse", "1"))
        if item is None or not is_stock(item.values) or warehouse not in tables.WAREHOUSES:
            raise plain_refusal(404, "No such stock item or warehouse.")
        put(company, item, warehouse, Decimal(fields["quantityOnHand"]))
        if "unitCost" in fields:
            company.costs[item_key(item.key)] = Decimal(fields["unitCost"])
        return inventory_view(company, item)

    @router.post("/stock-list", response_model=None)
    @by_hand
    async def misbehave(request: Request) -> Record:
        # `whole`; `moving`: an item comes twice and another one not at all; `empty`: there is nothing in it.
        company.stock_list = str((await fields_of(request)).get("is", "whole"))
        return {"is": company.stock_list}

    @router.post("/orders/{type}/{order_id}/ship", response_model=None)
    @by_hand
    async def ship(request: Request) -> Record:
        order, fields = find_order(company, request), await fields_of(request)
        shipment = create_shipment(company, order, today(), str(fields.get("warehouse", "1")))
        if fields.get("confirm", True):
            confirm_shipment(company, shipment)
        return shipment_view(company, shipment)
