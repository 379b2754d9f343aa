"""check_exist: which of the fetched records are wanted, and which the target has already."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from visma_sync.ledger.journal import Conflict
from visma_sync.ledger.rows import HeldRecord, Link, Outcome, SaleClaim
from visma_sync.sync.fetch import FILTERED
from visma_sync.sync.flow import PARTLY_ECHO, DocumentFlow, Standing
from visma_sync.sync.reference import Reference
from visma_sync.sync.run import Run

# Clocks of the source, the target and this machine differ; a document of ours is never older than its source by more.
CLOCK_SLACK = timedelta(hours=1)

# What is said of records that are skipped although a part of them is missing in the target: detail and cure.
_FOR_A_PERSON: Mapping[str, tuple[str, str]] = {
    PARTLY_ECHO: (
        "it charges orders that came from the target together with others; no run sends any of it",
        "The target invoices the orders that came from it (our reference on them is the marker with their number "
        "there). Enter an invoice of the other orders in the target by hand, without the rows of those, and their part "
        "of the payment on it. Better never put both on one invoice.",
    ),
}


@dataclass(frozen=True)
class Sorted:
    """Records to be written (or taken further), and the outcomes of those that need nothing."""

    to_write: list[Reference]
    settled: list[Outcome]


async def check_exist(flow: DocumentFlow[Any], references: list[Reference]) -> list[Reference]:
    """Give the records that go on to the writing steps; the others get their outcome here.

    Exists means a link in the ledger or the marker in the target. A document made by us but not yet confirmed goes on.
    """
    run = flow.run
    keys = [reference["key"] for reference in references]
    held = run.ledger.held(run.flow, keys, with_source=False)
    links = await _without_deleted(flow, run.ledger.links(run.kind, keys), held)
    intents = run.ledger.intents(run.writer_of(run.kind), run.kind, keys, "create")
    # The writing step looks these up, whether they are still wanted or not, and compares before it adopts.
    uncertain = {key for key, intent in intents.items() if intent.state == "open"}
    sorted_ = _sort_linked_and_unwanted(flow, references, held, links, uncertain)
    wanted = [ref for ref in sorted_.to_write if ref["key"] not in links and ref["key"] not in uncertain]
    refused = {**_sent_otherwise(flow, wanted, held), **(await flow.refused(wanted, held) if wanted else {})}
    sorted_.settled.extend(_skipped(ref, refused[ref["key"]]) for ref in wanted if ref["key"] in refused)
    wanted = [reference for reference in wanted if reference["key"] not in refused]
    sorted_.settled.extend(await _found_in_target(flow, wanted, held))
    settled = {outcome.key for outcome in sorted_.settled}
    run.ledger.save_outcomes(run.flow, run.run_id, sorted_.settled)
    if any(ref["key"] not in settled and ref["key"] not in links for ref in references):
        await flow.check_settings()
    return [
        Reference(**{**reference, "state": _state(flow, reference, held, links)})
        for reference in references
        if reference["key"] not in settled
    ]


async def _without_deleted(
    flow: DocumentFlow[Any], links: dict[str, Link], held: Mapping[str, HeldRecord]
) -> dict[str, Link]:
    """The links without those whose document was deleted before it was confirmed, where the flow settles it anew."""
    half_done = {key: link for key, link in links.items() if not link.detail.get("confirmed")}
    deleted = await flow.deleted(half_done, held) if half_done else ()
    if not flow.run.dry_run:
        flow.run.ledger.forget_deleted(flow.run.writer_of(flow.run.kind), [links[key] for key in deleted])
    return {key: link for key, link in links.items() if key not in deleted}


def _sent_otherwise(flow: DocumentFlow[Any], wanted: list[Reference], held: Mapping[str, HeldRecord]) -> dict[str, str]:
    """Records whose sale went on another path already, by key with the reason."""
    claims = [claim for reference in wanted for claim in flow.claims(held[reference["key"]])]
    paths = flow.run.ledger.sale_paths({claim.sale_key for claim in claims})
    return {
        claim.record_key: f"sent_as_{paths[claim.sale_key]}"
        for claim in claims
        if paths.get(claim.sale_key, claim.path) != claim.path
    }


def _state(
    flow: DocumentFlow[Any], reference: Reference, held: Mapping[str, HeldRecord], links: Mapping[str, Link]
) -> str:
    """made: to be confirmed; new: to be written; unwanted: only looked for, because an answer was lost."""
    if reference["key"] in links:
        return "made"
    return "unwanted" if _unwanted(flow, reference, held[reference["key"]]) else "new"


def _unwanted(flow: DocumentFlow[Any], reference: Reference, record: HeldRecord) -> str:
    return FILTERED if FILTERED in record.facts else flow.unwanted(reference, record)


def _sort_linked_and_unwanted(
    flow: DocumentFlow[Any],
    references: list[Reference],
    held: Mapping[str, HeldRecord],
    links: Mapping[str, Link],
    uncertain: Collection[str],
) -> Sorted:
    sorted_ = Sorted([], [])
    for reference in references:
        record, link = held[reference["key"]], links.get(reference["key"])
        unwanted = _unwanted(flow, reference, record)
        if link is not None and link.detail.get("confirmed"):
            sorted_.settled.append(_exists(reference, record, link, unwanted))
        elif link is None and unwanted and reference["key"] not in uncertain:
            sorted_.settled.append(_skipped(reference, unwanted))
        else:
            sorted_.to_write.append(reference)
    return sorted_


def _exists(reference: Reference, record: HeldRecord, link: Link, unwanted: str) -> Outcome:
    """Sent before; what has changed since is said, never undone."""
    changed = bool(link.source_hash) and link.source_hash != record.facts.get("content")
    notes = ["changed in the source since it was sent"] if changed else []
    if unwanted == "status_not_wanted":
        notes.append(f"its status is now {record.facts.get('status')}")
    return Outcome(
        reference["key"],
        reference["number"],
        "skipped",
        "exists_changed" if changed else "exists_unwanted" if unwanted == "status_not_wanted" else "exists",
        detail="; ".join(notes),
        target_key=link.target_key,
        currency=reference["currency"],
    )


def _skipped(reference: Reference, reason: str) -> Outcome:
    detail, cure = _FOR_A_PERSON.get(reason, ("", ""))
    return Outcome(
        reference["key"],
        reference["number"],
        "skipped",
        reason,
        cure=cure,
        detail=detail,
        currency=reference["currency"],
    )


async def _found_in_target(
    flow: DocumentFlow[Any], wanted: list[Reference], held: Mapping[str, HeldRecord]
) -> list[Outcome]:
    """Documents whose marker is in the target although the ledger does not know them: typed in, or a lost ledger.

    One that is on Hold may be ours, made but not yet confirmed when the ledger was lost: it waits until a person
    took it off hold.
    """
    run = flow.run
    found = await flow.existing(wanted, held) if wanted else {}
    commits: list[list[Link | SaleClaim]] = []
    outcomes: list[Outcome] = []
    for reference in wanted:
        standing = found.get(reference["key"])
        if standing is None:
            continue
        record, waits = held[reference["key"]], standing.state == "hold" and flow.goes_further
        commits.append([] if waits or run.dry_run else [found_link(run, record, standing), *flow.claims(record)])
        outcomes.append((on_hold if waits else exists_in_target)(flow, reference, standing))
    conflicts = run.ledger.commit_together(commits)
    return [
        outcome if conflict is None else _taken(outcome, conflict)
        for outcome, conflict in zip(outcomes, conflicts, strict=True)
    ]


def _taken(found: Outcome, conflict: Conflict) -> Outcome:
    """The document belongs to another record of the source (or its sale went another path): one that alone waits."""
    return replace(
        found,
        state="parked",
        reason="number_taken",
        cure=conflict.resolution,
        detail=f"{found.detail}; {conflict.message}",
    )


def found_link(run: Run, record: HeldRecord, standing: Standing) -> Link:
    """The link to a document that the ledger did not know of."""
    return Link(
        run.kind,
        record.key,
        standing.key,
        source_hash=str(record.facts.get("content", "")),
        detail={"confirmed": True},
        how="found",
    )


def on_hold(flow: DocumentFlow[Any], reference: Reference, standing: Standing) -> Outcome:
    """A document that the ledger does not know of and that is on hold, although the settings want it further."""
    return Outcome(
        reference["key"],
        reference["number"],
        "parked",
        "exists_on_hold",
        cure=f"Compare it with the source and {flow.verb} it in the target; then it counts as sent.",
        detail=f"found in the target as {standing.name}, on hold",
        target_key=standing.key,
        currency=reference["currency"],
    )


def exists_in_target(_flow: DocumentFlow[Any], reference: Reference, standing: Standing) -> Outcome:
    """A document that is in the target although the ledger did not know of it."""
    return Outcome(
        reference["key"],
        reference["number"],
        "skipped",
        "exists",
        detail=f"found in the target as {standing.name}, state {standing.state}",
        target_key=standing.key,
        currency=reference["currency"],
    )
