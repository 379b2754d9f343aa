"""The database of the ledger: one SQLite file, or PostgreSQL where several machines work together.

SQLite runs in WAL mode and answers a commit only when it is on disk. A transaction that writes takes the
write lock at once (BEGIN IMMEDIATE), so that it never finds out half-way that another process was first.
"""

import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

import stamina
from sqlalchemy import URL, ColumnElement, Connection, Engine, Table, create_engine, event, func, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.sql.base import ReadOnlyColumnCollection
from sqlalchemy.sql.elements import KeyedColumnElement

from visma_sync.errors import ConfigurationError, RetryableError

BUSY_SECONDS = 30
AT_ONCE = 1000  # keys in one IN list: SQLite takes at most 32,766 values, PostgreSQL 65,535

Item = TypeVar("Item")
Columns = ReadOnlyColumnCollection[str, KeyedColumnElement[Any]]

_engines: dict[tuple[str, int], tuple[Engine, tuple[int, int] | None]] = {}


def chunks(items: Iterable[Item], size: int = AT_ONCE) -> Iterator[list[Item]]:
    """The items in lists of at most `size`."""
    rest = iter(items)
    while chunk := list(islice(rest, size)):
        yield chunk


def ledger_url(text: str) -> URL:
    """The database URL with the driver we install; ConfigurationError for any other database."""
    try:
        url = make_url(text)
    except ArgumentError as error:
        raise _wrong_url("the ledger's database URL cannot be read") from error
    backend = url.get_backend_name()
    if backend in ("postgres", "postgresql"):
        return url.set(drivername="postgresql+psycopg")
    if backend != "sqlite":
        raise _wrong_url(f"the ledger does not work on {backend}")
    if not url.database or url.database == ":memory:":
        raise _wrong_url("the ledger's database URL names no file")
    return url


def _wrong_url(message: str) -> ConfigurationError:
    return ConfigurationError(
        message,
        resolution="Give the ledger sqlite:////a/path/ledger.db or postgresql://user:password@host/database.",
    )


class Database:
    """Transactions on one database; usable on both sides of a fork, by any thread."""

    def __init__(self, url: URL) -> None:
        self.url = url

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that only reads; RetryableError when the database does not answer."""
        with self._transaction(writes=False) as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that writes: on disk when the block ends, undone when it raises.

        RetryableError when the database does not answer or stays locked for thirty seconds.
        """
        with self._transaction(writes=True) as connection:
            yield connection

    @contextmanager
    def _transaction(self, *, writes: bool) -> Iterator[Connection]:
        try:
            with (
                _engine(self.url).connect().execution_options(visma_sync_writes=writes) as connection,
                connection.begin(),
            ):
                yield connection
        except (OperationalError, PoolTimeoutError) as error:
            raise RetryableError(
                f"the ledger's database did not answer: {error.__class__.__name__}",
                resolution="Nothing to do at first: it is tried again. If it goes on, see that the database "
                "runs and that its disk is not full.",
                operation="ledger",
            ) from error


def upsert(
    connection: Connection,
    table: Table,
    rows: Sequence[Mapping[str, Any]],
    key: Sequence[str],
    *,
    keep: Sequence[str] = (),
    only_where: Callable[[Columns], ColumnElement[bool]] | None = None,
) -> int:
    """Insert the rows, or overwrite those with the same key; gives the number of rows written.

    Columns in `keep` stay as they are where the new row has nothing (NULL). `only_where` is given
    the columns of the new row and says what must hold before it overwrites the present one.
    """
    if not rows:
        return 0
    statement = _insert(connection, table)
    changes = {
        name: func.coalesce(statement.excluded[name], table.c[name]) if name in keep else statement.excluded[name]
        for name in rows[0]
        if name not in key
    }
    where = None if only_where is None else only_where(statement.excluded)
    statement = statement.on_conflict_do_update(index_elements=list(key), set_=changes, where=where)
    return _rows_written(connection, statement, rows)


def insert_missing(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> int:
    """Insert the rows whose key is not there yet; gives how many those were."""
    if not rows:
        return 0
    statement = _insert(connection, table).on_conflict_do_nothing()
    return _rows_written(connection, statement, rows)


def _rows_written(
    connection: Connection, statement: sqlite.Insert | postgresql.Insert, rows: Sequence[Mapping[str, Any]]
) -> int:
    options = {"preserve_rowcount": True}  # SQLAlchemy counts changed and deleted rows by itself, not inserted ones
    return connection.execute(statement, [dict(row) for row in rows], execution_options=options).rowcount


def _insert(connection: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    return sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)


def _engine(url: URL) -> Engine:
    """The engine of this process for a database; a new one after a fork or when the file was replaced."""
    name = (url.render_as_string(hide_password=False), os.getpid())
    file = _file_identity(url)
    known = _engines.get(name)
    if known is not None and known[1] == file:
        return known[0]
    if known is not None:
        known[0].dispose()
    engine = _sqlite_engine(url) if url.get_backend_name() == "sqlite" else _postgresql_engine(url)
    with engine.connect():
        pass  # makes the file, so that its identity is known
    _engines[name] = (engine, _file_identity(url))
    return engine


def _file_identity(url: URL) -> tuple[int, int] | None:
    if url.get_backend_name() != "sqlite":
        return None
    try:
        status = Path(str(url.database)).stat()
    except FileNotFoundError:
        return None
    return status.st_dev, status.st_ino


def _postgresql_engine(url: URL) -> Engine:
    return create_engine(url, pool_size=2, max_overflow=8, pool_pre_ping=True, hide_parameters=True)


def _sqlite_engine(url: URL) -> Engine:
    Path(str(url.database)).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        url, pool_size=2, max_overflow=8, connect_args={"timeout": BUSY_SECONDS}, hide_parameters=True
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # we begin transactions ourselves, below
        _use_wal(connection)
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("visma_sync_writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


@stamina.retry(on=sqlite3.OperationalError, attempts=None, timeout=BUSY_SECONDS, wait_initial=0.01, wait_max=0.1)
def _use_wal(connection: sqlite3.Connection) -> None:
    """Other processes that open a new file at the same moment lock it; SQLite does not wait for them here."""
    connection.execute("PRAGMA journal_mode=WAL")
