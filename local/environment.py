"""The environment in which a place's Airflow runs: every setting of ours, each with its reason."""

import json
import os
from collections.abc import Mapping
from typing import Any

import yaml

from local.place import ADDRESS, PROJECT, Place

# What the imitated systems accept; these open nothing else.
SANDBOX_TENANT = "11111111-2222-3333-4444-555555555555"
SANDBOX_REFRESH_TOKEN = "sandbox-refresh-token-1"


def environment(place: Place, *, scheduled: bool = True) -> dict[str, str]:
    """All environment variables for the components of `place`.

    With the imitated systems nothing of the caller's own Airflow set-up gets in; with real ones the caller's
    Connections, Variables and other options do. `scheduled` False lets no flow start by its own timetable.
    """
    own_set_up = place.sandbox_port is None
    inherited = {
        name: value
        for name, value in os.environ.items()
        if (own_set_up or not name.startswith(("AIRFLOW_", "VISMA_SYNC_")))
        # The first would make every start twice as slow; the second could put other code before ours.
        and name not in ("PYTHONDONTWRITEBYTECODE", "PYTHONPATH", "AIRFLOW_HOME", "AIRFLOW_CONFIG")
    }
    without_proxy = ",".join(filter(None, [os.environ.get("NO_PROXY", ""), ADDRESS, "localhost"]))
    made = {
        **inherited,
        "NO_PROXY": without_proxy,
        "no_proxy": without_proxy,
        **_airflow(place, scheduled=scheduled),
        **_ledger(place, inherited),
    }
    return made


def sandbox_connections(place: Place, refresh_token: str = SANDBOX_REFRESH_TOKEN) -> dict[str, dict[str, Any]]:
    """The Connections to both imitated systems, by the names under which the flows look for them."""
    return {
        "eaccounting_default": {
            "conn_type": "eaccounting",
            "login": "demo-eaccounting",
            "password": "demo-secret",
            "extra": {
                "refresh_token": refresh_token,
                "api_url": f"{place.sandbox_address}/eaccounting",
                "identity_url": f"{place.sandbox_address}/eaccounting-identity",
            },
        },
        "vismanet_default": {
            "conn_type": "vismanet",
            "login": "demo-vismanet",
            "password": "demo-secret",
            "extra": {
                "tenant_id": SANDBOX_TENANT,
                "company_id": "1",
                "api_url": f"{place.sandbox_address}/vismanet",
                "salesorder_url": f"{place.sandbox_address}/salesorder",
                "identity_url": f"{place.sandbox_address}/connect",
            },
        },
    }


def sandbox_settings() -> str:
    """What the imitated business decided, as the Variable `visma_sync_settings` holds it (JSON)."""
    file = PROJECT / "include" / "settings" / "demo.yaml"
    return json.dumps(yaml.safe_load(file.read_text(encoding="utf-8")), default=str, indent=2)


def _airflow(place: Place, *, scheduled: bool) -> dict[str, str]:
    secrets = place.secrets()
    options = {
        "CORE__DAGS_FOLDER": PROJECT / "dags",
        "CORE__PLUGINS_FOLDER": PROJECT / "plugins",
        "CORE__LOAD_EXAMPLES": False,
        "CORE__EXECUTOR": "LocalExecutor",
        # On SQLite more parallel tasks lock the database (measured: 32 stop the scheduler, 4 do not).
        "CORE__PARALLELISM": 4,
        "CORE__TEST_CONNECTION": "Enabled",
        "CORE__EXECUTION_API_SERVER_URL": f"{place.address}/execution/",
        "CORE__FERNET_KEY": secrets["airflow_fernet_key"],
        "CORE__SIMPLE_AUTH_MANAGER_USERS": "admin:admin",
        "CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": place.passwords,
        "DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{place.database}",
        "API__HOST": ADDRESS,
        "API__PORT": place.port,
        "API__BASE_URL": place.address,
        "API__SECRET_KEY": secrets["airflow_session_secret"],
        "API__INSTANCE_NAME": "visma-sync",
        "API_AUTH__JWT_SECRET": secrets["airflow_token_secret"],
        # The default keeps a finished task's worker slot for up to 5 seconds (measured).
        "WORKERS__MIN_HEARTBEAT_INTERVAL": 1,
        "SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": 0.2,
        "SCHEDULER__USE_JOB_SCHEDULE": scheduled,
        # A killed scheduler's tasks run again after half a minute instead of five minutes (measured).
        "SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": 120,
        "SCHEDULER__ORPHANED_TASKS_CHECK_INTERVAL": 20,
        "SCHEDULER__SCHEDULER_HEALTH_CHECK_THRESHOLD": 15,
    }
    return {
        "AIRFLOW_HOME": str(place.folder),
        **{f"AIRFLOW__{name}": str(value) for name, value in options.items()},
    }


def _ledger(place: Place, inherited: Mapping[str, str]) -> dict[str, str]:
    connection = {"conn_type": "sqlite", "host": str(place.ledger)}
    ours = {
        "VISMA_SYNC_LEDGER_KEY": place.secrets()["ledger_key"],
        "AIRFLOW_CONN_VISMA_SYNC_LEDGER": json.dumps(connection),
    }
    return {name: inherited.get(name, value) for name, value in ours.items()}
