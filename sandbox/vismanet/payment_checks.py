"""What a payment of a debtor may say: against the company's records, and filled in from them."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from sandbox.vismanet import tables
from sandbox.vismanet.answers import Record
from sandbox.vismanet.company import Company
from sandbox.vismanet.periods import day_of, period_of, today
from sandbox.vismanet.tax import cents

PAYMENT = "Payment"
REFERENCES = (
    ("paymentMethod", "paymentmethod", "paymentMethodID", "Payment Method"),
    ("cashAccount", "cashaccount", "number", "Cash Account"),
    ("currency", "currency", "id", "Currency"),
    ("branch", "branch", "number", "Branch"),
)
REQUIRED = (("paymentMethod", "Payment Method"), ("cashAccount", "Cash Account"), ("paymentRef", "Payment Ref."))
DERIVED = {
    "customer": ("paymentMethod", "cashAccount", "currency"),
    "paymentMethod": ("cashAccount", "currency"),
    "cashAccount": ("currency",),
    "applicationDate": ("applicationPeriod",),
}
"""What is filled in anew when one of these changes and nothing is said of the rest."""

LENGTHS = {"paymentRef": 40, "invoiceText": 256}
"""Lengths of the same fields in the ERP's database (inferred)."""


def filled_payment(company: Company, head: Record) -> Record:
    """Fill in what was not sent: from the debtor, the payment method, the cash account and the date."""
    given: dict[str, Any] = {name: value for name, value in head.items() if value not in (None, "")}
    customer = company.customer(given.get("customer") or "")
    if customer is not None:
        given["customer"] = customer.key
    if isinstance(given.get("applicationDate"), str):
        given["applicationDate"] = day_of(given["applicationDate"])
    day = given.get("applicationDate") or today()
    own = (customer.values.get("defaultPaymentMethod") or {}).get("paymentMethodId") if customer is not None else None
    method = given.get("paymentMethod") or own
    default = next((number for number, (_, methods) in tables.CASH_ACCOUNTS.items() if method in methods), None)
    account = given.get("cashAccount") or default
    currency = tables.CASH_ACCOUNT_CURRENCIES.get(account or "", "EUR")
    defaults = {"type": PAYMENT, "hold": False, "branch": "1", "location": "MAIN", "applicationPeriod": period_of(day)}
    filled = {"applicationDate": day, "paymentMethod": method, "cashAccount": account, "currency": currency}
    return {**defaults, **filled, **given, "paymentAmount": cents(Decimal(given.get("paymentAmount") or 0))}


def unknown_in_payment(company: Company, head: Record) -> Iterator[str]:
    """Name what a payment refers to and the company does not have."""
    if company.customer(head["customer"]) is None:
        yield "Customer"
    for name, rows, key, label in REFERENCES:
        if head.get(name) and not company.master.knows(rows, key, head[name]):
            yield label
    if head["location"] != "MAIN":
        yield "Location"


def faults_of_payment(head: Record, sent: Record) -> Iterator[str]:
    """Name what is wrong with a payment that refers to known things only."""
    yield from (f"'{label}' cannot be empty." for name, label in REQUIRED if not head.get(name))
    if head["type"] != PAYMENT:
        yield f"Documents of type {head['type']} are not entered here in this company."
    if head["paymentAmount"] <= 0:
        yield "'Payment Amount' must be greater than 0."
    method, account = head.get("paymentMethod"), head.get("cashAccount")
    if method and not tables.PAYMENT_METHODS[method][2]:
        yield f"The payment method '{method}' is inactive."
    if account and method not in tables.CASH_ACCOUNTS[account][1]:
        yield f"The cash account '{account}' cannot be used with the payment method '{method}'."
    if account and head["currency"] != tables.CASH_ACCOUNT_CURRENCIES.get(account, "EUR"):
        yield f"The cash account '{account}' is in another currency than the payment."
    for name, longest in LENGTHS.items():
        if len(head.get(name) or "") > longest:
            yield f"'{name}' is longer than {longest} characters."
    # The company has no entry types and no reason codes for write-offs, and keeps no payments for orders.
    rows = sent.get("paymentLines") or []
    if any(row.get(name) for row in rows for name in ("cashDiscountTaken", "balanceWriteOff", "writeOffReasonCode")):
        yield "Cash discounts and write-offs are not enabled in this company."
    yield from (f"'{name}' is not enabled here." for name in ("ordersToApply", "financeCharges") if sent.get(name))
