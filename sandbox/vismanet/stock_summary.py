"""The stock of one item in the core API ("Visma.net ERP API", inventorysummary)."""

from fastapi import APIRouter, Request, Response

from sandbox.answers import Answer
from sandbox.vismanet import masterdata, tables
from sandbox.vismanet.access import Api
from sandbox.vismanet.answers import Record
from sandbox.vismanet.company import Company, Stored
from sandbox.vismanet.inventory_rules import is_stock
from sandbox.vismanet.lists import missing, path_key
from sandbox.vismanet.stock import NOTHING, Balances, cost_of, warehouses_of

NOT_KEPT = (
    "notAvailable",
    "soBackOrdered",
    "soShipped",
    "inIssues",
    "inReceipts",
    "inTransit",
    "inAssemblyDemand",
    "inAssemblySupply",
    "purchasePrepared",
    "purchaseOrders",
    "poReceipts",
    "expired",
    "soToPurchase",
    "purchaseForSO",
    "purchaseForSOPrepared",
    "purchaseForSOReceipts",
    "soToDropShip",
    "dropShipForSO",
    "dropShipForSOPrepared",
    "dropShipForSOReceipts",
)
"""Quantities that are zero here: the company buys, moves and assembles nothing."""


def add_stock_summary(router: APIRouter, api: Api) -> None:
    """Offer the stock of one item, a row for each warehouse."""

    @router.get("/v1/inventorysummary/{number}", response_model=None)
    @api.allowing("read")
    async def get_summary(request: Request, company: Company) -> Response:
        number = path_key(request.path_params["number"])
        item = company.item(number)
        if item is None or not is_stock(item.values):
            raise missing("Inventory Item", number)
        asked = request.query_params
        kept = [] if asked.get("location", "STD") != "STD" else warehouses_of(company, item)
        wanted = asked.get("warehouse")
        return Answer([_row(company, item, warehouse) for warehouse in kept if wanted in (None, "", warehouse)])


def _row(company: Company, item: Stored, warehouse: str) -> Record:
    quantities, cost = Balances(company).of(item, warehouse), cost_of(company, item)
    warehouses = {key: text for key, (text, _) in tables.WAREHOUSES.items()}
    return {
        "inventory": {"number": item.key, "description": item.values["description"]},
        "warehouse": masterdata.named(warehouse, warehouses),
        "location": {"id": 1, "name": "Std"},
        "onHand": quantities.on_hand,
        "available": quantities.available,
        "availableForShipment": quantities.available_for_shipment,
        "soBooked": quantities.booked - quantities.allocated,
        "soAllocated": quantities.allocated,
        **dict.fromkeys(NOT_KEPT, NOTHING),
        "baseUnit": item.values["baseUnit"],
        "estimatedUnitCost": cost,
        "estimatedTotalCost": cost * quantities.on_hand,
    }
