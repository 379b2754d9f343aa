"""What records need first: reading it, and having them wait when it cannot be settled."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from visma_sync.errors import RecordRejectedError
from visma_sync.ledger.rows import HeldRecord, Outcome
from visma_sync.sync.ports import SourceRecord
from visma_sync.sync.run import Run, held_record, source_lists
from visma_sync.sync.settle import Settling

_BLOCKS = {"parked", "rejected", "uncertain"}


async def read_and_hold(
    run: Run,
    kind: str,
    source: Any,
    records: Sequence[SourceRecord],
    settling: Settling,
    *,
    key_of: Callable[[SourceRecord], str],
) -> tuple[dict[str, BaseModel], dict[str, HeldRecord]]:
    """Map source records and hold them for the writing step, by `key_of`; unreadable ones are rejected alone."""
    lists = await source_lists(run, kind, source)
    read: dict[str, BaseModel] = {}
    held: dict[str, HeldRecord] = {}
    for record in records:
        key = key_of(record)
        held[key] = held_record(run, kind, record, key)
        try:
            read[key] = run.mapping(kind).read(record.body, lists=lists, settings=run.settings)
        except RecordRejectedError as error:
            settling.reject(key, record.number, error)
    run.ledger.hold(run.flow_of(kind), run.run_id, list(held.values()), {})
    return read, held


def park_needing(run: Run, step: str, outcomes: Sequence[Outcome], needed: Mapping[str, Collection[str]]) -> None:
    """Park every record whose customer or product ended in one of these outcomes; earlier parkings by this step end.

    `needed` maps the needed key to the records that need it.
    """
    blocked: dict[str, Outcome] = {}
    for outcome in outcomes:
        if outcome.state in _BLOCKS:
            for key in needed.get(outcome.key, ()):
                blocked.setdefault(key, outcome)
    run.ledger.withdraw_outcomes(run.flow, run.run_id, step)
    for outcome in run.ledger.outcomes(run.flow, run.run_id):
        # What the other step said of this record stands; it must not be taken back together with ours.
        blocked.pop(outcome.key, None)
    held = run.ledger.held(run.flow, blocked, with_source=False)
    run.ledger.save_outcomes(
        run.flow,
        run.run_id,
        [
            Outcome(
                key,
                held[key].number,
                "parked",
                cause.reason,
                cure=cause.cure,
                detail=cause.detail,
                currency=str(held[key].facts.get("currency", "")),
                fingerprint=held[key].fingerprint,
                facts={"step": step},
            )
            for key, cause in blocked.items()
        ],
    )
