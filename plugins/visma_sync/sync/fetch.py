"""fetch: read what changed in the window, and take up again what was waiting."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal, cast

from visma_sync.errors import RecordRejectedError
from visma_sync.ledger.rows import HeldRecord, Outcome
from visma_sync.sync.flow import ECHO, MasterFlow, RecordFlow
from visma_sync.sync.ports import SourceRecord
from visma_sync.sync.reference import Reference
from visma_sync.sync.run import Run, held_record, source_lists

# The reason, and the fact, that tell of a record which the filters of the settings leave out.
FILTERED = "filtered"


@dataclass(frozen=True)
class Window:
    """What a run reads: everything created or changed in [since, until), UTC, or just these numbers.

    `kind` is scheduled, manual or backfill; only scheduled runs move the watermark.
    """

    kind: Literal["scheduled", "manual", "backfill"]
    since: datetime | None = None
    until: datetime | None = None
    numbers: tuple[str, ...] = ()


@dataclass
class _Catch:
    """What a fetch brings together before it is stored page by page.

    `asked_for` tells that a person named these records; `news` are those that an earlier try of this run rejected.
    """

    asked_for: bool
    news: frozenset[str]
    lists: dict[str, dict[str, Any]] = field(default_factory=dict)
    lists_are_fresh: bool = False
    references: dict[str, Reference] = field(default_factory=dict)
    read: set[str] = field(default_factory=set)
    taken_up: set[str] = field(default_factory=set)


async def fetch_records(flow: RecordFlow[Any], window: Window) -> list[Reference]:
    """Read, map and hold the records of the window; malformed ones are rejected alone.

    Gives the references of the records that go on. Raises RetryableError or ConfigurationError of the source.
    """
    run = flow.run
    run.ledger.open_run(run.flow, run.run_id, window.since, window.until, window.kind)
    before = run.ledger.outcomes(run.flow, run.run_id)
    rejected = [outcome.key for outcome in before if outcome.state == "rejected"]
    # A run that a person cleared settles its records anew.
    for step in {str(outcome.facts["step"]) for outcome in before if outcome.facts.get("step")}:
        run.ledger.withdraw_outcomes(run.flow, run.run_id, step)
    # What an earlier try of this run found deleted is told once, and counts in this try too.
    gone = {outcome.key for outcome in before if outcome.reason == "gone_from_source"}
    catch = _Catch(asked_for=bool(window.numbers), news=frozenset(rejected), taken_up=gone)
    try:
        await _fetch(flow, window, catch)
    finally:
        run.ledger.note_read(run.flow, run.run_id, read=len(catch.read), taken_up=len(catch.taken_up))
    return sorted(catch.references.values(), key=lambda reference: (reference["date"], reference["number"]))


async def _fetch(flow: RecordFlow[Any], window: Window, catch: _Catch) -> None:
    if window.numbers:
        found = await flow.by_number(window.numbers)
        await _hold(flow, found, catch)
        _note_unknown(flow.run, set(window.numbers) - {record.number for record in found}, catch)
    elif window.since and window.until:
        async for page in flow.changed(window.since, window.until):
            await _hold(flow, page, catch)
        async for page in flow.also_wanted(window.since):
            await _hold(flow, page, catch)
        if not flow.run.dry_run:
            await _take_up_again(flow, catch)
            # Nothing is undone because somebody deleted a record in the source.
            catch.taken_up.update(await flow.settle_deleted(catch.read | catch.taken_up))


async def _take_up_again(flow: RecordFlow[Any], catch: _Catch) -> None:
    """Waiting records are read again: what a person corrected or deleted meanwhile counts, not the old snapshot.

    Only what may be in the target already goes on from the snapshot when the source no longer has it.
    """
    run = flow.run
    waiting = {held.key: held for held in run.ledger.waiting(run.flow) if held.key not in catch.read}
    due = {key for key, held in waiting.items() if held.state != "rejected" or _may_differ(run, held)}
    records = await flow.by_key(due) if due else []
    gone = due - {flow.key_of(record) for record in records}
    intents = run.ledger.intents(run.flow, run.kind, gone, "create")
    sent = {key for key, intent in intents.items() if intent.state == "open"} | run.ledger.links(run.kind, gone).keys()
    stored = [_Stored(held) for held in run.ledger.held(run.flow, sent).values() if held.source is not None]
    await _hold(flow, [*records, *stored], catch, again=True)
    lost = gone - {record.held_key for record in stored}
    catch.taken_up.update(lost)
    deleted = f"the source has no such {run.kind} any more"
    outcomes = [Outcome(key, waiting[key].number, "skipped", "gone_from_source", detail=deleted) for key in lost]
    run.ledger.save_outcomes(run.flow, run.run_id, outcomes)
    await _take_up_lost(flow, catch)


async def _take_up_lost(flow: RecordFlow[Any], catch: _Catch) -> None:
    """Lost answers to writes of records that wait nowhere any more are settled too, as long as the source has them."""
    if not isinstance(flow, MasterFlow):
        return
    lost = {intent.key for intent in flow.run.ledger.open_intents(flow.run.flow) if flow.may_settle(intent)}
    lost -= catch.read | catch.taken_up
    if lost:
        await _hold(flow, await flow.by_key(lost), catch, again=True)


def _note_unknown(run: Run, numbers: set[str], catch: _Catch) -> None:
    """A number that a person asked for and the source does not have."""
    catch.read.update(numbers)
    unknown = [
        Outcome(number, number, "skipped", "not_in_source", detail=f"the source has no {run.kind} of this number")
        for number in sorted(numbers)
    ]
    run.ledger.save_outcomes(run.flow, run.run_id, unknown)


def _may_differ(run: Run, held: HeldRecord) -> bool:
    """A rejected record is worth another try when its mapping or the settings changed."""
    return held.fingerprint != run.fingerprint_of(run.kind, held.source_hash)


class _Stored:
    """A held record in the shape of a source record."""

    def __init__(self, held: HeldRecord) -> None:
        self.held_key = held.key
        self.key = held.key
        self.number = held.number
        self.created_at = held.created_at
        self.changed_at = held.changed_at
        self.body = self.content = cast(dict[str, Any], held.source)


def _key(flow: RecordFlow[Any], record: SourceRecord) -> str:
    return record.held_key if isinstance(record, _Stored) else flow.key_of(record)


async def _hold(flow: RecordFlow[Any], records: Sequence[SourceRecord], catch: _Catch, *, again: bool = False) -> None:
    """Map a page, hold its records with what they need, and give outcomes to those that end here."""
    run = flow.run
    by_key = {_key(flow, record): record for record in records}
    by_key = {key: record for key, record in by_key.items() if key not in catch.read | catch.taken_up}
    if not by_key:
        return
    (catch.taken_up if again else catch.read).update(by_key)
    if not catch.lists:
        catch.lists = await source_lists(run, run.kind, flow.source)
    before = run.ledger.held(run.flow, by_key, with_source=False)
    begun = _begun(run, by_key) if run.filter else set()
    echoes = flow.echoes(by_key)
    held: list[HeldRecord] = []
    needs: dict[str, Mapping[str, Any]] = {}
    outcomes: list[Outcome] = []
    for key, record in by_key.items():
        row = held_record(run, run.kind, record, key)
        tried_again = catch.asked_for or run.dry_run or key in catch.news
        if not tried_again and _rejected_before(row, before.get(key)):
            rejected = before[key]
            outcomes.append(_still_rejected(row, rejected))
            held.append(
                replace(row, state=rejected.state, reason=rejected.reason, cure=rejected.cure, facts=rejected.facts)
            )
            continue
        try:
            read = await _read(flow, record, catch)
            filtered = run.filter.why_not(read, run.settings) if run.filter else None
        except RecordRejectedError as error:
            outcomes.append(_rejected(row, error))
        else:
            row = replace(row, facts={**flow.facts_of(read), **({FILTERED: filtered} if filtered else {})})
            needs[key] = flow.needs_of(read)
            if reason := ECHO if key in echoes else flow.why_not_yet(read):
                outcomes.append(Outcome(key, row.number, "skipped", reason))
            elif filtered and key not in begun:
                outcomes.append(Outcome(key, row.number, "skipped", FILTERED, detail=filtered))
            else:
                catch.references[key] = flow.reference_of(read)
        held.append(row)
    run.ledger.hold(run.flow, run.run_id, held, needs)
    run.ledger.save_outcomes(run.flow, run.run_id, outcomes)


def _begun(run: Run, keys: Collection[str]) -> set[str]:
    """Records that may be in the target, or are there half done: these are finished, whatever the filters say."""
    intents = run.ledger.open_intents(run.writer_of(run.kind))
    links = run.ledger.links(run.kind, keys)
    half_done = {key for key, link in links.items() if link.detail.get("confirmed") is False}
    return half_done | {intent.key for intent in intents if intent.kind == run.kind}


async def _read(flow: RecordFlow[Any], record: SourceRecord, catch: _Catch) -> Any:
    """Map a record; a name that is missing may be one that the source's lists got since they were last read."""
    run = flow.run
    mapping = run.mapping(run.kind)
    try:
        return mapping.read(record.body, lists=catch.lists, settings=run.settings)
    except RecordRejectedError as error:
        if error.code != "missing_field" or catch.lists_are_fresh:
            raise
    catch.lists = await source_lists(run, run.kind, flow.source, fresh=True)
    catch.lists_are_fresh = True
    return mapping.read(record.body, lists=catch.lists, settings=run.settings)


def _rejected_before(row: HeldRecord, before: HeldRecord | None) -> bool:
    """A rejection is news once; while source, mapping and settings stay the same it only waits."""
    return before is not None and before.state == "rejected" and before.fingerprint == row.fingerprint


def _still_rejected(row: HeldRecord, before: HeldRecord) -> Outcome:
    cure = f"{before.cure} If the cause was in the target, trigger the flow with this number."
    return Outcome(row.key, row.number, "skipped", "rejected_before", cure=cure, detail=before.reason)


def _rejected(row: HeldRecord, error: RecordRejectedError) -> Outcome:
    return Outcome(row.key, row.number, "rejected", error.code, cure=error.resolution, detail=error.message)
