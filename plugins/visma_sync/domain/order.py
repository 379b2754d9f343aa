"""An order, as both systems understand it."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from pydantic import Field

from visma_sync.domain.record import Address, Record, Text


class OrderStatus(StrEnum):
    """How far the source has come with an order; a draft has no number yet."""

    DRAFT = "draft"
    ONGOING = "ongoing"
    SHIPPED = "shipped"
    INVOICED = "invoiced"


class TaxForm(StrEnum):
    """Tax arrangements that need rules of their own; everything but `ordinary` is parked."""

    ORDINARY = "ordinary"
    HOUSE_WORK = "house_work"
    GREEN_TECHNOLOGY = "green_technology"
    CONSTRUCTION_REVERSE_CHARGE = "construction_reverse_charge"
    TRIANGULAR_TRADE = "triangular_trade"


class OrderLine(Record):
    """One row of an order; a text row has text only.

    `amount` is the row's total after discount in the order's currency, including VAT exactly when the order's
    rows do. `vat_rate` and `discount_rate` are fractions (0.21); `vat_rate` is None where the source does not say.
    """

    position: int
    is_text: bool = False
    product_number: Text = ""
    text: Text = ""
    quantity: Decimal = Decimal(0)
    unit: Text = ""
    unit_price: Decimal = Decimal(0)
    discount_rate: Decimal = Decimal(0)
    amount: Decimal = Decimal(0)
    vat_rate: Decimal | None = Field(default=None, ge=0, lt=1)
    is_service: bool = False


class Order(Record):
    """A sale that a customer ordered.

    `amount` is the source's own total, with or without VAT (`domain.totals` establishes which);
    `rounding_amount` is the whole-unit rounding that is not inside it. `number` is empty for drafts. Stamps are
    UTC; `ordered_on` and `delivery_on` are calendar days.
    """

    key: str = Field(min_length=1)
    number: Text = ""
    status: OrderStatus
    created_at: datetime
    changed_at: datetime | None = None
    ordered_on: date
    delivery_on: date | None = None
    currency: str = Field(pattern=r"^[A-Z]{3}$")
    includes_vat: bool = False
    amount: Decimal
    vat_amount: Decimal = Decimal(0)
    rounding_amount: Decimal = Decimal(0)
    customer_key: str = Field(min_length=1)
    customer_number: Text = ""
    customer_name: Text = ""
    is_private: bool = False
    invoice_address: Address
    delivery_address: Address
    buyer_reference: Text = ""
    your_reference: Text = ""
    our_reference: Text = ""
    delivery_method: Text = ""
    delivery_term: Text = ""
    payment_terms: Text = ""
    tax_form: TaxForm = TaxForm.ORDINARY
    lines: tuple[OrderLine, ...] = ()

    @property
    def goods(self) -> tuple[OrderLine, ...]:
        """The rows that carry an amount."""
        return tuple(line for line in self.lines if not line.is_text)
