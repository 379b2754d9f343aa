"""What the settings decide about a product of the target: its coding, unit, prices and labels."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from visma_sync.domain.money import CENT, to_cents
from visma_sync.domain.product import Product, with_vat, without_vat
from visma_sync.errors import Reason, RecordParkedError
from visma_sync.settings.model import Settings
from visma_sync.sync.lists import target_list
from visma_sync.sync.mirror.products.ports import KnownArticle
from visma_sync.sync.ports import Lists
from visma_sync.sync.run import Run

LONGEST_NUMBER = 40
HIGHEST_PRICE = Decimal(99_000_000)
_SERVICE = "service"
Row = Mapping[str, Any]


@dataclass(frozen=True)
class TargetLists:
    """The codings, units and labels of the target, as rows {id, description, active, facts}."""

    codings: Sequence[Row]
    units: Sequence[Row]
    labels: Sequence[Row]

    def coding(self, key: str) -> Row | None:
        """The coding with this key."""
        return next((row for row in self.codings if row["id"] == key), None)


async def target_lists(run: Run, target: Lists, products: Collection[Product]) -> TargetLists:
    """The lists by which products are planned, read at most daily; again where one lacks a name that is asked for."""
    decided = run.settings.mirror.products
    wanted = {
        "codings": {row.coding for row in decided.codings},
        "units": decided.units.values,
        "article_labels": {label for product in products for label in product.labels},
    }
    lists = []
    for name, names in wanted.items():
        rows = await target_list(run, target, name)
        known = {each for row in rows for each in names_of(row)}
        lists.append(rows if known.issuperset(names) else await target_list(run, target, name, fresh=True))
    return TargetLists(*lists)


def names_of(row: Row) -> tuple[str, ...]:
    """How people call a value of a list; a unit has several names."""
    facts = row["facts"]
    return row["description"], facts.get("abbreviation", ""), facts.get("code", "")


@dataclass(frozen=True)
class ArticlePlan:
    """Keys of coding and unit; prices of one piece in the company's currency, None where the source has none.

    `labels` have id and name each.
    """

    coding: str
    unit: str
    net_price: Decimal | None
    gross_price: Decimal | None
    barcodes: tuple[str, ...]
    labels: tuple[Mapping[str, str], ...]


def plan_article(
    product: Product, settings: Settings, lists: TargetLists, there: KnownArticle | None, coding: str = ""
) -> ArticlePlan:
    """Coding, unit, prices and labels of a product; RecordParkedError where the settings or the target lack one.

    What the target's article has already is kept where it means the same. With `coding` the prices are planned for
    this one, which the article keeps whatever the settings say.
    """
    if len(product.number) > LONGEST_NUMBER:
        raise RecordParkedError(
            [Reason("number_too_long", f"product '{product.number}': the target takes {LONGEST_NUMBER} characters")],
            resolution="Give the item a shorter number, or leave it out with a filter.",
        )
    chosen = lists.coding(coding) if coding else _coding(product, settings, lists, there)
    rate = rate_of(chosen)
    net, gross = _prices(product, rate, there)
    same_barcodes = there is not None and set(there.barcodes) == set(product.barcodes)
    return ArticlePlan(
        coding=str(chosen["id"]) if chosen is not None else coding,
        unit=_unit(product, settings, lists),
        net_price=net,
        gross_price=gross,
        barcodes=there.barcodes if there is not None and same_barcodes else tuple(dict.fromkeys(product.barcodes)),
        labels=_labels(product, lists),
    )


def rate_of(coding: Row | None) -> Decimal:
    """The VAT rate of a coding, a fraction; 0 where it has none."""
    return Decimal(str((coding or {}).get("facts", {}).get("rate") or 0)) / 100


def agree(net: Decimal, gross: Decimal, rate: Decimal) -> bool:
    """Whether two prices are one at this rate (a fraction), to the cent that rounding takes."""
    return abs(with_vat(net, rate) - gross) <= CENT


def _coding(product: Product, settings: Settings, lists: TargetLists, there: KnownArticle | None) -> Row:
    has = lists.coding(there.coding) if there is not None else None
    if has is not None and _fits(has, product):
        return has
    named = settings.mirror.products.coding_of(product.vat_category, product.supply, product.category)
    if not named:
        said = f"VAT category '{product.vat_category}', {product.supply}, item class '{product.category}'"
        raise RecordParkedError(
            [Reason("no_coding", f"the setting mirror.products.codings has no row for {said}")],
            resolution="Add a row for it to mirror.products.codings in the settings.",
        )
    chosen = next((row for row in lists.codings if row["description"] == named and row["active"]), None)
    if chosen is None:
        raise RecordParkedError(
            [Reason("coding_unknown", f"the target has no active coding '{named}'")],
            resolution="Make the coding there, or correct mirror.products.codings in the settings.",
        )
    if not _fits(chosen, product):
        raise price_does_not_fit(
            product.number,
            f"the coding '{named}' is of another VAT rate or kind than '{product.vat_category}'",
        )
    return chosen


def _fits(coding: Row, product: Product) -> bool:
    """Whether a coding is of the product's VAT rate, and services are services; what is neither may be both."""
    is_service = str(coding["facts"]["type"]).casefold() == _SERVICE
    same_kind = product.supply == "non_stock" or is_service == (product.supply == _SERVICE)
    return same_kind and product.vat_rate in (None, rate_of(coding))


def _unit(product: Product, settings: Settings, lists: TargetLists) -> str:
    named = settings.mirror.products.units.choose(product.unit, "mirror.products.units")
    for row in lists.units:
        if named in names_of(row):
            return str(row["id"])
    raise RecordParkedError(
        [Reason("unit_unknown", f"the target has no unit '{named}'")],
        resolution="Make the unit there, or correct mirror.products.units in the settings.",
    )


def _prices(product: Product, rate: Decimal, there: KnownArticle | None) -> tuple[Decimal | None, Decimal | None]:
    """Net and gross price; those that are there where they say the same, for a price does not tell its last cent."""
    including_vat = product.net_price is None
    own = product.gross_price if including_vat else product.net_price
    if own is None:
        return None, None
    if there is not None and agree(there.net_price, there.gross_price, rate):
        theirs = there.gross_price if including_vat else there.net_price
        if own in (theirs, to_cents(theirs)):
            return there.net_price, there.gross_price
    if own != to_cents(own):
        raise price_does_not_fit(product.number, "the target keeps prices in whole cents")
    if not 0 <= own <= HIGHEST_PRICE:
        raise price_does_not_fit(product.number, f"the target takes prices from 0 to {HIGHEST_PRICE}")
    return (without_vat(own, rate), own) if including_vat else (own, with_vat(own, rate))


def _labels(product: Product, lists: TargetLists) -> tuple[Mapping[str, str], ...]:
    known = {row["description"]: row["id"] for row in lists.labels}
    if unknown := sorted(set(product.labels) - known.keys()):
        raise RecordParkedError(
            [Reason("label_unknown", f"the target has no article label {', '.join(unknown)}")],
            resolution="Make the label there, or leave it out in the mapping.",
        )
    return tuple({"id": known[name], "name": name} for name in dict.fromkeys(product.labels))


def price_does_not_fit(number: str, why: str) -> RecordParkedError:
    """The error for a price that the target cannot hold."""
    return RecordParkedError(
        [Reason("price_does_not_fit", f"the price of product '{number}' does not fit: {why}")],
        resolution="Correct the price or the VAT category of the item, or mirror.products in the settings.",
    )
