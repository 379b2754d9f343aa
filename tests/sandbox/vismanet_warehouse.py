"""What the tests of stock, ledger and shipments need of the caller: lines, documents and looks at the stock."""

from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

import httpx

from tests.sandbox.vismanet_caller import Caller, read, wrapped

ADJUSTMENTS = "/vismanet/v1/inventoryadjustment"
JOURNALS = "/vismanet/v2/journaltransaction"
SHIPMENTS = "/vismanet/v1/shipment"

Amount = int | Decimal


def inserted(**values: Any) -> dict[str, Any]:
    """Give a new line of a document."""
    return {"operation": "Insert", **wrapped(values)}


def key_of(made: httpx.Response) -> str:
    """Give the number of a document that was made."""
    assert made.status_code == 201, made.text
    return urlsplit(made.headers["Location"]).path.rpartition("/")[2]


def message(refused: httpx.Response) -> str:
    """Give the words of a refusal with 400."""
    assert refused.status_code == 400, refused.text
    text: str = refused.json()["message"]
    return text


def stocked(caller: Caller, number: str, quantity: int, **fields: Any) -> str:
    """Make a stock item of which so many lie in the main warehouse; gives its number."""
    caller.new_item(number, **fields)
    caller.by_hand("stock", {"inventoryNumber": number, "quantityOnHand": quantity, "unitCost": Decimal(4)})
    return number


def on_hand(caller: Caller, number: str, warehouse: str = "1") -> Amount:
    """Say how much of an item lies in a warehouse."""
    rows = [row for row in caller.state("stock") if (row["sku"], row["warehouse"]) == (number, warehouse)]
    return Decimal(rows[0]["quantityOnHand"]) if rows else Decimal(0)


def details(caller: Caller, number: str, warehouse: str = "1") -> tuple[Amount, Amount, Amount]:
    """Give what the item list says of one warehouse: on hand, available, available for shipment."""
    item = read(caller.core("GET", "inventory", params={"inventoryNumber": number, "expandWarehouseDetail": "true"}))[0]
    row = next(row for row in item["warehouseDetails"] if row["warehouse"] == warehouse)
    return row["quantityOnHand"], row["available"], row["availableForShipment"]


def adjustment(*lines: dict[str, Any], **head: Any) -> dict[str, Any]:
    """Give the body of an inventory adjustment."""
    return {**wrapped({"date": "2026-11-20T00:00:00", **head}), "adjustmentLines": list(lines)}


def counted(number: str, quantity: Amount, **fields: Any) -> dict[str, Any]:
    """Give a line of an adjustment."""
    return inserted(**{"inventoryNumber": number, "quantity": quantity, "reasonCode": "COUNT", **fields})


def journal(*lines: dict[str, Any], **head: Any) -> dict[str, Any]:
    """Give the body of a journal transaction."""
    return {**wrapped({"transactionDate": "2026-11-20T00:00:00", **head}), "journalTransactionLines": list(lines)}


def debit(account: str, amount: Amount, **fields: Any) -> dict[str, Any]:
    """Give a debit line."""
    return inserted(accountNumber=account, debitAmountInCurrency=amount, **fields)


def credit(account: str, amount: Amount, **fields: Any) -> dict[str, Any]:
    """Give a credit line."""
    return inserted(accountNumber=account, creditAmountInCurrency=amount, **fields)
