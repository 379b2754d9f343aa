"""References: what travels between the steps, readable by people and free of personal data."""

from decimal import Decimal
from typing import NotRequired, TypedDict


class Reference(TypedDict):
    """A record in hand: number, day, currency, total as the source states it, state so far, key in the target.

    What a kind of record does not have (a product has no currency) is empty.
    """

    key: str
    number: str
    date: str
    currency: str
    total: str
    vat: str
    state: str
    target: NotRequired[str]


class Lane(TypedDict):
    """A slice of a run's records that moves through the writing steps as one mapped task."""

    lane: int
    records: list[Reference]


def plain_reference(key: str, number: str, state: str = "fetched") -> Reference:
    """The reference of a record that is no document."""
    return Reference(key=key, number=number, date="", currency="", total="", vat="", state=state)


def amount_text(amount: Decimal) -> str:
    """An amount as references show it, in cents."""
    return f"{amount:.2f}"


def lanes_of(references: list[Reference], records_per_lane: int, max_lanes: int) -> list[Lane]:
    """Cut the records into as few lanes as the settings allow: clamp(ceil(n / records_per_lane), 1, max_lanes)."""
    if not references:
        return []
    count = min(max(1, -(-len(references) // records_per_lane)), max_lanes)
    size = -(-len(references) // count)
    return [
        Lane(lane=index + 1, records=references[start : start + size])
        for index, start in enumerate(range(0, len(references), size))
    ]
