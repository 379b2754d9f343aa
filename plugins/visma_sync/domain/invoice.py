"""An invoice or credit invoice, as both systems understand it."""

from datetime import date
from decimal import Decimal
from enum import StrEnum

from pydantic import Field

from visma_sync.domain.record import Record, Text
from visma_sync.domain.sale import Sale


class PaymentStatus(StrEnum):
    """Whether an invoice is paid, in the source's own word."""

    PAID = "paid"
    UNPAID = "unpaid"
    OVERDUE = "overdue"


class VatShare(Record):
    """What an invoice says of one VAT rate: the sum without VAT and the VAT on it, in the invoice's currency.

    `rate` is a fraction.
    """

    rate: Decimal = Field(ge=0, lt=1)
    net: Decimal
    vat: Decimal


class Invoice(Sale):
    """A legal document of the source; a credit invoice has negative amounts.

    `total` includes VAT and whole-unit rounding; `total`, `vat`, `remaining` and `set_off` are in the invoice's
    currency, `currency_rate` is what one unit of it is worth in the company's. `order_keys` are the orders it charges,
    `refers_to` the invoice that a credit invoice takes back. `remaining` is only true of an invoice read alone.
    """

    is_credit: bool = False
    invoiced_on: date
    due_on: date | None = None
    total: Decimal
    vat: Decimal
    currency_rate: Decimal = Decimal(1)
    vat_shares: tuple[VatShare, ...] = ()
    payment_reference: Text = ""
    order_keys: tuple[str, ...] = ()
    refers_to: Text = ""
    credited_by: tuple[str, ...] = ()
    payment_status: PaymentStatus = PaymentStatus.UNPAID
    paid_on: date | None = None
    remaining: Decimal = Decimal(0)
    set_off: Decimal = Decimal(0)
    is_sold: bool = False

    @property
    def dated_on(self) -> date:
        """The day of the invoice."""
        return self.invoiced_on
