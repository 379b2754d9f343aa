"""How far an order has come in the system that ships and invoices it."""

from decimal import Decimal

from pydantic import BaseModel, ConfigDict, Field

from visma_sync.domain.record import Record, Text


class Departure(BaseModel):
    """Goods of an order on a shipment, and the invoice that charges them.

    `shipment` is empty for what is charged and never shipped, `invoice` where nothing charges it yet.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    shipment: Text = ""
    has_left: bool
    invoice: Text = ""


class Charge(BaseModel):
    """An invoice of an order; `total` includes `vat`, both in the order's currency. A draft of one can still vanish."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: Text
    is_released: bool
    total: Decimal
    vat: Decimal


class OrderStatus(Record):
    """The state of an order that another system sold: `key` and `number` are those of the sale there.

    `document` and `state` are the order's name and its state where it is shipped, in that system's word; `departures`
    and `charges` are known only where the settings ask for them.
    """

    key: str = Field(min_length=1)
    number: str = Field(min_length=1)
    document: str = Field(min_length=1)
    state: str = Field(min_length=1)
    departures: tuple[Departure, ...] = ()
    charges: tuple[Charge, ...] = ()

    @property
    def shipments(self) -> tuple[str, ...]:
        """The shipments that have left, each once."""
        left = (one.shipment for one in self.departures if one.has_left and one.shipment)
        return tuple(dict.fromkeys(left))

    @property
    def is_charged(self) -> bool:
        """Whether there are invoices, and they charge everything that has left."""
        return bool(self.charges) and all(one.invoice for one in self.departures if one.has_left)
