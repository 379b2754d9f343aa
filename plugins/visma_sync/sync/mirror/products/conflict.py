"""A field that people changed in both systems since it was last written: who wins, and that both versions are kept."""

from collections.abc import Collection, Mapping
from typing import Any

from visma_sync.errors import Reason, RecordParkedError
from visma_sync.ledger.journal import Journal
from visma_sync.ledger.rows import Attempt
from visma_sync.sync.changes import flat
from visma_sync.sync.run import Run, now

# The action under which both versions are kept in the ledger, encrypted: ours as the request, the target's as answer.
CONFLICT = "conflict"


async def keep_both(
    run: Run, journal: Journal, number: str, paths: Collection[str], ours: Mapping[str, Any], theirs: Mapping[str, Any]
) -> None:
    """Keep the two versions of these fields, once for as long as they stay so."""
    if run.dry_run or not paths:
        return
    request, answer = ({path: flat(one).get(path) for path in paths} for one in (ours, theirs))
    writer = run.writer_of("product")
    before = [one for one in run.ledger.attempts(writer, "product", number) if one.action == CONFLICT]
    if before and (before[-1].request, before[-1].answer) == (request, answer):
        return
    await journal.commit(
        Attempt(
            flow=writer,
            kind="product",
            key=number,
            action=CONFLICT,
            run_id=run.run_id,
            request=request,
            answer=answer,
            error="",
            started_at=now(),
            duration_ms=0,
        )
    )


def refuse_conflict(number: str, paths: Collection[str]) -> None:
    """RecordParkedError that names the fields which people changed in both systems."""
    raise RecordParkedError(
        [Reason("changed_in_both", f"product '{number}': both systems changed {', '.join(sorted(paths))}")],
        resolution="Enter in both systems what is right; or set mirror.products.on_conflict to keep_target or"
        " source_wins.",
    )
