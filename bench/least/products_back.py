"""The least number of calls of the products flow to eAccounting; its terms are those of its page in docs/flows.

A change takes two calls: eAccounting has no versions and takes whole articles, so each is read right before it is
written.
"""

from bench.least.terms import FILTERED_AT_ONCE, ITEM_PAGE, LOOKS, SOURCE_PAGE, Measured, Rows, pages

TOKENS = 2
CALLS_PER_CHANGE = 2
SOURCE_LISTS = ("VAT categories",)
TARGET_LISTS = ("codings", "units", "labels")
LONGEST_NAME = 50


def least_calls(measured: Measured) -> dict[str, int]:
    """Every term by name. An article that was there first is left as it is; later only names of items change."""
    before = measured.before
    names = {article["Number"]: article["Name"] for article in before.target["articles"]}
    sold = [item for item in before.source["items"] if item["status"] == "Active"]
    missing = [item for item in sold if item["inventoryNumber"] not in names]
    renamed = 0 if measured.is_first else _renamed(sold, names)
    all_articles = pages(len(names), SOURCE_PAGE)
    return {
        "looks_whether_systems_answer": LOOKS,
        "tokens": measured.once(TOKENS),
        "company": measured.once(1),
        "item_pages": pages(len(before.source["items"]), ITEM_PAGE),
        "lists": measured.once(len((*SOURCE_LISTS, *TARGET_LISTS))),
        # That an article is missing is only proven by all of them.
        "articles": all_articles if missing else min(pages(renamed, FILTERED_AT_ONCE), all_articles),
        "articles_made": len(missing),
        "articles_read_and_changed": CALLS_PER_CHANGE * renamed,
    }


def _renamed(items: Rows, names: dict[str, str]) -> int:
    known = [item for item in items if item["inventoryNumber"] in names]
    return len([item for item in known if item["description"][:LONGEST_NAME] != names[item["inventoryNumber"]]])
