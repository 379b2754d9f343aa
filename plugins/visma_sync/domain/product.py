"""A product: something that is sold, known by its SKU."""

from decimal import Decimal

from pydantic import Field, StrictBool

from visma_sync.domain.money import to_cents
from visma_sync.domain.record import Record, Text


class Product(Record):
    """`number` is the SKU, kept to the letter. Prices are in the company's currency, None where the source has none;
    `vat_rate` is a fraction.

    `category` and `vat_category` are the names that the source has for its kind and for its VAT.
    `attributes` holds by the target's name of an attribute what it is to be: text, number, yes or no, or several texts.
    """

    key: str = Field(min_length=1)
    number: str = Field(min_length=1)
    name: Text = Field(min_length=1)
    note: Text = ""
    unit: Text = ""
    net_price: Decimal | None = None
    gross_price: Decimal | None = None
    vat_rate: Decimal | None = Field(default=None, ge=0, lt=1)
    purchase_price: Decimal | None = None
    category: Text = ""
    vat_category: Text = ""
    is_stock: bool = False
    is_service: bool = False
    barcodes: tuple[Text, ...] = ()
    labels: tuple[Text, ...] = ()
    attributes: dict[str, StrictBool | Decimal | str | tuple[str, ...] | None] = Field(default_factory=dict)
    is_active: bool = True

    @property
    def supply(self) -> str:
        """What it is: stock, service or non_stock."""
        return "stock" if self.is_stock else "service" if self.is_service else "non_stock"

    def price(self, *, including_vat: bool) -> Decimal | None:
        """The price on this basis: as the source has it, else converted to cents; None where it has none."""
        own, other = (self.gross_price, self.net_price) if including_vat else (self.net_price, self.gross_price)
        if own is not None:
            return own
        if other is None or self.vat_rate is None:
            return None
        return with_vat(other, self.vat_rate) if including_vat else without_vat(other, self.vat_rate)


def with_vat(net: Decimal, rate: Decimal) -> Decimal:
    """A price including VAT, in cents; `rate` is a fraction."""
    return to_cents(net * (1 + rate))


def without_vat(gross: Decimal, rate: Decimal) -> Decimal:
    """A price excluding VAT, in cents; `rate` is a fraction."""
    return to_cents(gross / (1 + rate))
