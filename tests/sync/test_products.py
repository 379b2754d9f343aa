"""What is decided about a product before anything is sent: its price, class, attributes and barcodes."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from tests.flows.running import demo_settings
from visma_sync.domain.product import Product, with_vat, without_vat
from visma_sync.errors import RecordParkedError
from visma_sync.settings.model import Settings
from visma_sync.sync.products.attributes import AttributeRules
from visma_sync.sync.products.barcodes import barcode_changes, first_claims, refuse_taken
from visma_sync.sync.products.plan import PlannedAttribute, PlannedBarcode, attribute_text, plan_product

PRICES = some.decimals(min_value=0, max_value=99_000_000, places=2)
RATES = some.decimals(min_value=0, max_value=Decimal("0.99"), places=3)
RULES = AttributeRules(
    of_class={"STOCK": frozenset({"COLOUR", "SEASON", "TEXT"}), "SERVICE": frozenset()},
    values={"COLOUR": frozenset({"RED", "BLUE"}), "SEASON": frozenset({"SPRING", "SUMMER"}), "TEXT": None},
    several=frozenset({"SEASON"}),
)


def product(**fields: Any) -> Product:
    return Product(**{"key": "a-1", "number": "A-1", "name": "Bolt", "vat_rate": Decimal("0.21"), **fields})


def settings(**products: Any) -> Settings:
    return demo_settings(products=products)


# Prices


@given(price=PRICES, rate=RATES)
def test_a_price_converted_to_the_other_basis_and_back_is_off_by_a_cent_at_most(price: Decimal, rate: Decimal) -> None:
    assert abs(with_vat(without_vat(price, rate), rate) - price) <= Decimal("0.01")
    assert abs(without_vat(with_vat(price, rate), rate) - price) <= Decimal("0.01")


@given(net=PRICES, gross=PRICES)
def test_a_price_that_the_source_has_is_never_computed(net: Decimal, gross: Decimal) -> None:
    both = product(net_price=net, gross_price=gross)
    assert both.price(including_vat=False) == net
    assert both.price(including_vat=True) == gross


def test_a_price_that_the_source_lacks_is_converted_with_the_products_own_rate() -> None:
    assert product(gross_price=Decimal(121)).price(including_vat=False) == 100
    assert product(net_price=Decimal(100)).price(including_vat=True) == 121
    assert product(net_price=Decimal(100), vat_rate=None).price(including_vat=True) is None
    assert product().price(including_vat=False) is None


def test_the_price_of_the_plan_has_the_basis_that_the_settings_declare() -> None:
    priced = product(unit="st", net_price=Decimal(100), gross_price=Decimal(121))
    assert plan_product(priced, settings()).price == 100
    assert plan_product(priced, settings(price_basis="including_vat")).price == 121


# Classes


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"is_stock": True}, "STOCK"),
        ({"is_service": True}, "SERVICE"),
        ({}, "NONSTOCK"),
        ({"is_stock": True, "labels": ("Food",)}, "FOOD"),
        ({"labels": ("Books", "Food")}, "FOOD"),
        ({"labels": ("food",)}, "NONSTOCK"),
    ],
)
def test_the_class_comes_by_label_in_the_order_of_the_table_or_else_by_what_it_is(
    fields: dict[str, Any], expected: str
) -> None:
    rows = [{"label": "Food", "item_class": "FOOD"}, {"label": "Books", "item_class": "BOOKS"}]
    assert plan_product(product(unit="st", **fields), settings(item_class_by_label=rows)).item_class == expected


# Attributes


@pytest.mark.parametrize(
    ("value", "text"),
    [(True, "1"), (False, "0"), (Decimal("12.50"), "12.5"), ("as it is", "as it is"), (("A", "B"), "A,B"), (None, "")],
)
def test_a_value_is_written_as_attributes_want_it(value: Any, text: str) -> None:
    assert attribute_text(value) == text


@pytest.mark.parametrize(
    ("attribute", "value"),
    [("COLOUR", "RED"), ("COLOUR", ""), ("SEASON", "SPRING,SUMMER"), ("TEXT", "anything, really")],
)
def test_an_allowed_value_passes(attribute: str, value: str) -> None:
    RULES.check("STOCK", [PlannedAttribute(attribute, value)])


@pytest.mark.parametrize(
    ("item_class", "attribute", "value", "reason"),
    [
        ("STOCK", "COLOUR", "GREEN", "attribute_value_unknown"),
        ("STOCK", "COLOUR", "RED,BLUE", "attribute_value_unknown"),
        ("STOCK", "SEASON", "SPRING,WINTER", "attribute_value_unknown"),
        ("STOCK", "WEIGHT", "1", "attribute_not_of_class"),
        ("SERVICE", "COLOUR", "RED", "attribute_not_of_class"),
        ("UNKNOWN", "COLOUR", "RED", "attribute_not_of_class"),
    ],
)
def test_any_other_parks_without_telling_the_value(item_class: str, attribute: str, value: str, reason: str) -> None:
    with pytest.raises(RecordParkedError) as parked:
        RULES.check(item_class, [PlannedAttribute(attribute, value)])
    assert parked.value.code == reason
    assert value not in parked.value.message or value == "1"


# Barcodes


@pytest.mark.parametrize(
    ("right", "wanted", "there", "ours", "added", "gone"),
    [
        ("update", ["1", "2"], [], [], ["1", "2"], []),
        ("update", ["1", "2"], ["1", "9"], ["1"], ["2"], []),
        ("update", ["2"], ["1", "9"], ["1"], ["2"], ["1"]),
        ("update", [], ["1", "9"], ["1", "2"], [], ["1"]),
        ("update", ["1"], [], ["1"], [], []),
        ("if_empty", ["1"], [], [], ["1"], []),
        ("if_empty", ["2"], ["1"], ["1"], [], []),
        ("create", ["2"], ["1"], ["1"], [], []),
    ],
)
def test_barcodes_are_added_and_taken_away_as_their_right_says(
    right: str, wanted: list[str], there: list[str], ours: list[str], added: list[str], gone: list[str]
) -> None:
    expected = [PlannedBarcode(code) for code in added] + [PlannedBarcode(code, gone=True) for code in gone]
    assert barcode_changes(right, wanted, there, ours) == expected


def test_a_barcode_belongs_to_the_first_product_that_names_it() -> None:
    first, second = product(number="A-1", barcodes=("1", "2")), product(number="A-2", barcodes=("2", "3"))
    claims = first_claims([second, first])
    assert claims == {"1": "A-1", "2": "A-1", "3": "A-2"}
    refuse_taken("A-1", [PlannedBarcode("2")], claims)
    refuse_taken("a-1 ", [PlannedBarcode("2")], claims)
    with pytest.raises(RecordParkedError, match="'A-1'"):
        refuse_taken("A-2", [PlannedBarcode("2")], claims)
