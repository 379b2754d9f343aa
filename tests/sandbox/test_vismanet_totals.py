"""What an order costs: the VAT engine against sums done by hand."""

from decimal import Decimal

import pytest

from sandbox.vismanet.tax import Charge, Totals, charge_order

NO_FREIGHT = Charge(Decimal("0.00"), None)


def money(text: str) -> Decimal:
    return Decimal(text)


def charged(*lines: tuple[str, str], zone: str = "DOMESTIC", freight: Charge = NO_FREIGHT) -> Totals:
    return charge_order([Charge(money(amount), category) for amount, category in lines], freight, zone)


def test_vat_over_the_document_is_rounded_once() -> None:
    totals = charged(*[("0.12", "NL21")] * 10)
    # Each line alone would carry 0.03 (0.0252); together 21 % of 1.20 is 0.252.
    assert (totals.order, totals.tax, totals.taxable) == (money("1.45"), money("0.25"), money("1.20"))


def test_vat_per_line_is_rounded_on_each_line() -> None:
    totals = charged(*[("0.12", "NL21L")] * 10)
    assert (totals.order, totals.tax) == (money("1.50"), money("0.30"))


def test_contained_vat_leaves_the_total_as_it_is() -> None:
    # 121.00 contains 21.00; 0.05 contains 0.05 x 21 / 121 = 0.0087, rounded 0.01.
    totals = charged(("121.00", "NL21I"), ("0.05", "NL21I"))
    assert (totals.order, totals.tax, totals.taxable) == (money("121.05"), money("21.01"), money("100.04"))


def test_half_a_cent_of_vat_is_rounded_up() -> None:
    # 9 % of 0.50 = 0.045.
    assert charged(("0.50", "NL9")).tax == money("0.05")


def test_half_a_cent_of_refunded_vat_is_rounded_away_from_zero() -> None:
    assert charged(("-0.50", "NL9")).tax == money("-0.05")


def test_two_rates_are_added_up_apart() -> None:
    totals = charged(("100.00", "NL21"), ("100.00", "NL9"), ("50.00", "NOVAT"))
    assert (totals.order, totals.tax) == (money("280.00"), money("30.00"))
    assert (totals.taxable, totals.exempt) == (money("200.00"), money("50.00"))
    assert {line.tax.id: line.amount for line in totals.tax_lines} == {"NL21": money("21.00"), "NL9": money("9.00")}


def test_freight_carries_the_vat_of_its_own_category() -> None:
    totals = charged(("100.00", "NL9"), freight=Charge(money("6.95"), "NL21"))
    # 100.00 + 9.00 + 6.95 + 1.4595
    assert (totals.order, totals.tax, totals.freight) == (money("117.41"), money("10.46"), money("6.95"))


def test_freight_shares_the_rounding_of_lines_with_the_same_vat_code() -> None:
    # 21 % of (0.12 + 0.12) is 0.0504, not twice 0.0252.
    assert charged(("0.12", "NL21"), freight=Charge(money("0.12"), "NL21")).tax == money("0.05")


@pytest.mark.parametrize(
    ("category", "zone"),
    [("NL21", "EUPRIVATE"), ("SE25", "DOMESTIC"), ("NL21", "EXPORT"), ("NL21", "NOVAT"), ("EUGOODS0", "DOMESTIC")],
)
def test_a_category_outside_the_zone_of_the_order_carries_no_vat(category: str, zone: str) -> None:
    totals = charged(("100.00", category), zone=zone)
    assert (totals.order, totals.tax, totals.exempt) == (money("100.00"), money("0.00"), money("100.00"))


@pytest.mark.parametrize(("category", "vat"), [("SE25", "25.00"), ("SE12I", "10.71"), ("DE19", "19.00")])
def test_private_buyers_in_the_union_pay_the_vat_of_their_own_country(category: str, vat: str) -> None:
    assert charged(("100.00", category), zone="EUPRIVATE").tax == money(vat)


def test_goods_to_a_business_in_the_union_are_charged_at_nought() -> None:
    totals = charged(("100.00", "EUGOODS0"), zone="EUBUSINESS")
    assert (totals.order, totals.exempt) == (money("100.00"), money("100.00"))
    assert [(line.tax.id, line.tax.reverse) for line in totals.tax_lines] == [("EUGOODS0", True)]
