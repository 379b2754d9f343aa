"""An order, as both systems understand it."""

from datetime import date
from decimal import Decimal
from enum import StrEnum

from visma_sync.domain.sale import Sale


class OrderStatus(StrEnum):
    """How far the source has come with an order; a draft has no number yet."""

    DRAFT = "draft"
    ONGOING = "ongoing"
    SHIPPED = "shipped"
    INVOICED = "invoiced"


class Order(Sale):
    """A sale that a customer ordered.

    `amount` is the source's own total, with or without VAT (`domain.totals` establishes which);
    `rounding_amount` is the whole-unit rounding that is not inside it. `number` is empty for drafts.
    """

    status: OrderStatus
    ordered_on: date
    amount: Decimal
    vat_amount: Decimal = Decimal(0)
    rounding_amount: Decimal = Decimal(0)

    @property
    def dated_on(self) -> date:
        """The day of the order."""
        return self.ordered_on
