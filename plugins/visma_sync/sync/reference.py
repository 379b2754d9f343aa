"""References: what travels between the steps, readable by people and free of personal data."""

from decimal import Decimal
from typing import NotRequired, TypedDict

from visma_sync.domain.order import Order


class Reference(TypedDict):
    """An order in hand: number, day, currency, total as the source states it, state so far, key in the target."""

    key: str
    number: str
    date: str
    currency: str
    total: str
    vat: str
    state: str
    target: NotRequired[str]


class Lane(TypedDict):
    """A slice of a run's orders that moves through the writing steps as one mapped task."""

    lane: int
    orders: list[Reference]


def reference_of(order: Order) -> Reference:
    """The reference of an order just read."""
    return Reference(
        key=order.key,
        number=order.number,
        date=order.ordered_on.isoformat(),
        currency=order.currency,
        total=_amount(order.amount),
        vat=_amount(order.vat_amount),
        state="fetched",
    )


def _amount(amount: Decimal) -> str:
    return f"{amount:.2f}"


def lanes_of(references: list[Reference], orders_per_lane: int, max_lanes: int) -> list[Lane]:
    """Cut the orders into as few lanes as the settings allow: clamp(ceil(n / orders_per_lane), 1, max_lanes)."""
    if not references:
        return []
    count = min(max(1, -(-len(references) // orders_per_lane)), max_lanes)
    size = -(-len(references) // count)
    return [
        Lane(lane=index + 1, orders=references[start : start + size])
        for index, start in enumerate(range(0, len(references), size))
    ]
