"""Erasing a customer: the ledger forgets a person; nothing is deleted in either system."""

from collections.abc import Iterator
from typing import Final

from visma_sync.errors import NotFoundError, Reason
from visma_sync.ledger.erasing import Erased
from visma_sync.ledger.ledger import Ledger

KIND: Final = "customer"
# The flows of customers, of the pair and of the mirrored pair.
_FLOW: Final = "customers_eaccounting_to_vismanet"
_BACK: Final = "customers_vismanet_to_eaccounting"


def erase_customer(ledger: Ledger, *, source_number: str = "", target_number: str = "") -> Erased:
    """Forget the customer with this number in the source or in the target: in both directions, in all flows.

    Customers of the source are known by their number since a flow has read them. NotFoundError where nothing is known
    of that number, so that a mistyped one is not taken for a person who is forgotten.
    """
    if source_number:
        keys = ledger.keys_by_number(KIND, _FLOW, source_number)
        erased = [ledger.erase_person(KIND, key) for key in sorted(keys)]
    else:
        erased = [ledger.erase_person(KIND, target_key=target_number)]
        known = erased[0].anything or ledger.mirrored().keys_by_number(KIND, _BACK, target_number)
        erased = erased if known else []
    if not erased:
        raise NotFoundError(
            [Reason("customer_unknown", "the ledger knows no customer with this number")],
            resolution="Compare it with the customer's page in that system, and try the number in the other system. "
            "Where both are right, nothing is kept of them.",
            operation="erase",
        )
    return sum(erased[1:], start=erased[0])


def lines_of(erased: Erased, retention_days: int) -> Iterator[str]:
    """What was erased, and what is not: as the person who erased it reads it."""
    for flow, number in erased.records.items():
        yield f"erased: {number} records held by {flow}"
    yield f"erased: {erased.requests} requests with their answers"
    yield f"erased: what {erased.recognised_by} customers were recognised by"
    yield f"emptied: {erased.links} links; they stay with both keys, so that the customer is not made again"
    if erased.at_work:
        yield (
            f"kept: {erased.at_work} records that a run is working on, or whose write may have landed unseen. Erase "
            "once more when they are settled"
        )
    if waiting := erased.waiting - erased.at_work:
        yield (
            f"{waiting} of the records wait: the next run reads them again, and forgets them {retention_days} "
            "days after they are settled. Erase once more when they are settled, or delete them in their system first"
        )
    yield "not touched: both systems, and backups of the ledger"
    yield (
        f"not recognised as theirs: records that could not be read; they are forgotten {retention_days} days after "
        "they were last read"
    )
