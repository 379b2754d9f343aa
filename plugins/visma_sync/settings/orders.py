"""How orders are shipped and invoiced in the target."""

from typing import Literal

from visma_sync.settings.part import Part


class FulfilmentSettings(Part):
    """The day of shipments, and whether an invoice is released that the target would then send to its customer."""

    shipment_date: Literal["today", "delivery_date"]
    invoices_may_be_sent: bool
