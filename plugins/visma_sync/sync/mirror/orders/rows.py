"""The rows of an order as the target knows them: lines, freight, and the notes that the customer may read."""

from dataclasses import dataclass
from decimal import Decimal

from visma_sync.domain.money import ZERO
from visma_sync.domain.sales_order import SalesOrder, SalesOrderLine
from visma_sync.errors import Reason, RecordParkedError
from visma_sync.settings.mirror_orders import MirrorOrderSettings


@dataclass(frozen=True)
class OrderRow:
    """A row; `amount` is with or without VAT as the source's lines are, a text row has text alone."""

    position: int
    text: str
    is_text: bool = False
    product_number: str = ""
    quantity: Decimal = ZERO
    unit_price: Decimal = ZERO
    discount_rate: Decimal = ZERO
    amount: Decimal = ZERO
    vat_category: str = ""


def rows_of(order: SalesOrder, settings: MirrorOrderSettings) -> list[OrderRow]:
    """The order's note, each line with its note below it, and the freight; RecordParkedError where it has no article.

    Positions count from 1.
    """
    reads_notes = settings.notes == "always" or (settings.notes == "printed" and order.prints_notes)
    rows: list[OrderRow] = []
    if order.note and reads_notes:
        rows.append(_text(order.note, 1))
    for line in order.lines:
        rows.append(_line(line, len(rows) + 1))
        if line.note and reads_notes:
            rows.append(_text(line.note, len(rows) + 1))
    if order.freight:
        rows.append(_freight(order, settings.freight_sku, len(rows) + 1))
    return rows


def _text(text: str, position: int) -> OrderRow:
    return OrderRow(position, text, is_text=True)


def _line(line: SalesOrderLine, position: int) -> OrderRow:
    return OrderRow(
        position,
        line.text,
        product_number=line.product_number,
        quantity=line.quantity,
        unit_price=line.unit_price,
        discount_rate=line.discount_rate,
        amount=line.amount,
        vat_category=line.vat_category,
    )


def _freight(order: SalesOrder, sku: str, position: int) -> OrderRow:
    if not sku:
        raise RecordParkedError(
            [Reason("no_freight_article", f"the order has freight of {order.freight}, and no article is named for it")],
            resolution="Name an article of the target in mirror.orders.freight_sku of the settings.",
        )
    return OrderRow(
        position,
        "",
        product_number=sku,
        quantity=Decimal(1),
        unit_price=order.freight,
        amount=order.freight,
        vat_category=order.freight_vat_category,
    )
