"""The world of one sandbox, made from its options: the same options always give the same world."""

import itertools
import random

from sandbox import catalogue
from sandbox.billing import Invoicing
from sandbox.direct_sales import DirectSales
from sandbox.eaccounting.documents import SHIPPED
from sandbox.invoice_trouble import plant_invoices
from sandbox.odd_articles import OddArticles
from sandbox.odd_customers import label_customers, odd_customers
from sandbox.people import COUNTRIES, People, people
from sandbox.sales import DRAFT, OrderBook, Shelf, moments, ordinary_order, utc_text
from sandbox.settled_later import settle
from sandbox.trouble import TROUBLES, Planter
from sandbox.world import AlreadyInTarget, Options, Record, World

NOTABLE_BUYERS = 30
ORDERS_PER_TROUBLE = 3


def build_world(options: Options) -> World:
    """Make the shop: lists, articles and customers, the orders of the last ten days, and the invoices.

    What was added to the shop later draws from chances of its own, so that the rest stays as it was.
    """
    chance = random.Random(options.seed)
    lists = catalogue.fixed_lists(chance)
    changed = [utc_text(moment) for moment in moments(chance, options.today, 50)]
    articles = catalogue.articles(chance, options.article_count, lists, changed)
    folk = people(chance, options.customer_count, lists, changed)
    book = OrderBook(chance, Shelf.of(articles), lists, options.today, options.order_amount)
    planted = enter_orders(book, folk, options)
    invoices = Invoicing(book, folk, options.today).invoices()
    in_target = already_in_target(chance, book, folk, planted, options.existing_orders)
    later = {what: random.Random(f"{what} of {options.seed}") for what in ("lists", "labels", "articles", "customers")}
    settle(later["lists"], lists, options.today)
    label_customers(later["labels"], folk.customers, lists)
    odd_goods = OddArticles(later["articles"], lists, changed, articles)
    strangers = odd_customers(later["customers"], lists, changed, folk.customers)
    bad_articles = odd_goods.planted() if options.trouble else {}
    bad_customers = strangers.planted if options.trouble else {}
    sales, bad_invoices = direct_sales(book, folk, options, len(invoices))
    return World(
        company=catalogue.company_settings(lists["terms_of_payment"][0]["Id"]),
        customers=[*folk.customers, strangers.archived, strangers.without_country, *bad_customers.values()],
        articles=[*articles, *odd_goods.stocked(), *bad_articles.values()],
        orders=book.orders,
        customer_invoices=[*invoices, *sales],
        planted=planted,
        planted_invoices=bad_invoices,
        planted_articles={article["Number"]: reason for reason, article in bad_articles.items()},
        planted_customers={customer["CustomerNumber"]: reason for reason, customer in bad_customers.items()},
        in_target=AlreadyInTarget() if options.empty_target else in_target,
        **lists,
    )


def direct_sales(
    orders: OrderBook, folk: People, options: Options, numbers_used: int
) -> tuple[list[Record], dict[str, str]]:
    """Make the invoices without an order; give them, and the reason word of each planted trouble by its number."""
    chance = random.Random(f"invoices of {options.seed}")
    sales = DirectSales(chance, orders, folk, options.today, numbers_used)
    sales.enter(options.invoice_count)
    planted = plant_invoices(sales, a_dutch_business(folk)) if options.trouble and options.invoice_count else {}
    return sales.made, planted


def a_dutch_business(folk: People) -> Record:
    """Give a business at home."""
    return next(one for one in folk.buyers if one["InvoiceCountryCode"] == "NL" and not one["IsPrivatePerson"])


def enter_orders(book: OrderBook, folk: People, options: Options) -> dict[str, str]:
    """Enter all orders in the order of their time; give the number and the reason word of each planted trouble."""
    count = options.orders
    reasons = list(TROUBLES)[: count // ORDERS_PER_TROUBLE] if options.trouble else []
    at = {(position + 1) * count // (len(reasons) + 1): reason for position, reason in enumerate(reasons)}
    planter = Planter(book, folk.troubled, a_dutch_business(folk))
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
