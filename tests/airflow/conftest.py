"""A real Airflow with both imitated systems, started once for all these tests."""

import os
import shutil
import socket
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from local.airflow_api import FINISHED, AirflowApi, TaskState
from local.place import PROJECT, Place
from local.sandbox_control import SandboxControl
from local.stack import start
from local.supervised import stop
from visma_sync.ledger.ledger import Ledger, open_ledger

FLOW = "orders_eaccounting_to_vismanet"
EVERYTHING = {"window_from": "2026-01-01T00:00:00Z", "window_to": "2027-01-01T00:00:00Z"}


@dataclass(frozen=True)
class Stack:
    """The running Airflow, the sandbox beside it, and the ledger between them."""

    place: Place
    airflow: AirflowApi
    sandbox: SandboxControl
    web: httpx.Client

    @property
    def ledger(self) -> Ledger:
        """The ledger that the flows use."""
        return open_ledger(f"sqlite:///{self.place.ledger}", self.place.secrets()["ledger_key"])

    def run(self, conf: Mapping[str, Any] | None = None, *, within_seconds: float = 300) -> str:
        """Trigger the flow, wait for its end; gives the run's name."""
        run = self.airflow.start_run(FLOW, EVERYTHING if conf is None else conf)
        self.wait_for(run, within_seconds=within_seconds)
        return run

    def wait_for(self, run: str, *, flow: str = FLOW, within_seconds: float = 300) -> str:
        """Wait until a run is over; gives its state."""
        give_up = time.monotonic() + within_seconds
        while (state := self.airflow.run_state(flow, run)) not in FINISHED:
            assert time.monotonic() < give_up, f"{run} is still {state}: {self.airflow.task_states(flow, run)}"
            time.sleep(0.3)
        return state

    def task(self, run: str, step: str, *, flow: str = FLOW) -> TaskState:
        """How the (first) task of a step stands."""
        return next(task for task in self.airflow.task_states(flow, run) if task.step == step)

    def wait_for_task(
        self, run: str, step: str, *states: str, flow: str = FLOW, within_seconds: float = 180
    ) -> TaskState:
        """Wait until a task is in one of these states."""
        give_up = time.monotonic() + within_seconds
        while (task := self.task(run, step, flow=flow)).state not in states:
            assert time.monotonic() < give_up, f"{step} is still {task.state}"
            time.sleep(0.2)
        return task

    def orders_in_target(self) -> list[dict[str, Any]]:
        """The orders of Visma.net, as stored."""
        address = f"{self.place.sandbox_address}/_sandbox/state/vismanet/orders"
        orders = httpx.get(address, trust_env=False).raise_for_status().json()
        return list(orders.values()) if isinstance(orders, dict) else list(orders)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """Airflow and the sandbox; gone afterwards, processes and ports."""
    place = Place(f"tests-{os.getpid()}", free_port(), free_port(), orders=60)
    try:
        start(place, scheduled=False, die_with_parent=True)
        with AirflowApi(place) as airflow:
            airflow.wait_for_flow(FLOW)
            web = httpx.Client(base_url=place.address, timeout=60, trust_env=False)
            web.headers["Authorization"] = airflow._client.headers["Authorization"]
            with web:
                yield Stack(place, airflow, SandboxControl(place.sandbox_address), web)
    finally:
        stop(place.folder, PROJECT)
        shutil.rmtree(place.folder, ignore_errors=True)
