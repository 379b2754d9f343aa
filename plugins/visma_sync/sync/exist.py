"""check_orders_exist: which of the fetched orders are wanted, and which the target has already."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from visma_sync.ledger.rows import HeldRecord, Link, Outcome
from visma_sync.sync.plan import marker_of
from visma_sync.sync.ports import OrderRow, OrderSource, OrderTarget
from visma_sync.sync.reference import Reference
from visma_sync.sync.run import Run

# Clocks of the source, the target and this machine differ; an order of ours is never older than its source by more.
CLOCK_SLACK = timedelta(hours=1)


@dataclass(frozen=True)
class Sorted:
    """Orders to be written (or taken further), and the outcomes of those that need nothing."""

    to_write: list[Reference]
    settled: list[Outcome]


async def check_orders_exist(
    run: Run, source: OrderSource, target: OrderTarget, references: list[Reference]
) -> list[Reference]:
    """Give the orders that go on to the writing steps; the others get their outcome here.

    Exists means a link in the ledger or the marker in the target. An order made by us but not yet confirmed goes on.
    """
    keys = [reference["key"] for reference in references]
    held = run.ledger.held(run.flow, keys, with_source=False)
    links = run.ledger.links("order", keys)
    intents = run.ledger.intents(run.flow, "order", keys, "create")
    # The writing step looks these up, whether they are still wanted or not, and compares before it adopts.
    uncertain = {key for key, intent in intents.items() if intent.state == "open"}
    sorted_ = _sort_linked_and_unwanted(run, references, held, links, uncertain)
    wanted = [ref for ref in sorted_.to_write if ref["key"] not in links and ref["key"] not in uncertain]
    if run.settings.send_when.paid == "paid" and wanted:
        paid = await source.paid_orders([reference["key"] for reference in wanted])
        unpaid = [reference for reference in wanted if reference["key"] not in paid]
        sorted_.settled.extend(_skipped(reference, "not_paid") for reference in unpaid)
        wanted = [reference for reference in wanted if reference["key"] in paid]
    found = await _found_in_target(run, target, wanted, held)
    sorted_.settled.extend(found)
    settled = {outcome.key for outcome in sorted_.settled}
    run.ledger.save_outcomes(run.flow, run.run_id, sorted_.settled)
    return [
        Reference(**{**reference, "state": _state(run, reference, held, links)})
        for reference in references
        if reference["key"] not in settled
    ]


def _state(run: Run, reference: Reference, held: Mapping[str, HeldRecord], links: Mapping[str, Link]) -> str:
    """made: to be confirmed; new: to be written; unwanted: only looked for, because an answer was lost."""
    if reference["key"] in links:
        return "made"
    return "unwanted" if _unwanted(run, reference, str(held[reference["key"]].facts.get("status", ""))) else "new"


def _sort_linked_and_unwanted(
    run: Run,
    references: list[Reference],
    held: Mapping[str, HeldRecord],
    links: Mapping[str, Link],
    uncertain: Collection[str],
) -> Sorted:
    sorted_ = Sorted([], [])
    for reference in references:
        record, link = held[reference["key"]], links.get(reference["key"])
        unwanted = _unwanted(run, reference, str(record.facts.get("status", "")))
        if link is not None and link.detail.get("confirmed"):
            sorted_.settled.append(_exists(run, reference, record, link, unwanted))
        elif link is None and unwanted and reference["key"] not in uncertain:
            sorted_.settled.append(_skipped(reference, unwanted))
        else:
            sorted_.to_write.append(reference)
    return sorted_


def _unwanted(run: Run, reference: Reference, status: str) -> str:
    """Why the business does not want this order sent; empty when it does."""
    if status not in {wanted.value for wanted in run.settings.send_when.status}:
        return "status_not_wanted"
    cut_off = run.settings.cut_off_date
    if cut_off and date.fromisoformat(reference["date"]) < cut_off:
        return "before_cut_off"
    return ""


def _exists(run: Run, reference: Reference, record: HeldRecord, link: Link, unwanted: str) -> Outcome:
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
    return Outcome(reference["key"], reference["number"], "skipped", reason, currency=reference["currency"])


async def _found_in_target(
    run: Run, target: OrderTarget, wanted: list[Reference], held: Mapping[str, HeldRecord]
) -> list[Outcome]:
    """Orders whose marker is in the target although the ledger does not know them: entered by hand, or a lost ledger.

    With manual numbering the target itself refuses the double, and no list is read. One that is on Hold may be ours,
    made but not yet confirmed when the ledger was lost: it waits until a person opened it.
    """
    if not wanted or run.settings.order.numbering == "manual":
        return []
    by_marker = {marker_of(reference["number"], run.settings): reference for reference in wanted}
    since = min(held[reference["key"]].created_at for reference in wanted) - CLOCK_SLACK
    rows: dict[str, OrderRow] = {}
    # Of every type: the setting may have changed since the order was made.
    async for page in target.orders_modified(since):
        rows.update({row.reference: row for row in page if row.reference in by_marker})
    links: list[Link] = []
    outcomes: list[Outcome] = []
    for marker, row in rows.items():
        reference = by_marker[marker]
        if row.state == "hold" and run.settings.confirm == "open":
            outcomes.append(_on_hold(reference, row))
            continue
        links.append(
            Link(
                "order",
                reference["key"],
                f"{row.order_type}/{row.order_id}",
                source_hash=str(held[reference["key"]].facts.get("content", "")),
                detail={"confirmed": True},
                how="found",
            )
        )
        outcomes.append(exists_in_target(reference, row))
    if not run.dry_run:
        run.ledger.save_links(links)
    return outcomes


def _on_hold(reference: Reference, row: OrderRow) -> Outcome:
    return Outcome(
        reference["key"],
        reference["number"],
        "parked",
        "exists_on_hold",
        cure="Compare it with the source and open it in the target; then it counts as sent.",
        detail=f"found in the target as {row.order_id}, on hold",
        target_key=f"{row.order_type}/{row.order_id}",
        currency=reference["currency"],
    )


def exists_in_target(reference: Reference, row: OrderRow) -> Outcome:
    """An order that is in the target although the ledger did not know of it."""
    return Outcome(
        reference["key"],
        reference["number"],
        "skipped",
        "exists",
        detail=f"found in the target as {row.order_id}, state {row.state}",
        target_key=f"{row.order_type}/{row.order_id}",
        currency=reference["currency"],
    )
