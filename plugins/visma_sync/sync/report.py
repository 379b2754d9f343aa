"""report: every record of the run is accounted for, and a run with new problems says so."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from visma_sync.errors import RecordRejectedError
from visma_sync.ledger.rows import Outcome
from visma_sync.sync.flow import PARTLY_ECHO
from visma_sync.sync.run import Run
from visma_sync.sync.sales.marks import OUR_MARK

_WORTH_SAYING = {
    "archived",
    "exists_changed",
    "exists_unwanted",
    "dry_run",
    "gone_from_source",
    "not_in_source",
    "not_wanted_any_more",
    PARTLY_ECHO,
    OUR_MARK,
}


@dataclass(frozen=True)
class Report:
    """What became of a run: read + taken up = the sum of `counts`; `problems` are new rejections and
    uncertainties, `waiting` the parked and earlier rejected ones, each with what a person can do; `notes` what is worth
    knowing of the others: changed since it was sent, cut. Those of a dry run say of every record what would be sent, or
    why not; `would_send` is how many would, None where it was no dry run.

    `rounding` is the sum of the rounding rows per currency.
    """

    read: int
    taken_up: int
    counts: dict[str, int]
    reasons: dict[str, int]
    rounding: dict[str, str]
    problems: list[str]
    waiting: list[str]
    notes: list[str]
    failed_tasks: list[str]
    would_send: int | None = None

    @property
    def lines(self) -> list[str]:
        """The report for the task log."""
        total = sum(self.counts.values())
        head = [f"{self.read} read + {self.taken_up} taken up = {total} outcomes"]
        if self.would_send is not None:
            head.append(f"  would send {self.would_send:,} of {total:,}")
        counts = [f"  {state}: {count}" for state, count in sorted(self.counts.items())]
        reasons = [f"    {reason}: {count}" for reason, count in sorted(self.reasons.items())]
        rounding = [f"  rounding booked: {amount} {currency}" for currency, amount in self.rounding.items()]
        problems = [f"  needs a person: {problem}" for problem in self.problems]
        waiting = [f"  waits: {one}" for one in self.waiting]
        notes = [f"  note: {one}" for one in self.notes]
        return [*head, *counts, *reasons, *rounding, *notes, *waiting, *problems]


def write_report(run: Run, failed_tasks: Sequence[str]) -> Report:
    """Account for every record, store the counts, and forget what is older than the settings allow.

    Records that a failed task left behind are parked: the next run takes them up again.
    """
    ledger_run = run.ledger.run(run.flow, run.run_id)
    _park_left_behind(run)
    outcomes = run.ledger.outcomes(run.flow, run.run_id)
    counts = Counter(outcome.state for outcome in outcomes)
    report = Report(
        read=ledger_run.read if ledger_run else 0,
        taken_up=ledger_run.taken_up if ledger_run else 0,
        counts=dict(counts),
        reasons=dict(Counter(f"{one.state}({one.reason})" for one in outcomes if one.reason)),
        rounding=_rounding(outcomes),
        problems=[_sentence(one) for one in outcomes if one.state in {"rejected", "uncertain"}],
        waiting=[_sentence(one) for one in outcomes if one.state == "parked" or one.reason == "rejected_before"],
        notes=[_sentence(one) for one in outcomes if _is_worth_saying(one, run)],
        failed_tasks=list(failed_tasks),
        would_send=sum(one.reason == "dry_run" for one in outcomes) if run.dry_run else None,
    )
    run.ledger.close_run(run.flow, run.run_id, report.counts, report.read, report.taken_up, tuple(failed_tasks))
    for half in (run.ledger, run.ledger.mirrored()):
        half.forget_older_than(run.settings.retention_days)
    return report


def _is_worth_saying(outcome: Outcome, run: Run) -> bool:
    if run.dry_run and outcome.state in {"skipped", "unchanged"}:
        return outcome.reason != "rejected_before"
    written = outcome.state in {"created", "updated", "unchanged"}
    return outcome.reason in _WORTH_SAYING or (written and bool(outcome.detail))


def _sentence(outcome: Outcome) -> str:
    ended = f"{outcome.state}({outcome.reason})" if outcome.reason else outcome.state
    said = ": ".join(part for part in (f"{outcome.number or outcome.key} {ended}", outcome.detail) if part)
    return f"{said}. {outcome.cure}".strip()


def _park_left_behind(run: Run) -> None:
    settled = {outcome.key for outcome in run.ledger.outcomes(run.flow, run.run_id)}
    left = [held for held in run.ledger.held_in_run(run.flow, run.run_id) if held.key not in settled]
    run.ledger.save_outcomes(
        run.flow,
        run.run_id,
        [
            Outcome(
                held.key,
                held.number,
                "parked",
                "step_failed",
                cure="Look at the failed task; the next run takes the record up again by itself.",
                detail="a task of this run failed before the record was settled",
                currency=str(held.facts.get("currency", "")),
            )
            for held in left
        ],
    )


def _rounding(outcomes: Sequence[Outcome]) -> dict[str, str]:
    sums: dict[str, Decimal] = {}
    for outcome in outcomes:
        amount = Decimal(str(outcome.facts.get("rounding", "0")))
        if amount:
            sums[outcome.currency] = sums.get(outcome.currency, Decimal(0)) + amount
    return {currency: str(amount) for currency, amount in sums.items()}


class RunHasProblemsError(RecordRejectedError):
    """The run is over and reported; it is shown as failed because a person has something to do."""
