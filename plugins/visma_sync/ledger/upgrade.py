"""The way from any earlier version of the ledger's tables to this one, by alembic."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection

from visma_sync.errors import ConfigurationError

MIGRATIONS = Path(__file__).parent / "migrations"


def migrations(connection: Connection) -> Config:
    """What alembic needs to know to work on this connection, inside its transaction."""
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def upgrade(connection: Connection) -> None:
    """Make or change the tables; ConfigurationError when they are newer than this version of the project."""
    try:
        command.upgrade(migrations(connection), "head")
    except CommandError as error:
        raise ConfigurationError(
            "the ledger was made by a newer version of visma-sync",
            resolution="Install that version again, or give this one a ledger of its own.",
        ) from error
