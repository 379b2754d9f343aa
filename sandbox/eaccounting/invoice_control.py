"""What people do with customer invoices by hand: enter one without an order, have it paid, credit it, sell it."""

import datetime
from collections.abc import Sequence
from decimal import Decimal

from fastapi import APIRouter, Request, Response

from sandbox.answers import Answer
from sandbox.eaccounting.books import Books, utc_now
from sandbox.eaccounting.by_hand import entered_order, find, missing, read
from sandbox.eaccounting.documents import OVERDUE, UNPAID, Booking, random_id
from sandbox.eaccounting.invoices import credited, direct_invoice, less_of, paid, set_off, sold
from sandbox.eaccounting.orders import percents
from sandbox.eaccounting.pricing import ZERO, cents, vat_in
from sandbox.eaccounting.refusals import RefusalError
from sandbox.world import Record


class InvoiceDesk:
    """The person who keeps the customer ledger; an invoice is named by its number or id."""

    def __init__(self, books: Books) -> None:
        self.books = books

    def add_to(self, router: APIRouter) -> None:
        """Add the addresses under which tests act as this person."""
        router.add_api_route("/invoices", self.enter, methods=["POST"], response_model=None)
        for name, act in (("pay", self.pay), ("credit", self.credit), ("sell", self.sell)):
            router.add_api_route(f"/invoices/{{key}}/{name}", act, methods=["POST"], response_model=None)

    async def enter(self, request: Request) -> Response:
        """Enter an invoice without an order: `CustomerNumber`, `Rows`, `InvoiceDate`, `DueDate`, `CreatedUtc`, ...

        What is not said is usual: the first customer, one piece of an article, today, the customer's terms of payment.
        Rows name `ArticleNumber`, `Quantity`, `UnitPrice` and `DiscountPercentage`, or are text rows.
        """
        given = await read(request)
        dates = {name: given.pop(name, None) for name in ("InvoiceDate", "DueDate", "CreatedUtc")}
        try:
            order = entered_order(self.books, given) | {"Id": random_id()}
        except RefusalError as refusal:
            return refusal.answer()
        made = direct_invoice(order, self.booking(dates, order), percents(self.books, order))
        return Answer(self.books["customerinvoices"].save(made), status_code=201)

    def booking(self, dates: Record, order: Record | None = None) -> Booking:
        """Give a new invoice its number and days; without an order it is due at once."""
        today = datetime.datetime.now(datetime.UTC).date()
        day = datetime.date.fromisoformat(dates.get("InvoiceDate") or today.isoformat())
        terms = order and self.books["termsofpayments"].get(order["TermsOfPaymentId"])
        due = day + datetime.timedelta(days=terms["NumberOfDays"] if terms else 0)
        if dates.get("DueDate"):
            due = datetime.date.fromisoformat(dates["DueDate"])
        number = self.books.next_number("customerinvoices", "InvoiceNumber")
        return Booking(number, day, due, OVERDUE if due < today else UNPAID, dates.get("CreatedUtc") or utc_now())

    async def pay(self, request: Request, key: str) -> Response:
        """Enter a payment: `amount` (else all that is open), `date`, and `set_off`, credited beside it before."""
        invoice = find(self.books, "customerinvoices", key)
        if invoice is None:
            return missing()
        given = await read(request)
        beside = Decimal(given.get("set_off", 0))
        invoice = set_off(invoice, beside, utc_now()) if beside else invoice
        open_amount = invoice["RemainingAmountInvoiceCurrency"]
        amount = Decimal(given["amount"]) if "amount" in given else Decimal(open_amount)
        if abs(amount) > abs(open_amount) or amount * open_amount < 0:
            return Answer({"error": f"{open_amount} is open"}, status_code=409)
        day = given.get("date") or datetime.datetime.now(datetime.UTC).date().isoformat()
        changed = paid(invoice, amount, day, utc_now()) if amount else invoice
        return Answer(self.books["customerinvoices"].save(changed))

    async def credit(self, request: Request, key: str) -> Response:
        """Credit an invoice: all of it, `rows` (line numbers, or {LineNumber, Quantity}), or an `amount`.

        The amount is the price of one row: with VAT where the invoice's prices include it.
        """
        invoice = find(self.books, "customerinvoices", key)
        if invoice is None:
            return missing()
        given = await read(request)
        rows = None
        if "rows" in given:
            rows = asked_rows(invoice, given["rows"])
        elif "amount" in given:
            rows = [row_of_amount(invoice, Decimal(given["amount"]))]
        after, credit = credited(invoice, self.booking({}), rows)
        self.books["customerinvoices"].save(after)
        return Answer(self.books["customerinvoices"].save(credit), status_code=201)

    async def sell(self, _request: Request, key: str) -> Response:
        """Sell an invoice to a factor."""
        invoice = find(self.books, "customerinvoices", key)
        if invoice is None:
            return missing()
        return Answer(self.books["customerinvoices"].save(sold(invoice, utc_now())))


def asked_rows(invoice: Record, asked: Sequence[int | Record]) -> list[Record]:
    """Give the rows of an invoice that are asked for, some of them with a smaller quantity."""
    by_line = {row["LineNumber"]: row for row in invoice["Rows"]}
    return [
        less_of(by_line[one["LineNumber"]], Decimal(one["Quantity"])) if isinstance(one, dict) else by_line[one]
        for one in asked
    ]


def row_of_amount(invoice: Record, amount: Decimal) -> Record:
    """Give the first row with an amount as if one piece of it had cost this much."""
    row: Record = next(row for row in invoice["Rows"] if not row["IsTextRow"])
    vat = vat_in(amount, row["PercentVat"], includes_vat=True) if invoice["IncludesVat"] else ZERO
    priced = {"Quantity": Decimal(1), "UnitPrice": amount, "DiscountPercentage": Decimal(0)}
    return row | priced | {"Amount": cents(amount), "AmountNoVat": cents(amount - vat)}
