"""A product: something that is sold, known by its SKU."""

from decimal import Decimal

from pydantic import Field

from visma_sync.domain.record import Record, Text


class Product(Record):
    """`number` is the SKU, kept to the letter. Prices are in the company's currency; `vat_rate` is a fraction."""

    key: str = Field(min_length=1)
    number: str = Field(min_length=1)
    name: Text
    note: Text = ""
    unit: Text = ""
    net_price: Decimal = Decimal(0)
    gross_price: Decimal = Decimal(0)
    vat_rate: Decimal | None = Field(default=None, ge=0, lt=1)
    is_stock: bool = False
    is_service: bool = False
    barcode: Text = ""
    labels: tuple[Text, ...] = ()
    is_active: bool = True
