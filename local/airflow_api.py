"""Airflow's own REST API, as much of it as the local stack and the demo need ("Airflow 3.3 REST API v2")."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Any, Self

import httpx

from local.place import NotStartedError, Place

FINISHED = frozenset({"success", "failed"})


@dataclass(frozen=True)
class TaskState:
    """How one task of a run stands; `lane` is its position where a step runs in lanes, else -1.

    `process` is the number of the operating system's process that runs it, 0 when none does.
    """

    step: str
    lane: int
    state: str
    tries: int
    process: int


class AirflowApi:
    """Speaks to one Airflow as its administrator."""

    def __init__(self, place: Place) -> None:
        self._client = httpx.Client(base_url=place.address, timeout=30, trust_env=False)
        credentials = {"username": "admin", "password": place.secrets()["admin_password"]}
        token = self._ask("POST", "/auth/token", credentials)["access_token"]
        self._client.headers["Authorization"] = f"Bearer {token}"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def save_connection(self, name: str, connection: Mapping[str, Any]) -> None:
        """Make a Connection, or change it; it is then to be seen under Admin, Connections."""
        body = {**connection, "connection_id": name, "extra": json.dumps(connection.get("extra", {}))}
        if self._client.get(f"/api/v2/connections/{name}").is_success:
            self._ask("PATCH", f"/api/v2/connections/{name}", body)
        else:
            self._ask("POST", "/api/v2/connections", body)

    def save_variable(self, name: str, value: str, description: str) -> None:
        """Make a Variable, or change it."""
        body = {"key": name, "value": value, "description": description}
        if self._client.get(f"/api/v2/variables/{name}").is_success:
            self._ask("PATCH", f"/api/v2/variables/{name}", body)
        else:
            self._ask("POST", "/api/v2/variables", body)

    def wait_for_flow(self, flow: str, *, within_seconds: float = 60.0) -> None:
        """Wait until Airflow knows a flow; NotStartedError with Airflow's words when it cannot read it."""
        give_up = time.monotonic() + within_seconds
        while not self._client.get(f"/api/v2/dags/{flow}").is_success:
            for problem in self._ask("GET", "/api/v2/importErrors")["import_errors"]:
                raise NotStartedError(f"Airflow cannot read {problem['filename']}:\n{problem['stack_trace'][-2000:]}")
            if time.monotonic() > give_up:
                raise NotStartedError(f"Airflow did not find the flow {flow} in dags/.")
            time.sleep(0.2)

    def start_run(self, flow: str, conf: Mapping[str, Any]) -> str:
        """Start a run by hand, as the form in Airflow's pages does; returns the run's name."""
        self._ask("PATCH", f"/api/v2/dags/{flow}", {"is_paused": False})
        body = {"logical_date": None, "conf": dict(conf)}
        run: str = self._ask("POST", f"/api/v2/dags/{flow}/dagRuns", body)["dag_run_id"]
        return run

    def run_state(self, flow: str, run: str) -> str:
        """queued, running, success or failed."""
        state: str = self._ask("GET", f"/api/v2/dags/{flow}/dagRuns/{run}")["state"]
        return state

    def seconds_of(self, flow: str, run: str) -> float:
        """How long a finished run took, from leaving the queue to its end."""
        facts = self._ask("GET", f"/api/v2/dags/{flow}/dagRuns/{run}")
        began, ended = datetime.fromisoformat(facts["start_date"]), datetime.fromisoformat(facts["end_date"])
        return (ended - began).total_seconds()

    def task_states(self, flow: str, run: str) -> list[TaskState]:
        """Every task of a run, a task per lane where a step runs in lanes."""
        answer = self._ask("GET", f"/api/v2/dags/{flow}/dagRuns/{run}/taskInstances?limit=500")
        return [
            TaskState(
                step=task["task_id"],
                lane=task["map_index"],
                state=task["state"] or "waiting",
                tries=task["try_number"],
                process=task["pid"] or 0,
            )
            for task in answer["task_instances"]
        ]

    def result(self, flow: str, run: str, task: TaskState) -> Any:
        """What a task handed on to the next one, None where it handed on nothing."""
        answer = self._client.get(
            f"/api/v2/dags/{flow}/dagRuns/{run}/taskInstances/{task.step}/xcomEntries/return_value",
            params={"map_index": task.lane, "deserialize": True},
        )
        return answer.json()["value"] if answer.is_success else None

    def question(self, flow: str, run: str, task: TaskState) -> str:
        """What a task asks a person, as Airflow's page of required actions shows it."""
        detail = self._ask("GET", self._question_path(flow, run, task))
        return f"{detail['subject']}. {detail['body']}"

    def answer(self, flow: str, run: str, task: TaskState, option: str) -> None:
        """Answer such a question with one of its options, as a person does."""
        self._ask("PATCH", self._question_path(flow, run, task), {"chosen_options": [option], "params_input": {}})

    def _question_path(self, flow: str, run: str, task: TaskState) -> str:
        return f"/api/v2/dags/{flow}/dagRuns/{run}/taskInstances/{task.step}/{task.lane}/hitlDetails"

    def _ask(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        answer = self._client.request(method, path, json=body)
        if not answer.is_success:
            raise NotStartedError(f"Airflow answered {answer.status_code} to {method} {path}: {answer.text[:500]}")
        return answer.json()
