"""What the settings decide about an order."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.orders import a_customer, an_order, row, surroundings, text_row
from visma_sync.domain.sale import TaxForm
from visma_sync.errors import RecordParkedError
from visma_sync.settings.load import load_settings
from visma_sync.settings.model import Settings
from visma_sync.sync.orders.plan import plan_order

D = Decimal
DEFAULTS = Path(__file__).parents[2] / "include" / "settings" / "default.yaml"
TREATMENTS = [
    {"country": "NL", "rate": 21, "zone": "DOMESTIC", "category": "NL21", "account": "8000"},
    {"country": "NL", "rate": 9, "zone": "DOMESTIC", "category": "NL9", "account": "8001"},
    {"country": "NL", "rate": 0, "zone": "DOMESTIC", "category": "NOVAT"},
    {
        "country": "SE",
        "buyer": "private",
        "rate": 25,
        "zone": "EUPRIVATE",
        "category": "SE25",
        "account": "8010",
    },
    {
        "country": "EU",
        "buyer": "business_with_vat_number",
        "supply": "goods",
        "rate": 0,
        "zone": "EUBUSINESS",
        "category": "EUGOODS0",
        "account": "8020",
    },
]


def settings(*, inclusive: bool = False, **changes: Any) -> Settings:
    rows = [dict(treatment) for treatment in TREATMENTS]
    if inclusive:
        rows[0]["category_inclusive"], rows[1]["category_inclusive"] = "NL21I", "NL9I"
    changes.setdefault("vat", {"home_country": "NL", "treatments": rows})
    return load_settings(DEFAULTS, changes, changes_from="a test")


def test_a_row_is_sent_with_its_own_price_and_the_discount_that_makes_its_amount() -> None:
    order = an_order(row("179.55", quantity="2", price="94.50", discount_rate=D("0.05")), amount="179.55", vat="37.71")
    plan = plan_order(order, surroundings(), settings())
    (line,) = plan.lines
    assert (line.unit_price, line.discount_amount, line.amount) == (D("94.50"), D("9.45"), D("179.55"))
    assert (line.vat_category, line.account, plan.vat_zone) == ("NL21", "8000", "DOMESTIC")
    assert (plan.expected.total, plan.expected.vat) == (D("217.26"), D("37.71"))


def test_four_decimals_of_quantity_still_give_the_row_its_amount() -> None:
    order = an_order(row("4.12", quantity="0.3333", price="12.35"), amount="4.12", vat="0.87")
    (line,) = plan_order(order, surroundings(), settings()).lines
    assert (line.quantity * line.unit_price).quantize(D("0.01")) - line.discount_amount == D("4.12")


def test_gross_prices_go_under_the_category_that_contains_vat_where_there_is_one() -> None:
    order = an_order(row("758.00"), amount="758.00", vat="131.55", includes_vat=True)
    plan = plan_order(order, surroundings(), settings(inclusive=True))
    assert [(line.amount, line.vat_category) for line in plan.lines] == [(D("758.00"), "NL21I")]
    assert plan.rounding == 0


def test_gross_prices_become_net_ones_with_a_rounding_row_for_what_cents_cannot_reach() -> None:
    order = an_order(row("0.29"), amount="0.29", vat="0.05", includes_vat=True)
    plan = plan_order(order, surroundings(), settings())
    assert (plan.expected.total, plan.expected.vat) == (D("0.29"), D("0.05"))
    total = sum(line.amount for line in plan.lines) + plan.expected.vat
    assert total == D("0.29")


def test_whole_krona_rounding_becomes_a_row_without_vat() -> None:
    customer = a_customer(country="SE")
    order = an_order(
        row("99.60", rate="0.25"),
        amount="99.60",
        vat="24.90",
        country="SE",
        currency="SEK",
        rounding_amount=D("0.50"),
    )
    plan = plan_order(order, surroundings(customer), settings())
    assert plan.lines[-1].product_number == "ROUNDING"
    assert plan.lines[-1].amount == D("0.50")
    assert (plan.expected.total, plan.expected.vat) == (D("125.00"), D("24.90"))


def test_a_total_that_the_target_cannot_reach_parks_with_both_sums() -> None:
    rows = [row("0.02") for _ in range(3)]
    order = an_order(*rows, amount="0.06", vat="0.01")
    per_line = settings(
        vat={
            "home_country": "NL",
            "treatments": [{"country": "NL", "rate": 21, "zone": "DOMESTIC", "category": "NL21L"}],
        }
    )
    with pytest.raises(RecordParkedError) as parked:
        plan_order(order, surroundings(), per_line)
    assert parked.value.code == "total_mismatch"
    assert "0.07" in parked.value.message


def test_freight_of_one_rate_becomes_the_orders_freight() -> None:
    order = an_order(row("100.00"), row("5.00", sku="FREIGHT"), amount="105.00", vat="22.05")
    plan = plan_order(order, surroundings(), settings())
    assert plan.freight is not None
    assert (plan.freight.amount, plan.freight.vat_category) == (D("5.00"), "NL21")
    assert [line.product_number for line in plan.lines] == ["A-1"]


def test_freight_of_two_rates_stays_rows() -> None:
    order = an_order(
        row("100.00"),
        row("5.00", sku="FREIGHT"),
        row("3.00", sku="FREIGHT", rate="0.09"),
        amount="108.00",
        vat="22.32",
    )
    plan = plan_order(order, surroundings(), settings())
    assert plan.freight is None
    assert [line.vat_category for line in plan.lines] == ["NL21", "NL21", "NL9"]


def test_text_rows_become_the_note_of_the_row_before_or_of_the_order() -> None:
    order = an_order(
        text_row("Ring twice"), row("10.00"), text_row("Blue"), text_row("Large"), amount="10.00", vat="2.10"
    )
    plan = plan_order(order, surroundings(), settings())
    assert plan.note == "Ring twice"
    assert plan.lines[0].note == "Blue\nLarge"


def test_a_country_without_treatment_parks_and_names_the_missing_row() -> None:
    order = an_order(row("10.00", rate="0.25"), amount="10.00", vat="2.50", country="NO")
    with pytest.raises(RecordParkedError, match="country NO, private, goods, 25 %") as parked:
        plan_order(order, surroundings(a_customer(country="NO")), settings())
    assert parked.value.code == "no_vat_treatment"


def test_an_eu_business_at_zero_percent_needs_a_vat_number() -> None:
    order = an_order(row("10.00"), amount="10.00", vat="0", country="DE")
    business = a_customer(country="DE", is_company=True, vat_number="DE136695976")
    assert plan_order(order, surroundings(business), settings()).vat_zone == "EUBUSINESS"
    with pytest.raises(RecordParkedError) as parked:
        plan_order(order, surroundings(a_customer(country="DE", is_company=True)), settings())
    assert parked.value.code == "vat_number_missing"


def test_delivery_country_decides_the_vat_only_where_the_customer_says_so() -> None:
    base = an_order(row("10.00", rate="0.25"), amount="10.00", vat="2.50", country="NL")
    sweden = base.delivery_address.model_copy(update={"country": "SE"})
    order = base.model_copy(update={"delivery_address": sweden})
    customer = a_customer(delivery_based_vat=True)
    assert plan_order(order, surroundings(customer), settings()).vat_zone == "EUPRIVATE"
    with pytest.raises(RecordParkedError):
        plan_order(order, surroundings(a_customer()), settings())


@pytest.mark.parametrize("form", [form for form in TaxForm if form is not TaxForm.ORDINARY])
def test_special_tax_forms_wait_for_a_person(form: TaxForm) -> None:
    order = an_order(row("10.00"), amount="10.00", vat="2.10", tax_form=form)
    with pytest.raises(RecordParkedError) as parked:
        plan_order(order, surroundings(), settings())
    assert parked.value.code == "unsupported_tax_form"


def test_every_missing_table_entry_is_named_at_once() -> None:
    order = an_order(row("10.00"), amount="10.00", vat="2.10", payment_terms="45 days", delivery_method="Drone")
    nothing = {"default": None}
    with pytest.raises(RecordParkedError) as parked:
        plan_order(order, surroundings(), settings(credit_terms=nothing, ship_via=nothing))
    assert [reason.code for reason in parked.value.reasons] == ["no_credit_terms", "no_ship_via"]
    assert "45 days" in parked.value.message


def test_the_marker_is_the_order_number_with_the_pairs_prefix() -> None:
    order = an_order(row("10.00"), amount="10.00", vat="2.10")
    plan = plan_order(order, surroundings(), settings(marker_prefix="N-", order={"type": "WB", "numbering": "manual"}))
    assert (plan.marker, plan.order_id, plan.order_type) == ("N-1042", "N-1042", "WB")


def test_a_negative_total_waits_for_a_person() -> None:
    order = an_order(row("-10.00", quantity="-1", price="10.00"), amount="-10.00", vat="-2.10")
    with pytest.raises(RecordParkedError) as parked:
        plan_order(order, surroundings(), settings())
    assert parked.value.code == "negative_total"
