"""How much of a product there is."""

from decimal import Decimal

from pydantic import Field

from visma_sync.domain.record import Record, Text


class StockLevel(Record):
    """The quantity of a product in its own unit: what lies there, what of it nobody has ordered yet (`available`), and
    what of it lies on no shipment yet.

    `number` is the SKU; `location` where it lies; `unit_cost` is in the company's currency, 0 where unknown.
    """

    key: str = Field(min_length=1)
    number: str = Field(min_length=1)
    quantity: Decimal
    available: Decimal = Decimal(0)
    available_for_shipment: Decimal = Decimal(0)
    unit: Text = ""
    location: Text = ""
    unit_cost: Decimal = Decimal(0)
    is_stock: bool = True
    is_active: bool = True
