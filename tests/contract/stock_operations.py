"""The stock, the journal transactions and the shipments of the core API, called the way a client would."""

from typing import Any
from urllib.parse import urlsplit

import httpx

CORE = "/vismanet"
ORDERS = "/salesorder/api/v3/SalesOrders"
SKU = "CONTRACT-STOCK"


def wrapped(values: dict[str, Any]) -> dict[str, Any]:
    """Wrap values the way the core API wants them."""
    return {name: {"value": value} for name, value in values.items()}


def inserted(values: dict[str, Any]) -> dict[str, Any]:
    """Give a new line of a document."""
    return {"operation": "Insert", **wrapped(values)}


def call_stock_api(caller: httpx.Client) -> None:
    """Adjust the stock, book in the ledger, ship an order and invoice it; each also refused once."""
    item = {"inventoryNumber": SKU, "description": "Ding", "itemClass": "STOCK", "defaultPrice": 10.5}
    caller.post(f"{CORE}/v1/inventory", json=wrapped(item)).raise_for_status()
    _adjust(caller)
    _book(caller)
    _ship(caller)


def order_with_shipment(caller: httpx.Client) -> str:
    """Place an order of one item that is in stock and send it; gives the order's path."""
    customers = caller.get("/salesorder/api/v3/Customers").json()["value"]
    debtor = next(row["id"] for row in customers if row["status"] == "Active")
    rows = caller.get(f"{CORE}/v1/inventory", params={"status": "Active", "inventoryTypes": "FinishedGoodItem"}).json()
    sku = next(
        row["inventoryNumber"]
        for row in rows
        if any(place["warehouse"] == "1" and place["availableForShipment"] > 1 for place in row["warehouseDetails"])
    )
    line = {"inventoryId": sku, "quantity": 1, "unitPrice": 20, "warehouseId": "1"}
    body = {"type": "SO", "customer": {"id": debtor}, "orderLines": [line], "date": "2026-11-20T00:00:00Z"}
    placed = caller.post(ORDERS, json=body)
    placed.raise_for_status()
    path = urlsplit(placed.headers["Location"]).path
    asked = {"orderType": "SO", "shipmentDate": "2026-11-20T00:00:00", "shipmentWarehouse": "1"}
    number = path.rpartition("/")[2]
    made = caller.post(
        f"{CORE}/v2/salesorder/{number}/action/createShipment", json={**asked, "returnShipmentDto": True}
    )
    made.raise_for_status()
    caller.post(f"{CORE}/v2/salesorder/{number}/action/createShipment", json=asked)
    caller.post(f"{CORE}/v1/shipment/{made.json()['referenceNumber']}/action/confirmShipment").raise_for_status()
    caller.post(f"{CORE}/v2/salesorder/SO/{number}/action/prepareInvoice").raise_for_status()
    return path


def _adjust(caller: httpx.Client) -> None:
    path = f"{CORE}/v1/inventoryadjustment"
    line = {
        "inventoryNumber": SKU,
        "warehouseId": "1",
        "locationId": "STD",
        "quantity": 5,
        "uom": "STK",
        "unitCost": 4.25,
        "reasonCode": "COUNT",
    }
    head = {"date": "2026-11-20T00:00:00", "externalReference": "run 7", "description": "Telling", "hold": True}
    made = caller.post(
        path, json={**wrapped({**head, "controlQuantity": 5, "branchNumber": "1"}), "adjustmentLines": [inserted(line)]}
    )
    made.raise_for_status()
    one = urlsplit(made.headers["Location"]).path
    caller.put(one, json=wrapped({"hold": False})).raise_for_status()
    caller.post(f"{one}/action/release").raise_for_status()
    caller.post(f"{one}/action/release")
    caller.get(one).raise_for_status()
    caller.get(f"{path}/999999")
    caller.post(path, json={"adjustmentLines": [inserted({**line, "reasonCode": "NOPE"})]})
    dated = {"status": "Released", "date": "2026-11-01", "dateCondition": ">=", "pageNumber": "1", "pageSize": "500"}
    caller.get(path, params=dated).raise_for_status()
    for params in ({}, {"warehouse": "1", "location": "STD"}):
        caller.get(f"{CORE}/v1/inventorysummary/{SKU}", params=params).raise_for_status()


def _book(caller: httpx.Client) -> None:
    path = f"{CORE}/v2/journaltransaction"
    text = {"referenceNumber": "42", "transactionDescription": "Factuur 42"}
    base = {"accountNumber": "8000", "creditAmountInCurrency": 100, "vatCodeId": "NL21", "vatId": "NL21", **text}
    vat = {"accountNumber": "1500", "creditAmountInCurrency": 21, "vatId": "NL21", **text}
    segments = {"subaccount": [{"segmentId": 1, "segmentValue": "00"}]}
    lines = [
        {**inserted({"accountNumber": "1390", "debitAmountInCurrency": 121, **text}), **segments},
        inserted(base),
        inserted(vat),
    ]
    head = {
        "transactionDate": "2026-11-20T00:00:00",
        "ledger": "1",
        "currencyId": "EUR",
        "description": "Verkopen",
        "branch": "1",
        "hold": True,
        "controlTotalInCurrency": 121,
        "createVatTransaction": True,
        "batchNumber": "EA-1",
        "overrideNumberSeries": True,
    }
    made = caller.post(path, json={**wrapped(head), "journalTransactionLines": lines})
    made.raise_for_status()
    one = urlsplit(made.headers["Location"]).path
    caller.put(one, json=wrapped({"hold": False}), headers={"If-Match": '"old"'})
    released = caller.put(one, json=wrapped({"hold": False}), headers={"If-Match": made.headers["ETag"]})
    released.raise_for_status()
    caller.post(f"{one}/action/release", headers={"If-Match": released.headers["ETag"]}).raise_for_status()
    caller.get(one).raise_for_status()
    caller.get(f"{path}/999999")
    caller.get(path)
    caller.post(path, json={"journalTransactionLines": lines[:1]})
    for params in (
        {"periodId": "202611", "module": "GL", "status": "Posted", "branch": "1", "pageNumber": "1", "pageSize": "2"},
        {"lastModifiedDateTime": "2026-01-01 12:00:00"},
    ):
        caller.get(path, params=params).raise_for_status()


def _ship(caller: httpx.Client) -> None:
    order_with_shipment(caller)
    path = f"{CORE}/v1/shipment"
    rows = caller.get(path, params={"status": "Invoiced", "pageNumber": "1", "pageSize": "500"})
    rows.raise_for_status()
    found = {"lastModifiedDateTime": "2026-01-01", "lastModifiedDateTimeCondition": ">", "shipmentType": "Issue"}
    dated = {"shipmentDate": "2026-11-20", "shipmentDateCondition": ">=", "customerNumber": "10001"}
    for params in (found, dated):
        caller.get(path, params=params).raise_for_status()
    number = rows.json()[0]["shipmentNumber"]
    caller.get(f"{path}/{number}").raise_for_status()
    caller.get(f"{path}/999999")
    caller.post(f"{path}/{number}/action/confirmShipment")
    caller.post(f"{CORE}/v2/salesorder/SO/999999/action/prepareInvoice")
    caller.post(f"{CORE}/v2/salesorder/000101/action/createShipment", json={"orderType": "SO"})
