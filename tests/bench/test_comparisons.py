"""What the benches compare the flow with is comparable: the same calls, and the same shape."""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from bench.company import Company, everything
from bench.pair import Pair
from bench.plain import send_everything
from bench.recording import Recording, record
from bench.sandbox import running_sandbox
from local.place import PROJECT
from local.sandbox_control import SandboxControl

ORDERS = 20

SHAPE = """
import json, sys
from airflow.dag_processing.dagbag import DagBag
bag = DagBag(dag_folder=sys.argv[1])
assert not bag.import_errors, bag.import_errors
dag = bag.dags[sys.argv[2]]
print("shape", json.dumps({task.task_id: [sorted(task.upstream_task_ids), str(task.trigger_rule), task.is_teardown]
                           for task in dag.tasks}))
"""


def record_a_run(company: Company, file: Path) -> None:
    """Run the flow once, and save what it sent."""
    company.run(everything())
    source = company.holdings().source
    keys = {name: [row["Id"] for row in source[name]] for name in ("customers", "orders")}
    articles = [row["Number"] for row in source["articles"]]
    record(company.pair.ledger(), keys["customers"], articles, keys["orders"]).save(file)


def totals_by_reference(orders: list[dict[str, Any]]) -> dict[str, Any]:
    """The orders' totals by the number that they have in the source."""
    return {order["customer"]["refNo"]: order["totals"]["orderTotal"] for order in orders}


def shape_of(folder: Path, dag: str, home: Path) -> dict[str, list[object]]:
    """The tasks of a DAG with what comes before each."""
    environment = {**os.environ, "AIRFLOW_HOME": str(home), "AIRFLOW__CORE__LOAD_EXAMPLES": "False"}
    command = [sys.executable, "-c", SHAPE, str(folder), dag]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    shape: dict[str, list[object]] = json.loads(done.stdout.rpartition("shape ")[2])
    return shape


def test_the_plain_script_makes_the_calls_of_the_flow_and_leaves_the_same_orders(tmp_path: Path) -> None:
    with running_sandbox(ORDERS) as address:
        flow = Company(Pair(address, tmp_path / "flow"))
        record_a_run(flow, tmp_path / "recording.json")
        of_flow, orders_of_flow = SandboxControl(address).requests(), flow.holdings().target["orders"]
    with running_sandbox(ORDERS) as address:
        plain = Company(Pair(address, tmp_path / "plain"))
        recording = Recording.load(tmp_path / "recording.json")
        asyncio.run(send_everything(plain.pair, recording, lanes=1, with_ledger=True))
        of_plain, orders_of_plain = SandboxControl(address).requests(), plain.holdings().target["orders"]
    assert of_plain.by_operation == of_flow.by_operation
    totals_of_flow, totals_of_plain = totals_by_reference(orders_of_flow), totals_by_reference(orders_of_plain)
    assert totals_of_plain == totals_of_flow
    assert len(totals_of_flow) == of_flow.new_orders > 0
    assert {order["status"]["description"] for order in orders_of_plain} == {"Open"}


def test_the_empty_dag_has_the_shape_of_the_flow(tmp_path: Path) -> None:
    flow = shape_of(PROJECT / "dags", "orders_eaccounting_to_vismanet", tmp_path)
    empty = shape_of(PROJECT / "bench" / "dags", "same_shape", tmp_path)
    assert empty == flow
