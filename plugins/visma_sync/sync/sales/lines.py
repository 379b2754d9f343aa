"""The rows of a sale as the target is sent them: price and discount that make the amount, notes, the rounding row."""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from visma_sync.domain.money import CENT, ZERO, to_cents
from visma_sync.domain.sale import Sale, SaleLine
from visma_sync.errors import Reason, RecordParkedError
from visma_sync.settings.model import Settings

# Finer prices are rounded by the target, and a row would miss its amount by a cent.
_PRICE_PLACES = Decimal("0.0001")


@dataclass(frozen=True)
class PlannedLine:
    """A row as it is sent; amounts in the sale's currency, `unit` in the target's words."""

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
class LinePrice:
    """Unit price and absolute line discount that give exactly the line's amount."""

    unit_price: Decimal
    discount_amount: Decimal


def line_price(line: SaleLine, amount: Decimal, *, show_discount: bool) -> LinePrice:
    """Price and discount with which quantity x price - discount is `amount` to the cent.

    The source's own unit price is kept where the amount is the row's own; where VAT was taken out of it, so is it
    out of the price. Raises RecordParkedError for an amount without quantity.
    """
    if line.quantity == 0:
        if amount == 0:
            return LinePrice(line.unit_price, ZERO)
        raise RecordParkedError(
            [Reason("amount_without_quantity", f"row {line.position} has an amount but no quantity")],
            resolution="Correct the row in the source.",
        )
    if show_discount:
        shown = _with_discount(line, amount)
        if shown is not None:
            return shown
    return _inside_price(line.quantity, amount)


def _with_discount(line: SaleLine, amount: Decimal) -> LinePrice | None:
    own_price = line.unit_price
    if amount != line.amount and line.amount:
        own_price = (line.unit_price * amount / line.amount).quantize(_PRICE_PLACES)
    discount = to_cents(line.quantity * own_price) - amount
    if discount == 0:
        return LinePrice(own_price, ZERO)
    granted = line.discount_rate > 0 and abs(discount) > CENT
    if granted and (discount > 0) == (amount > 0 or line.quantity * own_price > 0):
        return LinePrice(own_price, discount)
    return None


def _inside_price(quantity: Decimal, amount: Decimal) -> LinePrice:
    exact = (amount / quantity).quantize(_PRICE_PLACES)
    for places in (CENT, _PRICE_PLACES):
        rounded = exact.quantize(places)
        if to_cents(quantity * rounded) == amount:
            return LinePrice(rounded, ZERO)
    above = exact + _PRICE_PLACES
    return LinePrice(above, to_cents(quantity * above) - amount)


def notes_of(sale: Sale, not_rows: Collection[int] = ()) -> tuple[dict[int, str], str]:
    """Text rows become the note of the row before them, by its position, or of the sale where there is none.

    Rows at the positions `not_rows` are not sent as rows, and carry no note.
    """
    notes: dict[int, list[str]] = {}
    above = 0
    for line in sale.lines:
        if not line.is_text:
            above = 0 if line.position in not_rows else line.position
        elif line.text:
            notes.setdefault(above, []).append(line.text)
    joined = {position: "\n".join(texts) for position, texts in notes.items()}
    return joined, joined.pop(0, "")


def rounding_line(amount: Decimal, position: int, settings: Settings) -> PlannedLine:
    """The row that books what is rounded; it carries no VAT."""
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
