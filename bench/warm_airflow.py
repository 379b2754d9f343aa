"""An Airflow of the benches' own that stays warm from run to run, while sandbox and ledger are new for each."""

import json
import os
import shutil
import sqlite3
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from local.airflow_api import FINISHED, AirflowApi
from local.environment import sandbox_connections, sandbox_settings
from local.place import PROJECT, NotStartedError, Place, demo_place
from local.processes import running
from local.stack import start
from local.supervised import stop, supervisor_of

FLOW = "orders_eaccounting_to_vismanet"
SAME_SHAPE = "same_shape"
RUN_WITHIN_SECONDS = 1800.0
LOOK_EVERY_SECONDS = 0.3


@dataclass(frozen=True)
class MeasuredRun:
    """A finished run: `seconds` by Airflow's own clock, peak memory by step in bytes, largest XCom entry in bytes."""

    name: str
    seconds: float
    peak_memory: Mapping[str, int]
    largest_xcom: int


class PeakMemory:
    """Watches the processes of this machine while a run is on: the most memory that each ever held, in bytes."""

    def __init__(self) -> None:
        self.by_process: dict[int, int] = {}
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> "PeakMemory":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(LOOK_EVERY_SECONDS):
            for process in running():
                if process.folder == PROJECT:
                    # A number may be given out anew: the last process that had it counts.
                    self.by_process[process.number] = _peak_of(process.number)


def _peak_of(process: int) -> int:
    """VmHWM of a process, 0 where it has ended ("man 5 proc_pid_status")."""
    try:
        status = Path(f"/proc/{process}/status").read_text(encoding="ascii", errors="replace")
    except OSError:
        return 0
    lines = dict(line.split(":", 1) for line in status.splitlines())
    return int(lines.get("VmHWM", "0 kB").split()[0]) * 1024


class WarmAirflow:
    """A running Airflow with the order flow and the flow's empty shape."""

    def __init__(self, place: Place, sandbox_port: int, api: AirflowApi) -> None:
        self._place = place
        self._api = api
        self.sandbox_port = sandbox_port

    @property
    def folder(self) -> Path:
        """Where it keeps what it needs; recordings may be put here."""
        return self._place.folder

    @property
    def ledger_url(self) -> str:
        """SQLAlchemy's address of the flow's ledger."""
        return f"sqlite:///{self._place.ledger}"

    @property
    def ledger_key(self) -> str:
        """The key to it."""
        return self._place.secrets()["ledger_key"]

    def forget_ledger(self) -> None:
        """Begin with an empty ledger."""
        for file in self._place.folder.glob(f"{self._place.ledger.name}*"):
            file.unlink()

    def run(self, dag: str, conf: Mapping[str, Any]) -> MeasuredRun:
        """Run a DAG once, by hand; NotStartedError when it does not succeed."""
        with PeakMemory() as memory:
            name = self._api.start_run(dag, conf)
            give_up = time.monotonic() + RUN_WITHIN_SECONDS
            while (state := self._api.run_state(dag, name)) not in FINISHED:
                if time.monotonic() > give_up:
                    raise NotStartedError(f"{name} did not end within {RUN_WITHIN_SECONDS:.0f} seconds")
                time.sleep(LOOK_EVERY_SECONDS)
        if state != "success":
            raise NotStartedError(f"{name} of {dag} ended as {state}; see {self._place.folder / 'logs'}")
        peaks: dict[str, int] = defaultdict(int)
        for task in self._api.task_states(dag, name):
            peaks[task.step] = max(peaks[task.step], memory.by_process.get(task.process, 0))
        return MeasuredRun(name, self._api.seconds_of(dag, name), peaks, self._largest_xcom(dag, name))

    def _largest_xcom(self, dag: str, run: str) -> int:
        with closing(sqlite3.connect(f"file:{self._place.database}?mode=ro", uri=True)) as database:
            found = database.execute(
                "select max(length(cast(value as blob))) from xcom where dag_id = ? and run_id = ?", (dag, run)
            ).fetchone()
        return int(found[0] or 0)


@contextmanager
def warm_airflow() -> Iterator[WarmAirflow]:
    """Start Airflow, and stop it in the end; the ports are those of `make demo`."""
    ports = demo_place()
    place = replace(ports, name="bench", sandbox_port=None)
    if supervisor_of(place.folder):
        raise NotStartedError("A bench runs already; two would measure each other.")
    shutil.rmtree(place.folder, ignore_errors=True)
    _use_both_dag_folders()
    try:
        start(place, scheduled=False, die_with_parent=True)
        with AirflowApi(place) as api:
            for name, connection in sandbox_connections(ports).items():
                api.save_connection(name, connection)
            api.save_variable("visma_sync_settings", sandbox_settings(), "What the business decides.")
            for dag in (FLOW, SAME_SHAPE):
                api.wait_for_flow(dag)
            yield WarmAirflow(place, int(ports.sandbox_port or 0), api)
    finally:
        stop(place.folder, PROJECT)


def _use_both_dag_folders() -> None:
    """Let Airflow read the project's DAGs and the benches' own, and nothing of the caller's set-up."""
    for name in list(os.environ):
        if name.startswith(("AIRFLOW_", "VISMA_SYNC_")):
            del os.environ[name]
    bundle = "airflow.dag_processing.bundles.local.LocalDagBundle"
    folders = {"dags-folder": PROJECT / "dags", "bench": PROJECT / "bench" / "dags"}
    os.environ["AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_CONFIG_LIST"] = json.dumps(
        [{"name": name, "classpath": bundle, "kwargs": {"path": str(path)}} for name, path in folders.items()]
    )
