"""Follows one run of the flow in Airflow while it works, and can kill the process that writes."""

import signal
from collections import Counter
from collections.abc import Callable
from typing import Any

from local.airflow_api import FINISHED, AirflowApi, TaskState
from local.processes import send
from local.sandbox_control import NEW_ORDER, SandboxControl
from local.show import STEPS, Stage, StepTable, count_words

FLOW = "orders_eaccounting_to_vismanet"
WRITING = "lane.create_orders"
CONFIRMING = "lane.confirm_orders"
WAITING_WORDS = {"up_for_retry": "waits for its next try", "deferred": "waits until both systems answer"}


class RunWatch:
    """Follows one run: shows every step's state, and what it handed on once it is done."""

    def __init__(self, airflow: AirflowApi, sandbox: SandboxControl, run: str) -> None:
        self._airflow = airflow
        self._sandbox = sandbox
        self._run = run
        self._words: dict[TaskState, str] = {}
        self.tasks: list[TaskState] = []

    def look(self, table: StepTable) -> bool:
        """Bring the table up to date; True when the run is over."""
        over = self._airflow.run_state(FLOW, self._run) in FINISHED
        self.tasks = self._airflow.task_states(FLOW, self._run)
        for step in STEPS:
            tasks = [task for task in self.tasks if task.step == step]
            if tasks:
                table.update(step, _state_of(tasks), ", ".join(filter(None, map(self._words_of, tasks))))
        return over

    def _words_of(self, task: TaskState) -> str:
        if task.state == "running":
            return self._progress(task.step)
        if task.state not in ("success", "failed"):
            return WAITING_WORDS.get(task.state, "")
        if task.step == "report" and task.state == "failed":
            return "red on purpose: an order needs a person"
        if task not in self._words:
            self._words[task] = describe(self._airflow.result(FLOW, self._run, task))
        return self._words[task]

    def _progress(self, step: str) -> str:
        requests = self._sandbox.requests()
        live: dict[str, Callable[[], int]] = {
            WRITING: lambda: requests.new_orders,
            CONFIRMING: lambda: requests.changed_orders,
        }
        return f"{live[step]()} so far" if step in live else f"{requests.total} requests so far"


class Killing:
    """Kills the process that writes the orders, while answers to its writes are still on their way."""

    HANGING = 16

    def __init__(self, stage: Stage, sandbox: SandboxControl) -> None:
        self._stage = stage
        self._sandbox = sandbox
        self._killed = False

    def prepare(self) -> None:
        """From the 40th new order on, orders are made but the answer never comes."""
        method, path = NEW_ORDER.split(" ")
        self._sandbox.add_fault(kind="timeout_after", method=method, path=f"{path}$", after=40, times=self.HANGING)

    def look(self, tasks: list[TaskState]) -> None:
        """Strike once, when the sender waits for those answers."""
        writing = [task for task in tasks if task.step == WRITING and task.state == "running"]
        if self._killed or not writing or self._sandbox.faults_that_happened() < self.HANGING:
            return
        answered = self._sandbox.requests().new_orders
        for task in writing:
            send(task.process, signal.SIGKILL)
        self._killed = True
        self._sandbox.end_faults()
        self._stage.say(
            f"  [bold red]kill -9[/bold red] of the sender: {answered} orders were made and answered, "
            f"{self.HANGING} made whose answer never came"
        )


def describe(result: Any) -> str:
    """A step's result in a few words, whatever its shape: a list of records or lanes, one lane, or counts."""
    if isinstance(result, dict) and "records" in result:
        return count_words(Counter(record["state"].partition("(")[0] for record in result["records"]))
    if isinstance(result, dict):
        return count_words({name: count for name, count in result.items() if isinstance(count, int)})
    if isinstance(result, list) and result and "records" in result[0]:
        records = sum(len(lane["records"]) for lane in result)
        return f"{records} records in {len(result)} lane{'s' if len(result) > 1 else ''}"
    if isinstance(result, list):
        return f"{len(result)} {'records' if result and isinstance(result[0], dict) else 'addresses answer'}"
    return ""


def _state_of(tasks: list[TaskState]) -> str:
    states = {task.state for task in tasks}
    for state in ("failed", "upstream_failed", "running", "up_for_retry"):
        if state in states:
            return state
    return states.pop() if len(states) == 1 else "running"
