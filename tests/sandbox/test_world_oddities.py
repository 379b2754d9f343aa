"""The odd articles and customers of the sandbox's shop: what makes stock lists and address books hard."""

from collections import Counter
from decimal import Decimal
from typing import Any

import pytest
from stdnum import ean

from sandbox.seed import build_world
from sandbox.vismanet.tables import COUNTRIES, UNITS
from sandbox.vismanet.taxes import CATEGORIES
from sandbox.world import Options, World

Record = dict[str, Any]


@pytest.fixture(scope="module")
def world() -> World:
    """The usual shop."""
    return build_world(Options())


@pytest.fixture(scope="module")
def articles(world: World) -> dict[str, Record]:
    return {article["Number"]: article for article in world.articles}


def test_stock_is_kept_in_every_way_that_a_balance_can_be(articles: dict[str, Record]) -> None:
    kept = [one for one in articles.values() if one["IsStock"]]
    balances = [one["StockBalance"] for one in kept]
    assert min(balances) < 0
    assert 0 in balances
    assert any(one["StockBalance"] % 1 and one["UnitAbbreviation"] == "kg" for one in kept)
    assert any(one["PurchasePrice"] == 0 and one["StockBalance"] > 0 for one in kept)
    for one in kept:
        assert one["StockBalanceAvailable"] == one["StockBalance"] - one["StockBalanceReserved"]
        assert one["StockValue"] == (one["StockBalance"] * one["PurchasePrice"]).quantize(Decimal("0.01"))
    assert any(one["StockBalanceReserved"] for one in kept)


def test_prices_with_and_without_vat_agree_on_all_articles(world: World) -> None:
    rates = {coding["Id"]: coding["VatRatePercent"] for coding in world.codings}
    for article in world.articles:
        factor = (100 + rates[article["CodingId"]]) / Decimal(100)
        assert abs(article["NetPrice"] * factor - article["GrossPrice"]) < Decimal("0.01"), article["Number"]


def test_articles_have_several_barcodes_long_notes_two_labels_or_are_out_of_sale(articles: dict[str, Record]) -> None:
    several = [row["Barcode"] for row in articles["EAN-3"]["Barcodes"]]
    assert len(several) == 3
    assert all(ean.is_valid(code) for code in several)
    assert max(len(article["Note"] or "") for article in articles.values()) > 1000
    assert any(len(article["ArticleLabels"] or ()) == 2 for article in articles.values())
    assert [number for number, article in articles.items() if not article["IsActive"]] == ["OUT-1", "OUT-2"]
    assert any(article["ChangedUtc"] > article["CreatedUtc"] for article in articles.values() if article["IsStock"])
    assert {"C&A?=50%+", 'O\'RING "5"', "MAAT 42"} <= set(articles)


def test_the_planted_articles_are_what_their_reason_says(world: World, articles: dict[str, Record]) -> None:
    planted = {reason: articles[number] for number, reason in world.planted_articles.items()}
    rates = {coding["Id"]: int(coding["VatRatePercent"]) for coding in world.codings}
    assert planted["unknown_unit"]["UnitAbbreviation"].upper() not in {source for source, _ in UNITS}
    assert f"NL{rates[planted['unknown_rate']['CodingId']]}" not in CATEGORIES
    assert 30 < len(planted["number_too_long"]["Number"]) <= 40
    taken = planted["barcode_taken"]["Barcodes"][0]["Barcode"]
    assert Counter(row["Barcode"] for one in articles.values() for row in one["Barcodes"] or ())[taken] == 2


def test_most_customers_carry_a_label_by_which_sales_can_be_parted(world: World) -> None:
    labels = Counter(label["Name"] for one in world.customers for label in one["CustomerLabels"] or ())
    assert min(labels[name] for name in ("Webshop", "Groothandel", "Balie")) >= 2
    known = {row["Id"]: row["Name"] for row in world.customer_labels}
    assert all(known[row["Id"]] == row["Name"] for one in world.customers for row in one["CustomerLabels"] or ())
    assert any(one["CustomerLabels"] is None for one in world.customers)


def test_customers_are_archived_without_country_or_cannot_be_sent(world: World) -> None:
    by_number = {one["CustomerNumber"]: one for one in world.customers}
    planted = {reason: by_number[number] for number, reason in world.planted_customers.items()}
    assert len(by_number) == len(world.customers)
    assert [one["Name"] for one in world.customers if not one["IsActive"]] == ["Opgeheven Handel B.V."]
    assert [one["Name"] for one in world.customers if one["InvoiceCountryCode"] is None] == ["Nergens Thuis"]
    assert planted["unknown_country"]["InvoiceCountryCode"] not in COUNTRIES
    assert planted["malformed_vat_number"]["VatNumber"] == "NL12.34B"


def test_a_shop_without_trouble_has_only_what_can_be_sent() -> None:
    shop = build_world(Options(trouble=False))
    assert (shop.planted_articles, shop.planted_customers) == ({}, {})
    assert "PALLET-1" not in {article["Number"] for article in shop.articles}
    assert None in {one["InvoiceCountryCode"] for one in shop.customers}
