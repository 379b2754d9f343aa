"""What of eAccounting is only read, the small lists that may also be written, and what must never be called."""

from collections.abc import Iterable

from fastapi.responses import Response

from sandbox.answers import Answer
from sandbox.eaccounting.access import ACCOUNTING, PURCHASE, SALES, SALES_WRITE, Api, Call, Handler, ok
from sandbox.eaccounting.books import utc_now
from sandbox.eaccounting.documents import random_id
from sandbox.eaccounting.lists import page
from sandbox.eaccounting.refusals import INTERNAL, error_body, not_found
from sandbox.eaccounting.schema import filled
from sandbox.eaccounting.vat_dates import on_day

# Path of the collection, name of the id in a record's path, scopes for reading, status for "no such record".
READABLE: tuple[tuple[str, str | None, frozenset[str], int], ...] = (
    ("orders", "id", SALES, 400),
    ("customers", "customerId", SALES, 400),
    ("articles", "articleId", SALES, 400),
    ("customerinvoices", "invoiceId", SALES, 400),
    ("articleaccountcodings", "articleAccountCodingId", SALES, 400),
    ("articlelabels", "articleLabelId", SALES, 400),
    ("customerlabels", "customerLabelId", SALES, 400),
    ("units", "id", SALES, 404),
    ("termsofpayments", "id", SALES | PURCHASE, 400),
    ("deliverymethods", "deliveryMethodId", SALES, 400),
    ("deliveryterms", "deliveryTermId", SALES, 400),
    ("countries", "countrycode", SALES, 400),
    ("currencies", None, SALES | PURCHASE, 400),
    ("vatcodes", "id", ACCOUNTING, 404),
    ("bankaccounts", "bankAccountId", PURCHASE, 404),
    ("fiscalyears", "id", ACCOUNTING | SALES, 404),
    ("notes", "noteId", SALES | ACCOUNTING | PURCHASE, 400),
)
# Path, status of a creation, scopes for it; and whether records may be replaced and deleted.
WRITABLE_LISTS: tuple[tuple[str, int, Iterable[str], bool], ...] = (
    ("articlelabels", 201, SALES_WRITE, True),
    ("customerlabels", 201, SALES_WRITE, True),
    ("deliverymethods", 200, SALES, False),
    ("deliveryterms", 200, SALES, False),
)
LABEL_IDS = {"articlelabels": "articleLabelId", "customerlabels": "customerLabelId"}
WRITES_TO_PEOPLE = (
    "/orders/{id}/email",
    "/customerinvoices/{invoiceId}/email",
    "/customerinvoices/{invoiceId}/einvoice",
    "/customerinvoices/{invoiceId}/paymentreminders",
)
"""Operations that mail, e-invoice or remind somebody outside; nothing here may ever do so."""


def add_lookups(api: Api) -> None:
    """Open the addresses of all lists and single records, of the company settings and of the small writable lists."""
    for path, key, scopes, missing in READABLE:
        api.add("GET", f"/{path}", listing(api, path), scopes)
        if key:
            api.add("GET", f"/{path}/{{{key}}}", single(path, key, missing), scopes)
    for path, status, write, replaceable in WRITABLE_LISTS:
        api.add("POST", f"/{path}", creation(path, status), write)
        if replaceable:
            api.add("PUT", f"/{path}/{{{LABEL_IDS[path]}}}", replacement(path), write)
            api.add("DELETE", f"/{path}/{{{LABEL_IDS[path]}}}", deletion(path), write)
    api.add("GET", "/companysettings", settings)
    for path in WRITES_TO_PEOPLE:
        api.add("POST", path, writing(path))


def listing(api: Api, path: str) -> Handler:
    """Make the handler of a list."""

    async def answer(call: Call) -> Answer:
        query = call.request.query_params
        return ok(page(path, on_day(call.books, path, query), query, api.switches))

    return answer


def single(path: str, key: str, missing: int) -> Handler:
    """Make the handler of one record."""

    async def answer(call: Call) -> Answer:
        collection = on_day(call.books, path, call.request.query_params)
        found = collection.get(call.key(key))
        if found is None:
            raise not_found(collection.schema.removesuffix("Api"), missing)
        return ok(collection.text(found))

    return answer


def creation(path: str, status: int) -> Handler:
    """Make the handler that adds a record to a small list."""

    async def create(call: Call) -> Answer:
        collection = call.books[path]
        body = await call.body(collection.schema)
        return ok(collection.save(filled(collection.schema, **body, Id=random_id())), status)

    return create


def replacement(path: str) -> Handler:
    """Make the handler that replaces a label."""

    async def replace(call: Call) -> Answer:
        collection = call.books[path]
        found = collection.get(call.key(LABEL_IDS[path]))
        if found is None:
            raise not_found(collection.schema.removesuffix("Api"))
        body = await call.body(collection.schema)
        return ok(collection.save(filled(collection.schema, **body, Id=found["Id"])))

    return replace


def deletion(path: str) -> Handler:
    """Make the handler that deletes a label."""

    async def delete(call: Call) -> Response:
        collection = call.books[path]
        found = collection.get(call.key(LABEL_IDS[path]))
        if found is None:
            raise not_found(collection.schema.removesuffix("Api"), 404)
        collection.remove(found)
        return Response(status_code=200)

    return delete


async def settings(call: Call) -> Answer:
    """Give the company settings, which say whose books the token opens."""
    books = call.books
    next_numbers = {
        "NextOrderNumber": books.next_number("orders", "Number"),
        "NextCustomerNumber": books.next_number("customers", "CustomerNumber"),
        "NextCustomerInvoiceNumber": books.next_number("customerinvoices", "InvoiceNumber"),
    }
    return ok(books.settings | next_numbers)


def writing(path: str) -> Handler:
    """Make the handler that refuses to write to people, and remembers that somebody tried."""

    async def refuse(call: Call) -> Answer:
        call.books.mailed.append(
            {"operation": f"POST {path}", "id": next(iter(call.request.path_params.values())), "at": utc_now()}
        )
        return Answer(error_body(INTERNAL, "The sandbox writes to nobody"), status_code=500)

    return refuse
