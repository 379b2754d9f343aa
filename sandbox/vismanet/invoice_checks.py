"""What the head of a customer invoice or credit note may say: against the company's records, and filled in from them.

The core API publishes no lengths; those here are of the same fields in the ERP's database (inferred).
"""

import datetime
from collections.abc import Iterator
from decimal import Decimal

from sandbox.vismanet import tables
from sandbox.vismanet.answers import Record
from sandbox.vismanet.company import Company
from sandbox.vismanet.customer_rules import text_faults
from sandbox.vismanet.invoice_body import exact
from sandbox.vismanet.periods import day_of, period_of, today

BASE_CURRENCY = "EUR"
DATES = ("documentDate", "origInvoiceDate", "documentDueDate", "cashDiscountDate", "startDate", "endDate")
LENGTHS = {"externalReference": 40, "customerRefNumber": 40, "paymentReference": 40, "invoiceText": 256}
REFERENCES = (
    ("currencyId", "currency", "id", "Currency ID"),
    ("creditTermsId", "creditTerm", "termsId", "Terms"),
    ("paymentMethodId", "paymentmethod", "paymentMethodID", "Payment Method"),
    ("customerVatZoneId", "vatZone", "id", "Customer Tax Zone"),
    ("branchNumber", "branch", "number", "Branch"),
    ("cashAccount", "cashaccount", "number", "Cash Account"),
)
NOT_SET_UP = {
    "project": "Project",
    "directDebitMandateId": "Direct Debit Mandate",
    "childCustomerNumber": "Child Account",
    "rotRutDetails": "ROT/RUT",
}
"""What a document may refer to, but this company has none of."""

REFUSED_STATUSES = ("OnHold", "Inactive")
DERIVED = {
    "customerNumber": (
        "currencyId",
        "exchangeRate",
        "customerVatZoneId",
        "creditTermsId",
        "documentDueDate",
        "paymentMethodId",
        "sendToAutoInvoice",
        "dontEmail",
        "dontPrint",
    ),
    "currencyId": ("exchangeRate",),
    "creditTermsId": ("documentDueDate",),
    "documentDate": ("documentDueDate", "postPeriod"),
}
"""What is filled in anew when one of these changes and nothing is said of the rest."""


def known_head(company: Company, values: Record) -> Record:
    """Read the dates, the period and the debtor of a head that was sent."""
    head = {**values, **{name: day_of(values[name]) for name in DATES if values.get(name)}}
    head = exact(head, ("exchangeRate",))
    # The two fields for the period are one.
    period = head.pop("financialPeriod", None)
    if period:
        head.setdefault("postPeriod", period)
    if head.get("customerNumber"):
        customer = company.customer(head["customerNumber"])
        head["customerNumber"] = head["customerNumber"] if customer is None else customer.key
    return head


def filled_head(company: Company, head: Record, *, credit_note: bool) -> Record:
    """Fill in what was not sent: from the debtor, the terms of payment, the date and the company."""
    customer = company.customers.get(head.get("customerNumber") or "")
    values: Record = customer.values if customer is not None else {}
    given = {name: value for name, value in head.items() if value not in (None, "")}
    day = given.get("documentDate") or today()
    currency = given.get("currencyId") or values.get("currencyId") or BASE_CURRENCY
    defaults = {
        "documentDate": day,
        "origInvoiceDate": day,
        "currencyId": currency,
        "exchangeRate": tables.EXCHANGE_RATES.get(currency, Decimal(1)),
        "customerVatZoneId": values.get("vatZoneId"),
        "branchNumber": "1",
        "locationId": "MAIN",
        "hold": False,
        "sendToAutoInvoice": bool(values.get("acceptAutoInvoices")),
        "dontEmail": not values.get("sendInvoicesByEmail"),
        "dontPrint": not values.get("printInvoices"),
        "postPeriod": period_of(day),
    }
    if not credit_note:
        terms = given.get("creditTermsId") or values.get("creditTermsId")
        due = day + datetime.timedelta(days=tables.CREDIT_TERMS[terms][1] if terms in tables.CREDIT_TERMS else 0)
        method = (values.get("defaultPaymentMethod") or {}).get("paymentMethodId")
        defaults |= {"creditTermsId": terms, "documentDueDate": due, "paymentMethodId": method}
    return {**defaults, **given}


def unknown_in_head(company: Company, head: Record) -> Iterator[str]:
    """Name what the head refers to and the company does not have."""
    if company.customer(head["customerNumber"]) is None:
        yield "Customer"
    for name, rows, key, label in REFERENCES:
        if head.get(name) and not company.master.knows(rows, key, head[name]):
            yield label
    if head["locationId"] != "MAIN":
        yield "Location"
    if head.get("contact") is not None and head["contact"] not in company.contacts:
        yield "Contact"
    if any(head.get(name) and str(head[name]) not in tables.SALES_PERSONS for name in ("salesperson", "salesPersonID")):
        yield "Salesperson"
    country = (head.get("invoiceAddress") or {}).get("countryId")
    if country and country not in tables.COUNTRIES:
        yield "Country"
    for name, label in NOT_SET_UP.items():
        if head.get(name):
            yield label


def faults_of_head(company: Company, head: Record) -> Iterator[str]:
    """Name what is wrong with a head that refers to known things only."""
    customer = company.customers[head["customerNumber"]]
    if customer.values["status"] in REFUSED_STATUSES:
        yield f"The customer status is '{customer.values['status']}'."
    currency, own = head["currencyId"], customer.values["currencyId"]
    row = next(row for row in company.master.lists["currency"] if row["id"] == currency)
    if not row["isUsedForAccounting"]:
        yield f"The currency '{currency}' is not used for accounting."
    if currency != own and not customer.values.get("allowOverrideCurrency", True):
        yield "'Currency ID' cannot be overridden for this customer."
    if head["exchangeRate"] <= 0:
        yield "'Exchange Rate' must be greater than 0."
    if currency == BASE_CURRENCY and head["exchangeRate"] != 1:
        yield "'Exchange Rate' must be 1 for the base currency."
    method = head.get("paymentMethodId")
    if method and not tables.PAYMENT_METHODS[method][2]:
        yield f"The payment method '{method}' is inactive."
    if head.get("domesticServicesDeductibleDocument"):
        yield "Deductible domestic services are not enabled in this company."
    for name, longest in LENGTHS.items():
        if len(head.get(name) or "") > longest:
            yield f"'{name}' is longer than {longest} characters."
    yield from text_faults(head, ("invoiceAddress", "invoiceContact"))
