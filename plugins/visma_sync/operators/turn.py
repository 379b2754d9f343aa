"""take_turn: two runs of a flow, or of flows that share a turn, never overlap, backfills included."""

from typing import Any

from airflow.sdk import BaseOperator, BaseSensorOperator
from airflow.sdk.exceptions import AirflowRuntimeError
from airflow.sdk.execution_time.task_runner import RuntimeTaskInstance

from visma_sync.flows import turn_taken_by
from visma_sync.hooks.ledger import airflow_ledger
from visma_sync.operators.window import refuse_unknown_fields


class TakeTurn(BaseSensorOperator):
    """Waits, without holding a worker slot, until no other run with this turn is at work; `report` gives the turn back.

    The turn belongs to a run and is stale exactly when Airflow says that this run is not running.
    """

    def __init__(self, *, poke_interval: float = 30, **kwargs: Any) -> None:
        super().__init__(mode="reschedule", poke_interval=poke_interval, **kwargs)

    def poke(self, context: Any) -> bool:
        """Take the turn if it is free, ours already, or left behind."""
        dag_run = context["dag_run"]
        refuse_unknown_fields(dag_run.conf)
        ledger, turn = airflow_ledger(), turn_taken_by(dag_run.dag_id)
        holder = ledger.turn_holder(turn)
        ours = holder is not None and (holder.dag_id, holder.run_id) == (dag_run.dag_id, dag_run.run_id)
        if holder is not None and not ours and is_running(holder.dag_id, holder.run_id):
            self.log.info("Run %s of %s is at work; waiting for its turn to end.", holder.run_id, holder.dag_id)
            return False
        return ledger.take_turn(turn, dag_run.dag_id, dag_run.run_id, instead_of=holder)


class GiveTurnBack(BaseOperator):
    """Lets other runs of the flow pass while this one waits for a person."""

    def execute(self, context: Any) -> None:
        """Give the turn back; `TakeTurn` takes it again."""
        dag_run = context["dag_run"]
        airflow_ledger().give_turn_back(turn_taken_by(dag_run.dag_id), dag_run.dag_id, dag_run.run_id)


def is_running(dag_id: str, run_id: str) -> bool:
    """Whether Airflow says that a run is running."""
    try:
        state = RuntimeTaskInstance.get_dagrun_state(dag_id, run_id)
    except AirflowRuntimeError:
        # Airflow has forgotten that run.
        return False
    return bool(state == "running")
