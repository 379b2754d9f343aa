"""What the settings decide about an article: its number, coding, unit and prices."""

from decimal import Decimal
from typing import Any

import pytest

from tests.flows.running import demo_settings
from visma_sync.domain.product import Product
from visma_sync.errors import RecordParkedError
from visma_sync.settings.model import Settings
from visma_sync.sync.mirror.products.plan import ArticlePlan, TargetLists, agree, plan_article

LISTS = TargetLists(
    codings=[
        {"id": "k-21", "description": "Hoog", "active": True, "facts": {"type": "Goods", "rate": "21"}},
        {"id": "k-9", "description": "Laag", "active": True, "facts": {"type": "Goods", "rate": "9.0"}},
        {"id": "k-old", "description": "Oud", "active": False, "facts": {"type": "Goods", "rate": "21"}},
        {"id": "k-s", "description": "Diensten", "active": True, "facts": {"type": "Service", "rate": "21"}},
    ],
    units=[{"id": "u-1", "description": "Stuk", "active": True, "facts": {"abbreviation": "st", "code": "PCE"}}],
    labels=[{"id": "l-1", "description": "Webshop", "active": True, "facts": {}}],
)


def planned(coding: str = "Hoog", unit: str = "st", **fields: Any) -> ArticlePlan:
    """The plan of a product, of one coding and one unit."""
    usual = {"key": "A", "number": "A", "name": "Lamp", "net_price": Decimal(10), "is_stock": True}
    return plan_article(Product(**{**usual, **fields}), decided(coding, unit), LISTS, None)


def decided(coding: str, unit: str) -> Settings:
    return demo_settings(mirror={"products": {"codings": [{"coding": coding}], "units": {"force": unit}}})


@pytest.mark.parametrize("unit", ["st", "PCE", "Stuk"])
def test_a_unit_is_known_by_any_of_its_names(unit: str) -> None:
    assert planned(unit=unit).unit == "u-1"


def test_a_number_of_forty_characters_is_the_longest() -> None:
    assert planned(number="x" * 40).coding == "k-21"
    with pytest.raises(RecordParkedError) as parked:
        planned(number="x" * 41)
    assert parked.value.code == "number_too_long"


def test_a_coding_that_is_not_active_is_none() -> None:
    with pytest.raises(RecordParkedError) as parked:
        planned("Oud")
    assert parked.value.code == "coding_unknown"


def test_a_label_that_the_target_does_not_have_parks_the_product() -> None:
    assert planned(labels=("Webshop", "Webshop")).labels == ({"id": "l-1", "name": "Webshop"},)
    with pytest.raises(RecordParkedError) as parked:
        planned(labels=("Webshop", "Nieuw"))
    assert parked.value.code == "label_unknown"


def test_what_is_neither_kept_in_stock_nor_a_service_may_have_either_coding() -> None:
    assert planned("Diensten", is_stock=False).coding == "k-s"
    assert planned("Hoog", is_stock=False).coding == "k-21"


@pytest.mark.parametrize(
    ("coding", "fields", "net", "gross"),
    [
        ("Hoog", {"net_price": Decimal("12.50")}, "12.50", "15.13"),
        ("Hoog", {"net_price": Decimal("12.5000")}, "12.50", "15.13"),
        ("Laag", {"net_price": Decimal("0.05")}, "0.05", "0.05"),
        ("Hoog", {"net_price": None, "gross_price": Decimal("17.40")}, "14.38", "17.40"),
        ("Hoog", {"net_price": Decimal(0)}, "0", "0.00"),
    ],
)
def test_the_other_price_follows_at_the_rate_of_the_coding(
    coding: str, fields: dict[str, Any], net: str, gross: str
) -> None:
    plan = planned(coding, **fields)
    assert (plan.net_price, plan.gross_price) == (Decimal(net), Decimal(gross))


@pytest.mark.parametrize("cents", range(0, 3000, 7))
@pytest.mark.parametrize("rate", ["0.06", "0.09", "0.12", "0.21", "0.25"])
def test_prices_agree_whichever_of_the_two_was_given(cents: int, rate: str) -> None:
    percent = Decimal(rate)
    lists = TargetLists(
        codings=[{"id": "k", "description": "K", "active": True, "facts": {"type": "Goods", "rate": percent * 100}}],
        units=LISTS.units,
        labels=(),
    )
    price, settings = Decimal(cents) / 100, SETTINGS
    for net, gross in ((price, None), (None, price)):
        product = Product(
            key="A", number="A", name="Lamp", vat_rate=percent, is_stock=True, net_price=net, gross_price=gross
        )
        plan = plan_article(product, settings, lists, None)
        assert plan.net_price is not None
        assert plan.gross_price is not None
        assert agree(plan.net_price, plan.gross_price, percent)


SETTINGS = decided("K", "st")
