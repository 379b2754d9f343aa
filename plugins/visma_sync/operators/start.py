"""Runs of other flows that a DAG starts."""

from typing import Any, TypedDict

from airflow.sdk.exceptions import AirflowRuntimeError


class FlowRun(TypedDict):
    """A run of a flow that is to be started; `conf` are fields of its trigger form."""

    trigger_dag_id: str
    conf: dict[str, Any]


def start_arguments(starter: str) -> dict[str, Any]:
    """How a run is started: named after the run that starts it, so that trying again starts no second one."""
    return {
        "trigger_run_id": f"{starter}__{{{{ run_id }}}}",
        "logical_date": None,
        "skip_when_already_exists": True,
        # It would add fields of its own to the trigger form, which the flows refuse.
        "openlineage_inject_parent_info": False,
    }


def why_not_started(context: Any, flow: str) -> str:
    """Why a run of a flow would stay in the queue; empty where it would run."""
    try:
        return "its DAG is paused" if context["ti"].get_dag(flow).is_paused else ""
    except AirflowRuntimeError:
        return "Airflow does not know its DAG"
