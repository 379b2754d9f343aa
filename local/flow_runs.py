"""Runs several flows in Airflow, unrelated ones side by side, and follows them until all are over."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from local.airflow_api import FINISHED, AirflowApi, TaskState
from local.demo_run import FinishedRun, finished_run
from local.place import NotStartedError, Place
from local.show import Stage, count_words
from local.show_flows import FlowTable

# Airflow on SQLite works on four tasks at once, and each run needs one at a time.
RUNS_AT_ONCE = 3
RUN_WITHIN_SECONDS = 600.0
LOOK_SECONDS = 0.7
# Airflow 3.3.2 loses an answer that comes while the process that asked is still ending; no person is so quick.
ANSWER_AFTER_SECONDS = 6.0
RESTING = {"up_for_retry": "waits for its next try", "deferred": "waits", "up_for_reschedule": "waits for its turn"}


@dataclass
class FlowRun:
    """A run of a flow that is under way."""

    flow: str
    name: str
    began: float = field(default_factory=time.monotonic)
    tasks: list[TaskState] = field(default_factory=list)
    asked: dict[int, float] = field(default_factory=dict)

    def has_asked_long_enough(self, task: TaskState) -> bool:
        """Whether a person may have read the question of this try by now."""
        return time.monotonic() > self.asked.setdefault(task.tries, time.monotonic()) + ANSWER_AFTER_SECONDS


class FlowRuns:
    """Runs flows at one place; `questions` are those that a flow asked a person, and that were answered with yes."""

    def __init__(self, stage: Stage, place: Place, airflow: AirflowApi) -> None:
        self._stage = stage
        self._place = place
        self._airflow = airflow
        self.questions: list[str] = []

    def run(self, stages: Sequence[Sequence[str]], form: Mapping[str, Any]) -> list[FinishedRun]:
        """Run every flow once with this trigger form: the flows of a stage side by side, a stage after the other."""
        finished: list[FinishedRun] = []
        with FlowTable(self._stage, [flow for stage in stages for flow in stage]) as table:
            for stage in stages:
                finished += self._run_stage(list(stage), form, table)
        return finished

    def _run_stage(self, waiting: list[str], form: Mapping[str, Any], table: FlowTable) -> list[FinishedRun]:
        at_work: list[FlowRun] = []
        finished: list[FinishedRun] = []
        while waiting or at_work:
            while waiting and len(at_work) < RUNS_AT_ONCE:
                flow = waiting.pop(0)
                at_work.append(FlowRun(flow, self._airflow.start_run(flow, form)))
            for run in list(at_work):
                if self._look(run, table):
                    at_work.remove(run)
                    finished.append(self._finished(run, table))
            time.sleep(LOOK_SECONDS)
        return finished

    def _look(self, run: FlowRun, table: FlowTable) -> bool:
        """Bring the table up to date and answer what is asked; True when the run is over."""
        over = self._airflow.run_state(run.flow, run.name) in FINISHED
        run.tasks = self._airflow.task_states(run.flow, run.name)
        for task in run.tasks:
            if task.state == "awaiting_input" and run.has_asked_long_enough(task):
                self._approve(run, task)
        if not over:
            table.update(run.flow, "running", _at_work(run.tasks))
            if time.monotonic() > run.began + RUN_WITHIN_SECONDS:
                raise NotStartedError(f"Run {run.name} of {run.flow} did not end; see {self._place.folder / 'logs'}.")
        return over

    def _approve(self, run: FlowRun, task: TaskState) -> None:
        question = self._airflow.question(run.flow, run.name, task)
        self._airflow.answer(run.flow, run.name, task, "Approve")
        run.asked[task.tries] = float("inf")
        self.questions.append(question)
        self._stage.say(f"  [bold yellow]?[/bold yellow] {run.flow} asks a person: {question}")
        self._stage.say("    The demo answers over Airflow's API, as a person would in its pages: Approve.")

    def _finished(self, run: FlowRun, table: FlowTable) -> FinishedRun:
        done = finished_run(self._place, run.flow, run.name, run.tasks)
        words = count_words(done.counts) or "nothing to do"
        seconds = self._airflow.seconds_of(run.flow, run.name)
        table.update(run.flow, "failed" if done.failed_tasks else "success", f"{words}  [dim]{seconds:.0f} s[/dim]")
        return done


def _at_work(tasks: Sequence[TaskState]) -> str:
    steps = [task.step.rpartition(".")[2] for task in tasks if task.state in ("running", "queued")]
    resting = [RESTING[task.state] for task in tasks if task.state in RESTING]
    return ", ".join(dict.fromkeys([*steps, *resting]))
