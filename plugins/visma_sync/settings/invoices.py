"""How customer invoices are sent."""

from typing import Literal

from visma_sync.settings.part import Part


class InvoiceSettings(Part):
    """How far invoices are taken, whether they keep their number, and how rows of stock products are sent."""

    confirm: Literal["hold", "release"]
    keep_number: bool
    stock_rows: Literal["account", "item"]
