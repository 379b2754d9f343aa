"""A business chooses in its settings which records of a flow are sent."""

from decimal import Decimal
from typing import Any

import pytest
from pydantic import BaseModel

from tests.mapping.shop import FLOW, Buyer, Line, Order
from visma_sync.errors import ConfigurationError, RecordRejectedError
from visma_sync.mapping.record_filter import RecordFilter

LARGE = "=order.total >= settings.smallest"
DOMESTIC = "=order.buyer.country | default('SE') == 'SE'"
SELLS = "=order.lines | selectattr('sku', 'eq', 'A') | length > 0"
ORDER = Order(number="1", total=Decimal(100), lines=(Line(sku="A", quantity=1),))


class Limits(BaseModel):
    smallest: Decimal = Decimal(50)


def filters(*expressions: str, settings: Any = Limits) -> RecordFilter:
    return RecordFilter(FLOW, expressions, record=("order", Order), settings=settings)


def why_not(order: Order, *expressions: str, settings: Any = None) -> str | None:
    return filters(*expressions).why_not(order, settings or Limits())


def test_a_record_is_sent_if_every_filter_holds() -> None:
    assert why_not(ORDER, LARGE, DOMESTIC, SELLS) is None
    assert why_not(ORDER) is None


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"total": Decimal("49.99")}, LARGE),
        ({"buyer": Buyer(number="7", country="NL")}, DOMESTIC),
        ({"lines": ()}, SELLS),
        ({"total": Decimal(1), "lines": ()}, LARGE),
    ],
)
def test_the_first_filter_that_does_not_hold_is_told_as_it_is_written(change: dict[str, Any], reason: str) -> None:
    assert why_not(ORDER.model_copy(update=change), LARGE, DOMESTIC, SELLS) == reason


def test_a_filter_looks_at_the_settings_of_the_moment() -> None:
    found = filters(LARGE)
    assert found.why_not(ORDER, Limits()) is None
    assert found.why_not(ORDER, Limits(smallest=Decimal(101))) == LARGE


@pytest.mark.parametrize(
    ("expression", "problem"),
    [
        ("=order.nummer", "there is no order.nummer (=order.nummer)"),
        ("=order.buyer.town == 'Lund'", "there is no order.buyer.town (=order.buyer.town == 'Lund')"),
        ("=settings.largest", "there is no settings.largest (=settings.largest)"),
        ("=source.Number", "there is no source here, only order, settings (=source.Number)"),
        ("=order.number.upper()", "a formula cannot have this (call) (=order.number.upper())"),
        ("=order.total >", "this is not a formula"),
        ("order.total > 0", "this must be a formula, beginning with ="),
        ("==order.total", "this must be a formula, beginning with ="),
        ("", "this must be a formula, beginning with ="),
    ],
)
def test_a_wrong_filter_is_refused_before_anything_is_sent(expression: str, problem: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        filters(LARGE, expression)
    assert raised.value.message.startswith(f"filters.{FLOW}[2]: {problem}")
    assert "settings" in raised.value.resolution


def test_all_wrong_filters_are_told_at_once() -> None:
    with pytest.raises(ConfigurationError) as raised:
        filters("=order.a", LARGE, "=order.b")
    assert [part.split(":")[0] for part in raised.value.message.split("; ")] == [
        f"filters.{FLOW}[1]",
        f"filters.{FLOW}[3]",
    ]


@pytest.mark.parametrize(
    ("expression", "code"),
    [
        ("=order.free.campaign == 'May'", "missing_field"),
        ("=order.lines[3].quantity > 0", "missing_field"),
        ("=order.buyer.country == 'SE'", "missing_field"),
        ("=order.number / 0 > 1", "not_a_number"),
        ("=order.number > order.total", "not_computable"),
    ],
)
def test_a_filter_that_cannot_be_computed_rejects_that_record_alone(expression: str, code: str) -> None:
    found = filters(expression)
    secret = ORDER.model_copy(update={"number": "Anna Bos", "free": {"other": "Anna Bos"}})
    with pytest.raises(RecordRejectedError) as raised:
        found.why_not(secret, Limits())
    assert raised.value.code == code
    assert raised.value.message.startswith(f"filters.{FLOW}[1]: ")
    assert "Anna" not in str(raised.value)
    assert raised.value.__context__ is None


def test_a_filter_is_not_looked_at_once_another_does_not_hold() -> None:
    guard = "=order.free.campaign is defined"
    assert why_not(ORDER, guard, "=order.free.campaign == 'May'") == guard


def test_a_name_that_no_settings_have_is_not_blamed_on_the_record() -> None:
    found = filters("=settings.largest > 0", settings=Any)
    with pytest.raises(ConfigurationError, match=r"there is no settings\.largest"):
        found.why_not(ORDER, Limits())
