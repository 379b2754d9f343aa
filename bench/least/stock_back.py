"""The least number of calls of the stock flow to eAccounting; its terms are those of its page in docs/flows.

A balance takes two calls: eAccounting has no versions and takes whole articles, so each is read right before it is
written.
"""

from bench.least.terms import LOOKS, SOURCE_PAGE, STOCK_PAGE, Measured, pages

TOKENS = 3
CALLS_PER_BALANCE = 2
WAREHOUSE = "1"


def least_calls(measured: Measured) -> dict[str, int]:
    """Every term by name; the imitated business keeps the goods of eAccounting in one warehouse."""
    before = measured.before
    on_hand = {row["sku"]: row["quantityOnHand"] for row in before.source["stock"] if row["warehouse"] == WAREHOUSE}
    balances = {one["Number"]: one["StockBalance"] for one in before.target["articles"] if not one["IsServiceArticle"]}
    differ = [sku for sku, balance in balances.items() if sku in on_hand and on_hand[sku] != balance]
    return {
        "looks_whether_systems_answer": LOOKS,
        "tokens": measured.once(TOKENS),
        "company": measured.once(1),
        "warehouses": measured.once(1),
        "stock_pages": pages(len(on_hand), STOCK_PAGE),
        "article_pages": pages(len(before.target["articles"]), SOURCE_PAGE),
        "balances_read_and_written": CALLS_PER_BALANCE * len(differ),
    }
