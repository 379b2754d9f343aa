"""How the balances of eAccounting's articles follow the stock of Visma.net ERP."""

from decimal import Decimal
from typing import Literal

from pydantic import Field

from visma_sync.settings.part import Part
from visma_sync.settings.stock import StockSettings

# The flows of stock, one for each direction.
STOCK_FLOWS = frozenset({"stock_eaccounting_to_vismanet", "stock_vismanet_to_eaccounting"})


class MirrorStockSettings(Part):
    """Which quantity of which warehouses is the balance of an article, and when a person is asked first.

    Of several warehouses the sum. `whole_units` are units of eAccounting that cannot be cut; `brake_percent` is a share
    of the articles that eAccounting has in stock; `reduced_by_orders` says what becomes of the flow where sales of this
    pair change the same balance.
    """

    warehouses: tuple[str, ...]
    quantity: Literal["on_hand", "available", "available_for_shipment"]
    whole_units: tuple[str, ...]
    negative_balance: Literal["park", "zero"]
    brake_percent: Decimal = Field(ge=0, le=100)
    reduced_by_orders: Literal["refuse", "accept"]


def refuse_both_directions(stock: StockSettings, usual: str, mirror: MirrorStockSettings) -> None:
    """ValueError where a warehouse would be both a source and a target of stock; `usual` is that of orders."""
    table = stock.warehouse.table.values()
    chosen = {*table, stock.warehouse.default} if stock.warehouse.force is None else {stock.warehouse.force}
    written = {warehouse or usual for warehouse in chosen if warehouse is not None}
    if both := sorted(written.intersection(mirror.warehouses)):
        raise ValueError(
            f"stock of warehouse {', '.join(both)} would be sent both ways: put one of "
            f"{', '.join(sorted(STOCK_FLOWS))} into flows_off, or name other warehouses in mirror.stock.warehouses"
        )
