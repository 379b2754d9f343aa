"""What the settings decide about an order, before the mapping writes it; no look-ups, no side effects."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from visma_sync.domain.customer import Customer
from visma_sync.domain.money import ZERO
from visma_sync.domain.order import Order
from visma_sync.domain.sale import SaleLine, TaxForm
from visma_sync.domain.taxing import Category
from visma_sync.domain.totals import SourceTotals, Totals, establish_totals
from visma_sync.domain.vat import (
    EU_COUNTRIES,
    Buyer,
    Supply,
    Treatment,
    VatQuestion,
    buyer_of,
    find_treatment,
    vat_country,
)
from visma_sync.errors import ConfigurationError, Reason, RecordParkedError
from visma_sync.settings.model import Settings
from visma_sync.sync.orders.pricing import Charge, line_price, price

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
class PlannedLine:
    """A row as it is sent; amounts in the order's currency, `unit` in the target's words."""

    position: int
    product_number: str
    text: str
    note: str
    quantity: Decimal
    unit: str
    unit_price: Decimal
    discount_amount: Decimal
    amount: Decimal
    vat_category: str
    account: str


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
    _refuse_unsupported(order)
    source = establish_totals(order, around.rates_of_products)
    if source.total < 0:
        raise _parked(
            "negative_total", f"the order's total is {source.total}", "Book the credit by hand in the target."
        )
    treatments = _treatments(order, source, around, settings)
    freight_rows = _freight_rows(order, source, settings)
    rows = tuple(line for line in order.goods if line not in freight_rows)
    charges = [_charge(line.amount, treatments[line.position], around) for line in rows]
    if freight_rows:
        freight_amount = sum((line.amount for line in freight_rows), ZERO)
        charges.append(_charge(freight_amount, treatments[freight_rows[0].position], around))
    pricing = price(charges, source, settings.max_rounding)
    rounding = _rounding(order, pricing.remainder, settings)
    notes, order_note = _notes(order, freight_rows)
    lines = [
        _line(line, priced.amount, priced.category.id, treatments[line.position], notes, settings)
        for line, priced in zip(rows, pricing.amounts, strict=False)
    ]
    if rounding:
        lines.append(_rounding_line(rounding, len(order.lines) + 1, settings))
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


def _parked(code: str, sentence: str, resolution: str) -> RecordParkedError:
    return RecordParkedError([Reason(code, sentence)], resolution=resolution)


def _refuse_unsupported(order: Order) -> None:
    if order.tax_form is not TaxForm.ORDINARY:
        raise _parked(
            "unsupported_tax_form",
            f"the order is a case of {order.tax_form.value.replace('_', ' ')}",
            "Enter this order by hand in the target; such orders are not sent.",
        )
    if not order.goods:
        raise _parked("no_rows", "the order has no row with an amount", "Add a row, or delete the order.")


def _treatments(order: Order, source: SourceTotals, around: Surroundings, settings: Settings) -> dict[int, Treatment]:
    """The VAT treatment of every row, all of one zone."""
    country = vat_country(order, around.customer, settings.vat.home_country)
    buyer = buyer_of(around.customer)
    found: dict[int, Treatment] = {}
    missing: dict[str, None] = {}
    for line in order.goods:
        supply = Supply.SERVICE if line.is_service else Supply.GOODS
        question = VatQuestion(country, buyer, supply, source.rates[line.position], order.ordered_on)
        _refuse_zero_rate_without_vat_number(question, settings.vat.home_country)
        treatment = find_treatment(settings.treatments, question, settings.vat.home_country)
        if treatment is None:
            missing[str(question)] = None
        else:
            found[line.position] = treatment
    if missing:
        raise _parked(
            "no_vat_treatment",
            f"no VAT treatment for {'; '.join(missing)}",
            "Add a row for it to vat.treatments in the settings.",
        )
    zones = {treatment.zone for treatment in found.values()}
    if len(zones) > 1:
        raise _parked(
            "several_vat_zones",
            f"the rows need the VAT zones {', '.join(sorted(zones))}, an order has one",
            "Give these treatments one zone, or split the order.",
        )
    return found


def _refuse_zero_rate_without_vat_number(question: VatQuestion, home_country: str) -> None:
    abroad_in_eu = question.country in EU_COUNTRIES and question.country != home_country
    if abroad_in_eu and question.rate == 0 and question.buyer is Buyer.BUSINESS_WITHOUT_VAT_NUMBER:
        raise _parked(
            "vat_number_missing",
            f"a business in {question.country} is charged 0 % VAT but has no VAT number",
            "Add the VAT number to the customer in the source, or charge VAT.",
        )


def _charge(amount: Decimal, treatment: Treatment, around: Surroundings) -> Charge:
    inclusive = treatment.category_inclusive
    return Charge(
        amount,
        _category(treatment.category, treatment.rate, around),
        _category(inclusive, treatment.rate, around) if inclusive else None,
    )


def _category(category_id: str, rate: Decimal, around: Surroundings) -> Category:
    category = around.categories.get(category_id)
    if category is None:
        raise _parked(
            "unknown_vat_category",
            f"the target has no active VAT category '{category_id}'",
            "Correct vat.treatments in the settings, or make the category in the target.",
        )
    if category.rate != rate:
        raise _parked(
            "vat_rate_differs",
            f"VAT category '{category_id}' has {category.rate * 100:f} %, the order {rate * 100:f} %",
            "Correct vat.treatments in the settings, or the category in the target.",
        )
    return category


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


def _notes(order: Order, freight_rows: tuple[SaleLine, ...]) -> tuple[dict[int, str], str]:
    """Text rows become the note of the row before them, or of the order where there is none."""
    freight_positions = {line.position for line in freight_rows}
    notes: dict[int, list[str]] = {}
    above = 0
    for line in order.lines:
        if not line.is_text:
            above = 0 if line.position in freight_positions else line.position
        elif line.text:
            notes.setdefault(above, []).append(line.text)
    joined = {position: "\n".join(texts) for position, texts in notes.items()}
    return joined, joined.pop(0, "")


def _line(
    line: SaleLine,
    amount: Decimal,
    category: str,
    treatment: Treatment,
    notes: Mapping[int, str],
    settings: Settings,
) -> PlannedLine:
    if not line.product_number:
        raise _parked(
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
        raise _parked(
            "rounding_too_large",
            f"the source rounds by {order.rounding_amount}",
            "Correct the order in the source, or raise max_whole_unit_rounding in the settings.",
        )
    return remainder + order.rounding_amount


def _rounding_line(amount: Decimal, position: int, settings: Settings) -> PlannedLine:
    return PlannedLine(
        position=position,
        product_number=settings.rounding.sku,
        text="",
        note="",
        quantity=Decimal(1),
        unit="",
        unit_price=amount,
        discount_amount=ZERO,
        amount=amount,
        vat_category=settings.rounding.category,
        account=settings.rounding.account,
    )


def _choices(order: Order, around: Surroundings, settings: Settings) -> OrderPlan:
    """Every enumerated value; all missing entries are named at once."""
    country = order.delivery_address.country or order.invoice_address.country
    refusals: list[RecordParkedError] = []

    def chosen(choose: Callable[[str, str], str], value: str, setting: str) -> str:
        try:
            return choose(value, setting)
        except RecordParkedError as error:
            refusals.append(error)
            return ""

    marker = marker_of(order.number, settings)
    plan = OrderPlan(
        marker=marker,
        order_type=settings.order.type,
        order_id=marker if settings.order.numbering == "manual" else "",
        customer_number=around.customer_number,
        branch=chosen(settings.branch.choose, country, "branch") or around.default_branch,
        vat_zone="",
        credit_terms=chosen(settings.credit_terms.choose, order.payment_terms, "credit_terms"),
        payment_method=chosen(settings.payment_method.choose, order.payment_terms, "payment_method"),
        cash_account=chosen(settings.cash_account.choose, order.payment_terms, "cash_account"),
        ship_via=chosen(settings.ship_via.choose, order.delivery_method, "ship_via"),
        shipping_terms=chosen(settings.shipping_terms.choose, order.delivery_term, "shipping_terms"),
        warehouse=chosen(settings.warehouse.choose, country, "warehouse"),
        note="",
        lines=(),
        freight=None,
        expected=Totals(ZERO, ZERO),
        rounding=ZERO,
    )
    if refusals:
        raise RecordParkedError(
            [reason for refusal in refusals for reason in refusal.reasons],
            resolution=" ".join(refusal.resolution for refusal in refusals),
        )
    return plan
