"""adjust: write the differences of a run as inventory adjustments, each exactly once, and release them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, cast

from visma_sync.domain.stock import StockLevel
from visma_sync.errors import RecordParkedError, RecordRejectedError
from visma_sync.ledger.journal import Journal
from visma_sync.ledger.rows import HeldRecord, Outcome
from visma_sync.sync.reference import Reference, plain_reference
from visma_sync.sync.run import Run
from visma_sync.sync.settle import Handle, Settling
from visma_sync.sync.stock.adjustments import Adjustment, Books, business_day, kept_apart
from visma_sync.sync.stock.difference import Difference
from visma_sync.sync.stock.flow import StockFlow

STEP = "adjust_stock"
# A refusal that is not about one product.
_OF_THE_WHOLE = frozenset({"period_closed"})
# After so many refusals in a run the rest waits for the next one: it may be the settings that are wrong.
_MOST_REFUSALS = 24


@dataclass(frozen=True)
class Line:
    """What the mapping needs to write the adjustment of one product; `quantity` has its sign."""

    day: date
    marker: str
    warehouse: str
    quantity: Decimal
    unit: str
    unit_cost: Decimal | None
    reason_code: str


@dataclass(frozen=True)
class _Planned:
    """A product whose stock differs, ready to be sent."""

    level: StockLevel
    difference: Difference


async def adjust_stock(flow: StockFlow) -> dict[str, int]:
    """Adjust what `compare_stock` held in this run and has no outcome yet; gives the number of products by outcome.

    Where the target refuses an adjustment because of some of its lines, it is halved until these are known, and the
    others go on. Raises RetryableError when some writes are worth another try.
    """
    run = flow.run
    run.ledger.withdraw_outcomes(run.flow, run.run_id, STEP)
    settling = Settling(run, STEP)
    parts = _planned(run, settling)
    outcomes, settling.outcomes = settling.outcomes, []
    async with Journal(run.ledger) as journal:
        adjusting = _Adjusting(flow, Books(flow, journal))
        todo = parts
        while todo:
            refused = await settling.each([plain_reference(marker, marker) for marker in todo], adjusting.handle(todo))
            todo = {half: lines for one in refused for half, lines in _halves(one["key"], todo[one["key"]])}
            parts |= todo
    run.ledger.save_outcomes(kept_apart(run), run.run_id, settling.outcomes)
    settling.outcomes = [*outcomes, *(one for end in settling.outcomes for one in _of_products(end, parts[end.key]))]
    settling.save()
    settling.raise_if_needed()
    return settling.counts()


def _planned(run: Run, settling: Settling) -> dict[str, list[_Planned]]:
    """By marker, the products that differ; one that cannot be mapped any more is rejected alone."""
    settled = {outcome.key for outcome in run.ledger.outcomes(run.flow, run.run_id)}
    differing = [held for held in run.ledger.held_in_run(run.flow, run.run_id) if "adjustment" in held.facts]
    due = [held.key for held in differing if held.key not in settled]
    parts: dict[str, list[_Planned]] = {}
    for key, held in run.ledger.held(run.flow, due).items():
        try:
            level = cast(StockLevel, run.mapping(run.kind).read(held.source or {}, lists={}, settings=run.settings))
        except RecordRejectedError as error:
            settling.reject(key, held.number, error)
        else:
            parts.setdefault(str(held.facts["adjustment"]), []).append(_Planned(level, _difference(held)))
    return parts


def _difference(held: HeldRecord) -> Difference:
    facts: Mapping[str, Any] = held.facts["difference"]
    cost = facts["unit_cost"]
    return Difference(
        str(facts["warehouse"]),
        str(facts["unit"]),
        Decimal(facts["before"]),
        Decimal(facts["after"]),
        None if cost is None else Decimal(cost),
    )


def _halves(marker: str, lines: Sequence[_Planned]) -> list[tuple[str, list[_Planned]]]:
    middle = len(lines) // 2
    return [(f"{marker}a", list(lines[:middle])), (f"{marker}b", list(lines[middle:]))]


def _of_products(end: Outcome, lines: Sequence[_Planned]) -> list[Outcome]:
    """What became of an adjustment is what became of the products in it."""
    state = {"created": "updated", "skipped": "parked"}.get(end.state, end.state)
    return [
        replace(
            end,
            key=line.level.key,
            number=line.level.number,
            state=state,
            detail="; ".join(part for part in (line.difference.sentence, end.detail) if part),
            target_key=line.level.number,
            facts={"step": STEP, "adjustment": end.target_key},
        )
        for line in lines
    ]


class _Adjusting:
    """Sends adjustments; tells which of those that were refused are worth halving."""

    def __init__(self, flow: StockFlow, books: Books) -> None:
        self._run = flow.run
        self._together = flow.target.adjustments.together
        self._books = books
        self._refusals = 0

    def handle(self, parts: Mapping[str, Sequence[_Planned]]) -> Handle:
        """How one of these is made and released; its reference is given back where it is to be halved."""

        async def handle(reference: Reference) -> Reference | Outcome:
            marker = reference["key"]
            lines = parts[marker]
            if self._books.intents([half for half, _ in _halves(marker, lines)]):
                return reference
            try:
                return await self._make(marker, lines)
            except RecordParkedError:
                raise
            except RecordRejectedError as refusal:
                self._refusals += 1
                if refusal.code in _OF_THE_WHOLE or (len(lines) > 1 and self._refusals > _MOST_REFUSALS):
                    raise RecordParkedError(refusal.reasons, resolution=refusal.resolution) from refusal
                if len(lines) == 1:
                    raise
                return reference

        return handle

    async def _make(self, marker: str, lines: Sequence[_Planned]) -> Outcome:
        adjustment = self._books.begun(marker)
        if adjustment is None:
            adjustment = Adjustment(marker, business_day(), tuple(line.level.number for line in lines))
        body = self._together([self._body(adjustment, line) for line in lines])
        adjustment.hold(self._run)
        return await self._books.bring_to_end(adjustment, body)

    def _body(self, adjustment: Adjustment, line: _Planned) -> dict[str, Any]:
        difference, settings = line.difference, self._run.settings
        plan = Line(
            day=adjustment.day,
            marker=adjustment.marker,
            warehouse=difference.warehouse,
            quantity=difference.quantity,
            unit=difference.unit,
            unit_cost=difference.unit_cost,
            reason_code=settings.stock.reason_code,
        )
        mapping = self._run.mapping(self._run.kind)
        return mapping.write("adjustment", line.level, links={}, settings=settings, plan=plan).payload
