"""The least number of calls of the order status flow; its terms are those of its page in docs/flows.

Shipments and invoices are not read here: the settings of the imitated business make neither matter.
"""

from bench.least.terms import FILTERED_AT_ONCE, LOOKS, ORDER_PAGE, SOURCE_PAGE, Measured, pages

SHIPPED = 3
TOKENS = 2


def least_calls(measured: Measured) -> dict[str, int]:
    """Every term by name; the orders were sent before with the same ledger."""
    before = measured.before
    sold = {str(order["Number"]): order for order in before.target["orders"] if order["Number"]}
    ours = [order for order in before.source["orders"] if order["customer"]["refNo"] in sold]
    done = [sold[order["customer"]["refNo"]] for order in ours if order["status"]["description"] == "Completed"]
    return {
        "looks_whether_systems_answer": LOOKS,
        "tokens": measured.once(TOKENS),
        "company": measured.once(1),
        "order_pages": pages(len(before.source["orders"]), ORDER_PAGE),
        "orders_of_eaccounting": min(
            -(-len(ours) // FILTERED_AT_ONCE), pages(len(before.target["orders"]), SOURCE_PAGE)
        ),
        "steps": sum(SHIPPED - order["Status"] for order in done if order["Status"] < SHIPPED),
    }
