"""What the settings decide about an order, before the mapping writes it; no look-ups, no side effects."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from visma_sync.domain.customer import Customer
from visma_sync.domain.money import ZERO
from visma_sync.domain.order import Order
from visma_sync.domain.sale import SaleLine
from visma_sync.domain.taxing import Category
from visma_sync.domain.totals import SourceTotals, Totals, establish_totals
from visma_sync.domain.vat import Treatment
from visma_sync.errors import ConfigurationError
from visma_sync.settings.model import Settings
from visma_sync.sync.orders.pricing import Charge, price
from visma_sync.sync.sales.choices import Choices
from visma_sync.sync.sales.lines import PlannedLine, line_price, notes_of, rounding_line
from visma_sync.sync.sales.treatments import category_of, parked, refuse_unsupported, treatments_of

# "SalesOrders OpenAPI v3": the length of an order's number.
LONGEST_ORDER_NUMBER = 15


@dataclass(frozen=True)
class Surroundings:
    """What the plan of an order needs to know besides the order.

    `categories` are the target's VAT categories by id; `rates_of_products` VAT rates (fractions) of products by SKU.
    """

    customer: Customer
    customer_number: str
    categories: Mapping[str, Category]
    rates_of_products: Mapping[str, Decimal]
    default_branch: str = ""


@dataclass(frozen=True)
class PlannedFreight:
    """The freight of the order as one amount under one VAT category."""

    amount: Decimal
    vat_category: str


@dataclass(frozen=True)
class OrderPlan:
    """Everything that is decided about an order; empty texts mean "the target decides"."""

    marker: str
    order_type: str
    order_id: str
    customer_number: str
    branch: str
    vat_zone: str
    credit_terms: str
    payment_method: str
    cash_account: str
    ship_via: str
    shipping_terms: str
    warehouse: str
    note: str
    lines: tuple[PlannedLine, ...]
    freight: PlannedFreight | None
    expected: Totals
    rounding: Decimal


def marker_of(number: str, settings: Settings) -> str:
    """The text by which an order of ours is known in the target.

    Raises ConfigurationError where it has to be the order's number there and is too long for one.
    """
    marker = f"{settings.marker_prefix}{number}"
    if settings.order.numbering == "manual" and len(marker) > LONGEST_ORDER_NUMBER:
        raise ConfigurationError(
            f"'{marker}' has {len(marker)} characters, an order number has at most {LONGEST_ORDER_NUMBER}",
            resolution="Shorten marker_prefix in the settings, or let the target number its orders.",
        )
    return marker


def plan_order(order: Order, around: Surroundings, settings: Settings) -> OrderPlan:
    """Decide VAT, prices, freight, rounding and every enumerated value of an order.

    Raises RecordRejectedError where the order contradicts itself and RecordParkedError, with every reason at once,
    where a setting or a person has to decide.
    """
    refuse_unsupported(order)
    source = establish_totals(order, around.rates_of_products)
    if source.total < 0:
        raise parked("negative_total", f"the order's total is {source.total}", "Book the credit by hand in the target.")
    treatments = treatments_of(order, around.customer, source.rates, settings)
    freight_rows = _freight_rows(order, source, settings)
    rows = tuple(line for line in order.goods if line not in freight_rows)
    charges = [_charge(order, line.amount, treatments[line.position], around) for line in rows]
    if freight_rows:
        freight_amount = sum((line.amount for line in freight_rows), ZERO)
        charges.append(_charge(order, freight_amount, treatments[freight_rows[0].position], around))
    pricing = price(charges, source, settings.max_rounding)
    rounding = _rounding(order, pricing.remainder, settings)
    notes, order_note = notes_of(order, {line.position for line in freight_rows})
    lines = [
        _line(line, priced.amount, priced.category.id, treatments[line.position], notes, settings)
        for line, priced in zip(rows, pricing.amounts, strict=False)
    ]
    if rounding:
        lines.append(rounding_line(rounding, len(order.lines) + 1, settings))
    freight = pricing.amounts[-1] if freight_rows else None
    return replace(
        _choices(order, around, settings),
        vat_zone=next(iter(treatments.values())).zone if treatments else "",
        note=order_note,
        lines=tuple(lines),
        freight=PlannedFreight(freight.amount, freight.category.id) if freight else None,
        expected=Totals(pricing.expected.total + rounding, pricing.expected.vat),
        rounding=rounding,
    )


def _charge(order: Order, amount: Decimal, treatment: Treatment, around: Surroundings) -> Charge:
    inclusive = treatment.category_inclusive
    return Charge(
        amount,
        category_of(order, treatment.category, treatment.rate, around.categories),
        category_of(order, inclusive, treatment.rate, around.categories) if inclusive else None,
    )


def _freight_rows(order: Order, source: SourceTotals, settings: Settings) -> tuple[SaleLine, ...]:
    """The rows sent as the order's freight: all of them under one VAT rate, else none."""
    rows = freight_lines(order, settings)
    rates = {source.rates[line.position] for line in rows}
    return rows if len(rates) == 1 and len(rows) < len(order.goods) else ()


def freight_lines(order: Order, settings: Settings) -> tuple[SaleLine, ...]:
    """The rows that may be sent as freight."""
    if settings.freight.send_as == "rows":
        return ()
    return tuple(line for line in order.goods if line.product_number in settings.freight.skus)


def _line(
    line: SaleLine,
    amount: Decimal,
    category: str,
    treatment: Treatment,
    notes: Mapping[int, str],
    settings: Settings,
) -> PlannedLine:
    if not line.product_number:
        raise parked(
            "row_without_product",
            f"row {line.position} has an amount but no article",
            "Give the row an article in the source.",
        )
    priced = line_price(line, amount, show_discount=settings.discounts.send_as == "amount")
    return PlannedLine(
        position=line.position,
        product_number=line.product_number,
        text=line.text,
        note=notes.get(line.position, ""),
        quantity=line.quantity,
        unit=settings.units.choose(line.unit, "units"),
        unit_price=priced.unit_price,
        discount_amount=priced.discount_amount,
        amount=amount,
        vat_category=category,
        account=treatment.account,
    )


def _rounding(order: Order, remainder: Decimal, settings: Settings) -> Decimal:
    if abs(order.rounding_amount) > settings.max_whole_unit_rounding:
        raise parked(
            "rounding_too_large",
            f"the source rounds by {order.rounding_amount}",
            "Correct the order in the source, or raise max_whole_unit_rounding in the settings.",
        )
    return remainder + order.rounding_amount


def _choices(order: Order, around: Surroundings, settings: Settings) -> OrderPlan:
    """Every enumerated value; all missing entries are named at once."""
    country = order.delivery_address.country or order.invoice_address.country
    choices = Choices()
    chosen = choices.choose
    marker = marker_of(order.number, settings)
    plan = OrderPlan(
        marker=marker,
        order_type=settings.order.type,
        order_id=marker if settings.order.numbering == "manual" else "",
        customer_number=around.customer_number,
        branch=chosen(settings.branch, country, "branch") or around.default_branch,
        vat_zone="",
        credit_terms=chosen(settings.credit_terms, order.payment_terms, "credit_terms"),
        payment_method=chosen(settings.payment_method, order.payment_terms, "payment_method"),
        cash_account=chosen(settings.cash_account, order.payment_terms, "cash_account"),
        ship_via=chosen(settings.ship_via, order.delivery_method, "ship_via"),
        shipping_terms=chosen(settings.shipping_terms, order.delivery_term, "shipping_terms"),
        warehouse=chosen(settings.warehouse, country, "warehouse"),
        note="",
        lines=(),
        freight=None,
        expected=Totals(ZERO, ZERO),
        rounding=ZERO,
    )
    choices.refuse_missing()
    return plan
