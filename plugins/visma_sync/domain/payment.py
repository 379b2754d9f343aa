"""What the source says of the payment of an invoice."""

from datetime import date, datetime
from decimal import Decimal

from pydantic import Field

from visma_sync.domain.invoice import PaymentStatus
from visma_sync.domain.record import Record, Text


class Payment(Record):
    """An invoice as far as its payment goes; amounts are in the invoice's currency, negative on a credit invoice.

    `total` includes VAT, `set_off` is the part that credit invoices settled, `remaining` what is still open: only true
    of an invoice read alone. `paid_on` is the day of the last payment; `is_sold` tells that a factor bought the
    invoice. Stamps are UTC; other dates are calendar days.
    """

    key: str = Field(min_length=1)
    number: Text = Field(min_length=1)
    created_at: datetime
    changed_at: datetime | None = None
    is_credit: bool = False
    is_sold: bool = False
    invoiced_on: date
    currency: str = Field(pattern=r"^[A-Z]{3}$")
    total: Decimal
    set_off: Decimal = Decimal(0)
    remaining: Decimal = Decimal(0)
    status: PaymentStatus
    paid_on: date | None = None
    customer_key: str = Field(min_length=1)
    order_keys: tuple[str, ...] = ()
    payment_terms: Text = ""

    @property
    def is_paid(self) -> bool:
        """Whether the source itself says so; that nothing remains proves nothing."""
        return self.status is PaymentStatus.PAID

    @property
    def may_have_money(self) -> bool:
        """Whether it is worth reading alone: paid, or a payment date on an unpaid invoice (a part was paid)."""
        return self.is_paid or self.paid_on is not None

    @property
    def amount_paid(self) -> Decimal:
        """The money that came in so far; what credit invoices settled is no money."""
        if self.is_paid:
            return self.total - self.set_off
        return self.total - self.remaining - self.set_off if self.paid_on else Decimal(0)

    @property
    def sale_keys(self) -> tuple[str, ...]:
        """The sales that the invoice charges: its orders, or itself where it has none."""
        return self.order_keys or (self.key,)
