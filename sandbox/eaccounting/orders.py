"""Orders of eAccounting: what may be written, what the server fills in, and the steps from draft to invoice."""

import datetime
from collections.abc import Callable
from decimal import Decimal

from fastapi.responses import Response

from sandbox.answers import Answer
from sandbox.eaccounting.access import SALES_WRITE, Api, Call, Handler, ok
from sandbox.eaccounting.books import Books, utc_now
from sandbox.eaccounting.documents import (
    INVOICED,
    PAID,
    SHIPPED,
    UNPAID,
    Booking,
    Line,
    add_up,
    article_row,
    from_customer,
    invoice_of,
    random_id,
    stated_percent,
    text_row,
)
from sandbox.eaccounting.pricing import vat_percent
from sandbox.eaccounting.refusals import HAS_DEPENDENCIES, NOT_ALLOWED_HERE, RefusalError, invalid, not_found
from sandbox.eaccounting.schema import Fault, decimals, filled
from sandbox.world import Record

DRAFT, ONGOING = 1, 2
HOME_COUNTRY, HOME_CURRENCY = "NL", "EUR"
DAYS_TO_PAY = 14


def add_orders(api: Api) -> None:
    """Open the addresses of orders; reading them is opened with the other lists."""
    api.add("POST", "/orders", create, SALES_WRITE)
    api.add("PUT", "/orders/{id}", replace, SALES_WRITE)
    api.add("DELETE", "/orders/{id}", delete, SALES_WRITE)
    api.add("POST", "/orders/{id}/converteddrafttoorder", step(DRAFT, ONGOING), SALES_WRITE)
    api.add("POST", "/orders/{id}/completed", step(ONGOING, SHIPPED), SALES_WRITE)
    api.add("POST", "/orders/{id}/voided", step(SHIPPED, ONGOING), SALES_WRITE)
    api.add("POST", "/orders/{id}/convert", convert, SALES_WRITE)


def stored(call: Call) -> Record:
    """Find the order of the path."""
    found = call.books["orders"].get(call.key())
    if found is None:
        raise not_found("Order")
    return found


async def create(call: Call) -> Answer:
    """Enter an order; only an order that is no draft gets a number."""
    body = await call.body("OrderApi")
    order = composed(call.books, body) | {"Id": random_id(), "CreatedUtc": utc_now()}
    return ok(call.books["orders"].save(numbered(call.books, order)), 201)


async def replace(call: Call) -> Answer:
    """Replace an order; what the body leaves out is gone afterwards."""
    before = stored(call)
    if before["Status"] == INVOICED:
        raise RefusalError(NOT_ALLOWED_HERE, "An invoiced order cannot be changed")
    kept = {name: before[name] for name in ("Id", "Number", "CreatedUtc", "CreatedFromQuoteId", "Notes")}
    order = composed(call.books, await call.body("OrderApi")) | kept | {"ModifiedUtc": utc_now()}
    return ok(call.books["orders"].save(numbered(call.books, order)))


async def delete(call: Call) -> Response:
    """Delete an order that has neither been shipped nor invoiced."""
    order = stored(call)
    if order["Status"] >= SHIPPED:
        raise RefusalError(HAS_DEPENDENCIES, "Orders that are shipped or invoiced cannot be deleted")
    call.books["orders"].remove(order)
    return Response(status_code=200)


def step(before: int, after: int) -> Handler:
    """Make the handler that moves an order from one status to the next."""

    async def move(call: Call) -> Answer:
        order = stored(call)
        if order["Status"] != before:
            raise RefusalError(NOT_ALLOWED_HERE, f"The order has status {order['Status']}, and this takes {before}")
        shipped = utc_now() if after == SHIPPED else None
        rows = [row | {"DeliveredQuantity": delivered(row) if shipped else Decimal(0)} for row in order["Rows"]]
        moved = order | {"Status": after, "ShippedDateTime": shipped, "Rows": rows, "ModifiedUtc": utc_now()}
        return ok(call.books["orders"].save(numbered(call.books, moved)))

    return move


async def convert(call: Call) -> Answer:
    """Make the customer invoice of an order."""
    await call.body("OrderConversionApi")
    order = stored(call)
    if order["Status"] not in (ONGOING, SHIPPED):
        raise RefusalError(NOT_ALLOWED_HERE, "Only an ongoing or shipped order can be invoiced")
    return ok(invoice(call.books, order, paid=False))


def delivered(row: Record) -> Decimal:
    """Give the quantity of a row as a delivery states it, with two decimals."""
    return Decimal(row["Quantity"]).quantize(Decimal("0.01"))


def numbered(books: Books, order: Record) -> Record:
    """Give the order a number unless it is a draft or has one."""
    if order["Status"] == DRAFT or order["Number"] is not None:
        return order
    return order | {"Number": books.next_number("orders", "Number")}


def invoice(books: Books, order: Record, *, paid: bool) -> Record:
    """Invoice an order today; give the invoice."""
    today = datetime.datetime.now(datetime.UTC).date()
    due = today + datetime.timedelta(days=DAYS_TO_PAY)
    number = books.next_number("customerinvoices", "InvoiceNumber")
    booking = Booking(number, today, due, PAID if paid else UNPAID, utc_now())
    made = invoice_of([order], booking, percents(books, order))
    books["orders"].save(order | {"Status": INVOICED, "ModifiedUtc": utc_now()})
    return books["customerinvoices"].save(made)


def percents(books: Books, order: Record) -> Callable[[Record], Decimal]:
    """Say how to find the VAT rate of the order's rows in percent: by article and buyer, else what the row states."""
    customer = books["customers"].get(order["CustomerId"])

    def percent(row: Record) -> Decimal:
        article = books["articles"].get(row["ArticleId"])
        if article is None or customer is None:
            return stated_percent(row)
        return vat_percent(customer, books.ledgers.codings[article["CodingId"]])

    return percent


def composed(books: Books, body: Record) -> Record:
    """Make an order of a request body: what the body leaves out comes from the customer, and the sums from the rows."""
    customer = books["customers"].get(body["CustomerId"])
    if customer is None:
        raise not_found("Customer")
    if body.get("TermsOfPaymentId") and books["termsofpayments"].get(body["TermsOfPaymentId"]) is None:
        raise not_found("TermsOfPayment")
    if body["Status"] == INVOICED:
        raise RefusalError(NOT_ALLOWED_HERE, "An order becomes invoiced by being converted")
    given = {name: value for name, value in body.items() if value is not None}
    order = filled("OrderApi", **from_customer(customer) | {"OrderDate": utc_now()[:10]} | given)
    places = 2 if (order["CurrencyCode"], customer["InvoiceCountryCode"]) == (HOME_CURRENCY, HOME_COUNTRY) else 4
    order["Rows"] = [composed_row(books, customer, row, places) for row in body.get("Rows") or []]
    return add_up(books.ledgers, with_delivery(books, order))


def with_delivery(books: Books, order: Record) -> Record:
    """Fill in the ids of the delivery method and terms that the order names."""
    methods, terms = books["deliverymethods"], books["deliveryterms"]
    method = methods.find(lambda row: order["DeliveryMethodName"] in (row["Name"], row["NameEnglish"]))
    term = terms.find(lambda row: order["DeliveryTermName"] in (row["Name"], row["NameEnglish"]))
    return order | {"DeliveryMethodId": method and method["Id"], "DeliveryTermId": term and term["Id"]}


def composed_row(books: Books, customer: Record, row: Record, places: int) -> Record:
    """Make an order row of a row in a request body."""
    line = int(row["LineNumber"])
    if row["IsTextRow"]:
        if row.get("ArticleId") or not row.get("Text"):
            raise invalid([Fault(f"Rows.{line}.Text", "A text row has a text and no article")])
        return text_row(books.ledgers, row["Text"], line)
    article = books["articles"].get(row.get("ArticleId"))
    if article is None and row.get("ArticleNumber"):
        article = books["articles"].find(lambda one: bool(one["Number"] == row["ArticleNumber"]))
    if article is None:
        raise not_found("Article")
    price, quantity = Decimal(row.get("UnitPrice", 0)), Decimal(row.get("Quantity", 0))
    if decimals(price) > places:
        raise invalid([Fault(f"Rows.{line}.UnitPrice", f"UnitPrice may have {places} decimals here")])
    entered = Line(article, quantity, price, Decimal(row.get("DiscountPercentage", 0)), row.get("Text"))
    computed = (
        "LineNumber",
        "ArticleId",
        "ArticleNumber",
        "Amount",
        "Text",
        "UnitPrice",
        "Quantity",
        "DiscountPercentage",
    )
    kept = {name: value for name, value in row.items() if name not in computed and value is not None}
    return article_row(books.ledgers, customer, entered, line, **kept)
