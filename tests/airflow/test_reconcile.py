"""The comparison under a real scheduler: red while something differs, resent on request, green again."""

import time
from datetime import UTC, datetime, timedelta

import httpx

from local.airflow_api import FINISHED
from tests.airflow.conftest import FLOW, Stack

RECONCILE = "reconcile"


def days() -> dict[str, str]:
    """Every business day of the imitated companies."""
    today = datetime.now(tz=UTC).date()
    return {"from_day": (today - timedelta(days=60)).isoformat(), "to_day": (today + timedelta(days=1)).isoformat()}


def compare(stack: Stack, **form: object) -> tuple[str, str]:
    """Run the comparison; gives the run's name and its state."""
    run = stack.airflow.start_run(RECONCILE, {**days(), **form})
    return run, stack.wait_for(run, flow=RECONCILE, within_seconds=180)


def test_a_missing_order_makes_the_run_red_and_is_sent_on_request_alone(stack: Stack) -> None:
    stack.airflow.wait_for_flow(RECONCILE)
    stack.run()
    run, state = compare(stack)
    assert state == "success", stack.airflow.task_states(RECONCILE, run)
    reports = stack.place.ledger.parent / "reports"
    assert len(list(reports.glob("reconcile_*.csv"))) == 2

    address = f"{stack.place.sandbox_address}/_sandbox/eaccounting/orders"
    number = str(httpx.post(address, json={}, trust_env=False).raise_for_status().json()["Number"])
    before = {one.run_id for one in stack.ledger.runs(FLOW)}
    run, state = compare(stack)
    assert state == "failed"
    assert stack.task(run, "report", flow=RECONCILE).state == "failed"
    assert stack.task(run, "resend", flow=RECONCILE).state == "skipped"
    assert [one.difference.number for one in stack.ledger.differences(FLOW)] == [number]

    _, state = compare(stack, resend=True)
    assert state == "failed"
    give_up = time.monotonic() + 120
    while not _is_sent(stack, number) or not _later_runs_are_over(stack, before):
        assert time.monotonic() < give_up
        time.sleep(1)
    _, state = compare(stack)
    assert state == "success"
    assert stack.ledger.differences(FLOW) == []


def _is_sent(stack: Stack, number: str) -> bool:
    return any(order["customer"]["refNo"] == number for order in stack.orders_in_target())


def _later_runs_are_over(stack: Stack, before: set[str]) -> bool:
    later = {one.run_id for one in stack.ledger.runs(FLOW)} - before
    return bool(later) and all(stack.airflow.run_state(FLOW, run) in FINISHED for run in later)
