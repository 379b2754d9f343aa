"""The least number of calls of the products flow; its terms are those of docs/flows/products.md."""

from bench.least.terms import ITEM_PAGE, LOOKS, SETTINGS_LISTS, SOURCE_PAGE, Measured, pages

TOKENS = 2


def least_calls(measured: Measured) -> dict[str, int]:
    """Every term by name."""
    before = measured.before
    return {
        "looks_whether_systems_answer": LOOKS,
        "tokens": measured.once(TOKENS),
        "article_pages": pages(len(before.source["articles"]), SOURCE_PAGE),
        "company": measured.once(1),
        "codings": measured.once(1),
        "target_lists": measured.once(len(SETTINGS_LISTS)),
        "item_pages": pages(len(before.target["items"]), ITEM_PAGE),
        "products_made": measured.made("items"),
        "products_updated": len(measured.of("updated")),
    }
