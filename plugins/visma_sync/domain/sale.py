"""A sale: what orders and invoices have in common."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from pydantic import Field

from visma_sync.domain.record import Address, Record, Text


class TaxForm(StrEnum):
    """Tax arrangements that need rules of their own; everything but `ordinary` is parked."""

    ORDINARY = "ordinary"
    HOUSE_WORK = "house_work"
    GREEN_TECHNOLOGY = "green_technology"
    CONSTRUCTION_REVERSE_CHARGE = "construction_reverse_charge"
    TRIANGULAR_TRADE = "triangular_trade"


class SaleLine(Record):
    """One row of a sale; a text row has text only.

    `amount` is the row's total after discount in the document's currency, including VAT exactly when the document's
    rows do; `net_amount` is without VAT, None where the source does not say it. `vat_rate` and `discount_rate` are
    fractions (0.21); `vat_rate` is None where the source does not say.
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
    net_amount: Decimal | None = None
    vat_rate: Decimal | None = Field(default=None, ge=0, lt=1)
    is_service: bool = False


class Sale(Record):
    """Something sold to a customer. Stamps are UTC; other dates are calendar days."""

    key: str = Field(min_length=1)
    number: Text = ""
    created_at: datetime
    changed_at: datetime | None = None
    currency: str = Field(pattern=r"^[A-Z]{3}$")
    includes_vat: bool = False
    customer_key: str = Field(min_length=1)
    customer_number: Text = ""
    customer_name: Text = ""
    is_private: bool = False
    invoice_address: Address
    delivery_address: Address
    delivery_on: date | None = None
    buyer_reference: Text = ""
    your_reference: Text = ""
    our_reference: Text = ""
    delivery_method: Text = ""
    delivery_term: Text = ""
    payment_terms: Text = ""
    tax_form: TaxForm = TaxForm.ORDINARY
    lines: tuple[SaleLine, ...] = ()

    @property
    def dated_on(self) -> date:
        """The day of the sale, by which VAT rates and periods are chosen."""
        raise NotImplementedError

    @property
    def goods(self) -> tuple[SaleLine, ...]:
        """The rows that carry an amount."""
        return tuple(line for line in self.lines if not line.is_text)
