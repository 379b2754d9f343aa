"""The core API's customer invoices, credit notes and payments, called the way a client would; some are refused."""

from typing import Any

import httpx

CORE = "/vismanet/v1"
DAY = "2026-11-05"
ADDRESS = {"overrideAddress": True, "addressLine1": "Havenweg 1", "postalCode": "1000 AA", "city": "Delft"}
CONTACT = {"overrideContact": True, "name": "Fiets & Zo", "attention": "Crediteuren", "email": "post@fiets.nl"}
HEAD = {
    "documentDate": DAY,
    "origInvoiceDate": DAY,
    "externalReference": "C-100",
    "customerRefNumber": "PO-1",
    "currencyId": "EUR",
    "exchangeRate": 1,
    "postPeriod": "202611",
    "customerVatZoneId": "DOMESTIC",
    "branchNumber": "1",
    "locationId": "MAIN",
    "salesperson": "1",
    "invoiceText": "Levering",
    "note": "Gebeld",
    "hold": True,
    "dontPrint": True,
    "dontEmail": True,
    "sendToAutoInvoice": False,
    "overrideNumberSeries": True,
}
INVOICE_HEAD = {
    "documentDueDate": "2026-12-05",
    "cashDiscountDate": "2026-11-15",
    "creditTermsId": "30",
    "paymentMethodId": "BANK",
    "paymentReference": "1234566",
    "customerProject": "P-1",
    "accountingCostRef": "K-1",
    "debtCollectionCaseNbr": "D-1",
}
TYPE = {"type": "Payment"}


def call_document_api(caller: httpx.Client) -> None:
    """Call invoices, credit notes and payments: made, read, changed, found, released, voided, and some refused."""
    values = {"name": "Fiets & Zo", "customerClassId": "COMPANY", "sendInvoicesByEmail": False, "printInvoices": False}
    answer = caller.post(f"{CORE}/customer", json=_wrapped({**values, "acceptAutoInvoices": False}))
    debtor = _number(answer)
    item = {"inventoryNumber": "CONTRACT-2", "description": "Advies", "itemClass": "SERVICE", "defaultPrice": 80}
    caller.post(f"{CORE}/inventory", json=_wrapped(item)).raise_for_status()
    invoice = _call_invoices(caller, debtor)
    payment = _call_payments(caller, debtor, invoice)
    _call_credit_notes(caller, debtor, invoice)
    for resource, key in (("customerinvoice", invoice), ("customerPayment", payment)):
        caller.get(f"{CORE}/{resource}/{key}").raise_for_status()
        caller.get(f"{CORE}/{resource}/NOPE")


def _call_invoices(caller: httpx.Client, debtor: str) -> str:
    head = {**HEAD, **INVOICE_HEAD, "customerNumber": debtor, "referenceNumber": "C-100"}
    parts = {"billingAddress": ADDRESS, "invoiceContact": CONTACT}
    body = {
        **_wrapped({**head, **parts}),
        "invoiceLines": [
            _row(inventoryNumber="CONTRACT-2", quantity=2, uom="HOUR", discountPercent=10),
            _row(description="Vracht", accountNumber="8040", vatCodeId="NL21", manualAmountInCurrency=7.5),
        ],
        "taxDetailLines": [_wrapped({"taxId": "NL21", "taxableAmount": 151.5, "vatAmount": 31.81})],
    }
    made = caller.post("/vismanet/v2/customerinvoice", json=body)
    path = f"{CORE}/customerinvoice/{_number(made)}"
    caller.post(f"{path}/action/release")
    off_hold = caller.put(path, json=_wrapped({"hold": False}), headers={"If-Match": made.headers["ETag"]})
    released = caller.post(f"{path}/action/release", headers={"If-Match": off_hold.headers["ETag"]})
    released.raise_for_status()
    for params in (
        {"pageNumber": "1", "pageSize": "500", "expandTaxDetails": "true", "expandInvoiceAddress": "true"},
        {"externalReference": "C-100", "customer": debtor, "released": "1", "status": "Open"},
        {"documentDate": DAY, "documentDateCondition": ">=", "branch": "1"},
        {"lastModifiedDateTime": "2026-01-01", "lastModifiedDateTimeCondition": ">", "expandApplications": "true"},
    ):
        caller.get(f"{CORE}/customerinvoice", params=params).raise_for_status()
    lines = [_row(description="Oud", accountNumber="8000", quantity=1, unitPriceInCurrency=1)]
    old = caller.post(f"{CORE}/customerinvoice", json={**_wrapped({"customerNumber": debtor}), "invoiceLines": lines})
    caller.delete(f"{CORE}/customerinvoice/{_number(old)}").raise_for_status()
    caller.post("/vismanet/v2/customerinvoice", json=_wrapped({"customerNumber": "99999"}))
    return path.rpartition("/")[2]


def _call_credit_notes(caller: httpx.Client, debtor: str, invoice: str) -> None:
    head = {**HEAD, "customerNumber": debtor, "referenceNumber": "C-101"}
    body = {
        **_wrapped({**head, "invoiceAddress": ADDRESS, "invoiceContact": CONTACT}),
        "lines": [
            _row(description="Retour", accountNumber="8000", vatCodeId="NL21", quantity=1, unitPriceInCurrency=1)
        ],
        "taxDetails": [_wrapped({"taxId": "NL21", "vatAmount": 0.2})],
        "applicationLines": [_row(documentType="Invoice", refNbr=invoice, amountPaid=1.2)],
    }
    made = caller.post("/vismanet/v2/customerCreditNote", json=body)
    path = f"{CORE}/customerCreditNote/{_number(made)}"
    caller.put(path, json=_wrapped({"hold": False}), headers={"If-Match": made.headers["ETag"]}).raise_for_status()
    caller.put(path, json=_wrapped({"hold": False}), headers={"If-Match": made.headers["ETag"]})
    caller.post(f"{path}/action/release").raise_for_status()
    caller.post(f"{path}/action/release")
    caller.get(path).raise_for_status()
    params = {"externalReference": "C-100", "expandTaxDetails": "true", "expandApplications": "true"}
    caller.get(f"{CORE}/customerCreditNote", params=params).raise_for_status()
    old = caller.post(f"{CORE}/customerCreditNote", json=_wrapped({"customerNumber": debtor}))
    caller.delete(f"{CORE}/customerCreditNote/{_number(old)}").raise_for_status()


def _call_payments(caller: httpx.Client, debtor: str, invoice: str) -> str:
    head = {
        "type": "Payment",
        "customer": debtor,
        "applicationDate": DAY,
        "applicationPeriod": "202611",
        "paymentRef": "NL91",
        "paymentMethod": "BANK",
        "cashAccount": "1010",
        "currency": "EUR",
        "paymentAmount": 100,
        "invoiceText": "Deelbetaling",
        "branch": "1",
        "location": "MAIN",
        "hold": True,
    }
    lines = [_row(documentType="Invoice", refNbr=invoice, amountPaid=90.5)]
    made = caller.post(f"{CORE}/customerPayment", json={**_wrapped(head), "paymentLines": lines})
    path = f"{CORE}/customerPayment/{_number(made)}"
    caller.post(f"{path}/action/release", json=_wrapped(TYPE))
    off_hold = caller.put(path, json=_wrapped({"hold": False}), headers={"If-Match": made.headers["ETag"]})
    version = {"If-Match": off_hold.headers["ETag"]}
    caller.post(f"{path}/action/release", json=_wrapped(TYPE), headers=version).raise_for_status()
    for params in ({"invoiceRefNbr": invoice, "status": "Open"}, {"docDate": DAY, "docDateCondition": "<="}):
        caller.get(f"{CORE}/customerPayment", params=params).raise_for_status()
    caller.post(f"{path}/action/void", json={**TYPE, "returnVoidPayment": True}).raise_for_status()
    caller.post(f"{path}/action/void", json=TYPE)
    return path.rpartition("/")[2]


def _wrapped(values: dict[str, Any]) -> dict[str, Any]:
    return {name: {"value": _wrapped(value) if isinstance(value, dict) else value} for name, value in values.items()}


def _row(**values: Any) -> dict[str, Any]:
    return {"operation": "Insert", **_wrapped(values)}


def _number(answer: httpx.Response) -> str:
    answer.raise_for_status()
    return answer.headers["Location"].rpartition("/")[2]
