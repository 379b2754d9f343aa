"""Whether what the settings of the flows back to the source name is there: names in the source, ids in the target."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from visma_sync.errors import ConfigurationError
from visma_sync.sync.mirror.stock.refusals import refuse_undecided
from visma_sync.sync.preflight.finding import Finding
from visma_sync.sync.preflight.link import Link, NotReadError, Side
from visma_sync.sync.preflight.values import not_checked

Words = Callable[[Any], set[str]]


@dataclass(frozen=True)
class _Names:
    """Values of a setting, the list that has to know them, and by which words of a row it knows one."""

    setting: str
    values: Iterable[str]
    side: Side
    list_name: str
    words: Words


def names_back(link: Link) -> Iterator[Finding]:
    """Every name and id in the settings of the flows back to the source that are on is known and active."""
    for named in _of_flows(link):
        try:
            rows = link.get(named.side, named.list_name)
        except NotReadError as unread:
            yield not_checked(f"the values of {named.setting}", unread)
            continue
        known = {word.casefold() for row in rows if row.active for word in named.words(row)}
        for value in sorted(value for value in named.values if value and value.casefold() not in known):
            there = link.names[named.side]
            yield Finding(
                "value_missing",
                named.setting,
                f"It names '{value}', and {there} does not know it ({named.list_name.replace('_', ' ')}).",
                f"Correct {named.setting} in the settings, or make '{value}' active in {there}.",
            )


def freight_back(link: Link) -> Iterator[Finding]:
    """The article for the freight of orders is there and active."""
    number, there = link.settings.mirror.orders.freight_sku, link.names["source"]
    if not number or not link.is_on_back("orders"):
        return
    if not link.get("source", "freight article"):
        sentence = f"{there} has no article '{number}'."
        yield Finding("product_missing", "mirror.orders.freight_sku", sentence, "Make it, or name another.")


def stock_back(link: Link) -> Iterator[Finding]:
    """The settings let the flow of stock run at all."""
    if not link.is_on_back("stock"):
        return
    try:
        refuse_undecided(link.settings)
    except ConfigurationError as refused:
        yield Finding("flow_refused", "mirror.stock", refused.message, refused.resolution)


def _of_flows(link: Link) -> Iterator[_Names]:
    # Orders make the customers that they need, whether or not these have a flow of their own.
    if link.is_on_back("customers") or link.is_on_back("orders"):
        yield _terms("mirror.customers.terms_of_payment", link.settings.mirror.customers.terms_of_payment.values)
    if link.is_on_back("products") or (link.is_on_back("orders") and link.settings.mirror.orders.create_products):
        yield from _of_products(link)
    if link.is_on_back("orders"):
        yield from _of_orders(link)
    if link.is_on_back("stock"):
        warehouses = link.settings.mirror.stock.warehouses
        yield _Names("mirror.stock.warehouses", warehouses, "target", "warehouses", _id)


def _of_products(link: Link) -> Iterator[_Names]:
    products, setting = link.settings.mirror.products, "mirror.products.codings"
    yield _Names(setting, {row.coding for row in products.codings}, "source", "codings", _name)
    yield _Names(setting, {row.vat_category for row in products.codings}, "target", "vat_categories", _id)
    yield _Names(setting, {row.item_class for row in products.codings}, "target", "item_classes", _id)
    yield _Names("mirror.products.units", products.units.values, "source", "units", _of_unit)


def _of_orders(link: Link) -> Iterator[_Names]:
    orders = link.settings.mirror.orders
    yield _Names("mirror.orders.send_when", orders.send_when.types, "target", "order_types", _id)
    yield _terms("mirror.orders.terms_of_payment", orders.terms_of_payment.values)
    methods, terms = orders.delivery_method.values, orders.delivery_term.values
    yield _Names("mirror.orders.delivery_method", methods, "source", "delivery_methods", _name)
    yield _Names("mirror.orders.delivery_term", terms, "source", "delivery_terms", _name)


def _terms(setting: str, values: Iterable[str]) -> _Names:
    return _Names(
        setting, values, "source", "terms_of_payment", lambda row: _name(row) if row.facts["for_sales"] else set()
    )


def _id(row: Any) -> set[str]:
    return {row.id}


def _name(row: Any) -> set[str]:
    return {row.description}


def _of_unit(row: Any) -> set[str]:
    return {row.description, row.facts["abbreviation"], row.facts["code"]}
