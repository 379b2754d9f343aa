"""Records that nobody has decided about: a dry run of their flow says what would become of each."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from visma_sync.ledger.conflicts import LinkTakenError
from visma_sync.ledger.rows import Outcome
from visma_sync.sync.catalog import document_flow, ensure
from visma_sync.sync.create import create_documents
from visma_sync.sync.exist import check_exist
from visma_sync.sync.fetch import Window, fetch_records
from visma_sync.sync.reconcile.documents import Due, Waiting, document_of
from visma_sync.sync.reconcile.side import Side
from visma_sync.sync.reconcile.source import SourceSide
from visma_sync.sync.report import write_report
from visma_sync.sync.run import Run

_FOUND = frozenset({"exists", "exists_changed", "exists_unwanted"})


async def decide(side: Side, needs: Collection[str], found: SourceSide) -> None:
    """Sort the candidates: what would be sent is missing, the others wait or were left out for a reason.

    `needs` are the kinds of records that must exist before those of the flow.
    """
    if not found.candidates:
        return
    run = replace(side.run, dry_run=True)
    numbers = {owner.number for owner, _ in found.candidates.values()}
    outcomes = await _dry_run(run, side.source, side.target, needs, tuple(sorted(numbers)))
    taken = _taken(side, outcomes)
    for owner, stated in found.candidates.values():
        outcome = outcomes.get(owner.key) or outcomes.get(owner.number)
        if outcome is None:
            found.waiting.append(Waiting(owner, "parked", "step_failed", "Run the flow with this number."))
        elif outcome.reason == "dry_run":
            total = stated.total if stated else outcome.total
            found.dues.append(Due(owner, "", total, stated.vat if stated else outcome.vat))
        elif outcome.reason in _FOUND and owner.key in taken:
            found.waiting.append(Waiting(owner, "parked", "number_taken", taken[owner.key]))
        elif outcome.reason in _FOUND:
            found.stands[owner.key] = document_of(outcome.target_key)
            total, vat = (stated.total, stated.vat) if stated else (None, None)
            found.dues.append(Due(owner, found.stands[owner.key], total, vat))
        elif outcome.state == "skipped":
            found.skipped[outcome.reason] += 1
        else:
            found.waiting.append(Waiting(owner, outcome.state, outcome.reason, outcome.cure))
    found.candidates = {}


def _taken(side: Side, outcomes: Mapping[str, Outcome]) -> dict[str, str]:
    """Records whose marker is on the document of another record, by key with what a person does: as a run says it."""
    kind, there = side.run.kind, [one for one in outcomes.values() if one.reason in _FOUND]
    links = side.run.ledger.links_by_target(kind, {one.target_key for one in there})
    return {
        one.key: LinkTakenError(kind, one.key, one.target_key).resolution
        for one in there
        if one.target_key in links and links[one.target_key].source_key != one.key
    }


async def _dry_run(
    run: Run, source: Any, target: Any, needs: Collection[str], numbers: tuple[str, ...]
) -> dict[str, Outcome]:
    """The steps of the flow for these numbers, as a dry run takes them; gives the outcomes by key."""

    def flow() -> Any:
        return document_flow(run, source, target)

    try:
        to_write = await check_exist(flow(), await fetch_records(flow(), Window("manual", numbers=numbers)))
        for kind in needs:
            await ensure(run, kind, source, target, to_write)
        if to_write:
            await create_documents(flow(), await flow().group(to_write))
    finally:
        write_report(run, ())
    return {outcome.key: outcome for outcome in run.ledger.outcomes(run.flow, run.run_id)}
