"""What becomes of a product's stock, and when a person is asked first."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pytest

from tests.flows.running import demo_settings
from tests.flows.stocked import numbers
from visma_sync.domain.stock import StockLevel
from visma_sync.errors import RecordParkedError
from visma_sync.sync.stock.brake import is_pulled, question
from visma_sync.sync.stock.difference import Currencies, Difference, difference_of, why_left_alone

TEN = Decimal(10)


@dataclass(frozen=True)
class Shelf:
    """What a warehouse has."""

    on_hand: Decimal
    available: Decimal


@dataclass(frozen=True)
class Item:
    """A product as the target keeps it."""

    sku: str = "A"
    is_stock: bool = True
    status: str = "Active"
    unit: str = "STK"
    average_cost: Decimal = Decimal("3.10")
    last_cost: Decimal = Decimal("3.50")
    warehouses: Mapping[str, Shelf] = field(default_factory=lambda: {"1": Shelf(Decimal(5), Decimal(2))})


def level(**given: Any) -> StockLevel:
    usual = {"key": "A", "number": "A", "quantity": 8, "available": 6, "unit": "st", "unit_cost": "2.50"}
    return StockLevel(**{**usual, **given})


def difference(source: StockLevel, item: Item | None = None, **stock: Any) -> Difference | None:
    return difference_of(source, item or Item(), demo_settings(stock=stock))


def why_parked(source: StockLevel, item: Item | None, **stock: Any) -> str:
    with pytest.raises(RecordParkedError) as parked:
        difference_of(source, item, demo_settings(stock=stock))
    assert parked.value.resolution
    return parked.value.code


def test_the_physical_balance_is_compared_with_what_is_on_hand() -> None:
    assert difference(level()) == Difference("1", "STK", Decimal(5), Decimal(8), Decimal("2.50"))
    assert difference(level(quantity=5)) is None


def test_what_is_available_is_compared_with_what_is_available() -> None:
    assert difference(level(), quantity="available") == Difference("1", "STK", Decimal(2), Decimal(6), Decimal("2.50"))


def test_what_becomes_less_needs_no_cost() -> None:
    assert difference(level(quantity=1, unit_cost=0)) == Difference("1", "STK", Decimal(5), Decimal(1))


@pytest.mark.parametrize(("average", "cost"), [("3.10", "3.10"), ("0", "3.50")])
def test_the_cost_of_the_target_is_its_average_else_its_last(average: str, cost: str) -> None:
    found = difference(level(), Item(average_cost=Decimal(average)), unit_cost="target")
    assert found is not None
    assert found.unit_cost == Decimal(cost)


def test_a_warehouse_where_a_product_never_lay_has_none_of_it() -> None:
    found = difference(level(), warehouse={"default": "2"})
    assert found is not None
    assert (found.warehouse, found.before) == ("2", Decimal(0))


def test_the_location_of_the_product_chooses_its_warehouse() -> None:
    found = difference(level(location="Shelf B"), warehouse={"table": {"Shelf B": "2"}})
    assert found is not None
    assert found.warehouse == "2"


def test_a_warehouse_that_is_forced_wins_over_the_default() -> None:
    found = difference_of(level(), Item(), demo_settings(warehouse={"default": "1", "force": "2"}))
    assert found is not None
    assert found.warehouse == "2"


def test_a_cost_in_another_currency_than_the_targets_books_is_not_used() -> None:
    kronor = Currencies("SEK", "EUR")
    with pytest.raises(RecordParkedError) as parked:
        difference_of(level(), Item(), demo_settings(), kronor)
    assert parked.value.code == "unit_cost_in_other_currency"
    assert difference_of(level(quantity=1), Item(), demo_settings(), kronor) is not None
    of_target = difference_of(level(), Item(), demo_settings(stock={"unit_cost": "target"}), kronor)
    assert of_target is not None
    assert of_target.unit_cost == Decimal("3.10")


@pytest.mark.parametrize(
    ("source", "item", "stock", "code"),
    [
        ({}, None, {}, "unknown_in_target"),
        ({"quantity": -1}, Item(), {}, "negative_balance"),
        ({"quantity": "2.5"}, Item(), {}, "fraction_of_a_unit"),
        ({"unit": "kg"}, Item(), {}, "unit_differs"),
        ({"unit_cost": 0}, Item(), {}, "no_unit_cost"),
        ({}, Item(average_cost=Decimal(0), last_cost=Decimal(0)), {"unit_cost": "target"}, "no_unit_cost"),
        ({}, Item(status="Inactive"), {}, "product_inactive"),
        ({}, Item(status="MarkedForDeletion"), {}, "product_inactive"),
        ({"location": "Attic"}, Item(), {"warehouse": {"default": None, "table": {"B": "2"}}}, "no_stock_warehouse"),
    ],
)
def test_what_cannot_be_decided_waits(
    source: dict[str, Any], item: Item | None, stock: dict[str, Any], code: str
) -> None:
    assert why_parked(level(**source), item, **stock) == code


def test_a_fraction_is_fine_where_the_unit_can_be_cut() -> None:
    kilos = Item(unit="KG")
    found = difference(level(quantity="12.75", unit="kg"), kilos)
    assert found is not None
    assert found.after == Decimal("12.75")


def test_a_negative_balance_may_count_as_zero() -> None:
    found = difference(level(quantity=-3), negative_balance="zero")
    assert found is not None
    assert found.falls_to_zero


@pytest.mark.parametrize(
    ("source", "item", "reason"),
    [
        ({"is_stock": False}, Item(), "not_stock"),
        ({}, Item(is_stock=False), "not_stock_in_target"),
        ({"quantity": 0}, None, "unknown_and_empty"),
        ({"quantity": 1}, None, ""),
        ({}, Item(), ""),
    ],
)
def test_what_is_no_stock_is_left_alone(source: dict[str, Any], item: Item | None, reason: str) -> None:
    assert why_left_alone(level(**source), item) == reason


# The brake


@pytest.mark.parametrize(
    ("found", "approved", "pulled"),
    [
        ({"to_zero": 10}, None, False),
        ({"to_zero": 11}, None, True),
        ({"to_zero": 4, "in_stock": 40}, None, False),
        ({"to_zero": 5, "in_stock": 40}, None, True),
        ({"incomplete": ["items"]}, None, True),
        ({"to_zero": 40}, {"to_zero": 30}, False),
        ({"to_zero": 41}, {"to_zero": 30}, True),
        ({"incomplete": ["items"]}, {"incomplete": ["items"]}, False),
        ({"incomplete": ["items"]}, {"to_zero": 90}, True),
    ],
)
def test_a_person_is_asked_when_too_many_fall_to_zero_or_a_list_is_incomplete(
    found: dict[str, Any], approved: dict[str, Any] | None, pulled: bool
) -> None:
    assert is_pulled(numbers(**found), TEN, None if approved is None else numbers(**approved)) is pulled


def test_with_zero_percent_any_fall_to_zero_is_asked_and_with_a_hundred_none() -> None:
    assert is_pulled(numbers(to_zero=1), Decimal(0), None)
    assert not is_pulled(numbers(to_zero=0), Decimal(0), None)
    assert not is_pulled(numbers(to_zero=100), Decimal(100), None)


def test_the_person_sees_the_numbers() -> None:
    asked = question(numbers(in_stock=50, to_zero=25, incomplete=["items of the target"]))
    assert "100 products were compared, 10 differ. Of 50 in stock 25 (50.0 %) would fall to zero." in asked
    assert "The list of items of the target could not be read whole." in asked
