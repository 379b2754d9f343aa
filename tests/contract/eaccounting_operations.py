"""Every operation of the eAccounting API that the sandbox offers, called once or more the way a client would."""

from typing import Any

import httpx

API = "/eaccounting/v2"
LISTS = (
    "orders",
    "customers",
    "articles",
    "customerinvoices",
    "articleaccountcodings",
    "articlelabels",
    "customerlabels",
    "units",
    "termsofpayments",
    "deliverymethods",
    "deliveryterms",
    "vatcodes",
    "bankaccounts",
    "fiscalyears",
)
UNKNOWN = "00000000-0000-0000-0000-000000000001"


def call_eaccounting_api(caller: httpx.Client) -> None:
    """Read all lists, enter and change a customer, an article and an order, and take the order to its invoice."""
    found = {path: _read_list(caller, path) for path in LISTS}
    caller.get(f"{API}/countries/{_read_list(caller, 'countries')['Code']}").raise_for_status()
    _read_list(caller, "currencies")
    _read_list(caller, "vatcodesrates")
    _read_list(caller, f"accounts/{found['fiscalyears']['Id']}")
    caller.get(f"{API}/accounts/{UNKNOWN}")
    caller.get(f"{API}/companysettings").raise_for_status()
    for path, row in found.items():
        caller.get(f"{API}/{path}/{row['Id']}").raise_for_status()
    _ask_lists(caller)
    for path in ("articlelabels", "customerlabels"):
        _write_label(caller, path)
    for path in ("deliverymethods", "deliveryterms"):
        caller.post(f"{API}/{path}", json={"Name": "Per fiets", "Code": "FIETS"}).raise_for_status()
    customer = _write_customer(caller, found["termsofpayments"]["Id"])
    article = _write_article(caller, found["articleaccountcodings"]["Id"], found["units"]["Id"])
    _write_orders(caller, customer, article)
    caller.delete(f"{API}/customers/{_new_customer(caller, found['termsofpayments']['Id'])['Id']}").raise_for_status()


def _read_list(caller: httpx.Client, path: str) -> dict[str, Any]:
    answer = caller.get(f"{API}/{path}", params={"$page": 1, "$pagesize": 1000})
    answer.raise_for_status()
    row: dict[str, Any] = answer.json()["Data"][0]
    return row


def _ask_lists(caller: httpx.Client) -> None:
    asked = {
        "$filter": "ModifiedUtc ge 2026-11-01T00:00:00Z or Status eq 2",
        "$orderby": "Number desc",
        "$pagesize": "5",
    }
    caller.get(f"{API}/orders", params=asked).raise_for_status()
    caller.get(f"{API}/customerinvoices", params={"modifiedSinceUtc": "2026-11-01T00:00:00Z"}).raise_for_status()
    caller.get(f"{API}/orders", params={"$pagesize": 1001})
    caller.get(f"{API}/orders", params={"$filter": "Rows eq 1"})
    caller.get(f"{API}/orders/{UNKNOWN}")


def _write_label(caller: httpx.Client, path: str) -> None:
    label = _made(caller.post(f"{API}/{path}", json={"Name": "Nieuw", "Description": "etiket"}))
    address = f"{API}/{path}/{label['Id']}"
    caller.put(address, json={"Name": "Anders"}).raise_for_status()
    caller.delete(address).raise_for_status()


def _new_customer(caller: httpx.Client, terms: str) -> dict[str, Any]:
    customer = {
        "Name": "Fiets & Zo",
        "InvoiceCity": "Delft",
        "InvoicePostalCode": "1000 AA",
        "InvoiceAddress1": "Havenweg 1",
        "InvoiceCountryCode": "NL",
        "EmailAddress": "post@fiets.nl",
        "IsActive": True,
        "IsPrivatePerson": False,
        "TermsOfPaymentId": terms,
    }
    return _made(caller.post(f"{API}/customers", json=customer))


def _write_customer(caller: httpx.Client, terms: str) -> str:
    customer = _new_customer(caller, terms)
    number: str = customer["Id"]
    caller.put(f"{API}/customers/{number}", json={**customer, "Name": "Fiets, Zo & Dochter"}).raise_for_status()
    caller.post(f"{API}/customers", json={"Name": "Onvolledig"})
    return number


def _write_article(caller: httpx.Client, coding: str, unit: str) -> str:
    article = {"Number": "CONTRACT-1", "Name": "Ding", "CodingId": coding, "UnitId": unit, "IsActive": True}
    made = _made(caller.post(f"{API}/articles", json={**article, "NetPrice": 10, "GrossPrice": 12.1}))
    number: str = made["Id"]
    caller.put(f"{API}/articles/{number}", json={**made, "Name": "Ander ding"}).raise_for_status()
    return number


def _write_orders(caller: httpx.Client, customer: str, article: str) -> None:
    needed = {"EligibleForReverseChargeOnVat": False, "IsWorkCost": False}
    rows = [
        {**needed, "LineNumber": 1, "IsTextRow": False, "ArticleId": article, "Quantity": 2, "UnitPrice": 10},
        {**needed, "LineNumber": 2, "IsTextRow": True, "Text": "Graag aanbellen"},
    ]
    order = {
        "CustomerId": customer,
        "CurrencyCode": "EUR",
        "EuThirdParty": False,
        "ReverseChargeOnConstructionServices": False,
        "RotReducedInvoicingType": 0,
        "Status": 1,
        "OrderDate": "2026-11-20",
        "Rows": rows,
    }
    draft = _made(caller.post(f"{API}/orders", json=order))
    address = f"{API}/orders/{draft['Id']}"
    for step in ("converteddrafttoorder", "completed", "voided", "completed"):
        caller.post(f"{address}/{step}").raise_for_status()
    caller.put(address, json={**order, "Status": 2, "YourReference": "Anna"}).raise_for_status()
    _write_note(caller, draft["Id"])
    caller.post(f"{address}/convert", json={}).raise_for_status()
    caller.delete(address)
    other = _made(caller.post(f"{API}/orders", json={**order, "Status": 2}))
    caller.delete(f"{API}/orders/{other['Id']}").raise_for_status()
    caller.post(f"{API}/orders", json={**order, "Colour": "red"})


def _write_note(caller: httpx.Client, order: str) -> None:
    note = _made(caller.post(f"{API}/notes", json={"AttachedTo": order, "DocumentType": 6, "Text": "Verzonden"}))
    _read_list(caller, "notes")
    caller.get(f"{API}/notes/{note['Id']}").raise_for_status()
    caller.post(f"{API}/notes", json={"Text": "x" * 257})


def _made(answer: httpx.Response) -> dict[str, Any]:
    answer.raise_for_status()
    record: dict[str, Any] = answer.json()
    return record
