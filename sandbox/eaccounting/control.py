"""What people do in eAccounting by hand: entering, editing and invoicing orders, and switching things off."""

from typing import Any

import simplejson
from fastapi import APIRouter, Request, Response

from sandbox.answers import Answer
from sandbox.eaccounting.access import STOPS, Switches
from sandbox.eaccounting.books import Books, utc_now
from sandbox.eaccounting.documents import INVOICED, add_up, random_id
from sandbox.eaccounting.orders import ONGOING, composed, composed_row, invoice, numbered
from sandbox.eaccounting.refusals import RefusalError
from sandbox.eaccounting.schema import properties
from sandbox.world import Record

PREFIX = "/_sandbox/eaccounting"
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


class Desk:
    """A person at the shop's eAccounting, who may do more than the API allows."""

    def __init__(self, books: Books, switches: Switches) -> None:
        self.books = books
        self.switches = switches

    def router(self) -> APIRouter:
        """Give the addresses under which tests act as this person."""
        router = APIRouter(prefix=PREFIX)
        router.add_api_route("/switch", self.switch, methods=["POST"], response_model=None)
        router.add_api_route("/orders", self.enter, methods=["POST"], response_model=None)
        router.add_api_route("/orders/{key}/invoice", self.bill, methods=["POST"], response_model=None)
        router.add_api_route("/{path}/{key}", self.edit, methods=["POST"], response_model=None)
        return router

    async def switch(self, request: Request) -> Response:
        """Switch a stop of the company on or off, or say what cannot be filtered on (`orders.ModifiedUtc`)."""
        for name, value in (await read(request)).items():
            if name == "unfilterable":
                self.switches.unfilterable = frozenset(value)
            elif name not in STOPS:
                return Answer({"error": f"no switch {name}"}, status_code=404)
            elif value:
                self.switches.on.add(name)
            else:
                self.switches.on.discard(name)
        return Answer({"on": sorted(self.switches.on), "unfilterable": sorted(self.switches.unfilterable)})

    async def enter(self, request: Request) -> Response:
        """Enter an order from the phone; what is not said is usual: the first customer, one piece, its price."""
        given = await read(request)
        number, own = (
            given.pop("CustomerNumber", None),
            {name: given.pop(name) for name in ("CreatedUtc",) if name in given},
        )
        customer = self.find(
            "customers", number or given.get("CustomerId") or next(iter(self.books["customers"].records))
        )
        if customer is None:
            return missing()
        rows = [
            self.row(customer, row, line)
            for line, row in enumerate(given.pop("Rows", [{"ArticleNumber": "A-1001"}]), 1)
        ]
        body = {
            "CustomerId": customer["Id"],
            "CurrencyCode": customer["CurrencyCode"],
            **USUAL_ORDER,
            **given,
            "Rows": rows,
        }
        try:
            order = composed(self.books, body) | {"Id": random_id(), "CreatedUtc": utc_now()} | own
        except RefusalError as refusal:
            return refusal.answer()
        return Answer(self.books["orders"].save(numbered(self.books, order)), status_code=201)

    def row(self, customer: Record, row: Record, line: int) -> Record:
        """Complete an order row as somebody at a screen gets it completed."""
        article = self.books["articles"].find(lambda one: bool(one["Number"] == row.get("ArticleNumber")))
        price = article and article["GrossPrice" if customer["IsPrivatePerson"] else "NetPrice"]
        return USUAL_ROW | {"LineNumber": line, "UnitPrice": price or 0} | row

    async def bill(self, request: Request, key: str) -> Response:
        """Invoice an order, paid or not; the invoice is Created From Order Id."""
        order = self.find("orders", key)
        if order is None:
            return missing()
        if order["Status"] == INVOICED:
            return Answer({"error": "already invoiced"}, status_code=409)
        return Answer(invoice(self.books, order, paid=bool((await read(request)).get("paid"))), status_code=201)

    async def edit(self, request: Request, path: str, key: str) -> Response:
        """Change fields of a record as a person would: its change stamp moves, and an order's sums follow its rows."""
        record = self.find(path, key) if path in NUMBERS else None
        if record is None:
            return missing()
        given = await read(request)
        unknown = [name for name in given if name not in properties(self.books[path].schema)]
        if unknown:
            return Answer({"error": f"no field {unknown[0]}"}, status_code=400)
        try:
            changed = self.with_rows(record, given["Rows"]) if path == "orders" and "Rows" in given else record
        except RefusalError as refusal:
            return refusal.answer()
        given.pop("Rows", None)
        return Answer(self.books[path].save(changed | {STAMPS[path]: utc_now()} | given))

    def with_rows(self, order: Record, rows: list[Record]) -> Record:
        """Give the order with other rows and the sums that they make."""
        customer = self.books["customers"].records[order["CustomerId"]]
        completed = [
            composed_row(self.books, customer, self.row(customer, row, line), 4) for line, row in enumerate(rows, 1)
        ]
        return add_up(self.books.ledgers, order | {"Rows": completed})

    def find(self, path: str, key: str) -> Record | None:
        """Find a record by its id or its number."""
        collection = self.books[path]
        return collection.get(key) or collection.find(lambda record: str(record[NUMBERS[path]]) == key)


async def read(request: Request) -> dict[str, Any]:
    """Read the body of a control request; none is nothing in particular."""
    text = await request.body()
    body: dict[str, Any] = simplejson.loads(text, use_decimal=True) if text else {}
    return body


def missing() -> Answer:
    """Answer that there is no such record."""
    return Answer({"error": "no such record"}, status_code=404)
