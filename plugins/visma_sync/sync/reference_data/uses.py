"""Which values of which list a setting uses."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from visma_sync.settings.model import Settings
from visma_sync.sync.lists import mirrored_values, values_by_list

Side = Literal["source", "target"]
Rows = Mapping[tuple[Side, str], list[dict[str, Any]]]

_NAME = ("description",)


@dataclass(frozen=True)
class Use:
    """A setting names these values of a list of a system, by any of these `fields` (id, description, or a fact).

    What is `needed` must be there; of the rest it only matters when it was there once. `rates_only` tells that a rate
    is all that matters, and that the setting names the values by it; `exact` that capitals count.
    """

    side: Side
    name: str
    setting: str
    values: frozenset[str]
    fields: tuple[str, ...] = ("id",)
    needed: bool = True
    rates_only: bool = False
    exact: bool = True

    def means(self, value: str, row: Mapping[str, Any]) -> bool:
        """Whether a value of the setting is this row of the list."""
        called = [str(row.get(field) or row["facts"].get(field) or "") for field in self.fields]
        return value in called or (not self.exact and value.casefold() in map(str.casefold, called))

    def called(self, row: Mapping[str, Any]) -> str:
        """What the setting would call a row of the list."""
        return str(row.get(self.fields[0]) or row["facts"].get(self.fields[0]) or "")


def uses(settings: Settings, rows: Rows, *, mirrored: bool) -> Iterator[Use]:
    """What the settings use of both systems' lists; `mirrored` where a flow may run that writes to the source.

    `rows` are the VAT codes of the source as they were before they changed.
    """
    yield from (use for use in _named(settings, mirrored=mirrored) if use.values)
    yield from _rates_at_home(settings, rows)


def _named(settings: Settings, *, mirrored: bool) -> Iterator[Use]:
    for name, setting, values in values_by_list(settings):
        yield Use("target", name, setting, values)
        if name == "vat_categories":
            # That a category is there is asked of the list of categories.
            yield Use("target", "vat_rates", setting, values, needed=False, rates_only=True)
    yield from _named_by_tables(settings)
    if mirrored:
        for name, setting, values in mirrored_values(settings):
            yield Use("source", name, setting, values)
        yield from _named_by_mirror(settings)


def _rates_at_home(settings: Settings, rows: Rows) -> Iterator[Use]:
    """The VAT codes of the source that charge a rate of the treatments of the home country, or of any country."""
    vat = settings.vat
    at_home = {row.rate for row in vat.treatments if row.country in {vat.home_country, "*"} and row.rate}
    for rate in sorted(at_home):
        codes = frozenset(
            row["facts"]["code"] or row["id"]
            for row in rows.get(("source", "vat_rates"), [])
            if any(Decimal(one["rate"] or 0) == rate for one in row["facts"]["rates"])
        )
        setting = f"vat.treatments {vat.home_country} {rate.normalize():f} %"
        yield Use("source", "vat_rates", setting, codes, ("code", "id"), rates_only=True)


def _named_by_tables(settings: Settings) -> Iterator[Use]:
    """The entries of the tables: a record whose value is renamed in the source finds its entry no more."""
    tables = (
        ("terms_of_payment", "credit_terms", settings.credit_terms, "description"),
        ("terms_of_payment", "payment_method", settings.payment_method, "description"),
        ("terms_of_payment", "cash_account", settings.cash_account, "description"),
        ("delivery_methods", "ship_via", settings.ship_via, "description"),
        ("delivery_terms", "shipping_terms", settings.shipping_terms, "description"),
        ("units", "units", settings.units, "abbreviation"),
    )
    for name, setting, choice, field in tables:
        yield Use("source", name, setting, frozenset(choice.table), (field,), needed=False)
    groups = frozenset(row.group for row in settings.send_sales_as.rows)
    yield Use("source", "customer_labels", "send_sales_as.rows", groups, _NAME, needed=False)
    classes = frozenset(row.label for row in settings.products.item_class_by_label)
    yield Use("source", "article_labels", "products.item_class_by_label", classes, _NAME, needed=False)
    booked = frozenset(row.label for row in settings.bookings.product_accounts)
    yield Use("source", "article_labels", "bookings.product_accounts", booked, _NAME, needed=False)


def _named_by_mirror(settings: Settings) -> Iterator[Use]:
    """What the flows that write to the source name there; capitals count only where those flows say so."""
    customers, orders, products = settings.mirror.customers, settings.mirror.orders, settings.mirror.products
    chosen = (
        ("terms_of_payment", "mirror.customers.terms_of_payment", customers.terms_of_payment),
        ("terms_of_payment", "mirror.orders.terms_of_payment", orders.terms_of_payment),
        ("delivery_methods", "mirror.orders.delivery_method", orders.delivery_method),
        ("delivery_terms", "mirror.orders.delivery_term", orders.delivery_term),
    )
    for name, setting, choice in chosen:
        yield Use("source", name, setting, choice.values, _NAME, exact=False)
    yield Use("source", "codings", "mirror.products.codings", frozenset(row.coding for row in products.codings), _NAME)
    unit = ("abbreviation", "code", "description")
    yield Use("source", "units", "mirror.products.units", products.units.values, unit)
