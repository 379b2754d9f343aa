"""Sales orders in the SalesOrders API v3: list, one, create, change, delete, and what belongs to them."""

import datetime
from collections.abc import Callable

from fastapi import APIRouter, Request, Response

from sandbox.answers import Answer
from sandbox.vismanet.access import Api
from sandbox.vismanet.answers import Finding, problem, validation_problem
from sandbox.vismanet.company import Company, Order, entity_tag
from sandbox.vismanet.order_body import CHANGED_LINES, CHANGED_ORDER, NEW_LINES, NEW_ORDER, read_body
from sandbox.vismanet.order_rules import (
    add_lines,
    change_lines,
    change_order,
    delete_lines,
    no_such_order,
    place_order,
    refuse_if_shipped,
    refuse_unless_editable,
)
from sandbox.vismanet.order_view import (
    EVERYTHING,
    EXPANSIONS,
    ORDERS,
    line_view,
    order_path,
    order_view,
    row_view,
    tax_view,
)
from sandbox.vismanet.paging import page_answer, page_asked
from sandbox.vismanet.shipment_view import order_shipments_view

LARGEST_ORDER_PAGE = 100
LARGEST_LINE_PAGE = 1000
SORT_KEYS: dict[str, Callable[[Order], object]] = {
    "created": lambda order: order.created,
    "lastmodified": lambda order: order.modified,
    "orderid": lambda order: order.number,
}
ONE_ORDER = "/SalesOrders/{type}/{order_id}"


def add_orders(router: APIRouter, api: Api) -> None:
    """Offer the sales orders."""

    @router.post("/SalesOrders", response_model=None)
    @api.allowing("write")
    async def create(request: Request, company: Company) -> Response:
        body = read_body(await request.body(), NEW_ORDER)
        order = place_order(company, body, branch=request.headers.get("branchid"))
        location = f"{request.url.scheme}://{request.url.netloc}{order_path(order)}"
        return Response(status_code=201, headers={"Location": location, "ETag": entity_tag(order.version)})

    @router.get(ONE_ORDER, response_model=None)
    @api.allowing("read")
    async def get_one(request: Request, company: Company) -> Response:
        order = find_order(company, request)
        return Answer(order_view(company, order, _expanded(request)), headers={"ETag": entity_tag(order.version)})

    @router.patch(ONE_ORDER, response_model=None)
    @api.allowing("write")
    async def change(request: Request, company: Company) -> Response:
        order = _order_to_change(company, request)
        change_order(company, order, read_body(await request.body(), CHANGED_ORDER))
        return _accepted(order)

    @router.delete(ONE_ORDER, response_model=None)
    @api.allowing("write")
    async def delete(request: Request, company: Company) -> Response:
        order = _order_to_change(company, request)
        refuse_if_shipped(order)
        del company.orders[order.type, order.number]
        return Response(status_code=202)

    _add_lists(router, api)
    _add_lines(router, api)
    _add_belongings(router, api)


def _add_lists(router: APIRouter, api: Api) -> None:
    @router.get("/SalesOrders", response_model=None)
    @api.allowing("read")
    async def list_all(request: Request, company: Company) -> Response:
        return _listed(request, company, list(company.orders.values()), ORDERS)

    @router.get("/SalesOrders/{type}", response_model=None)
    @api.allowing("read")
    async def list_type(request: Request, company: Company) -> Response:
        wanted = request.path_params["type"]
        return _listed(
            request, company, [order for order in company.orders.values() if order.type == wanted], f"{ORDERS}/{wanted}"
        )


def _add_lines(router: APIRouter, api: Api) -> None:
    path = ONE_ORDER + "/lines"

    @router.get(path, response_model=None)
    @api.allowing("read")
    async def list_lines(request: Request, company: Company) -> Response:
        order = find_order(company, request)
        asked = page_asked(request, LARGEST_LINE_PAGE, LARGEST_LINE_PAGE)
        return page_answer(
            request, f"{order_path(order)}/lines", asked, order.lines, lambda line: line_view(company, order, line)
        )

    @router.get(path + "/{line_id}", response_model=None)
    @api.allowing("read")
    async def get_line(request: Request, company: Company) -> Response:
        order = find_order(company, request)
        for line in order.lines:
            if str(line["lineId"]) == request.path_params["line_id"]:
                return Answer(line_view(company, order, line), headers={"ETag": entity_tag(order.version)})
        raise problem(404, "Not Found", "The specified order line was not found.")

    @router.post(path, response_model=None)
    @api.allowing("write")
    async def post_lines(request: Request, company: Company) -> Response:
        order = _order_to_change(company, request)
        add_lines(company, order, read_body(await request.body(), NEW_LINES).get("lines", []))
        return _accepted(order)

    @router.patch(path, response_model=None)
    @api.allowing("write")
    async def patch_lines(request: Request, company: Company) -> Response:
        order = _order_to_change(company, request)
        change_lines(company, order, read_body(await request.body(), CHANGED_LINES).get("lines", []))
        return _accepted(order)

    @router.delete(path, response_model=None)
    @api.allowing("write")
    async def remove_lines(request: Request, company: Company) -> Response:
        order = _order_to_change(company, request)
        delete_lines(company, order, _line_numbers(request))
        return _accepted(order)


def _add_belongings(router: APIRouter, api: Api) -> None:
    shown: dict[str, Callable[[Company, Order], object]] = {
        "tax": lambda _, order: tax_view(order.totals),
        "shipment": order_shipments_view,
        "discounts": lambda _company, _order: [],
        "commissions": lambda _company, _order: [],
        "rotrut": lambda _company, _order: {
            "appartment": None,
            "distributedAutomatically": False,
            "distribution": [],
            "estate": None,
            "organizationNumber": None,
            "type": None,
        },
    }
    for name, view in shown.items():
        _add_belonging(router, api, name, view)


def _add_belonging(router: APIRouter, api: Api, name: str, view: Callable[[Company, Order], object]) -> None:
    @router.get(f"{ONE_ORDER}/{name}", response_model=None)
    @api.allowing("read")
    async def get_belonging(request: Request, company: Company) -> Response:
        return Answer(view(company, find_order(company, request)))


def find_order(company: Company, request: Request) -> Order:
    """Find the order that a request addresses; raises a 404 refusal."""
    order = company.orders.get((request.path_params["type"], request.path_params["order_id"]))
    if order is None:
        raise no_such_order()
    return order


def _order_to_change(company: Company, request: Request) -> Order:
    order = find_order(company, request)
    wanted = request.headers.get("if-match")
    if not wanted:
        raise problem(428, "Precondition Required", "The If-Match header must be supplied.")
    if wanted.strip() != entity_tag(order.version):
        raise problem(412, "Precondition Failed", "The order version does not match the If-Match header.")
    refuse_unless_editable(order)
    return order


def _accepted(order: Order) -> Response:
    return Response(status_code=202, headers={"ETag": entity_tag(order.version)})


def _expanded(request: Request) -> frozenset[str]:
    words = [
        word.strip().lower()
        for text in request.query_params.getlist("expand")
        for word in text.split(",")
        if word.strip()
    ]
    unknown = [word for word in words if word not in EXPANSIONS]
    if unknown:
        raise validation_problem([Finding("0003-InvalidValue", "expand", f"The value '{unknown[0]}' is not valid.")])
    parts = frozenset(part for word in words for part in EXPANSIONS[word])
    return EVERYTHING if parts == EVERYTHING else parts


def _line_numbers(request: Request) -> list[int]:
    texts = [text for sent in request.query_params.getlist("ids") for text in sent.split(",") if text]
    if not texts or not all(text.strip().isdecimal() for text in texts):
        raise validation_problem([Finding("0003-InvalidValue", "ids", "Give the ids of the lines to delete.")])
    return [int(text) for text in texts]


def _listed(request: Request, company: Company, orders: list[Order], path: str) -> Response:
    asked = request.query_params
    page = page_asked(request, LARGEST_ORDER_PAGE, LARGEST_ORDER_PAGE)
    since = _since(asked.get("modifiedSince"))
    status = asked.get("status", "").replace(" ", "").lower()
    kept = [
        order
        for order in orders
        if (since is None or order.modified >= since)
        and (not status or order.status.replace(" ", "").lower() == status)
        and (not asked.get("customerId") or order.head["customer"]["id"] == asked["customerId"].strip().upper())
        and asked.get("filter", "").lower() in order.number.lower()
    ]
    if asked.get("orderBy"):
        key, backwards = _order_by(asked["orderBy"])
        kept.sort(key=key, reverse=backwards)  # type: ignore[arg-type]  # each key gives values that compare among themselves
    return page_answer(request, path, page, kept, lambda order: row_view(company, order))


def _order_by(text: str) -> tuple[Callable[[Order], object], bool]:
    name, _, direction = text.strip().partition(" ")
    if name.lower() not in SORT_KEYS or direction.strip().lower() not in ("", "asc", "desc"):
        raise problem(400, "Bad Request", f"Invalid orderBy '{text}'.")
    return SORT_KEYS[name.lower()], direction.strip().lower() == "desc"


def _since(text: str | None) -> datetime.datetime | None:
    if not text:
        return None
    try:
        moment = datetime.datetime.fromisoformat(text)
    except ValueError:
        raise problem(400, "Bad Request", f"The value '{text}' is not valid for modifiedSince.") from None
    return moment.replace(tzinfo=datetime.UTC) if moment.tzinfo is None else moment
