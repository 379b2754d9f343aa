"""How the status of the orders that we sent follows what Visma.net ERP does with them."""

from typing import Literal

from visma_sync.settings.part import Part

# What a state of Visma.net means for an order: nothing of it has left, something may have, all that will has, that is
# charged as well, or there will be no delivery.
Meaning = Literal["ongoing", "partly", "shipped", "invoiced", "cancelled"]


class OrderStatusSettings(Part):
    """`table` gives the meaning of each state, in small letters with underscores; `partial` what is made of a part.

    `invoice_in_eaccounting` books revenue and VAT in eAccounting.
    """

    table: dict[str, Meaning]
    partial: Literal["wait", "shipped"]
    invoice_in_eaccounting: bool
    backwards: Literal["park", "follow"]
    note: bool
