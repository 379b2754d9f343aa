"""The least number of calls of the stock flow; its terms are those of docs/flows/stock.md.

An adjustment takes two calls that cannot be batched: it is made and released.
"""

from bench.least.terms import ITEM_PAGE, LOOKS, SETTINGS_LISTS, SOURCE_PAGE, Measured, pages

TOKENS = 2
CALLS_PER_ADJUSTMENT = 2
LINES_OF_AN_ADJUSTMENT = 1000
# The first run of the flow asks for the adjustments on hold, and for those that wait to be released.
UNRELEASED_LISTS = 2
# Costs of the source count where both companies keep them in one currency: each is asked for its own.
CURRENCIES = 2


def least_calls(measured: Measured) -> dict[str, int]:
    """Every term by name; where products were sent before with the same ledger, tokens and lists are known."""
    before = measured.before
    return {
        "looks_whether_systems_answer": LOOKS,
        "tokens": measured.once(TOKENS),
        "company": measured.once(1),
        "target_lists": measured.once(len(SETTINGS_LISTS)),
        "article_pages": pages(len(before.source["articles"]), SOURCE_PAGE),
        "item_pages": pages(len(before.target["items"]), ITEM_PAGE),
        "unreleased_adjustments": UNRELEASED_LISTS,
        "currencies_of_both_companies": CURRENCIES,
        "adjustments_made_and_released": CALLS_PER_ADJUSTMENT
        * -(-len(measured.of("updated")) // LINES_OF_AN_ADJUSTMENT),
    }
