"""Preflight as a DAG: green on a link in order; red, with the miss in its log, on one that is not."""

import httpx

from tests.airflow.conftest import Stack

DAG = "preflight"


def test_the_dag_is_green_when_the_link_is_ready_and_red_when_it_is_not(stack: Stack) -> None:
    stack.airflow.wait_for_flow(DAG)
    run = stack.airflow.start_run(DAG, {})
    assert stack.wait_for(run, flow=DAG) == "success", _log(stack, run)
    address = f"{stack.place.sandbox_address}/_sandbox/vismanet/set_up/account/8090"
    httpx.post(address, json={"active": False}, trust_env=False).raise_for_status()
    try:
        run = stack.airflow.start_run(DAG, {})
        assert stack.wait_for(run, flow=DAG) == "failed"
        assert "MISSING: vat.treatments account: It names '8090', and Visma.net has made it inactive" in _log(
            stack, run
        )
    finally:
        httpx.post(address, json={"active": True}, trust_env=False).raise_for_status()


def _log(stack: Stack, run: str) -> str:
    """What the tasks of a run said."""
    return "".join(path.read_text() for path in (stack.place.folder / "logs").rglob("*.log") if run in str(path))
