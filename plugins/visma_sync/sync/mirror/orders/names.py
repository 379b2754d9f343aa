"""The names of the target that the settings give to orders, and to the customers and articles that orders need."""

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

from visma_sync.errors import ConfigurationError
from visma_sync.settings.model import Settings
from visma_sync.sync.lists import target_list
from visma_sync.sync.mirror.orders.ports import OrderTarget
from visma_sync.sync.mirror.products.plan import names_of
from visma_sync.sync.run import Run

Row = Mapping[str, Any]
# A setting, the list of the target whose names it gives, and how a row of that list may be called.
_Names = tuple[str, str, Collection[str], Callable[[Row], Collection[str]]]


async def check_names(run: Run, target: OrderTarget) -> None:
    """Every name that the settings can give must be in the target and usable; ConfigurationError names all others.

    Lists are read at most daily.
    """
    missing: list[str] = []
    for setting, name, wanted, called in _given(run.settings):
        rows = await target_list(run, target, name) if wanted else []
        known = {each.casefold() for row in rows if row["active"] for each in called(row)}
        missing += [f"{setting}: '{one}'" for one in sorted(wanted) if one.casefold() not in known]
    if missing:
        run.ledger.forget_master_data("target")
        raise ConfigurationError(
            f"the target does not know: {', '.join(missing)}",
            resolution="Correct these settings, or make the values in the target.",
            operation="check settings",
        )


async def terms_by_name(run: Run, target: OrderTarget) -> dict[str, str]:
    """The keys of the target's terms of payment for sales, by name in small letters; where orders are given any."""
    rows = (
        await target_list(run, target, "terms_of_payment") if run.settings.mirror.orders.terms_of_payment.values else []
    )
    return {row["description"].casefold(): row["id"] for row in rows if row["active"] and _for_sales(row)}


def _given(settings: Settings) -> Iterator[_Names]:
    orders, customers, products = settings.mirror.orders, settings.mirror.customers, settings.mirror.products
    for setting, terms in (
        ("mirror.orders.terms_of_payment", orders.terms_of_payment),
        ("mirror.customers.terms_of_payment", customers.terms_of_payment),
    ):
        yield setting, "terms_of_payment", terms.values, _for_sales
    yield "mirror.orders.delivery_method", "delivery_methods", orders.delivery_method.values, _name
    yield "mirror.orders.delivery_term", "delivery_terms", orders.delivery_term.values, _name
    if orders.create_products:
        codings = {row.coding for row in products.codings}
        yield "mirror.products.codings", "codings", codings, _name
        yield "mirror.products.units", "units", products.units.values, names_of


def _name(row: Row) -> Collection[str]:
    return {row["description"]}


def _for_sales(row: Row) -> Collection[str]:
    return {row["description"]} if row["facts"].get("for_sales", True) else ()
