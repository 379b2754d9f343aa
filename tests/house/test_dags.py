"""DAG files load by themselves: no import error, no network, no database, no Variable."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]

LOAD_DAGS = """
import socket, sqlite3, sys, time
def refuse(*arguments, **more): raise AssertionError("a DAG file used the network or a database while loading")
socket.socket.connect = refuse
sqlite3.connect = refuse
from airflow.dag_processing.dagbag import DagBag
began = time.perf_counter()
bag = DagBag(dag_folder=sys.argv[1])
assert not bag.import_errors, bag.import_errors
assert all(dag.doc_md for dag in bag.dags.values())
for dag in bag.dags.values():
    if "_to_" not in dag.dag_id: continue
    report = dag.get_task("report")
    assert report.is_teardown and report.on_failure_fail_dagrun, dag.dag_id
    first = [task for task in dag.tasks if not task.upstream_list]
    assert [task.task_id for task in first] == ["take_turn"], dag.dag_id
    assert dag.dagrun_timeout is None, "Airflow skips even teardowns when a run times out"
    assert dag.params
print(sorted(bag.dags))
"""

LOAD_PLUGINS = """
import sys
from airflow import plugins_manager
plugins, errors = plugins_manager._get_plugins()
assert not errors, errors
ours = [plugin.name for plugin in plugins if "visma" in plugin.name]
assert ours == ["visma_sync"], ours
bare = {"errors", "http", "client", "wire", "verdict", "order", "settings"} & set(sys.modules)
loaded = [name for name in bare if "visma_sync" in str(getattr(sys.modules[name], "__file__", ""))]
assert not loaded, loaded
"""


def run_python(program: str, *arguments: str, home: Path) -> str:
    environment = {
        **os.environ,
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(ROOT / "plugins"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
    }
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def test_every_dag_loads_without_network_or_database(tmp_path: Path) -> None:
    printed = run_python(LOAD_DAGS, str(ROOT / "dags"), home=tmp_path)
    assert "orders_eaccounting_to_vismanet" in printed


def test_airflow_finds_one_plugin_of_ours_and_loads_nothing_twice(tmp_path: Path) -> None:
    run_python(LOAD_PLUGINS, home=tmp_path)
