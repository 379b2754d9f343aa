"""Airflow, where a test needs it, lives in a folder of its own that is gone afterwards."""

import os
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
_HOME = tempfile.TemporaryDirectory(prefix="visma-sync-tests-")

# Airflow reads these when it is first imported.
os.environ |= {
    "AIRFLOW_HOME": _HOME.name,
    "AIRFLOW__CORE__DAGS_FOLDER": str(ROOT / "dags"),
    "AIRFLOW__CORE__PLUGINS_FOLDER": str(ROOT / "plugins"),
    "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
    "AIRFLOW__CORE__UNIT_TEST_MODE": "False",
    "AIRFLOW__LOGGING__BASE_LOG_FOLDER": f"{_HOME.name}/logs",
    "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{_HOME.name}/airflow.db",
}
