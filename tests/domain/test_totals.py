"""An order's total is established from its rows, and an order that contradicts itself is rejected."""

from decimal import Decimal

import pytest

from tests.orders import an_order, row
from visma_sync.domain.totals import establish_totals
from visma_sync.errors import RecordRejectedError

D = Decimal


def test_net_rows_and_a_net_amount_give_the_total_with_vat_on_top() -> None:
    totals = establish_totals(an_order(row("100.00"), amount="100.00", vat="21.00"), {})
    assert (totals.total, totals.vat, totals.rows_include_vat) == (D("121.00"), D("21.00"), False)


def test_net_rows_and_an_amount_that_includes_vat_are_recognised() -> None:
    totals = establish_totals(an_order(row("100.00"), amount="121.00", vat="21.00"), {})
    assert (totals.total, totals.rows_include_vat) == (D("121.00"), False)


def test_rows_that_include_vat_add_up_to_the_amount() -> None:
    order = an_order(row("121.00"), amount="121.00", vat="21.00", includes_vat=True)
    totals = establish_totals(order, {})
    assert (totals.total, totals.rows_include_vat) == (D("121.00"), True)


def test_an_order_whose_rows_do_not_add_up_is_rejected_with_both_sums() -> None:
    with pytest.raises(RecordRejectedError) as refused:
        establish_totals(an_order(row("100.00"), row("5.00"), amount="100.00", vat="21.00"), {})
    assert refused.value.code == "rows_do_not_add_up"
    assert "105.00" in refused.value.message


def test_a_rate_missing_on_the_row_comes_from_the_article() -> None:
    order = an_order(row("100.00", rate=None, sku="A-1"), amount="100.00", vat="21.00")
    assert establish_totals(order, {"A-1": D("0.21")}).rates == {1: D("0.21")}


def test_a_row_without_any_known_rate_is_rejected_by_its_position() -> None:
    with pytest.raises(RecordRejectedError, match="row 1") as refused:
        establish_totals(an_order(row("100.00", rate=None), amount="100.00", vat="21.00"), {})
    assert refused.value.code == "vat_rate_unknown"


def test_vat_that_does_not_follow_from_the_rates_is_rejected() -> None:
    with pytest.raises(RecordRejectedError) as refused:
        establish_totals(an_order(row("100.00", rate="0.09"), amount="100.00", vat="21.00"), {})
    assert refused.value.code == "vat_does_not_follow"


def test_a_sale_without_vat_counts_as_zero_rate_whatever_the_article_says() -> None:
    totals = establish_totals(an_order(row("100.00", rate="0.21"), amount="100.00", vat="0"), {})
    assert totals.rates == {1: D(0)}
