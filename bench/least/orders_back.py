"""The least number of calls of the orders flow to eAccounting; its terms are those of its page in docs/flows.

A list of Visma.net shows no lines: an order is read with its lines and its VAT, each by a call of its own. In
eAccounting it takes three calls that cannot be batched: a draft is made, read with its totals, and becomes an order.
"""

from bench.least.terms import (
    CUSTOMER_PAGE,
    FILTERED_AT_ONCE,
    LINE_PAGE,
    LOOKS,
    ORDER_PAGE,
    SOURCE_PAGE,
    Measured,
    Row,
    pages,
)

TOKENS = 3
SENT_TYPE, SENT_STATE = "WB", "Open"
MARKER = "Visma.net {type} {orderId}"
CALLS_PER_ORDER = 3
SOURCE_LISTS = ("VAT categories",)
TARGET_LISTS = ("codings", "countries", "delivery methods", "terms of payment")


def least_calls(measured: Measured) -> dict[str, int]:
    """Every term by name; all articles are in both systems, and no customer is."""
    before = measured.before
    there = {order["OurReference"] for order in before.target["orders"]}
    orders = [order for order in before.source["orders"] if _is_sent(order) and MARKER.format(**order) not in there]
    buyers = {order["customer"]["id"] for order in orders}
    articles = {line["inventory"]["id"] for order in orders for line in order["lines"]}
    customers_of_eaccounting = len(before.target["customers"])
    return {
        "looks_whether_systems_answer": LOOKS,
        "tokens": measured.once(TOKENS),
        "company": measured.once(1),
        "order_pages": pages(len(before.source["orders"]), ORDER_PAGE),
        "orders_read_whole": sum(_calls_to_read(order) for order in orders),
        "existing_order_pages": pages(len(before.target["orders"]), SOURCE_PAGE),
        "lists": measured.once(len((*SOURCE_LISTS, *TARGET_LISTS))),
        "source_customers": min(len(buyers), pages(len(before.source["customers"]), CUSTOMER_PAGE)),
        "target_customers": pages(customers_of_eaccounting, SOURCE_PAGE),
        "customers_made": len(buyers),
        "buyers": min(len(buyers), pages(customers_of_eaccounting + len(buyers), SOURCE_PAGE)),
        "articles": min(pages(len(articles), FILTERED_AT_ONCE), pages(len(before.target["articles"]), SOURCE_PAGE)),
        "orders_made_read_and_turned_into_orders": CALLS_PER_ORDER * len(orders),
        "read_back_pages": pages(len(orders), SOURCE_PAGE),
    }


def _is_sent(order: Row) -> bool:
    return bool(order["type"] == SENT_TYPE and order["status"]["description"] == SENT_STATE)


def _calls_to_read(order: Row) -> int:
    return 1 + pages(len(order["lines"]), LINE_PAGE) + (1 if order["totals"]["taxTotal"] else 0)
