"""How somebody at a screen of eAccounting finds a record, and has what is entered completed."""

from typing import Any

import simplejson
from fastapi import Request

from sandbox.answers import Answer
from sandbox.eaccounting.books import Books
from sandbox.eaccounting.orders import ONGOING, composed
from sandbox.eaccounting.refusals import not_found
from sandbox.world import Record

NUMBERS = {"orders": "Number", "customers": "CustomerNumber", "articles": "Number", "customerinvoices": "InvoiceNumber"}
STAMPS = {
    "orders": "ModifiedUtc",
    "customers": "ChangedUtc",
    "articles": "ChangedUtc",
    "customerinvoices": "ModifiedUtc",
}
USUAL_ROW = {"IsTextRow": False, "Quantity": 1, "IsWorkCost": False, "EligibleForReverseChargeOnVat": False}

USUAL_ORDER = {
    "Status": ONGOING,
    "EuThirdParty": False,
    "ReverseChargeOnConstructionServices": False,
    "RotReducedInvoicingType": 0,
}


def find(books: Books, path: str, key: str) -> Record | None:
    """Find a record by its id or its number."""
    collection = books[path]
    return collection.get(key) or collection.find(lambda record: str(record[NUMBERS[path]]) == key)


def entered_row(books: Books, customer: Record, row: Record, line: int) -> Record:
    """Complete a row as somebody at a screen gets it completed: one piece, at its price."""
    article = books["articles"].find(lambda one: bool(one["Number"] == row.get("ArticleNumber")))
    price = article and article["GrossPrice" if customer["IsPrivatePerson"] else "NetPrice"]
    return USUAL_ROW | {"LineNumber": line, "UnitPrice": price or 0} | row


def entered_order(books: Books, given: Record) -> Record:
    """Make an order of what somebody enters; what is not said is usual: the first customer, one piece, its price.

    Raises:
        RefusalError: eAccounting would not take it.
    """
    asked = given.get("CustomerNumber") or given.get("CustomerId") or next(iter(books["customers"].records))
    customer = find(books, "customers", str(asked))
    if customer is None:
        raise not_found("Customer", 404)
    rows = given.get("Rows", [{"ArticleNumber": "A-1001"}])
    body = {
        "CurrencyCode": customer["CurrencyCode"],
        **USUAL_ORDER,
        **{name: value for name, value in given.items() if name != "CustomerNumber"},
        "CustomerId": customer["Id"],
        "Rows": [entered_row(books, customer, row, line) for line, row in enumerate(rows, 1)],
    }
    return composed(books, body)


async def read(request: Request) -> dict[str, Any]:
    """Read the body of a control request; none is nothing in particular."""
    text = await request.body()
    body: dict[str, Any] = simplejson.loads(text, use_decimal=True) if text else {}
    return body


def missing() -> Answer:
    """Answer that there is no such record."""
    return Answer({"error": "no such record"}, status_code=404)
