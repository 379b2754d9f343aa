"""The ledger, from the Connection `visma_sync_ledger` or a file beside Airflow's own."""

import os
from pathlib import Path

from airflow.sdk import BaseHook
from airflow.sdk.exceptions import AirflowNotFoundException

from visma_sync.errors import ConfigurationError
from visma_sync.ledger.ledger import Ledger, open_ledger

LEDGER_CONNECTION = "visma_sync_ledger"
LEDGER_KEY = "VISMA_SYNC_LEDGER_KEY"


def ledger_url() -> str:
    """SQLAlchemy's address of the ledger: the Connection (sqlite: host is the file's path), else $AIRFLOW_HOME."""
    try:
        connection = BaseHook.get_connection(LEDGER_CONNECTION)
    except AirflowNotFoundException:
        home = Path(os.environ.get("AIRFLOW_HOME", "~/airflow")).expanduser()
        return f"sqlite:///{home / 'visma_sync_ledger.sqlite'}"
    if connection.conn_type == "sqlite":
        return f"sqlite:///{connection.host}"
    if connection.conn_type in {"postgres", "postgresql"}:
        address = connection.get_uri().split("://", 1)[1]
        return f"postgresql+psycopg://{address}"
    raise ConfigurationError(
        f"the Connection {LEDGER_CONNECTION} is of type {connection.conn_type}",
        resolution="Make it sqlite (host = path of the file) or postgres.",
    )


def ledger_folder() -> Path:
    """The folder beside the ledger: that of its file, else $AIRFLOW_HOME."""
    home = Path(os.environ.get("AIRFLOW_HOME", "~/airflow")).expanduser()
    url = ledger_url()
    return Path(url.removeprefix("sqlite:///")).parent if url.startswith("sqlite:///") else home


def airflow_ledger(pair: str = "default") -> Ledger:
    """The ledger of a pair; ConfigurationError without VISMA_SYNC_LEDGER_KEY, before anything is read."""
    return open_ledger(ledger_url(), os.environ.get(LEDGER_KEY, ""), pair=pair)
