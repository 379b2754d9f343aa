"""Customer invoices, credit notes and payments for these tests, as a program sends them to the core API."""

from typing import Any
from urllib.parse import unquote

import httpx

from tests.sandbox.vismanet_caller import Caller, read, wrapped

INVOICES = "customerinvoice"
CREDIT_NOTES = "customerCreditNote"
PAYMENTS = "customerPayment"
DAY = "2026-11-05"


def row(**values: Any) -> dict[str, Any]:
    """Write a row to be inserted; `operation` is the one field that is not wrapped."""
    operation = values.pop("operation", "Insert")
    return {"operation": operation, **wrapped(values)}


def body(resource: str, debtor: str, rows: list[dict[str, Any]], **values: Any) -> dict[str, Any]:
    """Write an invoice or credit note of these rows; lists among the values are rows too."""
    lists = {name: value for name, value in values.items() if isinstance(value, list)}
    single = {name: value for name, value in values.items() if name not in lists}
    lines = "invoiceLines" if resource == INVOICES else "lines"
    return {**wrapped({"customerNumber": debtor, "documentDate": DAY, **single}), **lists, lines: rows}


def send(vismanet: Caller, resource: str, debtor: str, rows: list[dict[str, Any]], **values: Any) -> httpx.Response:
    """Send a new invoice or credit note."""
    return vismanet.call("POST", f"/vismanet/v2/{resource}", body(resource, debtor, rows, **values))


def enter(vismanet: Caller, resource: str, debtor: str, rows: list[dict[str, Any]], **values: Any) -> str:
    """Enter an invoice or credit note; gives its address below v1."""
    return _address(send(vismanet, resource, debtor, rows, **values), resource)


def released_invoice(vismanet: Caller, debtor: str, amount: Any, **values: Any) -> str:
    """Enter and release an invoice of one line without VAT; gives its number."""
    path = enter(vismanet, INVOICES, debtor, [revenue(amount, vatCodeId="NOVAT")], **values)
    assert vismanet.core("POST", f"{path}/action/release").status_code == 200
    return path.rpartition("/")[2]


def revenue(amount: Any, **values: Any) -> dict[str, Any]:
    """Write a line without an item: one of this price on a revenue account."""
    line = {"description": "Omzet", "accountNumber": "8000", "quantity": 1, "unitPriceInCurrency": amount}
    return row(**{**line, **values})


def send_payment(vismanet: Caller, debtor: str, amount: Any, paid: dict[str, Any], **values: Any) -> httpx.Response:
    """Send a new payment; `paid` says how much of it goes to which invoice."""
    rows = [row(documentType="Invoice", refNbr=number, amountPaid=part) for number, part in paid.items()]
    head = {"customer": debtor, "paymentAmount": amount, "paymentRef": "NL91", "applicationDate": DAY, **values}
    return vismanet.core("POST", PAYMENTS, {**wrapped(head), "paymentLines": rows})


def take_payment(vismanet: Caller, debtor: str, amount: Any, paid: dict[str, Any], **values: Any) -> str:
    """Take a payment; gives its address below v1."""
    return _address(send_payment(vismanet, debtor, amount, paid, **values), PAYMENTS)


def release_payment(vismanet: Caller, path: str) -> httpx.Response:
    """Release a payment."""
    return vismanet.core("POST", f"{path}/action/release", wrapped({"type": "Payment"}))


def shown(vismanet: Caller, path: str) -> dict[str, Any]:
    """Read an invoice, credit note or payment."""
    answer = vismanet.core("GET", path)
    assert answer.status_code == 200, answer.text
    record: dict[str, Any] = read(answer)
    return record


def refusal(answer: httpx.Response, status: int = 400) -> str:
    """Give the sentence in which the ERP refused something."""
    assert answer.status_code == status, answer.text
    sentence: str = answer.json()["message"]
    return sentence


def _address(answer: httpx.Response, resource: str) -> str:
    assert (answer.status_code, answer.content) == (201, b""), answer.text
    assert answer.headers["ETag"]
    return f"{resource}/{unquote(answer.headers['Location'].rpartition('/')[2])}"
