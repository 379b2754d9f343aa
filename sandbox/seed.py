"""The world of one sandbox, made from its options: the same options always give the same world."""

import datetime
import itertools
import random
from collections import defaultdict
from collections.abc import Callable
from decimal import Decimal

from sandbox import catalogue
from sandbox.eaccounting.documents import (
    INVOICED,
    OVERDUE,
    PAID,
    SHIPPED,
    UNPAID,
    Booking,
    credit_of,
    invoice_of,
    stated_percent,
)
from sandbox.eaccounting.pricing import vat_percent
from sandbox.people import COUNTRIES, People, people
from sandbox.sales import DRAFT, LOCAL, OrderBook, Shelf, moments, ordinary_order, utc_text
from sandbox.trouble import TROUBLES, Planter
from sandbox.world import AlreadyInTarget, Options, Record, World

NOTABLE_BUYERS = 30
ORDERS_PER_TROUBLE = 3
SHARE_PAID = 0.6
FIRST_INVOICE = 20001


def build_world(options: Options) -> World:
    """Make the shop: lists, articles and customers, the orders of the last ten days and the invoices made of them."""
    chance = random.Random(options.seed)
    lists = catalogue.fixed_lists(chance)
    changed = [utc_text(moment) for moment in moments(chance, options.today, 50)]
    articles = catalogue.articles(chance, options.article_count, lists, changed)
    folk = people(chance, options.customer_count, lists, changed)
    book = OrderBook(chance, Shelf.of(articles), lists, options.today, options.order_amount)
    planted = enter_orders(book, folk, options)
    invoices = Invoicing(book, folk, options.today).invoices()
    return World(
        company=catalogue.company_settings(lists["terms_of_payment"][0]["Id"]),
        customers=folk.customers,
        articles=articles,
        orders=book.orders,
        customer_invoices=invoices,
        planted=planted,
        in_target=AlreadyInTarget()
        if options.empty_target
        else already_in_target(chance, book, folk, planted, options.existing_orders),
        **lists,
    )


def enter_orders(book: OrderBook, folk: People, options: Options) -> dict[str, str]:
    """Enter all orders in the order of their time; give the number and the reason word of each planted trouble."""
    count = options.orders
    reasons = list(TROUBLES)[: count // ORDERS_PER_TROUBLE] if options.trouble else []
    at = {(position + 1) * count // (len(reasons) + 1): reason for position, reason in enumerate(reasons)}
    dutch = next(one for one in folk.buyers if one["InvoiceCountryCode"] == "NL" and not one["IsPrivatePerson"])
    planter = Planter(book, folk.troubled, dutch)
    planted: dict[str, str] = {}
    # Each of the notable customers buys once before chance decides.
    waiting = folk.buyers[:NOTABLE_BUYERS][::-1]
    for position, created in enumerate(moments(book.chance, options.today, count)):
        if position in at:
            order = TROUBLES[at[position]](planter, created)
            planted[str(order["Number"])] = at[position]
        else:
            ordinary_order(book, waiting.pop() if waiting else book.chance.choice(folk.buyers), created)
    return planted


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
        invoice = self.made[position]
        credit = credit_of(invoice, self.booking(self.last_day, self.last_day, PAID))
        settled = {"PaymentStatus": PAID, "RemainingAmount": Decimal(0), "RemainingAmountInvoiceCurrency": Decimal(0)}
        self.made[position] = (
            invoice | settled | {"CreditedBy": [{"CreditInvoiceId": credit["Id"]}], "ModifiedUtc": credit["CreatedUtc"]}
        )
        self.made.append(credit)


def same_customer(orders: list[Record]) -> list[Record]:
    """Give two orders of one customer, if there are any."""
    of: defaultdict[str, list[Record]] = defaultdict(list)
    for order in orders:
        of[order["CustomerId"]].append(order)
        if len(of[order["CustomerId"]]) > 1:
            return of[order["CustomerId"]]
    return []


def already_in_target(
    chance: random.Random, book: OrderBook, folk: People, planted: dict[str, str], existing: int
) -> AlreadyInTarget:
    """Choose what the target knows from the start: a quarter of the customers, a third of the articles, some orders."""
    troubled = folk.troubled
    known = [
        one
        for one in folk.buyers
        if (one["EmailAddress"] or one["VatNumber"]) and one is not folk.same_email_other_class
    ]
    plain = (order for order in book.orders if str(order["Number"]) not in planted and typed_by_hand(order, folk))
    typed = list(itertools.islice(plain, existing))
    numbers = {one["CustomerNumber"] for one in chance.sample(known, len(folk.customers) // 4)}
    numbers |= {order["CustomerNumber"] for order in typed}
    numbers |= {troubled.on_credit_hold["CustomerNumber"], troubled.twice_in_target["CustomerNumber"]}
    sold = sorted(book.shelf.by_number)
    articles = set(chance.sample(sold, len(sold) // 3)) | {catalogue.FREIGHT}
    articles |= {catalogue.INACTIVE_IN_TARGET, catalogue.NOT_SOLD_IN_TARGET}
    articles |= {row["ArticleNumber"] for order in typed for row in order["Rows"] if not row["IsTextRow"]}
    return AlreadyInTarget(
        customers=sorted(numbers),
        on_credit_hold=[troubled.on_credit_hold["CustomerNumber"]],
        twice_by_email=[troubled.twice_in_target["CustomerNumber"]],
        other_class_by_email=[folk.same_email_other_class["CustomerNumber"]],
        articles=sorted(articles),
        inactive_articles=[catalogue.INACTIVE_IN_TARGET],
        no_sales_articles=[catalogue.NOT_SOLD_IN_TARGET],
        orders=[str(order["Number"]) for order in typed],
    )


def typed_by_hand(order: Record, folk: People) -> bool:
    """Say whether the order is one of the plain ones, which somebody may have typed into the other system already."""
    customer = next(one for one in folk.customers if one["Id"] == order["CustomerId"])
    plain = (
        customer["EmailAddress"] and not customer["DeliveryBasedVat"] and customer is not folk.same_email_other_class
    )
    sendable = DRAFT < order["Status"] <= SHIPPED and order["CurrencyCode"] == "EUR"
    return bool(plain) and sendable and order["InvoiceCountryCode"] in COUNTRIES
