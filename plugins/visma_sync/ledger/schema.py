"""The ledger's tables are made, or brought up to date, when it is first used."""

from sqlalchemy import Connection, inspect, text

from visma_sync.ledger.database import Database

VERSION_TABLE = "visma_sync_alembic_version"
NEWEST = "0005"
LOCK_NUMBER = 1986622305  # any number of our own: PostgreSQL's advisory locks have no names


def ensure_schema(database: Database) -> None:
    """Bring the tables to this version of the project; two small SELECTs when they are there already.

    Of several processes at once, one makes the tables and the others wait for it. ConfigurationError when a
    newer version of the project made them.
    """
    with database.reading() as connection:
        if _version(connection) == NEWEST:
            return
    with database.writing() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": LOCK_NUMBER})
        if _version(connection) != NEWEST:
            # Alembic takes 0.1 s to import, which every task would pay and only the first one needs.
            from visma_sync.ledger.upgrade import upgrade  # noqa: PLC0415

            upgrade(connection)


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    version = connection.scalar(text(f"SELECT version_num FROM {VERSION_TABLE}"))
    return None if version is None else str(version)
