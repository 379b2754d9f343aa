"""ensure_customers: the customer of every sale exists in the target, found or made, exactly once."""

from collections.abc import Collection, Sequence
from typing import cast

from visma_sync.domain.customer import Customer
from visma_sync.ledger.rows import HeldRecord, Outcome
from visma_sync.sync.customers.outcome import outcome_of
from visma_sync.sync.customers.write import settle_customers
from visma_sync.sync.dependencies import park_needing, read_and_hold
from visma_sync.sync.ports import CustomerTarget, Source
from visma_sync.sync.reference import Reference
from visma_sync.sync.run import Run
from visma_sync.sync.settle import Settling

STEP = "ensure_customers"


async def ensure_customers(
    run: Run, source: Source, target: CustomerTarget, references: Sequence[Reference]
) -> dict[str, int]:
    """Find, make or update the customers of these sales, once per run; sales whose customer cannot be settled park.

    Gives the number of customers by outcome. Raises RetryableError when some writes are worth another try.
    """
    needed = run.ledger.needed(run.flow, [reference["key"] for reference in references], "customer")
    settling = Settling(run, STEP, flow=run.flow_of("customer"))
    customers, held = await _read(run, source, set(needed), settling)
    if run.settings.default_debtor.when == "always":
        settling.outcomes += [outcome_of(customer, "skipped", "default_debtor") for customer in customers.values()]
    else:
        await settle_customers(run, target, settling, customers, held)
    settling.save()
    blocking = [one for one in settling.outcomes if not _goes_to_default_debtor(run, one, customers)]
    park_needing(run, STEP, blocking, needed)
    settling.raise_if_needed()
    return settling.counts()


def _goes_to_default_debtor(run: Run, outcome: Outcome, readable: Collection[str]) -> bool:
    """A customer that cannot be made does not park its sales where there is a default debtor; never for two hits."""
    refused = outcome.state == "rejected" and outcome.reason != "bug"
    cannot_be_made = outcome.key in readable and (refused or outcome.reason == "no_credit_terms")
    return run.settings.default_debtor.when == "fallback" and cannot_be_made


async def _read(
    run: Run, source: Source, keys: set[str], settling: Settling
) -> tuple[dict[str, Customer], dict[str, HeldRecord]]:
    """The source customers, held for the writing step; unreadable ones are rejected alone."""
    records = await source.customers(keys)
    read, held = await read_and_hold(run, "customer", source, records, settling, key_of=lambda record: record.key)
    for key in keys - held.keys():
        settling.outcomes.append(
            Outcome(
                key,
                "",
                "parked",
                "customer_unknown",
                cure="Restore the customer in the source.",
                detail="the source no longer has this customer",
            )
        )
    return {key: cast(Customer, customer) for key, customer in read.items()}, held
