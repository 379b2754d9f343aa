"""What became of a customer."""

from dataclasses import replace

from visma_sync.domain.customer import Customer
from visma_sync.ledger.rows import Outcome

ARCHIVED = "archived in the source"


def outcome_of(customer: Customer, state: str, reason: str = "", detail: str = "", target: str = "") -> Outcome:
    """What became of a customer; that it is archived in the source is always said."""
    outcome = Outcome(customer.key, customer.number, state, reason, detail=detail, target_key=target)
    if customer.is_active or state == "skipped":
        return outcome
    return replace(outcome, detail="; ".join(part for part in (ARCHIVED, detail) if part))
