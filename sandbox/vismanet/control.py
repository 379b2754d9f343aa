"""What a person at the ERP's own screens does meanwhile: changes, types in or deletes a record."""

import simplejson
from fastapi import APIRouter, Request

from sandbox.vismanet.answers import Record, plain_refusal
from sandbox.vismanet.by_hand import PERSON, by_hand, fields_of
from sandbox.vismanet.company import Company
from sandbox.vismanet.contacts import contact_view, create_contact
from sandbox.vismanet.control_documents import add_documents_by_hand
from sandbox.vismanet.control_ledgers import add_ledgers_by_hand
from sandbox.vismanet.control_set_up import add_set_up_by_hand
from sandbox.vismanet.control_stock import add_warehouse_by_hand
from sandbox.vismanet.customer_rules import change_customer, create_customer
from sandbox.vismanet.customer_view import customer_view
from sandbox.vismanet.inventory_rules import change_item, create_item
from sandbox.vismanet.inventory_view import inventory_view
from sandbox.vismanet.order_body import CHANGED_LINES, CHANGED_ORDER, NEW_LINES, NEW_ORDER, read_body
from sandbox.vismanet.order_rules import add_lines, change_lines, change_order, place_order, refuse_if_shipped
from sandbox.vismanet.order_view import order_view
from sandbox.vismanet.orders import find_order


def control_router(company: Company) -> APIRouter:
    """Offer what people do at the ERP's screens."""
    router = APIRouter(prefix="/_sandbox/vismanet")
    _add_master_records(router, company)
    _add_orders(router, company)
    add_documents_by_hand(router, company)
    add_ledgers_by_hand(router, company)
    add_warehouse_by_hand(router, company)
    add_set_up_by_hand(router, company)
    return router


def _add_master_records(router: APIRouter, company: Company) -> None:
    @router.post("/customers", response_model=None)
    @by_hand
    async def new_customer(request: Request) -> Record:
        return customer_view(company, create_customer(company, await fields_of(request)))

    @router.post("/customers/{number}", response_model=None)
    @by_hand
    async def edit_customer(request: Request) -> Record:
        customer = company.customer(request.path_params["number"])
        if customer is None:
            raise plain_refusal(404, "No such customer.")
        change_customer(company, customer, await fields_of(request))
        return customer_view(company, customer)

    @router.post("/contacts", response_model=None)
    @by_hand
    async def new_contact(request: Request) -> Record:
        return contact_view(company, create_contact(company, await fields_of(request)))

    @router.post("/items", response_model=None)
    @by_hand
    async def new_item(request: Request) -> Record:
        return inventory_view(company, create_item(company, await fields_of(request)))

    @router.post("/items/{number:path}", response_model=None)
    @by_hand
    async def edit_item(request: Request) -> Record:
        item = company.item(request.path_params["number"])
        if item is None:
            raise plain_refusal(404, "No such item.")
        change_item(company, item, await fields_of(request))
        return inventory_view(company, item)


def _add_orders(router: APIRouter, company: Company) -> None:
    @router.post("/orders", response_model=None)
    @by_hand
    async def new_order(request: Request) -> Record:
        body = read_body(await request.body(), NEW_ORDER)
        return order_view(company, place_order(company, body, created_by=PERSON))

    @router.post("/orders/{type}/{order_id}", response_model=None)
    @by_hand
    async def edit_order(request: Request) -> Record:
        # Any state may be given, also one that the API cannot set, such as Completed; `lines` adds lines, and
        # `changed_lines` changes those that are there.
        order = find_order(company, request)
        fields = await fields_of(request)
        status, lines, changed = fields.pop("status", None), fields.pop("lines", []), fields.pop("changed_lines", [])
        change_order(company, order, read_body(simplejson.dumps(fields, use_decimal=True).encode(), CHANGED_ORDER))
        if lines:
            body = simplejson.dumps({"lines": lines}, use_decimal=True).encode()
            add_lines(company, order, read_body(body, NEW_LINES)["lines"])
        if changed:
            body = simplejson.dumps({"lines": changed}, use_decimal=True).encode()
            change_lines(company, order, read_body(body, CHANGED_LINES)["lines"])
        order.status = status or order.status
        return order_view(company, order)

    @router.delete("/orders/{type}/{order_id}", response_model=None)
    @by_hand
    async def delete_order(request: Request) -> Record:
        order = find_order(company, request)
        refuse_if_shipped(order)
        del company.orders[order.type, order.number]
        return {}
