"""What is decided about an order that goes to eAccounting: decimals of its prices, VAT, and what contradicts itself."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from tests.flows.running import demo_settings
from visma_sync.domain.record import Address
from visma_sync.domain.sales_order import OrderVat, SalesOrder, SalesOrderLine
from visma_sync.domain.totals import Totals
from visma_sync.errors import RecordRejectedError
from visma_sync.sync.mirror.orders.plan import OrderPlan, SoldArticle, Surroundings, plan_order

D = Decimal
HIGH, LOW = D("0.21"), D("0.09")


@dataclass(frozen=True)
class Buyer:
    """A customer of eAccounting."""

    country: str = "NL"
    is_private: bool = False
    key: str = "customer-1"


@dataclass(frozen=True)
class Rules:
    """A Dutch company that keeps its books in euro."""

    country: str = "NL"
    currency: str = "EUR"
    private_prices_include_vat: bool = True


def line(amount: str, quantity: str = "1", category: str = "NL21") -> SalesOrderLine:
    """A line whose price makes its amount."""
    price = D(amount) / D(quantity)
    return SalesOrderLine(
        position=1,
        product_number="BOLT",
        quantity=D(quantity),
        unit_price=price,
        amount=D(amount),
        vat_category=category,
    )


def order(*lines: SalesOrderLine, vat: dict[Decimal, str], currency: str = "EUR", gross: bool = False) -> SalesOrder:
    """An order of these lines with this VAT by rate; `gross` where the lines have it inside."""
    ids = {HIGH: "NL21", LOW: "NL9", D(0): "NL0"}
    rows = sum((one.amount for one in lines), D(0))
    together = sum((D(amount) for amount in vat.values()), D(0))
    return SalesOrder(
        key="WB/000101",
        number="000101",
        type="WB",
        state="open",
        created_at=datetime(2026, 1, 2, tzinfo=UTC),
        ordered_on=date(2026, 1, 2),
        currency=currency,
        customer_key="10001",
        payment_terms="30",
        invoice_address=Address(),
        delivery_address=Address(),
        total=rows if gross else rows + together,
        vat_amount=together,
        vat=tuple(OrderVat(vat_id=ids[rate], rate=rate, amount=D(amount)) for rate, amount in vat.items()),
        lines=lines,
    )


def planned(of: SalesOrder, buyer: Buyer | None = None, coded: Decimal = HIGH) -> OrderPlan:
    """The plan of an order for this buyer, the article of which is coded at this rate."""
    categories = {"NL21": ["NL21"], "NL9": ["NL9"], "NL0": ["NL0"]}
    around = Surroundings(buyer or Buyer(), Rules(), {"BOLT": SoldArticle("article-1", coded)}, categories, {})
    return plan_order(of, around, demo_settings())


@pytest.mark.parametrize(
    ("country", "currency", "price", "amount"),
    [
        ("NL", "EUR", "1.34", "4020.00"),
        ("", "EUR", "1.34", "4020.00"),
        ("NL", "SEK", "1.3377", "4013.10"),
        ("SE", "EUR", "1.3377", "4013.10"),
        ("SE", "SEK", "1.3377", "4013.10"),
    ],
)
def test_a_price_has_two_decimals_only_where_buyer_and_currency_are_both_domestic(
    country: str, currency: str, price: str, amount: str
) -> None:
    plan = planned(order(line("4013.10", "3000"), vat={HIGH: "842.75"}, currency=currency), Buyer(country))
    assert (plan.rows[0].unit_price, plan.amounts) == (D(price), (D(amount),))
    assert bool(plan.misfits) == (price == "1.34")


@pytest.mark.parametrize("currency", ["EUR", "SEK", "USD"])
@pytest.mark.parametrize("country", ["NL", ""])
def test_at_home_the_coding_of_the_article_decides_the_vat_in_whichever_currency(country: str, currency: str) -> None:
    plan = planned(order(line("100.00"), vat={HIGH: "21.00"}, currency=currency), Buyer(country), coded=LOW)
    assert (plan.wanted, plan.expected) == (Totals(D("121.00"), D("21.00")), Totals(D("109.00"), D("9.00")))


def test_abroad_the_vat_of_the_order_is_taken_for_right_until_it_is_read_back() -> None:
    plan = planned(order(line("100.00", category="NL0"), vat={D(0): "0"}), Buyer("SE"))
    assert plan.expected == plan.wanted == Totals(D("100.00"), D(0))


@pytest.mark.parametrize("currency", ["EUR", "SEK"])
@pytest.mark.parametrize(("is_private", "price"), [(False, "100.00"), (True, "121.00")])
def test_only_a_private_person_is_shown_prices_with_vat_in_whichever_currency(
    is_private: bool, price: str, currency: str
) -> None:
    plan = planned(order(line("100.00"), vat={HIGH: "21.00"}, currency=currency), Buyer(is_private=is_private))
    assert plan.rows[0].unit_price == D(price)
    assert plan.expected == plan.wanted == Totals(D("121.00"), D("21.00"))


# Lines and VAT that contradict each other


@pytest.mark.parametrize(
    "vat",
    [
        pytest.param({LOW: "21.00"}, id="the right sum at another rate"),
        pytest.param({HIGH: "20.97"}, id="three cents too little"),
        pytest.param({HIGH: "21.03"}, id="three cents too much"),
        pytest.param({HIGH: "21.00", LOW: "0.03"}, id="VAT at a rate that no line has"),
        pytest.param({HIGH: "20.00", LOW: "1.00"}, id="the right sum over two rates"),
    ],
)
@pytest.mark.parametrize("gross", [False, True])
def test_vat_that_does_not_follow_from_the_lines_at_any_one_rate_is_refused(
    vat: dict[Decimal, str], gross: bool
) -> None:
    with pytest.raises(RecordRejectedError) as refused:
        planned(order(line("121.00" if gross else "100.00"), vat=vat, gross=gross))
    assert refused.value.code == "vat_does_not_follow"


@pytest.mark.parametrize("vat", ["20.98", "21.00", "21.02"])
@pytest.mark.parametrize("gross", [False, True])
def test_a_cent_for_each_line_and_one_more_may_be_rounding(vat: str, gross: bool) -> None:
    plan = planned(order(line("121.00" if gross else "100.00"), vat={HIGH: vat}, gross=gross))
    assert plan.wanted.vat == D(vat)


def test_lines_of_two_rates_have_the_vat_of_each() -> None:
    lines = line("100.00"), line("100.00", category="NL9")
    assert planned(order(*lines, vat={HIGH: "21.00", LOW: "9.00"})).wanted == Totals(D("230.00"), D("30.00"))
    with pytest.raises(RecordRejectedError) as refused:
        planned(order(*lines, vat={HIGH: "12.00", LOW: "18.00"}))
    assert refused.value.code == "vat_does_not_follow"


def test_a_discount_on_the_whole_order_is_refused_and_never_spread() -> None:
    discounted = order(line("100.00"), line("50.00"), vat={HIGH: "28.35"}).model_copy(update={"total": D("163.35")})
    with pytest.raises(RecordRejectedError) as refused:
        planned(discounted)
    assert refused.value.code == "rows_do_not_add_up"
    assert "discounts on the whole order are not sent" in refused.value.message
