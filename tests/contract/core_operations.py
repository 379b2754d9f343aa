"""Every operation of the core API that the sandbox offers, called once or more the way a client would."""

from typing import Any

import httpx

from tests.contract.document_operations import call_document_api
from tests.contract.stock_operations import call_stock_api

CORE = "/vismanet/v1"
LISTS_WITH_SINGLES = {
    "account": "accountCD",
    "attribute": "attributeID",
    "branch": "number",
    "carrier": "carrierId",
    "cashaccount": "number",
    "country": "id",
    "currency": "id",
    "customer/customerClass": "id",
    "financialPeriod": "period",
    "numberSequence": "numberingId",
    "organization": "organizationCd",
    "paymentmethod": "paymentMethodID",
    "salescategory": "categoryID",
    "salesordertype": "orderType",
    "subaccount": "subaccountNumber",
    "vat": "vatId",
    "vatCategory": "vatCategoryId",
    "vatZone": "id",
    "warehouse": "warehouseID",
}
LISTS = ("creditTerm", "inventory/itemClass", "inventory/itemPostClass", "unitofmeasure")


def wrapped(values: dict[str, Any]) -> dict[str, Any]:
    """Wrap values the way the core API wants them."""
    return {name: {"value": wrapped(value) if isinstance(value, dict) else value} for name, value in values.items()}


def call_core_api(caller: httpx.Client) -> None:
    """Call the lists, then debtors, contact persons and items: made, read, changed, and some refused."""
    for name, key in LISTS_WITH_SINGLES.items():
        rows = caller.get(f"{CORE}/{name}").json()
        caller.get(f"{CORE}/{name}/{rows[0][key]}").raise_for_status()
    for name in LISTS:
        caller.get(f"{CORE}/{name}").raise_for_status()
    caller.get(f"{CORE}/branch", params={"expandAddress": True, "expandVatZone": True, "expandCurrency": True})
    caller.get(f"{CORE}/organization", params={"expandBranches": True}).raise_for_status()
    number = _call_customers(caller)
    _call_contacts(caller, number)
    _call_inventory(caller)
    call_stock_api(caller)
    call_document_api(caller)


def _call_customers(caller: httpx.Client) -> str:
    address = {"addressLine1": "Havenweg 1", "postalCode": "1000 AA", "city": "Delft", "countryId": "NL"}
    values = {
        "name": "Fiets & Zo",
        "customerClassId": "COMPANY",
        "status": "Active",
        "creditTermsId": "14",
        "vatRegistrationId": "NL000099998B57",
        "mainAddress": address,
        "deliveryAddress": address,
        "mainContact": {"name": "Fiets & Zo", "email": "post@fiets.nl", "phone1": "015 1"},
        "glAccounts": {"salesAccount": "8000"},
        "sendInvoicesByEmail": False,
    }
    body = {"overrideWithClassValues": True, **wrapped(values)}
    answer = caller.post(f"{CORE}/customer", json=body)
    number = answer.headers["Location"].rpartition("/")[2]
    shown = caller.get(f"{CORE}/customer/{number}").json()
    caller.put(f"{CORE}/customer/{number}", json=wrapped({"corporateId": "69599084"})).raise_for_status()
    internal = f"{CORE}/customer/internal/{shown['internalId']}"
    caller.get(internal).raise_for_status()
    caller.put(internal, json=wrapped({"accountReference": "7"})).raise_for_status()
    paged = {"pageNumber": "1", "pageSize": "1000", "expandPaymentMethods": "true"}
    found = {
        "email": "post@fiets.nl",
        "lastModifiedDateTime": "2026-01-01",
        "lastModifiedDateTimeCondition": ">",
    }
    for params in (paged, found):
        caller.get(f"{CORE}/customer", params=params).raise_for_status()
    caller.put(f"{CORE}/customer/{number}", json={}, headers={"If-Match": '"old"'})
    caller.post(f"{CORE}/customer", json={"name": "unwrapped"})
    caller.get(f"{CORE}/customer/99999")
    return number


def _call_contacts(caller: httpx.Client, number: str) -> None:
    person = {"firstName": "Anna", "lastName": "Bakker", "businessAccount": number, "email": "anna@fiets.nl"}
    answer = caller.post(f"{CORE}/contact", json=wrapped({**person, "address": {"countryId": "NL"}}))
    contact = answer.headers["Location"].rpartition("/")[2]
    caller.put(f"{CORE}/contact/{contact}", json=wrapped({"title": "Mrs"})).raise_for_status()
    caller.get(f"{CORE}/contact/{contact}").raise_for_status()
    caller.get(f"{CORE}/contact", params={"businessAccount": number, "active": "true"}).raise_for_status()
    caller.get(f"{CORE}/customer/{number}/contact").raise_for_status()


def _call_inventory(caller: httpx.Client) -> None:
    values = {"inventoryNumber": "CONTRACT-1", "description": "Ding", "itemClass": "STOCK", "defaultPrice": 10.5}
    barcode = {"operation": "Insert", **wrapped({"alternateType": "Barcode", "alternateID": "8712345678906"})}
    caller.post(f"{CORE}/inventory", json={**wrapped(values), "crossReferences": [barcode]}).raise_for_status()
    item = f"{CORE}/inventory/CONTRACT-1"
    shown = caller.get(item).json()
    caller.get(f"{CORE}/inventory/internal/{shown['inventoryId']}").raise_for_status()
    caller.put(item, json=wrapped({"description": "Ander ding"})).raise_for_status()
    caller.post(f"{item}/crossReferences", json=wrapped({"alternateType": "Global", "alternateID": "X"}))
    caller.put(f"{item}/crossReferences/Global/X", json=wrapped({"uom": "STK"})).raise_for_status()
    caller.get(f"{item}/crossReferences").raise_for_status()
    _call_attributes_and_attachments(caller, item)
    for params in ({"pageNumber": "1", "pageSize": "5000"}, {"alternateID": "X", "expandWarehouseDetail": "false"}):
        caller.get(f"{CORE}/inventory", params=params).raise_for_status()
    caller.get(f"{CORE}/inventory/NOPE")


def _call_attributes_and_attachments(caller: httpx.Client, item: str) -> None:
    for value in ("ROOD", "PAARS"):
        line = wrapped({"attributeId": "COLOUR", "attributeValue": value})
        caller.put(item, json={"attributeLines": [line]})
    for content in (b"first", b"second"):
        caller.post(f"{item}/attachment", files={"file": ("a.png", content, "image/png")}).raise_for_status()
    shown = caller.get(item).json()
    assert [row["value"] for row in shown["attributes"]] == ["ROOD"]
    caller.get(f"{CORE}/attachment/{shown['attachments'][0]['id']}").raise_for_status()
