"""The least number of calls that a first run of the order flow can make, term by term.

An order takes three calls that cannot be batched: it is made, read with its totals and version, and opened.
"""

from bench.least.terms import CUSTOMER_PAGE, ITEM_PAGE, ORDER_PAGE, SETTINGS_LISTS, SOURCE_PAGE, Holdings, pages
from visma_sync.flows import FLOWS, flows_by_kind

FLOW = "orders_eaccounting_to_vismanet"
TOKENS = 3
CALLS_PER_ORDER = 3
# Those of the settings, and the countries of its customers.
TARGET_LISTS = (*SETTINGS_LISTS, "countries")


def least_calls(before: Holdings, after: Holdings, sent: set[str]) -> dict[str, int]:
    """Every term by name: `sent` are the numbers of the orders that the run made in the target."""
    orders = [order for order in before.source["orders"] if str(order["Number"]) in sent]
    customers = {order["CustomerId"] for order in orders}
    articles = {row["ArticleNumber"] for order in orders for row in order["Rows"] if row["ArticleNumber"]}
    made = {name: len(after.target[name]) - len(before.target[name]) for name in ("customers", "contacts", "items")}
    lists = {name for flow in flows_by_kind(FLOW).values() for name in FLOWS[flow].lists}
    return {
        "tokens": TOKENS,
        "order_pages": pages(len(before.source["orders"]), SOURCE_PAGE),
        "source_customers": min(len(customers), pages(len(before.source["customers"]), SOURCE_PAGE)),
        "source_articles": min(len(articles), pages(len(before.source["articles"]), SOURCE_PAGE)),
        "master_data_lists": len(lists) + len(TARGET_LISTS),
        "existing_order_pages": pages(len(before.target["orders"]), ORDER_PAGE),
        "target_customers": min(len(customers), pages(len(before.target["customers"]), CUSTOMER_PAGE)),
        "target_products": min(len(articles), pages(len(before.target["items"]), ITEM_PAGE)),
        "customers_made": made["customers"],
        "contacts_made": made["contacts"],
        "products_made": made["items"],
        "orders_made_read_and_opened": CALLS_PER_ORDER * len(orders),
        "read_back_pages": pages(len(orders), ORDER_PAGE),
    }
