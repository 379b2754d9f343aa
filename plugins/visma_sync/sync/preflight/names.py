"""Whether the source knows what the settings name of it: customer groups, labels of articles, countries, units."""

from collections.abc import Callable, Collection, Iterator
from typing import Any

from visma_sync.sync.preflight.finding import Finding, Weight
from visma_sync.sync.preflight.link import Link, NotReadError, Side
from visma_sync.sync.preflight.values import not_checked

# Rows may name more than countries: any member state, anywhere, and Northern Ireland, which has the EU's VAT on goods.
_MORE_THAN_COUNTRIES = frozenset({"EU", "*", "XI"})


def names_of_source(link: Link) -> Iterator[Finding]:
    """Groups, labels and countries that the settings name exist in the source: else their rows hold for nothing."""
    settings = link.settings
    groups = {row.group for row in settings.send_sales_as.rows}
    yield from _missing(link, "send_sales_as.rows", groups, "source", "customer_labels", _description)
    classes = {row.label for row in settings.products.item_class_by_label}
    yield from _missing(link, "products.item_class_by_label", classes, "source", "article_labels", _description)
    accounts = {row.label for row in settings.bookings.product_accounts}
    yield from _missing(link, "bookings.product_accounts", accounts, "source", "article_labels", _description)
    for setting, countries in {
        "vat.treatments country": {row.country for row in settings.vat.treatments},
        "customers.by_country": {row.country for row in settings.customers.by_country},
        "branch.table": settings.branch.table.keys(),
        "warehouse.table": settings.warehouse.table.keys(),
    }.items():
        yield from _missing(link, setting, countries - _MORE_THAN_COUNTRIES, "source", "countries", _id)


def whole_units(link: Link) -> Iterator[Finding]:
    """The units that cannot be cut are of the system whose stock is changed; one that is not there guards nothing."""
    stock, back = link.settings.stock.whole_units, link.settings.mirror.stock.whole_units
    if link.is_on("stock"):
        yield from _missing(link, "stock.whole_units", stock, "target", "units", _id, "warning")
    if link.is_on_back("stock"):
        yield from _missing(link, "mirror.stock.whole_units", back, "source", "units", _abbreviation, "warning")


def _missing(
    link: Link,
    setting: str,
    named: Collection[str],
    side: Side,
    list_name: str,
    word: Callable[[Any], str],
    weight: Weight = "miss",
) -> Iterator[Finding]:
    if not named:
        return
    try:
        known = {word(row) for row in link.get(side, list_name) if row.active}
    except NotReadError as unread:
        yield not_checked(f"the names of {setting}", unread)
        return
    there = link.names[side]
    for name in sorted(set(named) - known - {""}):
        sentence = f"It names '{name}', and {there} does not know it ({list_name.replace('_', ' ')})."
        cure = f"Correct {setting} in the settings, or make '{name}' in {there}; capitals count."
        yield Finding("value_missing", setting, sentence, cure, weight)


def _description(row: Any) -> str:
    return str(row.description)


def _id(row: Any) -> str:
    return str(row.id)


def _abbreviation(row: Any) -> str:
    return str(row.facts["abbreviation"])
