"""A field that people changed in both systems since it was last written: who wins, and that both versions are kept."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from visma_sync.domain.customer import Customer
from visma_sync.errors import Reason, RecordParkedError
from visma_sync.ledger.journal import Journal
from visma_sync.ledger.rows import Attempt
from visma_sync.mapping.flow import Written
from visma_sync.sync.changes import Change, change_of, flat, hashes_of
from visma_sync.sync.run import Run, now

# The action under which both versions are kept in the ledger, encrypted: ours as the request, the target's as answer.
CONFLICT = "conflict"


@dataclass(frozen=True)
class Both:
    """What the source says now, what was written last (by path, its keyed hash), and what the target holds."""

    ours: Written
    written: Mapping[str, str]
    there: Mapping[str, Any]


async def settled_change(run: Run, journal: Journal, customer: Customer, both: Both) -> Change:
    """What to send, with the fields that people changed in both systems settled as the settings say.

    RecordParkedError where a person is to decide.
    """
    change = _change(run, both)
    if not change.kept:
        return change
    await _keep_both(run, journal, customer, both, change)
    policy = run.settings.mirror.customers.on_conflict
    if policy == "park":
        raise RecordParkedError(
            [Reason("changed_in_both", f"customer {customer.number}: both systems changed {', '.join(change.kept)}")],
            resolution="Enter in both systems what is right; or set mirror.customers.on_conflict to keep_target or"
            " source_wins.",
        )
    if policy == "source_wins":
        theirs = hashes_of(run.ledger, both.there)
        return _change(run, replace(both, written={**both.written, **{path: theirs[path] for path in change.kept}}))
    return change


def _change(run: Run, both: Both) -> Change:
    ours = both.ours
    return change_of(run.ledger, ours.payload, both.written, both.there, ours.only_if_empty, ours.emptied)


async def _keep_both(run: Run, journal: Journal, customer: Customer, both: Both, change: Change) -> None:
    """Keep the two versions of these fields, once for as long as they stay so."""
    if run.dry_run:
        return
    ours, theirs = flat(both.ours.payload), flat(both.there)
    request, answer = ({path: one.get(path) for path in change.kept} for one in (ours, theirs))
    writer = run.writer_of("customer")
    before = [one for one in run.ledger.attempts(writer, "customer", customer.key) if one.action == CONFLICT]
    if before and (before[-1].request, before[-1].answer) == (request, answer):
        return
    await journal.commit(
        Attempt(
            flow=writer,
            kind="customer",
            key=customer.key,
            action=CONFLICT,
            run_id=run.run_id,
            request=request,
            answer=answer,
            error="",
            started_at=now(),
            duration_ms=0,
        )
    )
