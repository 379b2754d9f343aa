"""What people do in eAccounting by hand: entering, editing and invoicing orders, and switching things off."""

from fastapi import APIRouter, Request, Response

from sandbox.answers import Answer
from sandbox.eaccounting.access import STOPS, Switches
from sandbox.eaccounting.books import Books, utc_now
from sandbox.eaccounting.by_hand import NUMBERS, STAMPS, entered_order, entered_row, find, missing, read
from sandbox.eaccounting.documents import INVOICED, add_up, random_id
from sandbox.eaccounting.invoice_control import InvoiceDesk
from sandbox.eaccounting.orders import composed_row, invoice, numbered
from sandbox.eaccounting.record_control import RecordDesk, switch_stock_module
from sandbox.eaccounting.refusals import RefusalError
from sandbox.eaccounting.schema import properties
from sandbox.eaccounting.set_up_control import SetUpDesk
from sandbox.settled_later import CASH_METHOD, INVOICING_METHOD
from sandbox.world import Record

PREFIX = "/_sandbox/eaccounting"


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
        for cabinet in (SetUpDesk(self.books), InvoiceDesk(self.books), RecordDesk(self.books)):
            cabinet.add_to(router)
        router.add_api_route("/{path}/{key:path}", self.edit, methods=["POST"], response_model=None)
        return router

    async def switch(self, request: Request) -> Response:
        """Switch a stop or the stock module of the company on or off, keep its books by cash, or let lists misbehave.

        `unfilterable` takes what cannot be filtered on (`orders.ModifiedUtc`), `partial_lists` what loses a part of a
        page (`articles`).
        """
        for name, value in (await read(request)).items():
            if name in ("unfilterable", "partial_lists"):
                setattr(self.switches, name, frozenset(value))
            elif name == "stock_module":
                switch_stock_module(self.books, on=bool(value))
            elif name == "cash_method":
                self.keep_books_by(CASH_METHOD if value else INVOICING_METHOD)
            elif name not in STOPS:
                return Answer({"error": f"no switch {name}"}, status_code=404)
            elif value:
                self.switches.on.add(name)
            else:
                self.switches.on.discard(name)
        misbehaving = {name: sorted(getattr(self.switches, name)) for name in ("unfilterable", "partial_lists")}
        return Answer({"on": sorted(self.switches.on), **misbehaving})

    def keep_books_by(self, method: int) -> None:
        """Change the bookkeeping method of all fiscal years."""
        years = self.books["fiscalyears"]
        for year in list(years.records.values()):
            years.save(year | {"BookkeepingMethod": method})

    async def enter(self, request: Request) -> Response:
        """Enter an order from the phone; what is not said is usual: the first customer, one piece, its price."""
        given = await read(request)
        own = {name: given.pop(name) for name in ("CreatedUtc",) if name in given}
        try:
            order = entered_order(self.books, given) | {"Id": random_id(), "CreatedUtc": utc_now()} | own
        except RefusalError as refusal:
            return refusal.answer()
        return Answer(self.books["orders"].save(numbered(self.books, order)), status_code=201)

    async def bill(self, request: Request, key: str) -> Response:
        """Invoice an order, paid or not; the invoice is Created From Order Id."""
        order = find(self.books, "orders", key)
        if order is None:
            return missing()
        if order["Status"] == INVOICED:
            return Answer({"error": "already invoiced"}, status_code=409)
        return Answer(invoice(self.books, order, paid=bool((await read(request)).get("paid"))), status_code=201)

    async def edit(self, request: Request, path: str, key: str) -> Response:
        """Change fields of a record as a person would: its change stamp moves, and an order's sums follow its rows."""
        record = find(self.books, path, key) if path in NUMBERS else None
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
        if path == "orders":
            given.pop("Rows", None)
        return Answer(self.books[path].save(changed | {STAMPS[path]: utc_now()} | given))

    def with_rows(self, order: Record, rows: list[Record]) -> Record:
        """Give the order with other rows and the sums that they make."""
        customer = self.books["customers"].records[order["CustomerId"]]
        completed = [
            composed_row(self.books, customer, entered_row(self.books, customer, row, line), 4)
            for line, row in enumerate(rows, 1)
        ]
        return add_up(self.books.ledgers, order | {"Rows": completed})
