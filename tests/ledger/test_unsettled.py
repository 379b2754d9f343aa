"""What is not settled yet, and since when."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import time_machine

from visma_sync.ledger.ledger import Ledger
from visma_sync.ledger.rows import Intent, Outcome

FLOW = "orders_eaccounting_to_vismanet"
MORNING = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def run_at(ledger: Ledger, moment: datetime, *outcomes: Outcome) -> None:
    with time_machine.travel(moment, tick=False):
        ledger.open_run(FLOW, moment.isoformat(), None, None, "manual")
        ledger.save_outcomes(FLOW, moment.isoformat(), outcomes)


def test_a_record_waits_since_the_first_run_that_left_it_so(ledger: Ledger) -> None:
    run_at(ledger, MORNING, Outcome("a", "1", "parked", "no_units"))
    run_at(ledger, MORNING + HOUR, Outcome("a", "1", "uncertain", "answer_lost"), Outcome("b", "2", "created"))
    run_at(ledger, MORNING + 2 * HOUR, Outcome("a", "1", "parked", "no_units"))
    assert ledger.waiting_since(FLOW, ["a", "b", "c"]) == {"a": MORNING}


def test_a_record_that_was_settled_in_between_waits_only_since_then(ledger: Ledger) -> None:
    run_at(ledger, MORNING, Outcome("a", "1", "parked", "no_units"))
    run_at(ledger, MORNING + HOUR, Outcome("a", "1", "created"))
    run_at(ledger, MORNING + 2 * HOUR, Outcome("a", "1", "rejected", "changed"))
    run_at(ledger, MORNING + 3 * HOUR, Outcome("a", "1", "skipped", "rejected_before"))
    assert ledger.waiting_since(FLOW, ["a"]) == {"a": MORNING + 2 * HOUR}


def test_only_writes_of_which_nobody_knows_whether_they_were_made_are_open(ledger: Ledger) -> None:
    lost, made = (Intent(FLOW, "order", key, "create", key, "run", started_at=MORNING) for key in ("a", "b"))
    ledger.commit(lost, made)
    ledger.commit(replace(made, state="done", target_key="SO 1"))
    assert ledger.open_intents(FLOW) == [lost]
    assert ledger.open_intents("products_eaccounting_to_vismanet") == []
