"""How long a run of the order flow takes: beside an empty DAG of its shape, and beside a plain script.

a: the flow's DAG run, by Airflow's own clock, on a warm Airflow
b: a DAG run of the same shape whose tasks do nothing
c: a plain asyncio script that makes the same calls, with intents and encrypted bodies

The sandbox answers after 40 ms; sandbox and ledger are new for each measurement. Prints `name: value` lines and asserts
nothing: times depend on the machine. Run: `python -m bench.run [--only 1000] [--pairs 3]`.
"""

import argparse
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from statistics import median
from types import FrameType
from typing import Any

import httpx

from bench.recording import record
from bench.sandbox import SEED, running_sandbox
from bench.warm_airflow import FLOW, SAME_SHAPE, MeasuredRun, WarmAirflow, warm_airflow
from local.place import PROJECT, NotStartedError
from local.sandbox_control import SandboxControl
from visma_sync.ledger.ledger import open_ledger

LATENCY_MILLISECONDS = 40
PAIRS = {100: 3, 1000: 3, 10_000: 1}
WARM_UP_ORDERS = 20
# As default.yaml has them; Airflow on SQLite works on four tasks at once.
ORDERS_PER_LANE, MOST_LANES, TASKS_AT_ONCE = 1000, 8, 4
START_SECONDS = 2.0
CREATING = "lane.create_orders"


@dataclass
class Measured:
    """What was measured at one number of orders, in seconds, one value per pair."""

    orders: int
    a: list[float] = field(default_factory=list)
    b: list[float] = field(default_factory=list)
    c: list[float] = field(default_factory=list)
    c_without_ledger: list[float] = field(default_factory=list)
    calls_of_a: int = 0
    calls_of_c: int = 0
    peak_memory: int = 0
    peak_memory_of_any: int = 0
    largest_xcom: int = 0

    @property
    def lanes(self) -> int:
        """How many lanes the flow cuts so many orders into."""
        return min(max(1, -(-self.orders // ORDERS_PER_LANE)), MOST_LANES)


class Bench:
    """Measures on one warm Airflow."""

    def __init__(self, airflow: WarmAirflow) -> None:
        self._airflow = airflow
        self._recording = airflow.folder / "recording.json"

    def warm_up(self) -> None:
        """Let everything be loaded once."""
        self._empty(1)
        self._flow(Measured(WARM_UP_ORDERS))

    def measure(self, orders: int, pairs: int) -> Measured:
        """Measure one number of orders: b, a, c and c without its ledger, and again."""
        measured = Measured(orders)
        for _ in range(pairs):
            measured.b.append(self._empty(measured.lanes).seconds)
            measured.a.append(self._flow(measured).seconds)
            measured.c.append(self._plain(measured))
            measured.c_without_ledger.append(self._plain(measured, "--no-ledger"))
        return measured

    def _empty(self, lanes: int) -> MeasuredRun:
        return self._airflow.run(SAME_SHAPE, {"lanes": lanes})

    def _flow(self, measured: Measured) -> MeasuredRun:
        self._airflow.forget_ledger()
        with self._sandbox(measured.orders) as address:
            run = self._airflow.run(FLOW, _everything())
            measured.calls_of_a = SandboxControl(address).requests().total
            self._record(address)
            _check_all_arrived(address)
        measured.peak_memory = max(measured.peak_memory, run.peak_memory[CREATING])
        measured.peak_memory_of_any = max(measured.peak_memory_of_any, *run.peak_memory.values())
        measured.largest_xcom = run.largest_xcom
        return run

    def _record(self, address: str) -> None:
        ledger = open_ledger(self._airflow.ledger_url, self._airflow.ledger_key)
        customers = [row["Id"] for row in _rows(address, "eaccounting", "customers")]
        products = [row["Number"] for row in _rows(address, "eaccounting", "articles")]
        orders = [row["Id"] for row in _rows(address, "eaccounting", "orders")]
        record(ledger, customers, products, orders).save(self._recording)

    def _plain(self, measured: Measured, *options: str) -> float:
        lanes = min(measured.lanes, TASKS_AT_ONCE)
        with self._sandbox(measured.orders) as address:
            command = [sys.executable, "-m", "bench.plain", "--address", address, "--recording", str(self._recording)]
            command += ["--lanes", str(lanes), *options]
            done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
            if done.returncode:
                raise NotStartedError(f"the plain script failed:\n{done.stderr[-2000:]}")
            measured.calls_of_c = SandboxControl(address).requests().total
            _check_all_arrived(address)
        return float(done.stdout.split()[-1])

    def _sandbox(self, orders: int) -> Any:
        return running_sandbox(orders, port=self._airflow.sandbox_port, latency_milliseconds=LATENCY_MILLISECONDS)


def _everything() -> dict[str, str]:
    """The window with every order of the sandbox in it, as the trigger form takes it."""
    until = datetime.now(UTC) + timedelta(days=365)
    return {"window_from": "2026-01-01T00:00:00Z", "window_to": until.strftime("%Y-%m-%dT%H:%M:%SZ")}


def _rows(address: str, system: str, collection: str) -> list[dict[str, Any]]:
    answer = httpx.get(f"{address}/_sandbox/state/{system}/{collection}", timeout=120, trust_env=False)
    rows: list[dict[str, Any]] = answer.raise_for_status().json()
    return rows


def _check_all_arrived(address: str) -> None:
    """A run that is fast because it leaves orders out measures nothing."""
    wanted = sum(order["Number"] is not None for order in _rows(address, "eaccounting", "orders"))
    opened = sum(order["status"]["description"] == "Open" for order in _rows(address, "vismanet", "orders"))
    if opened != wanted:
        raise NotStartedError(f"{opened} of {wanted} orders arrived")


def tell(measured: Measured) -> None:
    """Print what was measured."""
    a, b, c = median(measured.a), median(measured.b), median(measured.c)
    without = median(measured.c_without_ledger)

    def say(name: str, value: object) -> None:
        print(f"{name}_{measured.orders}: {value}", flush=True)

    say("pairs", len(measured.a))
    say("lanes", measured.lanes)
    say("calls_of_flow", measured.calls_of_a)
    say("calls_of_plain_script", measured.calls_of_c)
    for name, values in (("a", measured.a), ("b", measured.b), ("c", measured.c)):
        say(f"{name}_seconds", _each(values))
    say("c_without_ledger_seconds", _each(measured.c_without_ledger))
    if measured.orders == min(PAIRS):
        say("a", f"{a:.2f}")
        say("b_plus_c_plus_2", f"{b + c + START_SECONDS:.2f}")
    say("ratio", f"{(a - b) / c:.2f}")
    say("ratio_without_ledger", f"{a / without:.2f}")
    say("peak_memory_of_create_orders_bytes", measured.peak_memory)
    say("peak_memory_of_any_task_bytes", measured.peak_memory_of_any)
    say("largest_xcom_bytes", measured.largest_xcom)


def _each(values: Sequence[float]) -> str:
    return " ".join(f"{value:.2f}" for value in values)


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="How long a run of the order flow takes.")
    parser.add_argument("--only", type=int, action="append", choices=sorted(PAIRS), help="only this number of orders")
    parser.add_argument("--pairs", type=int, help="how often, instead of 3 (10,000 orders: 1)")
    given = parser.parse_args()
    for told_to_stop in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(told_to_stop, _interrupt)
    print(f"seed: {SEED}\nlatency_milliseconds: {LATENCY_MILLISECONDS}", flush=True)
    try:
        with warm_airflow() as airflow:
            bench = Bench(airflow)
            bench.warm_up()
            for orders in given.only or sorted(PAIRS):
                tell(bench.measure(orders, given.pairs or PAIRS[orders]))
    except NotStartedError as reason:
        sys.exit(str(reason))
    except KeyboardInterrupt:
        sys.exit("\nInterrupted; nothing was left running.")


if __name__ == "__main__":
    main()
