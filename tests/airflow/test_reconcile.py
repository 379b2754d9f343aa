"""The comparison under a real scheduler: red while something differs, resent on request, green again."""

from datetime import UTC, datetime, timedelta

import httpx

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
    run, state = compare(stack)
    assert state == "failed"
    assert stack.task(run, "report", flow=RECONCILE).state == "failed"
    assert stack.task(run, "resend", flow=RECONCILE).state == "skipped"
    assert [one.difference.number for one in stack.ledger.differences(FLOW)] == [number]

    stack.web.patch(f"/api/v2/dags/{FLOW}", json={"is_paused": True}).raise_for_status()
    run, state = compare(stack, resend=True)
    assert state == "failed"
    assert stack.task(run, "resend", flow=RECONCILE).state == "skipped", "a paused flow is only named"

    stack.web.patch(f"/api/v2/dags/{FLOW}", json={"is_paused": False}).raise_for_status()
    run, state = compare(stack, resend=True)
    assert state == "failed"
    assert stack.task(run, "resend", flow=RECONCILE).state == "success"
    resent = f"reconcile__{run}"
    state = stack.wait_for(resent)
    assert state == "success", (stack.airflow.task_states(FLOW, resent), stack.ledger.outcomes(FLOW, resent))
    assert [order["customer"]["refNo"] for order in stack.orders_in_target()].count(number) == 1
    _, state = compare(stack)
    assert state == "success"
    assert stack.ledger.differences(FLOW) == []
