"""Reading a Connection's fields, with clear words for what is missing."""

from typing import Any

from airflow.sdk import BaseHook, Connection
from airflow.sdk.exceptions import AirflowNotFoundException

from visma_sync.errors import ConfigurationError


def connection_of(connection_id: str, connection_type: str) -> Connection:
    """The Connection of this id and type; ConfigurationError says how to make it."""
    try:
        connection = BaseHook.get_connection(connection_id)
    except AirflowNotFoundException as error:
        raise ConfigurationError(
            f"there is no Connection '{connection_id}'",
            resolution=f"Make it in Airflow under Admin, Connections, with type {connection_type}.",
        ) from error
    if connection.conn_type != connection_type:
        raise ConfigurationError(
            f"the Connection '{connection_id}' has type '{connection.conn_type}'",
            resolution=f"Give it the type {connection_type}.",
        )
    return connection


def required(connection: Connection, **values: str | None) -> None:
    """Refuse a Connection that lacks one of these fields."""
    missing = sorted(name.replace("_", " ") for name, value in values.items() if not value)
    if missing:
        raise ConfigurationError(
            f"the Connection '{connection.conn_id}' lacks {', '.join(missing)}",
            resolution="Fill in these fields under Admin, Connections; docs/first-day.md says where they come from.",
        )


def extra_of(connection: Connection) -> dict[str, Any]:
    """The extra fields, empty ones left out."""
    return {name: value for name, value in connection.extra_dejson.items() if value not in (None, "")}
