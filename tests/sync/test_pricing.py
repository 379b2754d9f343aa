"""What a row is sent with, so that the target arrives at the row's amount."""

from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.orders import row
from visma_sync.domain.money import to_cents
from visma_sync.sync.sales.lines import line_price

D = Decimal


def amount_in_target(quantity: Decimal, unit_price: Decimal, discount: Decimal) -> Decimal:
    """What the target makes of a row: it keeps four decimals of a price."""
    return to_cents(quantity * unit_price.quantize(D("0.0001"))) - discount


@given(
    gross=st.decimals("0.01", "99999", places=2),
    quantity=st.decimals("0.0001", "9999", places=4),
    rate=st.sampled_from(["0.06", "0.09", "0.21", "0.25"]),
    discount=st.sampled_from(["0", "0.05", "0.125", "0.3333"]),
    show_discount=st.booleans(),
)
@example(gross=D("191.49"), quantity=D(1), rate="0.21", discount="0.125", show_discount=True)
def test_a_row_whose_vat_was_taken_out_arrives_to_the_cent(
    gross: Decimal, quantity: Decimal, rate: str, discount: str, show_discount: bool
) -> None:
    paid = to_cents(quantity * gross * (1 - D(discount)))
    line = row(str(paid), quantity=str(quantity), price=str(gross), discount_rate=D(discount))
    net = to_cents(paid / (1 + D(rate)))
    priced = line_price(line, net, show_discount=show_discount)
    assert amount_in_target(quantity, priced.unit_price, priced.discount_amount) == net


@pytest.mark.parametrize("show_discount", [True, False])
def test_the_sources_own_price_is_kept_where_the_amount_is_the_rows_own(show_discount: bool) -> None:
    priced = line_price(row("29.97", quantity="3", price="9.99"), D("29.97"), show_discount=show_discount)
    assert (priced.unit_price, priced.discount_amount) == (D("9.99"), Decimal(0))
