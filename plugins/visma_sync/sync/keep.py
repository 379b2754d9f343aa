"""write: keep the target's records (products, customers) like those of the source."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from visma_sync.sync.flow import MasterFlow
from visma_sync.sync.reference import Reference
from visma_sync.sync.settle import Settling


async def write_records(flow: MasterFlow[Any], references: Sequence[Reference]) -> dict[str, int]:
    """Make or update the records of a run, each once; gives how many came to each outcome.

    Raises RetryableError at the end when some writes are worth another try; by then all the others are done.
    """
    run = flow.run
    settling = Settling(run, f"write_{run.kind}s")
    ended = {outcome.key for outcome in run.ledger.outcomes(run.flow, run.run_id) if outcome.state in _WRITTEN}
    await flow.settle([reference for reference in references if reference["key"] not in ended], settling)
    # With the step, a run that a person cleared settles its records anew.
    settling.outcomes = [replace(one, facts={**one.facts, "step": settling.step}) for one in settling.outcomes]
    settling.save()
    settling.raise_if_needed()
    return run.ledger.counts(run.flow, run.run_id)


# What an earlier try of this step has written is not looked at again.
_WRITTEN = ("created", "updated")
