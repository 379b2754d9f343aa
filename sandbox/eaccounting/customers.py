"""Customers of eAccounting: what may be written about them."""

import re

from fastapi.responses import Response

from sandbox.answers import Answer
from sandbox.eaccounting.access import SALES_WRITE, Api, Call, ok
from sandbox.eaccounting.books import Books, utc_now
from sandbox.eaccounting.documents import random_id
from sandbox.eaccounting.pricing import EU_COUNTRIES
from sandbox.eaccounting.refusals import (
    DUPLICATE,
    HAS_DEPENDENCIES,
    INVALID_VAT_NUMBER,
    NOT_ALLOWED_HERE,
    RefusalError,
    not_found,
)
from sandbox.eaccounting.schema import filled
from sandbox.world import Record

VAT_NUMBER = re.compile(r"[A-Z]{2}[0-9A-Za-z]{8,12}")
VAT_NOT_ALLOWED_IN_EU = 4035
MOST_CC_ADDRESSES = 5


def add_customers(api: Api) -> None:
    """Open the addresses that change customers; reading them is opened with the other lists."""
    api.add("POST", "/customers", create, SALES_WRITE)
    api.add("PUT", "/customers/{customerId}", replace, SALES_WRITE)
    api.add("DELETE", "/customers/{customerId}", delete, SALES_WRITE)


async def create(call: Call) -> Answer:
    """Add a customer; without a number the server gives one."""
    body = await call.body("CustomerApi")
    number = body.get("CustomerNumber") or str(call.books.next_number("customers", "CustomerNumber"))
    if call.books["customers"].find(lambda other: bool(other["CustomerNumber"] == number)):
        raise RefusalError(DUPLICATE, f"ConflictException - A customer with number {number} already exists")
    customer = composed(call.books, body) | {"Id": random_id(), "CustomerNumber": number}
    return ok(call.books["customers"].save(customer), 201)


async def replace(call: Call) -> Answer:
    """Replace a customer; what the body leaves out is gone afterwards (measured by a user of the API)."""
    before = stored(call)
    customer = composed(call.books, await call.body("CustomerApi"))
    kept = {name: before[name] for name in ("Id", "LastInvoiceDate", "UnpaidInvoicesAmount")}
    number = customer["CustomerNumber"] or before["CustomerNumber"]
    return ok(call.books["customers"].save(customer | kept | {"CustomerNumber": number, "ChangedUtc": utc_now()}))


async def delete(call: Call) -> Response:
    """Delete a customer that nothing refers to."""
    customer = stored(call)
    for path in ("orders", "customerinvoices"):
        if call.books[path].find(lambda other: bool(other["CustomerId"] == customer["Id"])):
            raise RefusalError(HAS_DEPENDENCIES, "Customers with linked transactions cannot be deleted")
    call.books["customers"].remove(customer)
    return Response(status_code=200)


def stored(call: Call) -> Record:
    """Find the customer of the path."""
    found = call.books["customers"].get(call.key("customerId"))
    if found is None:
        raise not_found("Customer")
    return found


def composed(books: Books, body: Record) -> Record:
    """Make a customer of a request body and check what its fields demand of each other."""
    terms = books["termsofpayments"].get(body["TermsOfPaymentId"])
    if terms is None:
        raise not_found("TermsOfPayment")
    for path, name in (("deliverymethods", "DeliveryMethodId"), ("deliveryterms", "DeliveryTermId")):
        if body.get(name) and books[path].get(body[name]) is None:
            raise not_found(name.removesuffix("Id"))
    given = {name: value for name, value in body.items() if value is not None}
    customer = filled(
        "CustomerApi", **{"CurrencyCode": books.settings["CurrencyCode"]} | given | {"TermsOfPayment": terms}
    )
    check(customer)
    return customer


def check(customer: Record) -> None:
    """Refuse combinations that the published description rules out."""
    country, vat_number = customer["InvoiceCountryCode"], customer["VatNumber"]
    if vat_number and not (country and VAT_NUMBER.fullmatch(vat_number)):
        raise RefusalError(INVALID_VAT_NUMBER, "The VAT number is not valid, or InvoiceCountryCode is missing")
    if customer["ForceBookkeepVat"] and country in EU_COUNTRIES:
        raise RefusalError(VAT_NOT_ALLOWED_IN_EU, "ForceBookkeepVat cannot be true for a country inside the EU")
    delivery = ("DeliveryCity", "DeliveryCountryCode", "DeliveryPostalCode")
    if customer["DeliveryBasedVat"] and not all(customer[name] for name in delivery):
        raise RefusalError(NOT_ALLOWED_HERE, f"DeliveryBasedVat needs {', '.join(delivery)}")
    if customer["ReverseChargeOnConstructionServices"] and not vat_number:
        raise RefusalError(NOT_ALLOWED_HERE, "ReverseChargeOnConstructionServices needs a VatNumber")
    copies = customer["EmailAddresses"] or []
    if copies and (not customer["EmailAddress"] or len(copies) > MOST_CC_ADDRESSES):
        raise RefusalError(NOT_ALLOWED_HERE, "EmailAddresses holds at most 5 addresses and needs EmailAddress")
