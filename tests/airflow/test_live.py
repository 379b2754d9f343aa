"""The order flow under a real scheduler: connections, trigger form, turns, backfill, outage, kill, privacy."""

import json
import os
import signal
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

from local.airflow_api import FINISHED
from local.environment import sandbox_connections
from tests.airflow.conftest import EVERYTHING, FLOW, Stack

MARKER = "Zebrafink"
CREATE = "lane.create_orders"


def connection_test(stack: Stack, name: str, **extra: str) -> tuple[bool, str]:
    """What Airflow's Test button says of the demo's Connection with these fields changed."""
    connection = sandbox_connections(stack.place)[name]
    body = {**connection, "connection_id": name, "extra": json.dumps({**connection["extra"], **extra})}
    answer = stack.web.post("/api/v2/connections/test", json=body).raise_for_status().json()
    return answer["status"], answer["message"]


def test_both_connection_types_have_their_own_form(stack: Stack) -> None:
    types = {one["connection_type"]: one for one in stack.web.get("/ui/connections/hook_meta").json()}
    assert types["eaccounting"]["hook_name"] == "Visma eAccounting"
    assert types["vismanet"]["hook_name"] == "Visma.net ERP"
    assert "tenant_id" in types["vismanet"]["extra_fields"]


def test_testing_a_connection_names_what_it_reached(stack: Stack) -> None:
    works, sentence = connection_test(stack, "eaccounting_default")
    assert works, sentence
    assert "Noorderlicht Handel" in sentence
    works, sentence = connection_test(stack, "vismanet_default")
    assert works, sentence
    assert "Noorderlicht Webshop (2)" in sentence


def test_an_empty_answer_is_taken_for_a_wrong_company(stack: Stack) -> None:
    works, sentence = connection_test(stack, "vismanet_default", company_id="999")
    assert not works
    assert "another company" in sentence


def test_a_wrong_tenant_is_told_as_such(stack: Stack) -> None:
    works, sentence = connection_test(stack, "vismanet_default", tenant_id="00000000-0000-0000-0000-000000000000")
    assert not works
    assert "tenant" in sentence.lower()


def test_a_misspelt_field_of_the_trigger_form_stops_the_run(stack: Stack) -> None:
    stack.sandbox.count_from_now()
    run = stack.run({"windw_from": "2026-01-01T00:00:00Z"})
    assert stack.airflow.run_state(FLOW, run) == "failed"
    assert stack.task(run, "take_turn").state == "failed"
    assert stack.sandbox.requests().total == 0


def test_a_dry_run_sends_nothing(stack: Stack) -> None:
    before = stack.orders_in_target()
    stack.sandbox.count_from_now()
    stack.run({**EVERYTHING, "dry_run": True})
    assert stack.sandbox.requests().writes == {}
    assert stack.orders_in_target() == before
    assert stack.ledger.watermark(FLOW) is None


def test_a_killed_task_is_taken_up_and_nothing_is_doubled(stack: Stack) -> None:
    """The process dies while the answer to a new order is on its way: the order exists, and we never heard of it."""
    stack.sandbox.add_fault(kind="timeout_after", method="POST", path="/salesorder/api/v3/SalesOrders$", after=3)
    run = stack.airflow.start_run(FLOW, EVERYTHING)
    give_up = time.monotonic() + 60
    while not stack.sandbox.faults_that_happened():
        assert time.monotonic() < give_up
        time.sleep(0.1)
    os.kill(stack.task(run, CREATE).process, signal.SIGKILL)
    stack.wait_for(run, within_seconds=180)
    assert stack.task(run, CREATE).tries > 1
    markers = Counter(order["customer"]["refNo"] for order in stack.orders_in_target())
    assert not [marker for marker, times in markers.items() if times > 1]
    states = Counter(outcome.state for outcome in stack.ledger.outcomes(FLOW, run))
    assert states["created"] > 30
    assert states["uncertain"] == 0


def test_the_second_run_writes_nothing(stack: Stack) -> None:
    stack.sandbox.count_from_now()
    run = stack.run()
    assert stack.sandbox.requests().writes == {}
    counts = Counter(outcome.state for outcome in stack.ledger.outcomes(FLOW, run))
    assert counts["created"] == 0
    done = stack.ledger.run(FLOW, run)
    assert done is not None
    assert done.read + done.taken_up == sum(counts.values())


def test_an_outage_is_waited_out_without_a_worker_slot(stack: Stack) -> None:
    stack.sandbox.add_fault(kind="503", method="GET", path="^/salesorder$", times=2)
    run = stack.airflow.start_run(FLOW, EVERYTHING)
    stack.wait_for_task(run, "systems_ready", "deferred")
    assert stack.wait_for(run) == "success"


def test_manual_and_backfill_runs_take_turns_and_a_backfill_reads_its_own_interval(stack: Stack) -> None:
    start = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(days=2)
    stack.airflow.start_run(FLOW, EVERYTHING)
    body = {
        "dag_id": FLOW,
        "from_date": start.isoformat(),
        "to_date": (start + timedelta(minutes=30)).isoformat(),
        "max_active_runs": 3,
    }
    give_up = time.monotonic() + 60
    # SQLite refuses a backfill while the scheduler writes; PostgreSQL does not.
    while not stack.web.post("/api/v2/backfills", json=body).is_success:
        assert time.monotonic() < give_up
        time.sleep(1)
    query = f"/api/v2/dags/{FLOW}/dagRuns?order_by=-id&limit=4"
    runs = stack.web.get(query).json()["dag_runs"]
    while any(run["state"] not in FINISHED for run in runs):
        assert time.monotonic() < give_up + 120, runs
        time.sleep(0.5)
        runs = stack.web.get(query).json()["dag_runs"]
    names = [run["dag_run_id"] for run in runs]
    backfilled = sorted((run for run in stack.ledger.runs(FLOW) if run.kind == "backfill"), key=lambda run: run.run_id)
    assert [run.window_from for run in backfilled] == [start + timedelta(minutes=15 * at) for at in range(3)]
    assert all(run.window_to == run.window_from + timedelta(minutes=15) for run in backfilled if run.window_from)
    ledger_runs = sorted((run for run in stack.ledger.runs(FLOW) if run.run_id in names), key=lambda run: run.opened_at)
    assert len(ledger_runs) == 4
    for earlier, later in pairwise(ledger_runs):
        assert earlier.closed_at is not None
        assert earlier.closed_at <= later.opened_at, "two runs of a flow overlapped"
    assert stack.ledger.turn_holder(FLOW) is None
    assert stack.ledger.watermark(FLOW) is None, "only scheduled runs move the watermark"


def test_personal_data_is_found_nowhere_but_in_the_encrypted_ledger(stack: Stack) -> None:
    number = next(order["Number"] for order in _source_orders(stack) if order["Number"] and order["Status"] == 2)
    control = f"{stack.place.sandbox_address}/_sandbox/eaccounting/orders/{number}"
    stack.web.post(control, json={"YourReference": MARKER, "InvoiceAddress1": f"{MARKER} 12"}).raise_for_status()
    run = stack.run({"numbers": [str(number)]})
    held = stack.ledger.held_by_number(FLOW, [str(number)])[str(number)]
    assert held.source is not None
    assert held.source["YourReference"] == MARKER
    assert stack.airflow.run_state(FLOW, run) == "success"
    found = [path for path in _files(stack.place.folder) if MARKER.encode() in path.read_bytes()]
    assert found == []


def _source_orders(stack: Stack) -> list[dict[str, object]]:
    state = stack.web.get(f"{stack.place.sandbox_address}/_sandbox/state/eaccounting/orders").json()
    return list(state.values()) if isinstance(state, dict) else list(state)


def _files(folder: Path) -> list[Path]:
    """Airflow's database, the ledger, every log, and what the sandbox itself says on its own is left out."""
    return [path for path in folder.rglob("*") if path.is_file() and path.name != "sandbox.log"]
