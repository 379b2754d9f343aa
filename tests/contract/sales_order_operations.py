"""Every operation of the SalesOrders API that the sandbox offers, called once or more the way a client would."""

from typing import Any
from urllib.parse import urlsplit

import httpx

from tests.contract.stock_operations import order_with_shipment

API = "/salesorder/api/v3"
ORDERS = f"{API}/SalesOrders"


def call_sales_orders_api(caller: httpx.Client) -> None:
    """Place an order, read it in every way, change it, delete it, and be refused a few times."""
    customer = _saleable_customer(caller)
    path = _place(caller, _order(customer))
    for expand in ("All", "None", "customer,payment", "Freight"):
        caller.get(path, params={"expand": expand}).raise_for_status()
    for part in ("lines", "lines/1", "tax", "shipment", "discounts", "commissions", "rotrut"):
        caller.get(f"{path}/{part}").raise_for_status()
    for params in ({"pageSize": 2, "pageIndex": 0}, {"customerId": customer, "orderBy": "created desc"}):
        caller.get(ORDERS, params=params).raise_for_status()
        caller.get(f"{ORDERS}/SO", params=params).raise_for_status()
    _change(caller, path)
    _look_around(caller, customer)
    _be_refused(caller, path, customer)
    _look_at_a_shipment(caller)
    caller.delete(path, headers=_version(caller, path)).raise_for_status()
    caller.get(path)


def _saleable_customer(caller: httpx.Client) -> str:
    rows = caller.get(f"{API}/Customers").json()["value"]
    number: str = next(row["id"] for row in rows if row["status"] == "Active")
    return number


def _order(customer: str) -> dict[str, Any]:
    address = {"line1": "Elders 2", "city": "Gent", "postalCode": "9000", "countryId": "BE"}
    contact = {"name": "Jan", "attention": "Jan", "email": "jan@voorbeeld.be", "phone1": "09 1"}
    line = {
        "inventoryId": "ROUNDING",
        "quantity": 2,
        "unitPrice": 50.25,
        "hasManualPrice": True,
        "discountAmount": 0.5,
        "hasManualDiscount": True,
        "taxCategoryId": "NL21",
        "description": "Ding",
        "note": "let op",
        "externalLink": "1",
        "requestDate": "2026-11-20T00:00:00Z",
    }
    return {
        "type": "SO",
        "customer": {"id": customer, "order": "PO 7", "refNo": "1042", "termsId": "14"},
        "date": "2026-11-20T00:00:00Z",
        "currencyId": "EUR",
        "status": "Hold",
        "branchId": "1",
        "taxZoneId": "DOMESTIC",
        "description": "Bestelling",
        "note": "bellen",
        "billing": {"address": address, "contact": contact},
        "shipping": {"address": address, "contact": contact, "shipViaId": "PARCEL", "preferredWarehouseId": "1"},
        "freight": {"premiumAmount": 6.95, "taxCategoryId": "NL21"},
        "paymentSettings": {"paymentMethodId": "CARD", "cashAccountId": "1020", "paymentReference": "abc"},
        "financialInformation": {"invoiceSeparately": True},
        "print": {"noteOnExternalDocuments": False},
        "orderLines": [line, {**line, "salesAccountId": "8090"}],
    }


def _place(caller: httpx.Client, order: dict[str, Any]) -> str:
    answer = caller.post(ORDERS, json=order)
    answer.raise_for_status()
    return urlsplit(answer.headers["Location"]).path


def _version(caller: httpx.Client, path: str) -> dict[str, str]:
    return {"If-Match": caller.get(path).headers["ETag"]}


def _change(caller: httpx.Client, path: str) -> None:
    changes: tuple[dict[str, Any], ...] = ({"status": "Open"}, {"customer": {"refNo": "1043"}, "note": "niet bellen"})
    for body in changes:
        caller.patch(path, json=body, headers=_version(caller, path)).raise_for_status()
    lines = f"{path}/lines"
    new = {"lines": [{"inventoryId": "ROUNDING", "quantity": 1, "unitPrice": 1}]}
    caller.post(lines, json=new, headers=_version(caller, path)).raise_for_status()
    caller.patch(
        lines, json={"lines": [{"lineId": 3, "quantity": 2}]}, headers=_version(caller, path)
    ).raise_for_status()
    caller.delete(lines, params={"ids": 3}, headers=_version(caller, path)).raise_for_status()


def _look_around(caller: httpx.Client, customer: str) -> None:
    caller.get(f"{API}/Customers", params={"filter": customer, "pageSize": 10}).raise_for_status()
    caller.get(f"{API}/Customers/{customer}/locations").raise_for_status()
    for expand in ("Location", "All"):
        caller.get(f"{API}/Inventory", params={"expand": expand, "pageSize": 5}).raise_for_status()


def _look_at_a_shipment(caller: httpx.Client) -> None:
    path = order_with_shipment(caller)
    for address in (path, f"{path}/lines", f"{path}/shipment"):
        caller.get(address).raise_for_status()
    caller.delete(path, headers=_version(caller, path))


def _be_refused(caller: httpx.Client, path: str, customer: str) -> None:
    caller.post(ORDERS, json={"type": "SO", "customer": {"id": customer}, "orderLines": [{"inventoryId": "NOPE"}]})
    caller.post(ORDERS, json={"colour": "red"})
    caller.patch(path, json={"status": "Open"})
    caller.patch(path, json={"status": "Open"}, headers={"If-Match": '"old"'})
    caller.patch(path, json={"status": "Sleeping"}, headers=_version(caller, path))
    caller.get(f"{path}/lines/99")
    caller.get(ORDERS, params={"pageSize": 0})
