"""settle: shows what waits in all flows, and has those looked at again that no run has looked at."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from airflow.sdk import BaseOperator

from visma_sync.flows import FLOWS, is_mirrored, turn_taken_by
from visma_sync.hooks.ledger import airflow_ledger
from visma_sync.operators.opening import airflow_settings
from visma_sync.operators.start import FlowRun, why_not_started
from visma_sync.operators.turn import is_running
from visma_sync.sync.waiting import unsettled

# A run that is to take up what waits reads next to nothing besides.
_HARDLY_ANYTHING = timedelta(seconds=1)


class ShowWaiting(BaseOperator):
    """Shows of every flow what waits and since when; off and paused flows too, which nobody starts.

    A scheduled look leaves a flow alone whose own runs took everything up in its hour; a person's looks again.
    """

    def execute(self, context: Any) -> list[FlowRun]:
        """Give the runs to start: one of each flow for which it is time."""
        settings, ledger, moment = airflow_settings(), airflow_ledger(), datetime.now(tz=UTC)
        runs = []
        for flow in FLOWS:
            half = ledger.mirrored() if is_mirrored(flow) else ledger
            found = unsettled(
                half,
                flow,
                moment,
                looked_since=_looked_since(context, moment),
                wait=timedelta(seconds=settings.uncertain_wait_seconds),
            )
            if not found.lines:
                continue
            why_not = "" if found.due else "its own runs look after it, or it is too early to look"
            why_not = _why_not(context, flow, off=flow in settings.flows_off) or why_not
            self.log.info("%s: %s", flow, f"not started: {why_not}" if why_not else "started")
            for line in found.lines:
                self.log.info("  %s", line)
            if not why_not:
                runs.append(FlowRun(trigger_dag_id=flow, conf=_hardly_anything(moment)))
        if not runs:
            self.log.info("Nothing to start.")
        return runs


def _looked_since(context: Mapping[str, Any], moment: datetime) -> datetime:
    dag_run = context["dag_run"]
    if dag_run.run_type != "scheduled":
        return moment
    return datetime.fromtimestamp(dag_run.data_interval_start.timestamp(), tz=UTC)


def _why_not(context: Mapping[str, Any], flow: str, *, off: bool) -> str:
    """Why no run of a flow may be started now; empty where one may."""
    if off:
        return "the settings say that it is off (flows_off)"
    if why_not := why_not_started(context, flow):
        return why_not
    holder = airflow_ledger().turn_holder(turn_taken_by(flow))
    if holder is not None and is_running(holder.dag_id, holder.run_id):
        return f"run {holder.run_id} of {holder.dag_id} is at work"
    return ""


def _hardly_anything(moment: datetime) -> dict[str, str]:
    since = moment - _HARDLY_ANYTHING
    return {"window_from": since.isoformat(), "window_to": moment.isoformat()}
