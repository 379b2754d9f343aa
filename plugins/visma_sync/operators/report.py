"""report: the run's teardown; accounts for every record, moves the watermark, gives the turn back."""

from typing import Any

from visma_sync.errors import Reason
from visma_sync.flows import turn_taken_by
from visma_sync.hooks.ledger import airflow_ledger
from visma_sync.operators.steps import StepOperator
from visma_sync.sync.report import RunHasProblemsError, write_report

_BROKEN = {"failed", "upstream_failed"}


class Report(StepOperator):
    """Runs whatever happened before it; fails the run for new rejections, lost answers and failed tasks.

    Used as `.as_teardown(setups=take_turn, on_failure_fail_dagrun=True)`: with this flag its own state decides the
    run's colour, so it must look at every task's state.
    """

    uses_mappings = False

    def execute(self, context: Any) -> dict[str, Any]:
        """Give the report; raises RunHasProblemsError after everything is stored."""
        dag_run = context["dag_run"]
        run = self._open(context)
        broken = self._broken_tasks(context)
        report = write_report(run, broken)
        for line in report.lines:
            self.log.info("%s", line)
        ledger_run = run.ledger.run(run.flow, dag_run.run_id)
        if dag_run.run_type == "scheduled" and not broken and ledger_run is not None:
            read_until = min(ledger_run.opened_at, ledger_run.window_to or ledger_run.opened_at)
            run.ledger.move_watermark(run.flow, read_until)
        # Where `TakeTurn` took it: turns are of a flow, whichever way it goes.
        airflow_ledger().give_turn_back(turn_taken_by(dag_run.dag_id), dag_run.dag_id, dag_run.run_id)
        if broken or report.problems:
            raise RunHasProblemsError(
                [
                    Reason(
                        "run_has_problems",
                        f"{len(report.problems)} records need a person, failed: {broken or 'none'}",
                    )
                ],
                resolution="Read the report above; each problem says what to do.",
                operation=self.flow,
            )
        return {"read": report.read, "taken_up": report.taken_up, **report.counts}

    def _broken_tasks(self, context: Any) -> list[str]:
        dag_run, task_instance = context["dag_run"], context["ti"]
        states = task_instance.get_task_states(dag_id=dag_run.dag_id, run_ids=[dag_run.run_id])
        of_run = states.get(dag_run.run_id, {})
        return sorted(task for task, state in of_run.items() if state in _BROKEN and task != self.task_id)
