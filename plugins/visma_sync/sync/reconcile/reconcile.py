"""reconcile: compare what a flow sent, and should have sent, with what stands in the target."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from visma_sync.domain.money import ZERO
from visma_sync.ledger.differences import Difference
from visma_sync.sync.exist import CLOCK_SLACK
from visma_sync.sync.reconcile.bookings import BookingSide
from visma_sync.sync.reconcile.compare import MISSING, differences_of, withdrawn_of
from visma_sync.sync.reconcile.documents import Due, Found, Period, Waiting
from visma_sync.sync.reconcile.doubles import doubles
from visma_sync.sync.reconcile.meanwhile import gone_from_source, leave_out_sent
from visma_sync.sync.reconcile.orders import OrderSide
from visma_sync.sync.reconcile.receivables import InvoiceSide, PaymentSide
from visma_sync.sync.reconcile.side import Side
from visma_sync.sync.reconcile.source import SourceSide, read_source
from visma_sync.sync.reconcile.sums import Sums
from visma_sync.sync.reconcile.undecided import decide
from visma_sync.sync.run import Run

SIDES: Mapping[str, type[Side]] = {one.flow_name: one for one in (OrderSide, InvoiceSide, BookingSide, PaymentSide)}
# So many documents are looked at together.
_AT_ONCE = 500


@dataclass
class Reconciled:
    """What comparing a flow led to: both sides' sums, the differences by record, and what is not compared and why.

    `due` is how many documents should stand in the target, `found` how many of them do.
    """

    flow: str
    period: Period
    sums: Sums = field(default_factory=Sums)
    differences: list[Difference] = field(default_factory=list)
    waiting: list[Waiting] = field(default_factory=list)
    skipped: dict[str, int] = field(default_factory=dict)
    due: int = 0
    found: int = 0

    @property
    def missing(self) -> list[str]:
        """The numbers of the records that can be sent again."""
        return sorted({one.number for one in self.differences if one.kind == MISSING})

    @property
    def counts(self) -> dict[str, int]:
        """How many differences there are of each kind."""
        counts: dict[str, int] = defaultdict(int)
        for one in self.differences:
            counts[one.kind] += 1
        return dict(sorted(counts.items()))


async def reconcile(run: Run, source: Any, target: Any, period: Period, needs: Collection[str]) -> Reconciled:
    """Compare a flow's records of a period; differences are kept in the ledger, all of them or nothing.

    `needs` are the kinds that must exist before the flow's records. Raises RetryableError where a system does not
    answer or a list is partial (PartialReadError): then nothing is concluded.
    """
    side = SIDES[run.flow](run, source, target)
    await side.prepare()
    due_side = await read_source(side, period)
    await decide(side, needs, due_side)
    result = Reconciled(run.flow, period, waiting=due_side.waiting, skipped=dict(sorted(due_side.skipped.items())))
    withdrawn = await gone_from_source(side, period, due_side)
    by_key, by_marker = await _read_target(side, due_side, {due.target_key for due in withdrawn})
    leave_out_sent(side, due_side)
    for start in range(0, len(due_side.dues), _AT_ONCE):
        await _compare(side, due_side.dues[start : start + _AT_ONCE], by_key, result)
    for due in withdrawn:
        _note_withdrawn(due, by_key.get(due.target_key) or await side.document(due.target_key), result)
    result.differences += doubles(side, due_side, by_marker)
    result.differences.sort(key=lambda one: (one.day, one.number, one.kind))
    run.ledger.save_differences(run.flow, period.first.isoformat(), period.last.isoformat(), result.differences)
    return result


async def _read_target(
    side: Side, source: SourceSide, withdrawn: Collection[str]
) -> tuple[dict[str, Found], dict[str, list[Found]]]:
    """The documents that belong to the source's records, by their key and by their marker."""
    by_key: dict[str, Found] = {}
    by_marker: dict[str, list[Found]] = defaultdict(list)
    if source.oldest is None:
        return by_key, by_marker
    wanted = {*withdrawn, *(due.target_key for due in source.dues)}
    async for page in side.documents(source.oldest - CLOCK_SLACK):
        for found in page:
            if found.key in wanted:
                by_key[found.key] = found
            for marker in found.markers:
                if marker in source.owners:
                    by_marker[marker].append(found)
    return by_key, by_marker


async def _compare(side: Side, dues: Collection[Due], by_key: Mapping[str, Found], result: Reconciled) -> None:
    stand: dict[str, Found] = {}
    for due in dues:
        # What a list does not have is gone only when asking for it alone says so.
        found = by_key.get(due.target_key) or (await side.document(due.target_key) if due.target_key else None)
        if found is not None:
            stand[due.target_key] = found
    pairs = [(due, stand[due.target_key]) for due in dues if due.target_key in stand and stand[due.target_key].is_alive]
    read = {found.key: found for found in await side.read_vat(pairs)}
    for due in dues:
        found = read.get(due.target_key) or stand.get(due.target_key)
        result.due += 1
        result.found += found is not None and found.is_alive
        result.sums.add(due, found)
        result.differences += differences_of(due, found)


def _note_withdrawn(due: Due, found: Found | None, result: Reconciled) -> None:
    """A record that is gone is told as long as its document stands; that counts on the target's side alone."""
    if found is None or not found.is_alive:
        return
    if found.shares is None and due.shares is not None and due.total == found.total:
        found = replace(found, vat=due.vat, shares=due.shares)
    if due.total is not None:
        result.sums.add(replace(due, total=ZERO, vat=ZERO, shares={}), found)
    result.differences.append(withdrawn_of(due, found))
