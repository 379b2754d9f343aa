"""The ledger on a new SQLite file, and on PostgreSQL where its programs are installed."""

import os
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import text

from visma_sync.ledger.database import Database, ledger_url
from visma_sync.ledger.ledger import Ledger, open_ledger
from visma_sync.ledger.tables import metadata, secret

POSTGRESQL = Path("/usr/lib/postgresql/15/bin")


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """A PostgreSQL of our own, reached by a socket only; root may not run one, so it runs as nobody."""
    if not POSTGRESQL.exists():
        pytest.skip(f"PostgreSQL 15 is not installed in {POSTGRESQL}")
    user = "nobody" if os.getuid() == 0 else None
    place = Path(tempfile.mkdtemp(prefix="ledger-postgresql-"))
    if user:
        shutil.chown(place, user)
    data = str(place / "data")
    settings = f"-k {place} -c listen_addresses='' -c fsync=off -c max_connections=60"
    _run(user, "initdb", "-D", data, "-U", "postgres", "--auth=trust", "--no-sync", "--locale=C", "--encoding=UTF8")
    _run(user, "pg_ctl", "-D", data, "-o", settings, "-l", str(place / "log"), "-w", "start")
    yield f"postgresql://postgres@/postgres?host={place}"
    _run(user, "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
    shutil.rmtree(place)


def _run(user: str | None, program: str, *arguments: str) -> None:
    subprocess.run([POSTGRESQL / program, *arguments], user=user, check=True, capture_output=True, cwd="/")


@pytest.fixture(scope="session")
def keys() -> str:
    """One Fernet key for the whole session: PostgreSQL's ledger lasts as long."""
    return Fernet.generate_key().decode()


@pytest.fixture(scope="session")
def made_ledger(tmp_path_factory: pytest.TempPathFactory, keys: str) -> Path:
    """A SQLite ledger that is only copied: making one anew for every test takes a tenth of a second."""
    file = tmp_path_factory.mktemp("ledger") / "ledger.db"
    open_ledger(f"sqlite:///{file}", keys)
    return file


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path, made_ledger: Path, keys: str) -> str:
    """The URL of a ledger without rows."""
    if request.param == "sqlite":
        with closing(sqlite3.connect(made_ledger)) as made, closing(sqlite3.connect(tmp_path / "ledger.db")) as copy:
            made.backup(copy)
        return f"sqlite:///{tmp_path / 'ledger.db'}"
    url: str = request.getfixturevalue("postgresql_url")
    open_ledger(url, keys)
    with Database(ledger_url(url)).writing() as connection:
        names = [table.name for table in metadata.sorted_tables if table is not secret]
        connection.execute(text(f"TRUNCATE {', '.join(names)}"))
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
def untouched_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database without tables."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'ledger.db'}"
        return
    url: str = request.getfixturevalue("postgresql_url")
    _drop_tables(url)
    yield url
    _drop_tables(url)


def _drop_tables(url: str) -> None:
    with Database(ledger_url(url)).writing() as connection:
        connection.execute(text("DROP TABLE IF EXISTS visma_sync_alembic_version"))
        metadata.drop_all(connection)


@pytest.fixture
def ledger(url: str, keys: str) -> Ledger:
    """A ledger without rows."""
    return open_ledger(url, keys)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The URL of a file that is not there yet."""
    return f"sqlite:///{tmp_path / 'ledger.db'}"
