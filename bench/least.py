"""The least number of calls that a first run of the order flow can make, term by term.

What can be read in pages is read in pages, or one by one where that takes fewer calls; lists that rarely change are
read once. An order takes three calls that cannot be batched: it is made, read with its totals and version, and opened.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from visma_sync.flows import FLOWS

SOURCE_PAGE, CUSTOMER_PAGE, ITEM_PAGE, ORDER_PAGE = 1000, 1000, 5000, 100
TOKENS = 3
CALLS_PER_ORDER = 3
# The lists of the target from which the settings of the imitated business choose.
TARGET_LISTS = (
    "accounts",
    "branches",
    "carriers",
    "cash accounts",
    "credit terms",
    "customer classes",
    "item classes",
    "order types",
    "payment methods",
    "posting classes",
    "units",
    "VAT categories",
    "VAT zones",
    "warehouses",
)

Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Holdings:
    """What both systems hold at a moment, by collection."""

    source: Mapping[str, Rows]
    target: Mapping[str, Rows]


def least_calls(before: Holdings, after: Holdings, sent: set[str]) -> dict[str, int]:
    """Every term by name: `sent` are the numbers of the orders that the run made in the target."""
    orders = [order for order in before.source["orders"] if str(order["Number"]) in sent]
    customers = {order["CustomerId"] for order in orders}
    articles = {row["ArticleNumber"] for order in orders for row in order["Rows"] if row["ArticleNumber"]}
    made = {name: len(after.target[name]) - len(before.target[name]) for name in ("customers", "contacts", "items")}
    lists = {name for flow in FLOWS.values() for name in flow.lists}
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


def pages(rows: int, size: int) -> int:
    """How many pages it takes to read so many rows; that there are none takes one to see."""
    return max(1, -(-rows // size))
