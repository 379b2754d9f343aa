"""Shipments and invoices of sales orders in the core API: made, read, confirmed, invoiced ("Visma.net ERP API").

The document declares 204 for createShipment and prepareInvoice, and yet a body, which no 204 can have: here they answer
200 with that body, as the first version of createShipment does. None of the calls is idempotent.
"""

import simplejson
from fastapi import APIRouter, Request, Response

from sandbox.vismanet import tables
from sandbox.vismanet.access import Api
from sandbox.vismanet.actions import done
from sandbox.vismanet.answers import Record, not_recognised, plain_refusal
from sandbox.vismanet.company import Company, Order, Stored
from sandbox.vismanet.lists import changed_as_asked, dated_as_asked, missing, one, paged, path_key, same_text
from sandbox.vismanet.order_invoicing import prepare_invoice, shipment_status
from sandbox.vismanet.periods import day_of
from sandbox.vismanet.shipment_rules import confirm_shipment, create_shipment
from sandbox.vismanet.shipment_view import shipment_view

PATH = "/v1/shipment"
LARGEST_PAGE = 500
ASKED: dict[str, type] = {
    "orderType": str,
    "shipmentDate": str,
    "shipmentWarehouse": str,
    "operation": str,
    "returnShipmentDto": bool,
}
REQUIRED = ("orderType", "shipmentDate", "shipmentWarehouse")


def add_shipments(router: APIRouter, api: Api) -> None:
    """Offer the shipments, and the actions that make and invoice them."""
    _add_order_actions(router, api)

    @router.get(PATH, response_model=None)
    @api.allowing("read")
    async def list_all(request: Request, company: Company) -> Response:
        kept = changed_as_asked(list(company.shipments.values()), request)
        kept = dated_as_asked(kept, request, "shipmentDate", lambda row: row.values["day"])
        kept = [row for row in kept if _asked_for(company, row, request)]
        return paged(kept, request, LARGEST_PAGE, lambda row: shipment_view(company, row))

    @router.get(PATH + "/{number}", response_model=None)
    @api.allowing("read")
    async def get_one(request: Request, company: Company) -> Response:
        shipment = _by_number(company, request)
        return one(shipment_view(company, shipment), shipment.version)

    @router.post(PATH + "/{number}/action/confirmShipment", response_model=None)
    @api.allowing("update")
    async def confirm(request: Request, company: Company) -> Response:
        confirm_shipment(company, _by_number(company, request))
        return done()


def _add_order_actions(router: APIRouter, api: Api) -> None:
    @router.post("/v2/salesorder/{number}/action/createShipment", response_model=None)
    @api.allowing("update")
    async def ship(request: Request, company: Company) -> Response:
        asked = _read(await request.body())
        order = find_order(company, asked["orderType"], path_key(request.path_params["number"]))
        if asked["shipmentWarehouse"] not in tables.WAREHOUSES:
            raise plain_refusal(400, f"'Warehouse' '{asked['shipmentWarehouse']}' cannot be found in the system.")
        if asked.get("operation", "I") != "I":
            raise plain_refusal(400, f"The operation '{asked['operation']}' is not one of order type {order.type}.")
        shipment = create_shipment(company, order, day_of(asked["shipmentDate"]), asked["shipmentWarehouse"])
        shown = {"shipmentDto": shipment_view(company, shipment)} if asked.get("returnShipmentDto") else {}
        return done(referenceNumber=shipment.key, **shown)

    @router.post("/v2/salesorder/{type}/{number}/action/prepareInvoice", response_model=None)
    @api.allowing("update")
    async def invoice(request: Request, company: Company) -> Response:
        asked = request.path_params
        order = find_order(company, asked["type"], path_key(asked["number"]))
        return done(referenceNumber=prepare_invoice(company, order).key)


def find_order(company: Company, order_type: str, number: str) -> Order:
    """Find a sales order by type and number; raises a 404 refusal."""
    order = company.orders.get((order_type, number))
    if order is None:
        raise missing("Order", f"{order_type} {number}")
    return order


def _read(body: bytes) -> Record:
    """Read the body of createShipment, which is not wrapped."""
    dto = "CreateShipmentActionDto"
    try:
        sent = simplejson.loads(body, use_decimal=True)
    except ValueError:
        raise not_recognised(dto, "the whole body") from None
    if not isinstance(sent, dict):
        raise not_recognised(dto, "the whole body")
    for name, value in sent.items():
        if name not in ASKED or not isinstance(value, ASKED[name]):
            raise not_recognised(dto, name)
    for name in REQUIRED:
        if not sent.get(name):
            raise plain_refusal(400, f"'{name}' is required.")
    return sent


def _asked_for(company: Company, shipment: Stored, request: Request) -> bool:
    asked, customer = request.query_params, company.customers[shipment.values["customer"]]
    return (
        (not asked.get("customerNumber") or same_text(customer.key, asked["customerNumber"]))
        and (not asked.get("customerId") or str(customer.internal_id) == asked["customerId"])
        and (not asked.get("status") or same_text(shipment_status(company, shipment), asked["status"]))
        and (not asked.get("shipmentType") or same_text("Issue", asked["shipmentType"]))
    )


def _by_number(company: Company, request: Request) -> Stored:
    number = request.path_params["number"]
    if number not in company.shipments:
        raise missing("Shipment", number)
    return company.shipments[number]
