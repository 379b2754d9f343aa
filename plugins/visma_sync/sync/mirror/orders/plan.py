"""What is decided about an order before the mapping writes it; no look-ups, no side effects."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal

from visma_sync.domain.money import CENT, ZERO
from visma_sync.domain.sale import TaxForm
from visma_sync.domain.sales_order import SalesOrder
from visma_sync.domain.totals import Totals
from visma_sync.errors import Reason, RecordParkedError, RecordRejectedError
from visma_sync.settings.model import Settings
from visma_sync.sync.mirror.orders.ports import Buyer, PriceRules
from visma_sync.sync.mirror.orders.pricing import (
    DOMESTIC,
    FOREIGN,
    Charged,
    RowPrice,
    price_of,
    row_amounts,
    totals_in_target,
)
from visma_sync.sync.mirror.orders.rows import OrderRow, rows_of
from visma_sync.sync.sales.choices import Choices


@dataclass(frozen=True)
class SoldArticle:
    """An article of the target: its key, and the VAT rate (a fraction) of its coding, None where it is not made yet."""

    key: str
    rate: Decimal | None


@dataclass(frozen=True)
class Surroundings:
    """What the plan of an order needs to know besides the order.

    `articles` are those of the target by SKU, `vat_ids` the source's VAT ids of each of its VAT categories, `terms` the
    keys of the target's terms of payment by name.
    """

    buyer: Buyer
    rules: PriceRules
    articles: Mapping[str, SoldArticle]
    vat_ids: Mapping[str, Collection[str]]
    terms: Mapping[str, str]


@dataclass(frozen=True)
class PlannedRow:
    """A row as it is sent; a text row has text alone."""

    position: int
    is_text: bool
    article: str
    text: str
    quantity: Decimal
    unit_price: Decimal
    discount_rate: Decimal


@dataclass(frozen=True)
class OrderPlan:
    """Everything that is decided about an order; empty texts mean "as the customer has it".

    `wanted` is what the order must come to, `expected` what the target will make of its rows, `amounts` what of each
    (text rows left out), `misfits` says of which rows the target cannot hold the price.
    """

    marker: str
    customer: str
    terms_of_payment: str
    delivery_method: str
    delivery_term: str
    rows: tuple[PlannedRow, ...]
    wanted: Totals
    expected: Totals
    amounts: tuple[Decimal, ...]
    misfits: tuple[str, ...]


def plan_order(order: SalesOrder, around: Surroundings, settings: Settings) -> OrderPlan:
    """Decide prices, texts and every enumerated value of an order.

    Raises RecordRejectedError where the order contradicts itself and RecordParkedError where a setting or a person
    has to decide.
    """
    _refuse_unsupported(order)
    rows = rows_of(order, settings.mirror.orders)
    priced = _price_rows(order, [row for row in rows if not row.is_text], around)
    choices, chosen = Choices(), settings.mirror.orders
    terms = choices.choose(chosen.terms_of_payment, order.payment_terms, "mirror.orders.terms_of_payment")
    plan = OrderPlan(
        marker=chosen.marker_of(order.type, order.number),
        customer=around.buyer.key,
        terms_of_payment=around.terms.get(terms.casefold(), "") if terms else "",
        delivery_method=choices.choose(chosen.delivery_method, order.delivery_method, "mirror.orders.delivery_method"),
        delivery_term=choices.choose(chosen.delivery_term, order.delivery_term, "mirror.orders.delivery_term"),
        rows=tuple(_planned_row(row, priced.prices.get(row.position), around) for row in rows),
        wanted=Totals(order.total, order.vat_amount),
        expected=priced.expected,
        amounts=tuple(price.amount for price in priced.prices.values()),
        misfits=priced.misfits,
    )
    choices.refuse_missing()
    return plan


@dataclass(frozen=True)
class _Priced:
    """Prices by the row's position, what the target makes of them all, and where they do not fit."""

    prices: Mapping[int, RowPrice]
    expected: Totals
    misfits: tuple[str, ...]


def _price_rows(order: SalesOrder, rows: list[OrderRow], around: Surroundings) -> _Priced:
    charged = [Charged(row.amount, _rate_of(order, row, around.vat_ids)) for row in rows]
    vat_of = _vat_by_rate(order)
    with_vat = _includes_vat(order, sum((row.amount for row in charged), ZERO))
    _cross_check(order, charged, vat_of, with_vat=with_vat)
    gross = around.buyer.is_private and around.rules.private_prices_include_vat
    amounts = row_amounts(charged, vat_of, with_vat=with_vat, wanted_with_vat=gross)
    places = DOMESTIC if _is_domestic(order, around) else FOREIGN
    prices = [_priced(row, amount, places) for row, amount in zip(rows, amounts, strict=True)]
    in_target = [
        Charged(price.amount, _rate_in_target(row, charge, around))
        for row, charge, price in zip(rows, charged, prices, strict=True)
    ]
    return _Priced(
        {row.position: price for row, price in zip(rows, prices, strict=True)},
        totals_in_target(in_target, with_vat=gross),
        tuple(
            f"row {row.position}: {price.amount} instead of {amount}, no price of {-int(places.as_tuple().exponent)}"
            " decimals makes it"
            for row, price, amount in zip(rows, prices, amounts, strict=True)
            if price.amount != amount
        ),
    )


def _refuse_unsupported(order: SalesOrder) -> None:
    if order.tax_form is not TaxForm.ORDINARY:
        raise _parked(
            "unsupported_tax_form",
            f"the order is a case of {order.tax_form.value.replace('_', ' ')}",
            "Enter this order by hand in the target; such orders are not sent.",
        )
    if not order.goods:
        raise _parked("no_rows", "the order has no line", "Add a line, or delete the order.")
    if order.total < 0:
        raise _parked("negative_total", f"the order's total is {order.total}", "Enter the credit there by hand.")


def _rate_of(order: SalesOrder, row: OrderRow, vat_ids: Mapping[str, Collection[str]]) -> Decimal:
    """The rate at which the source charges VAT on a row: that of its category's VAT which the order has."""
    ids = vat_ids.get(row.vat_category, ())
    return sum((vat.rate for vat in order.vat if vat.vat_id in ids and vat.amount), ZERO)


def _vat_by_rate(order: SalesOrder) -> dict[Decimal, Decimal]:
    by_rate: dict[Decimal, Decimal] = {}
    for vat in order.vat:
        by_rate[vat.rate] = by_rate.get(vat.rate, ZERO) + vat.amount
    return by_rate


def _includes_vat(order: SalesOrder, rows: Decimal) -> bool:
    if rows == order.total - order.vat_amount:
        return False
    if rows == order.total:
        return True
    raise RecordRejectedError(
        [
            Reason(
                "rows_do_not_add_up",
                f"lines and freight add up to {rows}, the order says {order.total} with VAT {order.vat_amount}; "
                "discounts on the whole order are not sent",
            )
        ],
        resolution="Spread the discount over the lines of the order in the source; the next run reads it again.",
        key=order.number,
    )


def _cross_check(order: SalesOrder, rows: list[Charged], vat_of: Mapping[Decimal, Decimal], *, with_vat: bool) -> None:
    """VAT and rows agree rate by rate, but for cents of rounding; else cents could not be told from a wrong rate."""
    slack = CENT * (len(rows) + 1)
    for rate in {row.rate for row in rows} | vat_of.keys():
        together = totals_in_target([row for row in rows if row.rate == rate], with_vat=with_vat)
        if abs(together.vat - vat_of.get(rate, ZERO)) > slack:
            raise RecordRejectedError(
                [
                    Reason(
                        "vat_does_not_follow",
                        f"at {rate * 100:f} % the lines have VAT {together.vat}, "
                        f"the order says {vat_of.get(rate, ZERO)}",
                    )
                ],
                resolution="Correct the VAT categories of the order's lines in the source.",
                key=order.number,
            )


def _is_domestic(order: SalesOrder, around: Surroundings) -> bool:
    return _buys_at_home(around) and order.currency == around.rules.currency


def _buys_at_home(around: Surroundings) -> bool:
    return around.buyer.country in {"", around.rules.country}


def _rate_in_target(row: OrderRow, charge: Charged, around: Surroundings) -> Decimal:
    """The article's coding decides at home. Abroad it also depends on the buyer: taken for right, and read back."""
    article = around.articles.get(row.product_number)
    if article is None or article.rate is None or not _buys_at_home(around):
        return charge.rate
    return article.rate


def _priced(row: OrderRow, amount: Decimal, places: Decimal) -> RowPrice:
    price = row.unit_price
    if amount != row.amount and row.amount:
        price = price * amount / row.amount
    return price_of(row.quantity, amount, price, row.discount_rate, places)


def _planned_row(row: OrderRow, price: RowPrice | None, around: Surroundings) -> PlannedRow:
    if price is None:
        return PlannedRow(row.position, True, "", row.text, ZERO, ZERO, ZERO)
    article = around.articles.get(row.product_number)
    if article is None:
        raise _parked(
            "product_unknown",
            f"the target has no article '{row.product_number}' (row {row.position})",
            "Make the article in the target; the order goes on by itself.",
        )
    return PlannedRow(row.position, False, article.key, row.text, row.quantity, price.unit_price, price.discount_rate)


def _parked(code: str, sentence: str, resolution: str) -> RecordParkedError:
    return RecordParkedError([Reason(code, sentence)], resolution=resolution)
