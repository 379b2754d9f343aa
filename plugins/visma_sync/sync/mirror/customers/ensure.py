"""ensure_customers of a mirrored run: the customer of every sale exists in the target, found or made, exactly once."""

from collections.abc import Sequence
from typing import cast

from visma_sync.domain.customer import Customer
from visma_sync.ledger.rows import HeldRecord, Outcome
from visma_sync.sync.dependencies import park_needing, read_and_hold
from visma_sync.sync.mirror.customers.ports import CustomerSource, CustomerTarget
from visma_sync.sync.mirror.customers.settle import settle_customers
from visma_sync.sync.reference import Reference
from visma_sync.sync.run import Run
from visma_sync.sync.settle import Settling

STEP = "ensure_customers"


async def ensure_customers_back(
    run: Run, source: CustomerSource, target: CustomerTarget, references: Sequence[Reference]
) -> dict[str, int]:
    """Find, make or update the customers of these sales, once per run; sales whose customer cannot be settled park.

    Gives the number of customers by outcome. Raises RetryableError when some writes are worth another try.
    """
    needed = run.ledger.needed(run.flow, [reference["key"] for reference in references], "customer")
    settling = Settling(run, STEP, flow=run.flow_of("customer"))
    customers, held = await _read(run, source, set(needed), settling)
    await settle_customers(run, source, target, settling, customers, held)
    settling.save()
    park_needing(run, STEP, settling.outcomes, needed)
    settling.raise_if_needed()
    return settling.counts()


async def _read(
    run: Run, source: CustomerSource, keys: set[str], settling: Settling
) -> tuple[dict[str, Customer], dict[str, HeldRecord]]:
    """The source customers, held for the writing step; unreadable ones are rejected alone."""
    records = await source.customer_records.read(keys)
    read, held = await read_and_hold(run, "customer", source, records, settling, key_of=lambda record: record.key)
    customers = {key: cast(Customer, customer) for key, customer in read.items()}
    for key in keys - held.keys():
        settling.outcomes.append(_parked(key, "customer_unknown", "the source has no such customer any more"))
    if debtor := customers.pop(run.settings.default_debtor.customer, None):
        detail = "the default debtor stands for customers of the target, and is none of them"
        settling.outcomes.append(_parked(debtor.key, "default_debtor", detail))
    return customers, held


def _parked(key: str, reason: str, detail: str) -> Outcome:
    return Outcome(key, key, "parked", reason, cure="Give the sale a customer of its own in the source.", detail=detail)
