"""What became of the records of a run, and of the run itself."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

from visma_sync.ledger.ledger import Ledger
from visma_sync.ledger.rows import FlowOutcome, HeldRecord, Outcome

FLOW = "orders_eaccounting_to_vismanet"
MONDAY = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
CREATED = Outcome(
    key="k1",
    number="1001",
    state="created",
    target_key="SO/000123",
    currency="SEK",
    total=Decimal("1249.90"),
    vat=Decimal("249.98"),
    fingerprint="f",
    facts={"rounding": Decimal("0.01")},
)


def test_an_outcome_is_kept_to_the_last_decimal(ledger: Ledger) -> None:
    ledger.save_outcomes(FLOW, "run-1", [CREATED])
    assert ledger.outcomes(FLOW, "run-1") == [CREATED]
    assert str(ledger.outcomes(FLOW, "run-1")[0].total) == "1249.90"
    assert ledger.outcomes(FLOW, "run-2") == []


def test_the_last_outcome_of_a_record_in_a_run_counts(ledger: Ledger) -> None:
    ledger.save_outcomes(FLOW, "run-1", [replace(CREATED, state="uncertain"), Outcome("k2", "1002", "parked")])
    ledger.commit(FlowOutcome(FLOW, "run-1", CREATED))
    assert [outcome.state for outcome in ledger.outcomes(FLOW, "run-1")] == ["created", "parked"]
    assert ledger.counts(FLOW, "run-1") == {"created": 1, "parked": 1}


def test_a_step_that_decides_anew_withdraws_its_own_outcomes(ledger: Ledger) -> None:
    held = [HeldRecord(key, key, MONDAY, MONDAY, "") for key in ("k1", "k2")]
    ledger.hold(FLOW, "run-1", held, {})
    parked = [Outcome("k1", "1", "parked", facts={"step": "ensure_customers"}), Outcome("k2", "2", "parked")]
    ledger.save_outcomes(FLOW, "run-1", parked)
    ledger.withdraw_outcomes(FLOW, "run-1", "ensure_customers")
    assert [outcome.key for outcome in ledger.outcomes(FLOW, "run-1")] == ["k2"]
    assert {record.key: record.state for record in ledger.waiting(FLOW)} == {"k1": "fetched", "k2": "parked"}


def test_a_run_remembers_what_it_was_asked_and_how_it_ended(ledger: Ledger) -> None:
    until = datetime(2026, 11, 2, 10, 0, tzinfo=UTC)
    ledger.open_run(FLOW, "run-1", MONDAY, until, "scheduled")
    ledger.note_read(FLOW, "run-1", read=3, taken_up=1)
    open_run = ledger.run(FLOW, "run-1")
    assert open_run is not None
    assert (open_run.closed_at, open_run.read, open_run.taken_up) == (None, 3, 1)
    ledger.close_run(FLOW, "run-1", {"created": 3, "parked": 1}, 3, 1, ["lane.create_orders"])
    (run,) = ledger.runs(FLOW)
    assert (run.kind, run.window_from, run.window_to) == ("scheduled", MONDAY, until)
    assert (run.counts, run.read, run.taken_up) == ({"created": 3, "parked": 1}, 3, 1)
    assert run.failed_tasks == ("lane.create_orders",)
    assert run.closed_at is not None
    assert ledger.run(FLOW, "run-2") is None


def test_a_run_that_is_run_again_is_open_again(ledger: Ledger) -> None:
    ledger.open_run(FLOW, "run-1", None, None, "manual")
    ledger.close_run(FLOW, "run-1", {"created": 1}, 1, 0, [])
    ledger.open_run(FLOW, "run-1", None, None, "manual")
    (run,) = ledger.runs(FLOW)
    assert (run.closed_at, run.counts) == (None, {})


def test_the_newest_runs_come_first(ledger: Ledger) -> None:
    for number in range(5):
        ledger.open_run(FLOW, f"run-{number}", None, None, "manual")
    assert [run.run_id for run in ledger.runs(FLOW, limit=2)] == ["run-4", "run-3"]
