"""fetch_orders: read what changed in the window, and take up again what was waiting."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal, cast

from visma_sync.domain.order import Order
from visma_sync.errors import RecordRejectedError
from visma_sync.ledger.rows import HeldRecord, Outcome
from visma_sync.sync.plan import freight_lines
from visma_sync.sync.ports import OrderSource, SourceRecord
from visma_sync.sync.reference import Reference, reference_of
from visma_sync.sync.run import Run, hash_of, held_record, source_lists


@dataclass(frozen=True)
class Window:
    """What a run reads: everything created or changed in [since, until), UTC, or just these order numbers.

    `kind` is scheduled, manual or backfill; only scheduled runs move the watermark.
    """

    kind: Literal["scheduled", "manual", "backfill"]
    since: datetime | None = None
    until: datetime | None = None
    numbers: tuple[str, ...] = ()


@dataclass
class _Catch:
    """What a fetch brings together before it is stored page by page.

    `asked_for` tells that a person named these orders; `news` are the records that an earlier try of this run rejected.
    """

    asked_for: bool
    news: frozenset[str]
    lists: dict[str, dict[str, Any]] = field(default_factory=dict)
    lists_are_fresh: bool = False
    references: dict[str, Reference] = field(default_factory=dict)
    read: set[str] = field(default_factory=set)
    taken_up: set[str] = field(default_factory=set)


async def fetch_orders(run: Run, source: OrderSource, window: Window) -> list[Reference]:
    """Read, map and hold the orders of the window; malformed ones are rejected alone.

    Gives the references of the orders that go on. Raises RetryableError or ConfigurationError of the source.
    """
    run.ledger.open_run(run.flow, run.run_id, window.since, window.until, window.kind)
    rejected = [outcome.key for outcome in run.ledger.outcomes(run.flow, run.run_id) if outcome.state == "rejected"]
    # A run that a person cleared settles its records anew.
    for step in ("ensure_customers", "ensure_products", "create_orders", "confirm_orders"):
        run.ledger.withdraw_outcomes(run.flow, run.run_id, step)
    catch = _Catch(asked_for=bool(window.numbers), news=frozenset(rejected))
    try:
        await _fetch(run, source, window, catch)
    finally:
        run.ledger.note_read(run.flow, run.run_id, read=len(catch.read), taken_up=len(catch.taken_up))
    return sorted(catch.references.values(), key=lambda reference: (reference["date"], reference["number"]))


async def _fetch(run: Run, source: OrderSource, window: Window, catch: _Catch) -> None:
    if window.numbers:
        found = await source.orders_by_number(window.numbers)
        await _hold(run, source, found, catch)
        _note_unknown(run, set(window.numbers) - {record.number for record in found}, catch)
    elif window.since and window.until:
        async for page in source.orders_changed(window.since, window.until):
            await _hold(run, source, page, catch)
        if run.settings.send_when.paid == "paid":
            await _fetch_paid_since(run, source, window.since, catch)
        if not run.dry_run:
            await _take_up_again(run, source, catch)


async def _fetch_paid_since(run: Run, source: OrderSource, since: datetime, catch: _Catch) -> None:
    """An old order whose invoice was paid inside the window is a candidate too."""
    async for keys in source.orders_invoiced(since):
        unread = [key for key in keys if key not in catch.read]
        await _hold(run, source, await source.orders_by_key(unread), catch)


async def _take_up_again(run: Run, source: OrderSource, catch: _Catch) -> None:
    """Waiting records are read again: what a person corrected or deleted meanwhile counts, not the old snapshot.

    Only what may be in the target already goes on from the snapshot when the source no longer has it.
    """
    waiting = {held.key: held for held in run.ledger.waiting(run.flow) if held.key not in catch.read}
    due = {key for key, held in waiting.items() if held.state != "rejected" or _may_differ(run, held)}
    records = await source.orders_by_key(due) if due else []
    gone = due - {record.key for record in records}
    intents = run.ledger.intents(run.flow, "order", gone, "create")
    sent = {key for key, intent in intents.items() if intent.state == "open"} | run.ledger.links("order", gone).keys()
    stored = [_Stored(held) for held in run.ledger.held(run.flow, sent).values() if held.source is not None]
    await _hold(run, source, [*records, *stored], catch, again=True)
    lost = gone - {record.key for record in stored}
    catch.taken_up.update(lost)
    deleted = "the source has no such order any more"
    outcomes = [Outcome(key, waiting[key].number, "skipped", "gone_from_source", detail=deleted) for key in lost]
    run.ledger.save_outcomes(run.flow, run.run_id, outcomes)


def _note_unknown(run: Run, numbers: set[str], catch: _Catch) -> None:
    """A number that a person asked for and the source does not have."""
    catch.read.update(numbers)
    unknown = [
        Outcome(number, number, "skipped", "not_in_source", detail="the source has no order of this number")
        for number in sorted(numbers)
    ]
    run.ledger.save_outcomes(run.flow, run.run_id, unknown)


def _may_differ(run: Run, held: HeldRecord) -> bool:
    """A rejected record is worth another try when its mapping or the settings changed."""
    return held.fingerprint != run.fingerprint_of("order", held.source_hash)


class _Stored:
    """A held record in the shape of a source record."""

    def __init__(self, held: HeldRecord) -> None:
        self.key = held.key
        self.number = held.number
        self.created_at = held.created_at
        self.changed_at = held.changed_at
        self.body = cast(dict[str, Any], held.source)


async def _hold(
    run: Run, source: OrderSource, records: Sequence[SourceRecord], catch: _Catch, *, again: bool = False
) -> None:
    """Map a page, hold its records with what they need, and give outcomes to those that end here."""
    records = [record for record in records if record.key not in catch.read | catch.taken_up]
    if not records:
        return
    (catch.taken_up if again else catch.read).update(record.key for record in records)
    if not catch.lists:
        catch.lists = await source_lists(run, "order", source)
    before = run.ledger.held(run.flow, [record.key for record in records], with_source=False)
    held: list[HeldRecord] = []
    needs: dict[str, dict[str, set[str]]] = {}
    outcomes: list[Outcome] = []
    for record in records:
        row = held_record(run, "order", record, record.key)
        tried_again = catch.asked_for or run.dry_run or record.key in catch.news
        if not tried_again and _rejected_before(row, before.get(record.key)):
            rejected = before[record.key]
            outcomes.append(_still_rejected(row, rejected))
            held.append(
                replace(row, state=rejected.state, reason=rejected.reason, cure=rejected.cure, facts=rejected.facts)
            )
            continue
        try:
            order = await _read(run, source, record, catch)
        except RecordRejectedError as error:
            outcomes.append(_rejected(row, error))
        else:
            row = replace(row, facts=_facts(order))
            needs[record.key] = _needs(run, order)
            if order.number:
                catch.references[order.key] = reference_of(order)
            else:
                outcomes.append(Outcome(order.key, "", "skipped", "draft", detail="not numbered yet"))
        held.append(row)
    run.ledger.hold(run.flow, run.run_id, held, needs)
    run.ledger.save_outcomes(run.flow, run.run_id, outcomes)


async def _read(run: Run, source: OrderSource, record: SourceRecord, catch: _Catch) -> Order:
    """Map a record; a name that is missing may be one that the source's lists got since they were last read."""
    mapping = run.mapping("order")
    try:
        return cast(Order, mapping.read(record.body, lists=catch.lists, settings=run.settings))
    except RecordRejectedError as error:
        if error.code != "missing_field" or catch.lists_are_fresh:
            raise
    catch.lists = await source_lists(run, "order", source, fresh=True)
    catch.lists_are_fresh = True
    return cast(Order, mapping.read(record.body, lists=catch.lists, settings=run.settings))


def _rejected_before(row: HeldRecord, before: HeldRecord | None) -> bool:
    """A rejection is news once; while source, mapping and settings stay the same it only waits."""
    return before is not None and before.state == "rejected" and before.fingerprint == row.fingerprint


def _still_rejected(row: HeldRecord, before: HeldRecord) -> Outcome:
    cure = f"{before.cure} If the cause was in the target, trigger the flow with this number."
    return Outcome(row.key, row.number, "skipped", "rejected_before", cure=cure, detail=before.reason)


def _rejected(row: HeldRecord, error: RecordRejectedError) -> Outcome:
    return Outcome(row.key, row.number, "rejected", error.code, cure=error.resolution, detail=error.message)


def _facts(order: Order) -> Mapping[str, Any]:
    reference = reference_of(order)
    return {
        "date": reference["date"],
        "currency": order.currency,
        "total": reference["total"],
        "vat": reference["vat"],
        "status": order.status.value,
        "content": content_of(order),
    }


def content_of(order: Order) -> str:
    """A text that changes when what is sent of an order may change, not when it is shipped or invoiced."""
    return hash_of(order.model_dump(mode="json", exclude={"status", "created_at", "changed_at"}))


def _needs(run: Run, order: Order) -> dict[str, set[str]]:
    """The customer and the products that must exist before this order is written."""
    as_freight = _sent_as_freight(run, order)
    goods: Iterable[Any] = (line for line in order.goods if line.position not in as_freight)
    return {
        "customer": {order.customer_key},
        "product": {line.product_number for line in goods if line.product_number},
        "rate": {line.product_number for line in order.goods if line.vat_rate is None and line.product_number},
    }


def _sent_as_freight(run: Run, order: Order) -> set[int]:
    """Positions of the rows that surely become the order's freight amount: known rates, and only one."""
    rows = freight_lines(order, run.settings)
    rates = {line.vat_rate for line in rows}
    sure = len(rates) == 1 and None not in rates and len(rows) < len(order.goods)
    return {line.position for line in rows} if sure else set()
