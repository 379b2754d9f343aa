"""The brake: when a person is asked before the stock is changed."""

from decimal import Decimal
from typing import TypedDict


class Compared(TypedDict):
    """What a comparison found, in numbers: products compared, those of them that the target has in stock now, those
    that differ, those that would fall to zero, items that only the target has, and the lists not read whole.

    `next` is what happens now: nothing, adjust, or ask a person the `question`.
    """

    compared: int
    in_stock: int
    differences: int
    to_zero: int
    only_in_target: int
    incomplete: list[str]
    next: str
    question: str


def is_pulled(compared: Compared, percent: Decimal, approved: Compared | None) -> bool:
    """Whether a person has to be asked: more would fall to zero than the settings allow, or a list is incomplete.

    Their share is of the products that the target has in stock: those that have long been sold out do not dilute it.
    What a person `approved` before does not count again; what came on top of it does.
    """
    known = set(approved["incomplete"]) if approved else set()
    allowed = approved["to_zero"] if approved else 0
    too_many = 100 * (compared["to_zero"] - allowed) > percent * compared["in_stock"]
    return too_many or not known.issuperset(compared["incomplete"])


def question(compared: Compared) -> str:
    """What the person is asked, in numbers only."""
    share = 100 * compared["to_zero"] / compared["in_stock"] if compared["in_stock"] else 0
    sentences = [
        f"{compared['compared']} products were compared, {compared['differences']} differ.",
        f"Of {compared['in_stock']} in stock {compared['to_zero']} ({share:.1f} %) would fall to zero.",
    ]
    sentences += [f"The list of {name} could not be read whole." for name in compared["incomplete"]]
    sentences += [
        "Approve: the levels are read again and adjusted, unless it has become clearly worse.",
        "Reject: nothing is written, and the next run compares again.",
    ]
    return " ".join(sentences)
