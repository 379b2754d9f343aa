"""Alembic runs this for every migration; it sees our own tables only, also beside Airflow's."""

from collections.abc import MutableMapping
from typing import Any

from alembic import context

from visma_sync.ledger.schema import VERSION_TABLE
from visma_sync.ledger.tables import metadata


def _is_ours(name: str | None, kind: str, _parents: MutableMapping[Any, str | None]) -> bool:
    return kind != "table" or (name or "").startswith("visma_sync_")


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    include_name=_is_ours,
)
with context.begin_transaction():
    context.run_migrations()
