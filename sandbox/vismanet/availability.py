"""Debtors and stock in the SalesOrders API v3: a search, locations, and the availability of items."""

import datetime
from decimal import Decimal
from typing import Any

from fastapi import APIRouter, Request, Response

from sandbox.answers import Answer
from sandbox.vismanet import tables
from sandbox.vismanet.access import Api
from sandbox.vismanet.answers import Record, problem
from sandbox.vismanet.company import Company, Stored, utc_text
from sandbox.vismanet.customer_view import address_of, contact_of
from sandbox.vismanet.inventory_rules import is_stock
from sandbox.vismanet.order_view import address_view, contact_view, location_view
from sandbox.vismanet.paging import page_answer, page_asked
from sandbox.vismanet.stock import NOTHING, Balances, Quantities, cost_of, places_of

DEFAULT_CUSTOMER_PAGE = 100
LARGEST_CUSTOMER_PAGE = 1000
LARGEST_INVENTORY_PAGE = 10_000
SEARCHED = ("name", "gln", "vatRegistrationId")
"""What the free-text filter looks at, next to the number; not the e-mail address."""


def add_availability(router: APIRouter, api: Api) -> None:
    """Offer the debtors and the stock."""

    @router.get("/Customers", response_model=None)
    @api.allowing("read")
    async def list_customers(request: Request, company: Company) -> Response:
        text = request.query_params.get("filter", "").lower()
        kept = [customer for customer in company.customers.values() if _matches(customer, text)]
        page = page_asked(request, DEFAULT_CUSTOMER_PAGE, LARGEST_CUSTOMER_PAGE)
        return page_answer(request, "/salesorder/api/v3/Customers", page, kept, _customer_row)

    @router.get("/Customers/{number}/locations", response_model=None)
    @api.allowing("read")
    async def list_locations(request: Request, company: Company) -> Response:
        customer = company.customer(request.path_params["number"])
        if customer is None:
            raise problem(404, "Not Found", "The specified customer was not found.")
        return Answer([_location_item(customer)])

    @router.get("/Inventory", response_model=None)
    @api.allowing("read")
    async def list_inventory(request: Request, company: Company) -> Response:
        # An availability view: items that are not kept in stock are not in it.
        asked = [text.rstrip().upper() for text in request.query_params.getlist("inventoryId")]
        kept = [item for key, item in company.items.items() if is_stock(item.values) and (not asked or key in asked)]
        page = page_asked(request, LARGEST_INVENTORY_PAGE, LARGEST_INVENTORY_PAGE)
        view = _availability_view(request, company)
        since = request.query_params.get("modifiedSince")
        if since:
            changed = _moment(since)
            kept = [item for item in kept if _last_change(company, item) >= changed]
        if company.stock_list == "moving" and not asked:
            kept = [*kept[:-1], kept[0]]
        elif company.stock_list == "empty":
            kept = []
        return page_answer(request, "/salesorder/api/v3/Inventory", page, kept, view)


def _matches(customer: Stored, text: str) -> bool:
    return text in customer.key.lower() or any(text in (customer.values.get(name) or "").lower() for name in SEARCHED)


def _customer_row(customer: Any) -> Record:
    address, values = address_of(customer, "main"), customer.values
    return {
        "id": customer.key,
        "internalId": customer.internal_id,
        "name": values["name"],
        "status": values["status"],
        "customerClassId": values.get("customerClassId"),
        "currencyId": values.get("currencyId"),
        "addressLine1": address.get("addressLine1"),
        "addressLine2": address.get("addressLine2"),
        "postalCode": address.get("postalCode"),
        "country": address.get("countryId"),
        "salutation": contact_of(customer, "main").get("attention"),
        "defaultLocation": location_view(customer),
    }


def _location_item(customer: Stored) -> Record:
    flags = ("insurance", "residentialDelivery", "resedentialDelivery", "saturdayDelivery")
    empty = (
        "fobPointId",
        "leadTime",
        "preferredWarehouseId",
        "priceClassId",
        "priority",
        "shipTermsId",
        "shipViaId",
        "shipZoneId",
    )
    return {
        **location_view(customer),
        **dict.fromkeys(flags, False),
        **dict.fromkeys(empty),
        "shippingRule": "BackOrderAllowed",
        "taxZoneId": customer.values.get("vatZoneId"),
        "address": address_view(address_of(customer, "delivery"), customer.internal_id, False),
        "contact": contact_view(contact_of(customer, "delivery"), customer.internal_id, False),
    }


def _last_change(company: Company, item: Stored) -> datetime.datetime:
    levels = [company.stock[key] for key in company.stock.keys() & places_of(item)]
    return max((level.modified for level in levels), default=item.created)


def _availability_view(request: Request, company: Company) -> Any:
    warehouses = request.query_params.getlist("warehouseId")
    balances = Balances(company)
    words = {word.strip().lower() for text in request.query_params.getlist("expand") for word in text.split(",")}

    def view(item: Stored) -> Record:
        rows = [
            _warehouse_row(balances.of(item, key), cost_of(company, item), key, bool(words & {"location", "all"}))
            for key in tables.WAREHOUSES
            if not warehouses or key in warehouses
        ]
        return {
            "inventoryId": item.key,
            "internalId": item.internal_id,
            "description": item.values["description"],
            "baseUnit": item.values["baseUnit"],
            "attributes": {} if words & {"attribute", "all"} else None,
            "availability": rows,
        }

    return view


def _warehouse_row(stock: Quantities, cost: Decimal, warehouse: str, with_locations: bool) -> Record:
    quantities = {
        "quantityOnHand": stock.on_hand,
        "quantityAvailable": stock.available,
        "quantityAvailableForShipment": stock.available_for_shipment,
        "quantityNotAvailable": NOTHING,
        "quantityPurchaseOrders": NOTHING,
    }
    modified = utc_text(stock.modified)
    location = {
        "locationId": "STD",
        "internalLocationId": 1,
        "description": "Std",
        "lastModified": modified,
        **quantities,
    }
    return {
        "warehouseId": warehouse,
        "internalWarehouseId": int(warehouse),
        "description": tables.WAREHOUSES[warehouse][0],
        "lastModified": modified,
        "estimatedUnitCost": cost,
        "estimatedTotalCost": cost * stock.on_hand,
        **quantities,
        "locations": [location] if with_locations else None,
    }


def _moment(text: str) -> datetime.datetime:
    try:
        moment = datetime.datetime.fromisoformat(text)
    except ValueError:
        raise problem(400, "Bad Request", f"The value '{text}' is not valid for modifiedSince.") from None
    return moment.replace(tzinfo=datetime.UTC) if moment.tzinfo is None else moment
