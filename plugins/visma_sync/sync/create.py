"""create: build and write the documents of a lane, on hold, each exactly once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from visma_sync.errors import Reason, RecordParkedError, RecordRejectedError
from visma_sync.ledger.conflicts import SaleTakenError
from visma_sync.ledger.journal import Journal
from visma_sync.ledger.rows import HeldRecord, Intent, Link, Outcome
from visma_sync.sync.exist import exists_in_target, found_link, on_hold
from visma_sync.sync.flow import Built, DocumentFlow, Standing
from visma_sync.sync.reference import Reference
from visma_sync.sync.run import Run, now
from visma_sync.sync.settle import Settling
from visma_sync.sync.write import Look, Write, write_once


@dataclass
class _Lane:
    """The records of a lane, and what a look into the target found of those whose answer was lost."""

    held: Mapping[str, HeldRecord]
    intents: Mapping[str, Intent]
    looked_at: datetime = field(default_factory=now)
    found: Mapping[str, Standing] = field(default_factory=dict)


async def create_documents(flow: DocumentFlow[Any], references: Sequence[Reference]) -> list[Reference]:
    """Write the lane's new documents and give back every record's reference with its state.

    Records parked by an earlier step, and documents made before, are handed on as they are. Raises RetryableError at
    the end when some writes are worth another try; by then all the others are done.
    """
    flow = flow.documents()
    run = flow.run
    settling = Settling(run, f"create_{run.kind}s")
    settled = _settled_elsewhere(run, settling.step, references)
    new = [ref for ref in references if ref["state"] in {"new", "unwanted"} and ref["key"] not in settled]
    lane = await _read_lane(flow, [reference["key"] for reference in new])
    async with Journal(run.ledger) as journal:

        async def create(reference: Reference) -> Reference | Outcome:
            return await _create(flow, journal, lane, reference, settling.step)

        made = await settling.each(new, create)
    settling.save()
    flow.ended(settling.outcomes)
    settling.raise_if_needed()
    going_on = {reference["key"]: reference for reference in made}
    ends = settled | {outcome.key: outcome for outcome in settling.outcomes}
    return [going_on.get(ref["key"]) or _with_outcome(ref, ends.get(ref["key"])) for ref in references]


def _with_outcome(reference: Reference, outcome: Outcome | None) -> Reference:
    if outcome is None:
        return reference
    state = f"{outcome.state}({outcome.reason})" if outcome.reason else outcome.state
    return Reference(**{**reference, "state": state})


def _settled_elsewhere(run: Run, step: str, references: Sequence[Reference]) -> dict[str, Outcome]:
    """Records that the steps before parked, or that an earlier try of this step rejected."""
    keys = {reference["key"] for reference in references}
    return {
        outcome.key: outcome
        for outcome in run.ledger.outcomes(run.flow, run.run_id)
        if outcome.key in keys
        and (str(outcome.facts.get("step", "")).startswith("ensure_") or outcome.state == "rejected")
    }


async def _read_lane(flow: DocumentFlow[Any], keys: Sequence[str]) -> _Lane:
    run = flow.run
    lane = _Lane(
        held=run.ledger.held(run.flow, keys),
        intents=run.ledger.intents(run.writer_of(run.kind), run.kind, keys, "create"),
    )
    if lane.held:
        await flow.prepare(lane.held)
    uncertain = [intent for intent in lane.intents.values() if intent.state == "open"]
    if uncertain and not run.dry_run:
        lane.looked_at = now()
        lane.found = await flow.find(uncertain)
    return lane


def _ours(run: Run, standing: Standing, built: Built) -> str:
    """The key of a document that carries our marker, where its customer and total are ours as well."""
    expected = built.expected.total
    if standing.customer == built.customer and standing.total == expected:
        return standing.key
    raise RecordParkedError(
        [
            Reason(
                "number_taken",
                f"{run.kind} {standing.name} of the target carries {built.marker} with customer {standing.customer} "
                f"and total {standing.total}; ours has customer {built.customer} and total {expected}",
            )
        ],
        resolution="Decide which of the two is right; delete the other, or change its reference.",
    )


async def _create(
    flow: DocumentFlow[Any], journal: Journal, lane: _Lane, reference: Reference, step: str
) -> Reference | Outcome:
    run, key = flow.run, reference["key"]
    built = flow.build(key)
    intent = lane.intents.get(key)
    if run.dry_run:
        return _not_sent(reference, built, step, is_uncertain=intent is not None and intent.state == "open")
    look = None
    if intent is not None and intent.state == "open":
        standing = lane.found.get(intent.marker)
        look = Look(_ours(run, standing, built) if standing else "", lane.looked_at)
    write = replace(_write(flow, lane.held[key], built), wanted=reference["state"] == "new")
    try:
        done = await write_once(run, journal, write, intent, look)
    except SaleTakenError as taken:
        return Outcome(key, reference["number"], "skipped", taken.code, facts={"step": step})
    except RecordRejectedError as refusal:
        if refusal.code != "duplicate" or not built.own_key:
            raise
        return await _number_in_use(flow, journal, reference, built, (write, intent, lane.held[key]), refusal)
    if done.how == "absent":
        return Outcome(key, reference["number"], "skipped", "not_wanted_any_more", facts={"step": step})
    return Reference(**{**reference, "state": "made", "target": done.target_key})


async def _number_in_use(
    flow: DocumentFlow[Any],
    journal: Journal,
    reference: Reference,
    built: Built,
    attempt: tuple[Write, Intent | None, HeldRecord],
    refusal: RecordRejectedError,
) -> Reference | Outcome:
    """Where we number documents ourselves, the target's refusal tells that one exists.

    It is the one of our lost request, or was there before (typed in, or sent before the ledger was lost).
    """
    write, intent, record = attempt
    standing = await flow.read(built.own_key)
    if standing is None:
        raise refusal
    key = _ours(flow.run, standing, built)
    if intent is not None and intent.state in {"open", "absent"}:
        await journal.commit(*write.links(key, "adopted"), *write.sales)
        return Reference(**{**reference, "state": "made", "target": key})
    if standing.state == "hold" and flow.goes_further:
        return on_hold(flow, reference, standing)
    await journal.commit(found_link(flow.run, record, standing), *write.sales)
    return exists_in_target(flow, reference, standing)


def _write(flow: DocumentFlow[Any], record: HeldRecord, built: Built) -> Write:
    async def send() -> str:
        return await flow.send(built)

    detail: dict[str, Any] = {
        "confirmed": False,
        "customer": built.customer,
        "total": str(built.expected.total),
        "vat": str(built.expected.vat),
        "rounding": str(built.rounding),
        "cuts": list(built.cuts),
        **built.detail,
    }
    kind = flow.run.kind
    return Write(
        flow=flow.run.flow,
        kind=kind,
        key=record.key,
        action="create",
        marker=built.marker,
        payload=built.payload,
        send=send,
        link=Link(kind, record.key, "", source_hash=str(record.facts.get("content", "")), detail=detail),
        sales=flow.claims(record),
        parts=built.parts,
    )


def _not_sent(reference: Reference, built: Built, step: str, *, is_uncertain: bool) -> Outcome:
    """A dry run builds and checks everything, and sends nothing."""
    expected = built.expected
    would = "would be looked for, as its answer was lost, and sent" if is_uncertain else "would be sent"
    return Outcome(
        reference["key"],
        reference["number"],
        "skipped",
        "dry_run",
        detail="; ".join((f"{would} with total {expected.total} and VAT {expected.vat}", *built.cuts)),
        currency=reference["currency"],
        total=expected.total,
        vat=expected.vat,
        facts={"step": step},
    )
