"""A sales order as an ERP keeps it: lines under VAT categories, one freight amount, notes beside the lines."""

from datetime import date
from decimal import Decimal

from pydantic import Field

from visma_sync.domain.record import Record, Text
from visma_sync.domain.sale import Sale, SaleLine


class SalesOrderLine(SaleLine):
    """A line; `vat_category` tells how it is taxed, `note` what is said beside it."""

    vat_category: Text = ""
    note: Text = ""


class OrderVat(Record):
    """The VAT of an order under one VAT id, in its currency; `rate` is a fraction, reverse charges are left out."""

    vat_id: Text
    rate: Decimal = Field(ge=0, lt=1)
    amount: Decimal


class SalesOrder(Sale):
    """An order in the state that its system gives it, such as open; its number is unique within its `type`.

    `total` includes VAT and freight. `lines` are only there where the order was read whole; `quantity` adds them up.
    `prints_notes` tells whether the customer may read the notes.
    """

    type: Text = Field(min_length=1)
    state: Text
    ordered_on: date
    total: Decimal
    vat_amount: Decimal = Decimal(0)
    quantity: Decimal = Decimal(0)
    freight: Decimal = Decimal(0)
    freight_vat_category: Text = ""
    vat: tuple[OrderVat, ...] = ()
    reference: Text = ""
    note: Text = ""
    prints_notes: bool = False
    lines: tuple[SalesOrderLine, ...] = ()

    @property
    def dated_on(self) -> date:
        """The day of the order."""
        return self.ordered_on
