"""The invoices of the shop's orders, as its bookkeeper made them."""

import datetime
from collections import defaultdict
from collections.abc import Callable
from decimal import Decimal

from sandbox.eaccounting.documents import INVOICED, OVERDUE, PAID, UNPAID, Booking, invoice_of, stated_percent
from sandbox.eaccounting.invoices import credited, with_remaining
from sandbox.eaccounting.pricing import vat_percent
from sandbox.people import People
from sandbox.sales import LOCAL, OrderBook, utc_text
from sandbox.world import Record

SHARE_PAID = 0.6
FIRST_INVOICE = 20001


class Invoicing:
    """Makes the invoices of the orders that have been invoiced: one each, one collective, and one that is credited."""

    def __init__(self, book: OrderBook, folk: People, today: datetime.date) -> None:
        self.book = book
        self.today = today
        self.customers = {customer["Id"]: customer for customer in folk.customers}
        self.articles = {article["Id"]: article for article in book.shelf.by_number.values()}
        self.days = {row["Id"]: row["NumberOfDays"] for row in book.lists["terms_of_payment"]}
        self.made: list[Record] = []

    def invoices(self) -> list[Record]:
        """Make all the invoices, earliest first."""
        invoiced = [order for order in self.book.orders if order["Status"] == INVOICED]
        together = same_customer(invoiced)
        for order in invoiced:
            if together and order is together[-1]:
                self.make(together)
            elif not any(order is one for one in together):
                self.make([order])
        if self.made:
            self.credit_last()
        return self.made

    def make(self, orders: list[Record]) -> None:
        """Make the invoice of these orders, some days after the last of them and before today."""
        day = min(datetime.date.fromisoformat(orders[-1]["OrderDate"]) + datetime.timedelta(days=1), self.last_day)
        due = day + datetime.timedelta(days=self.days[orders[0]["TermsOfPaymentId"]])
        unpaid = OVERDUE if due < self.today else UNPAID
        status = PAID if self.book.chance.random() < SHARE_PAID else unpaid
        self.made.append(invoice_of(orders, self.booking(day, due, status), self.percent_of(orders[0])))

    @property
    def last_day(self) -> datetime.date:
        """The day before today."""
        return self.today - datetime.timedelta(days=1)

    def booking(self, day: datetime.date, due: datetime.date, status: int) -> Booking:
        """Give the next invoice its number, on an afternoon."""
        seconds = self.book.chance.randrange(8 * 3600)
        made = datetime.datetime.combine(day, datetime.time(12), LOCAL) + datetime.timedelta(seconds=seconds)
        return Booking(FIRST_INVOICE + len(self.made), day, due, status, utc_text(made), self.book.new_id)

    def percent_of(self, order: Record) -> Callable[[Record], Decimal]:
        """Say how to find the VAT rate of the order's rows: by article and buyer, for a row may not state it."""
        customer, codings = self.customers[order["CustomerId"]], self.book.ledgers.codings

        def percent(row: Record) -> Decimal:
            article = self.articles.get(row["ArticleId"])
            return vat_percent(customer, codings[article["CodingId"]]) if article else stated_percent(row)

        return percent

    def credit_last(self) -> None:
        """Take the last invoice of a single order back: it counts as paid, and yet nobody has paid."""
        position = max(at for at, invoice in enumerate(self.made) if not invoice["IsCollectiveInvoice"])
        invoice = with_remaining(self.made[position], self.made[position]["TotalAmountInvoiceCurrency"])
        invoice["PaymentDate"] = None
        self.made[position], credit = credited(invoice, self.booking(self.last_day, self.last_day, UNPAID))
        self.made.append(credit)


def same_customer(orders: list[Record]) -> list[Record]:
    """Give two orders of one customer, if there are any."""
    of: defaultdict[str, list[Record]] = defaultdict(list)
    for order in orders:
        of[order["CustomerId"]].append(order)
        if len(of[order["CustomerId"]]) > 1:
            return of[order["CustomerId"]]
    return []
