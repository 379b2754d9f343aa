"""The invoices that the shop made without an order, and what became of them: paid, credited, sold, or nothing yet."""

import dataclasses
import datetime
import random
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from sandbox import catalogue
from sandbox.billing import FIRST_INVOICE, Invoicing
from sandbox.eaccounting.documents import OVERDUE, UNPAID, Booking, Line
from sandbox.eaccounting.invoices import credited, direct_invoice, paid, sold
from sandbox.eaccounting.pricing import CENT, cents
from sandbox.people import COUNTRIES, People
from sandbox.sales import (
    LOCAL,
    ONGOING,
    OrderBook,
    moments,
    ordinary_rows,
    particulars,
    utc_text,
    with_freight,
    with_texts,
)
from sandbox.world import Record

SHARE_PAID = 0.5


class DirectSales:
    """Makes these invoices one after the other; their numbers go on where those of the orders' invoices end."""

    def __init__(
        self, chance: random.Random, orders: OrderBook, folk: People, today: datetime.date, numbers_used: int
    ) -> None:
        self.chance = chance
        # Every invoice begins as an order that nobody keeps.
        self.book = OrderBook(chance, orders.shelf, orders.lists, today, "net")
        self.percent_of = Invoicing(self.book, folk, today).percent_of
        self.folk = folk
        self.today = today
        self.days = {row["Id"]: row["NumberOfDays"] for row in orders.lists["terms_of_payment"]}
        self.numbers_used = numbers_used
        self.made: list[Record] = []

    def enter(self, count: int) -> None:
        """Make so many invoices over the ten days before today; the first of them meet with every fate there is."""
        waiting = [*self.dutch_businesses(len(FATES)), *one_of_each(self.folk.buyers)][::-1]
        for position, created in enumerate(moments(self.chance, self.today, count)):
            customer = waiting.pop() if waiting else self.chance.choice(self.folk.buyers)
            rows = [in_hundredths(line) for line in ordinary_rows(self.book, customer)]
            notable = position < len(FATES)
            rows = [*rows, self.freight(customer)] if notable else with_freight(self.book, customer, rows)
            self.make(customer, with_texts(self.chance, rows), created, **particulars(self.book, customer, created))
            if not notable and self.chance.random() < SHARE_PAID:
                self.pay_some_day(position, created)
        for position, fate in enumerate(FATES[:count]):
            fate(self, position)

    def make(self, customer: Record, rows: Sequence[Line | str], created: datetime.datetime, **given: Any) -> Record:
        """Make an invoice of these rows that nobody has paid yet."""
        order = self.book.enter(customer, rows, created, ONGOING, **given)
        return self.book_invoice(order, created)

    def book_invoice(
        self,
        order: Record,
        created: datetime.datetime,
        number: int | None = None,
        percent_of: Callable[[Record], Decimal] | None = None,
    ) -> Record:
        """Make the invoice of an order that nobody keeps; number and VAT rates follow by themselves if not given."""
        day = created.astimezone(LOCAL).date()
        due = day + datetime.timedelta(days=self.days[order["TermsOfPaymentId"]])
        status = OVERDUE if due < self.today else UNPAID
        booking = Booking(number or self.next_number, day, due, status, utc_text(created), self.book.new_id)
        self.made.append(direct_invoice(order, booking, percent_of or self.percent_of(order)))
        return self.made[-1]

    @property
    def next_number(self) -> int:
        """The number of the next invoice."""
        return FIRST_INVOICE + self.numbers_used + len(self.made)

    @property
    def last_day(self) -> datetime.date:
        """The day before today, on which everything but a payment happens."""
        return self.today - datetime.timedelta(days=1)

    def freight(self, customer: Record) -> Line:
        """Give a row of freight."""
        return self.book.line(customer, catalogue.FREIGHT)

    def dutch_businesses(self, count: int) -> list[Record]:
        """Draw so many businesses who pay Dutch VAT, and not at once."""
        known = [one for one in self.folk.buyers if one["InvoiceCountryCode"] == "NL" and not one["IsPrivatePerson"]]
        return self.chance.choices(known, k=count)

    def pay_some_day(self, position: int, created: datetime.datetime) -> None:
        """Let the customer pay everything some time between the invoice and today."""
        at = created + (self.book.end - created) * self.chance.random()
        invoice = self.made[position]
        day = at.astimezone(LOCAL).date().isoformat()
        self.made[position] = paid(invoice, invoice["RemainingAmountInvoiceCurrency"], day, utc_text(at))

    def pay(self, position: int, hour: int, share: int = 1) -> None:
        """Let the customer pay what is open, or a part of it, on the last day at this hour."""
        invoice = self.made[position]
        amount = cents(invoice["RemainingAmountInvoiceCurrency"] / share)
        self.made[position] = paid(invoice, max(amount, CENT), self.last_day.isoformat(), self.at(hour))

    def credit(self, position: int, hour: int, *articles: str) -> None:
        """Take the invoice back on the last day at this hour, whole or the rows of these articles."""
        invoice = self.made[position]
        rows = [row for row in invoice["Rows"] if row["ArticleNumber"] in articles] if articles else None
        booking = Booking(self.next_number, self.last_day, self.last_day, UNPAID, self.at(hour), self.book.new_id)
        self.made[position], credit = credited(invoice, booking, rows)
        self.made.append(credit)

    def at(self, hour: int) -> str:
        """Give an instant of the last day."""
        return utc_text(datetime.datetime.combine(self.last_day, datetime.time(hour), LOCAL))


def in_hundredths(line: Line) -> Line:
    """Give a row with a quantity as invoices state it, with two decimals."""
    return dataclasses.replace(line, quantity=max(cents(line.quantity), CENT))


def one_of_each(buyers: Sequence[Record]) -> list[Record]:
    """Give a business and a private person of each country, and one who pays in kronor."""
    found = [
        next((one for one in buyers if (one["InvoiceCountryCode"], one["IsPrivatePerson"]) == (country, private)), None)
        for country in COUNTRIES
        for private in (False, True)
    ]
    found.append(next((one for one in buyers if one["CurrencyCode"] == "SEK"), None))
    return [one for one in found if one]


def paid_in_part(sales: DirectSales, position: int) -> None:
    """A third was paid."""
    sales.pay(position, 20, share=3)


def sold_to_a_factor(sales: DirectSales, position: int) -> None:
    """A factor bought it."""
    sales.made[position] = sold(sales.made[position], sales.at(20))


def credited_after_payment(sales: DirectSales, position: int) -> None:
    """It was paid and then taken back whole: the credit is owed to the customer."""
    sales.pay(position, 20)
    sales.credit(position, 21)


def credited_unpaid(sales: DirectSales, position: int) -> None:
    """It was taken back whole before anybody paid."""
    sales.credit(position, 21)


def credited_in_part(sales: DirectSales, position: int) -> None:
    """Its freight was taken back; the rest is still open."""
    sales.credit(position, 21, catalogue.FREIGHT)


def credited_in_part_and_paid(sales: DirectSales, position: int) -> None:
    """Its freight was taken back and the rest paid."""
    sales.credit(position, 21, catalogue.FREIGHT)
    sales.pay(position, 22)


FATES: tuple[Callable[[DirectSales, int], None], ...] = (
    paid_in_part,
    sold_to_a_factor,
    credited_after_payment,
    credited_unpaid,
    credited_in_part,
    credited_in_part_and_paid,
)
