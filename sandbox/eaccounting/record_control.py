"""What people do with articles and customers by hand: enter, count the stock, archive, and delete."""

from collections.abc import Callable
from decimal import Decimal

from fastapi import APIRouter, Request, Response

from sandbox.answers import Answer
from sandbox.eaccounting import articles, customers
from sandbox.eaccounting.books import STOCK_MODULE, Books, utc_now
from sandbox.eaccounting.by_hand import NUMBERS, find, missing, read
from sandbox.eaccounting.documents import random_id
from sandbox.eaccounting.refusals import RefusalError
from sandbox.world import Record

DELETABLE = ("articles", "customers", "orders")
Composer = Callable[[Books, Record], Record]


class RecordDesk:
    """The person who keeps articles and customers; each is named by its number or id."""

    def __init__(self, books: Books) -> None:
        self.books = books

    def add_to(self, router: APIRouter) -> None:
        """Add the addresses under which tests act as this person."""
        router.add_api_route("/articles", self.new_article, methods=["POST"], response_model=None)
        router.add_api_route("/customers", self.new_customer, methods=["POST"], response_model=None)
        router.add_api_route("/articles/{key:path}/stock", self.count, methods=["POST"], response_model=None)
        router.add_api_route("/customers/{key}/archive", self.archive, methods=["POST"], response_model=None)
        router.add_api_route("/{path}/{key:path}", self.delete, methods=["DELETE"], response_model=None)

    async def new_article(self, request: Request) -> Response:
        """Enter an article; what is not said is usual: the next number, the first coding and unit, a price."""
        given = await read(request)
        number = f"NEW-{len(self.books['articles'].records) + 1}"
        usual = {"Number": number, "Name": "Nieuw artikel", "IsActive": True, "NetPrice": Decimal("10.00")}
        usual |= {"CodingId": first(self.books, "articleaccountcodings"), "UnitId": first(self.books, "units")}
        if "GrossPrice" in given:
            del usual["NetPrice"]
        return self.enter("articles", articles.composed, usual | given, {"CreatedUtc": utc_now()})

    async def new_customer(self, request: Request) -> Response:
        """Enter a customer; what is not said is usual: the next number, a Dutch business, the first terms."""
        given = await read(request)
        usual = {
            "CustomerNumber": str(self.books.next_number("customers", "CustomerNumber")),
            "Name": "Nieuwe klant",
            "InvoiceCity": "Groningen",
            "InvoicePostalCode": "9711AB",
            "InvoiceCountryCode": "NL",
            "IsActive": True,
            "IsPrivatePerson": False,
            "TermsOfPaymentId": first(self.books, "termsofpayments"),
        }
        return self.enter("customers", customers.composed, usual | given, {})

    def enter(self, path: str, composed: Composer, body: Record, stamps: Record) -> Response:
        """Keep a new record as eAccounting completes it, unless its number is taken."""
        number = str(body[NUMBERS[path]])
        if find(self.books, path, number):
            return Answer({"error": f"number {number} is taken"}, status_code=409)
        try:
            record = composed(self.books, body) | {"Id": random_id(), "ChangedUtc": utc_now()} | stamps
        except RefusalError as refusal:
            return refusal.answer()
        return Answer(self.books[path].save(record), status_code=201)

    async def count(self, request: Request, key: str) -> Response:
        """Set the stock `balance` of an article, and what is `reserved` of it.

        Only the stamp of manual stock changes moves: it is not known whether ChangedUtc would, so no client may count
        on it.
        """
        article = find(self.books, "articles", key)
        if article is None:
            return missing()
        given = await read(request)
        balance = Decimal(given["balance"])
        reserved = Decimal(given["reserved"] if "reserved" in given else article["StockBalanceReserved"])
        counted = articles.in_stock(article, balance, reserved) | {"StockBalanceManuallyChangedUtc": utc_now()}
        return Answer(self.books["articles"].save(article | counted))

    async def archive(self, _request: Request, key: str) -> Response:
        """Archive a customer: it stays in the lists, and is inactive."""
        customer = find(self.books, "customers", key)
        if customer is None:
            return missing()
        return Answer(self.books["customers"].save(customer | {"IsActive": False, "ChangedUtc": utc_now()}))

    async def delete(self, _request: Request, path: str, key: str) -> Response:
        """Delete an article, a customer or an order; it vanishes from the lists without a trace."""
        record = find(self.books, path, key) if path in DELETABLE else None
        if record is None:
            return missing()
        self.books[path].remove(record)
        return Answer({NUMBERS[path]: record[NUMBERS[path]]})


def switch_stock_module(books: Books, *, on: bool) -> None:
    """Switch the stock module of a company on or off: what its articles show of their stock follows."""
    others = [name for name in books.settings["ActivatedModules"] if name != STOCK_MODULE]
    books.settings = books.settings | {"ActivatedModules": [*others, STOCK_MODULE] if on else others}
    kept = books["articles"]
    for article in list(kept.records.values()):
        kept.save(article | {"ShowStockInformation": articles.shows_stock(article, books)})


def first(books: Books, path: str) -> str:
    """Give the id of the first record of a list."""
    return next(iter(books[path].records))
