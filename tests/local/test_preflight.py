"""The command looks at the link that the environment describes, and its exit code says whether it is ready."""

import json
import os
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from local.environment import sandbox_connections, sandbox_settings
from local.place import PROJECT, Place
from local.preflight import installation
from tests.flows.running import KEY


@pytest.fixture
def airflow(sandbox_url: str, tmp_path: Path) -> dict[str, str]:
    """The environment of an Airflow whose Connections and Variable are given there."""
    place = Place("elsewhere", 1, httpx.URL(sandbox_url).port)
    connections = {
        f"AIRFLOW_CONN_{name.upper()}": json.dumps(connection)
        for name, connection in sandbox_connections(place).items()
    }
    ours = {"AIRFLOW_HOME": str(tmp_path), "VISMA_SYNC_LEDGER_KEY": KEY, "NO_PROXY": "127.0.0.1"}
    return {**os.environ, **connections, **ours, "AIRFLOW_VAR_VISMA_SYNC_SETTINGS": sandbox_settings()}


def preflight(environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """What `make preflight` runs."""
    command = [sys.executable, "-m", "local.preflight"]
    return subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False)


def test_a_link_in_order_is_ready_and_a_broken_one_is_not(airflow: dict[str, str]) -> None:
    in_order = preflight(airflow)
    assert (in_order.returncode, in_order.stdout.splitlines()[-1][:5]) == (0, "ready"), in_order
    broken = preflight(airflow | {"AIRFLOW_VAR_VISMA_SYNC_SETTINGS": '{"rounding": {"account": "9999"}}'})
    assert broken.returncode == 1
    assert "MISSING: vat.treatments account: It names '9999'" in broken.stdout
    assert broken.stdout.splitlines()[-1].startswith("not ready")


def test_nothing_secret_is_told(airflow: dict[str, str]) -> None:
    wrong = airflow["AIRFLOW_CONN_VISMANET_DEFAULT"].replace("demo-secret", "s3cret-nobody-may-see")
    told = preflight(airflow | {"AIRFLOW_CONN_VISMANET_DEFAULT": wrong})
    assert told.returncode == 1
    assert "s3cret-nobody-may-see" not in told.stdout + told.stderr
    assert KEY not in told.stdout + told.stderr


def test_connections_entered_on_the_pages_of_airflow_are_found_too() -> None:
    assert installation({"VISMA_SYNC_LEDGER_KEY": KEY})["_AIRFLOW_PROCESS_CONTEXT"] == "server"
