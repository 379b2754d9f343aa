"""How sales orders of Visma.net ERP become orders of eAccounting."""

import re
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from visma_sync.settings.choice import Choice
from visma_sync.settings.part import Part

# Both on at the same time take groups of orders that have nothing in common.
ORDER_FLOWS = frozenset({"orders_eaccounting_to_vismanet", "orders_vismanet_to_eaccounting"})


# The states of an order in Visma.net in which it may be sent, in small letters with underscores.
OrderState = Literal[
    "hold", "credit_hold", "pending_approval", "open", "shipping", "back_order", "completed", "invoiced"
]


def _capitals(order_type: object) -> str:
    return str(order_type).upper()


class OrdersWanted(Part):
    """Which orders are sent: their types (capitals, as Visma.net has them) and their states in Visma.net."""

    types: tuple[Annotated[str, BeforeValidator(_capitals), Field(min_length=1, max_length=2)], ...] = Field(
        min_length=1
    )
    status: tuple[OrderState, ...] = Field(min_length=1)


class MirrorOrderSettings(Part):
    """`marker_prefix` stands before type and number in the reference of an order of ours.

    `terms_of_payment`, `delivery_method` and `delivery_term` give names of eAccounting by the ids of Visma.net.
    """

    send_when: OrdersWanted
    marker_prefix: Annotated[str, BeforeValidator(str), Field(max_length=40)]
    confirm: Literal["draft", "order"]
    terms_of_payment: Choice
    delivery_method: Choice
    delivery_term: Choice
    create_products: bool
    freight_sku: Annotated[str, BeforeValidator(str), Field(max_length=40)]
    notes: Literal["never", "printed", "always"]

    def marker_of(self, order_type: str, number: str) -> str:
        """The text by which an order of ours is known in eAccounting."""
        return f"{self.marker_prefix}{order_type} {number}"

    def is_marker(self, reference: str) -> bool:
        """Whether a reference is that of an order of ours; never without a prefix, which people do not write."""
        if not self.marker_prefix.strip():
            return False
        return re.fullmatch(rf"{re.escape(self.marker_prefix)}\S{{1,2}} \S+", reference) is not None

    def why_not_beside(self, order_type: str) -> str:
        """Why orders cannot go in both directions where those of the other one get this type; empty when they can."""
        if order_type.upper() in self.send_when.types:
            return f"order.type {order_type} is in mirror.orders.send_when.types: orders would go round"
        if not self.marker_prefix.strip():
            return "mirror.orders.marker_prefix is empty: nothing would tell these orders from those of the shop"
        return ""
