"""compare: read the levels of both systems, say what becomes of every product, and whether a person is asked first."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from visma_sync.domain.stock import StockLevel
from visma_sync.errors import RecordRejectedError
from visma_sync.ledger.rows import HeldRecord, Outcome
from visma_sync.sync.fetch import Window, fetch_records
from visma_sync.sync.lists import check_settings
from visma_sync.sync.run import Run, now
from visma_sync.sync.stock.adjustments import marker_start
from visma_sync.sync.stock.brake import Compared, is_pulled, question
from visma_sync.sync.stock.currencies import cost_currencies
from visma_sync.sync.stock.difference import (
    Currencies,
    Difference,
    TargetStock,
    difference_of,
    quantity_of,
    why_left_alone,
)
from visma_sync.sync.stock.earlier import settle_earlier
from visma_sync.sync.stock.flow import StockFlow, held_level

STEP = "compare_stock"


@dataclass
class _Comparison:
    """What becomes of the products: those that differ, by SKU, and the outcomes of the others.

    `in_stock` counts those that the target has in stock now; `currencies` are those of costs in the source and in the
    target.
    """

    run: Run
    currencies: Currencies
    differences: dict[str, Difference] = field(default_factory=dict)
    outcomes: list[Outcome] = field(default_factory=list)
    equal: int = 0
    in_stock: int = 0

    def end(self, level: StockLevel, state: str, reason: str = "", *, cure: str = "", detail: str = "") -> None:
        """Note what became of a product."""
        facts = {"step": STEP}
        self.outcomes.append(
            Outcome(level.key, level.number, state, reason, cure=cure, detail=detail, target_key=level.key, facts=facts)
        )

    def judge(self, level: StockLevel, row: TargetStock | None) -> None:
        """Compare one product."""
        if reason := why_left_alone(level, row):
            self.end(level, "skipped", reason)
            return
        try:
            difference = difference_of(level, row, self.run.settings, self.currencies)
        except RecordRejectedError as parked:
            self.end(level, "parked", parked.code, cure=parked.resolution, detail=parked.message)
            return
        if difference is None:
            self.equal += 1
            self.in_stock += quantity_of(level, self.run.settings) > 0
            self.end(level, "unchanged")
        else:
            self.differences[level.key] = difference
            self.in_stock += difference.before > 0


async def compare_stock(flow: StockFlow, window: Window, approved: Compared | None = None) -> Compared:
    """Settle what earlier runs left, read all levels, and hold the differences for `adjust_stock`.

    Every product that is not to be adjusted now has its outcome afterwards; where a person has to be asked, those
    that differ are parked until it is `approved`. Gives the numbers.
    """
    run = flow.run
    unsettled = await settle_earlier(flow)
    references = await fetch_records(flow, window)
    if references:
        await check_settings(run, flow.target)
    keys = [reference["key"] for reference in references]
    held = run.ledger.held(run.flow, keys, with_source=False)
    levels = {key: held_level(key, record.number, record.facts) for key, record in held.items()}
    rows = await flow.target_levels(levels if window.numbers else None) if levels else {}
    comparison = _Comparison(run, await cost_currencies(flow) if levels else Currencies())
    _judge_all(comparison, flow, levels, rows, unsettled)
    compared = Compared(
        compared=comparison.equal + len(comparison.differences),
        in_stock=comparison.in_stock,
        differences=len(comparison.differences),
        to_zero=sum(one.falls_to_zero for one in comparison.differences.values()),
        only_in_target=0 if window.numbers else _only_in_target(levels, rows),
        incomplete=flow.incomplete,
        next="nothing",
        question="",
    )
    if comparison.differences:
        compared["next"] = _next(run, window, compared, approved)
        compared["question"] = question(compared) if compared["next"] == "ask" else ""
    _keep(comparison, levels, held, compared)
    run.ledger.save_outcomes(run.flow, run.run_id, comparison.outcomes)
    # A dry run ends here, whatever would happen.
    return Compared(**{**compared, "next": "nothing"}) if run.dry_run else compared


def _judge_all(
    comparison: _Comparison,
    flow: StockFlow,
    levels: Mapping[str, StockLevel],
    rows: Mapping[str, TargetStock],
    unsettled: Mapping[str, Outcome],
) -> None:
    spellings = Counter(key.casefold() for key in levels)
    waiting = {sku.casefold(): outcome for sku, outcome in unsettled.items()}
    for key, level in levels.items():
        row = rows.get(key.casefold())
        if (outcome := waiting.get(key.casefold())) is not None:
            comparison.end(level, outcome.state, outcome.reason, cure=outcome.cure, detail=outcome.detail)
        elif spellings[key.casefold()] > 1:
            comparison.end(
                level,
                "parked",
                "sku_shared",
                cure="Give one of them another number in the source.",
                detail="two products of the source differ in letter case only, and are one in the target",
            )
        elif row is None and flow.target_is_incomplete:
            comparison.end(level, "parked", "not_read", cure="Nothing to do: the next run reads it again.")
        else:
            comparison.judge(level, row)


def _only_in_target(levels: Mapping[str, StockLevel], rows: Mapping[str, TargetStock]) -> int:
    known = {key.casefold() for key in levels}
    return sum(row.is_stock for sku, row in rows.items() if sku not in known)


def _next(run: Run, window: Window, compared: Compared, approved: Compared | None) -> str:
    """What happens to the differences. Whoever names products has decided what becomes of them."""
    pulled = not window.numbers and is_pulled(compared, run.settings.stock.brake_percent, approved)
    return "ask" if pulled else "adjust"


def _keep(
    comparison: _Comparison, levels: Mapping[str, StockLevel], held: Mapping[str, HeldRecord], compared: Compared
) -> None:
    """The differences wait for `adjust_stock`, or for a person; a dry run only shows them."""
    run = comparison.run
    if compared["next"] == "adjust" and not run.dry_run:
        _hold_for_adjustment(run, comparison.differences, held)
        return
    condition = " after a person approved" if compared["next"] == "ask" else ""
    for key, difference in comparison.differences.items():
        if run.dry_run:
            detail = f"would be adjusted{condition}, {difference.sentence}"
            comparison.end(levels[key], "skipped", "dry_run", detail=detail)
        else:
            comparison.end(
                levels[key],
                "parked",
                "brake_pulled",
                cure="Approve the adjustment in Airflow, or correct the source; the next run compares again.",
                detail=difference.sentence,
            )


def _hold_for_adjustment(run: Run, differences: Mapping[str, Difference], held: Mapping[str, HeldRecord]) -> None:
    """Each difference is kept with its record, and with the marker of the adjustment that it goes into."""
    markers = _markers(run, differences)
    records = [
        replace(held[key], facts={**held[key].facts, "adjustment": markers[key], "difference": _facts_of(difference)})
        for key, difference in differences.items()
    ]
    run.ledger.hold(run.flow, run.run_id, records, {})


def _markers(run: Run, differences: Mapping[str, Difference]) -> dict[str, str]:
    """One adjustment for each warehouse, of as many lines as the settings allow; its marker is of this comparison."""
    stamp = f"{marker_start(run)}{now():%y%m%d%H%M%S%f}"[:-3]
    by_warehouse: dict[str, list[str]] = {}
    for key in sorted(differences):
        by_warehouse.setdefault(differences[key].warehouse, []).append(key)
    parts: Sequence[list[str]] = [
        keys[start : start + run.settings.stock.max_lines]
        for _, keys in sorted(by_warehouse.items())
        for start in range(0, len(keys), run.settings.stock.max_lines)
    ]
    return {key: f"{stamp}-{number}" for number, part in enumerate(parts, start=1) for key in part}


def _facts_of(difference: Difference) -> dict[str, Any]:
    """A difference as small JSON, as `adjust_stock` reads it."""
    return {
        "warehouse": difference.warehouse,
        "unit": difference.unit,
        "before": str(difference.before),
        "after": str(difference.after),
        "unit_cost": None if difference.unit_cost is None else str(difference.unit_cost),
    }
