"""The ledger opens on an empty database, and refuses to open with the wrong keys."""

import multiprocessing
import sqlite3
import threading
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from alembic import command
from alembic.script import ScriptDirectory
from cryptography.fernet import Fernet
from sqlalchemy import text

from visma_sync.errors import ConfigurationError
from visma_sync.ledger.database import Database, ledger_url
from visma_sync.ledger.ledger import Ledger, open_ledger
from visma_sync.ledger.rows import HeldRecord, Identity, Intent, Link, Outcome, now
from visma_sync.ledger.schema import NEWEST
from visma_sync.ledger.upgrade import migrations

FLOW = "orders_eaccounting_to_vismanet"

fork = multiprocessing.get_context("fork")


def test_four_processes_open_an_empty_database_at_once(untouched_url: str, keys: str) -> None:
    fingerprints = fork.Queue()
    start = fork.Barrier(4)

    def open_at_once() -> None:
        start.wait()
        fingerprints.put(open_ledger(untouched_url, keys).fingerprint("something"))

    processes = [fork.Process(target=open_at_once) for _ in range(4)]
    for process in processes:
        process.start()
    found = {fingerprints.get(timeout=30) for _ in processes}
    for process in processes:
        process.join(30)
    assert found == {open_ledger(untouched_url, keys).fingerprint("something")}


def test_a_new_file_that_another_process_is_writing_is_waited_for(sqlite_url: str, tmp_path: Path, keys: str) -> None:
    other = sqlite3.connect(tmp_path / "ledger.db", isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    end = threading.Timer(0.2, lambda: other.execute("COMMIT"))
    end.start()
    assert open_ledger(sqlite_url, keys).links("order", ["1"]) == {}
    end.join()
    other.close()


def test_the_migrations_make_exactly_the_tables_of_the_code(url: str, ledger: Ledger) -> None:
    with Database(ledger_url(url)).writing() as connection:
        config = migrations(connection)
        command.check(config)
    assert ScriptDirectory.from_config(config).get_current_head() == NEWEST


def test_tables_of_others_in_the_same_database_are_left_alone(url: str, ledger: Ledger) -> None:
    database = Database(ledger_url(url))
    with database.writing() as connection:
        connection.execute(text("CREATE TABLE dag_run (id INTEGER)"))
    try:
        with database.writing() as connection:
            command.check(migrations(connection))  # raises where it would drop the other's table
    finally:
        with database.writing() as connection:
            connection.execute(text("DROP TABLE dag_run"))


def test_what_an_earlier_version_told_of_records_expires_as_if_told_now(untouched_url: str, keys: str) -> None:
    with Database(ledger_url(untouched_url)).writing() as connection:
        command.upgrade(migrations(connection), "0004")
        connection.execute(
            text(
                "INSERT INTO visma_sync_outcome (pair, flow, run_id, key, number, state, reason, cure, detail, "
                "target_key, currency, fingerprint, facts) "
                "VALUES ('default', 'f', 'r', '1', '101', 'created', '', '', '', '', '', '', '{}')"
            )
        )
        connection.execute(
            text(
                "INSERT INTO visma_sync_attempt (pair, flow, kind, key, action, run_id, status, error, started_at, "
                "duration_ms) VALUES ('default', 'f', 'order', '1', 'create', 'r', 201, '', '2026-01-01 00:00:00', 5)"
            )
        )
    ledger = open_ledger(untouched_url, keys)
    assert [one.duration_ms for one in ledger.attempts("f", "order", "1")] == [5]
    ledger.forget_older_than(1)
    assert [outcome.number for outcome in ledger.outcomes("f", "r")] == ["101"]
    with time_machine.travel(now() + timedelta(days=2), tick=False):
        ledger.forget_older_than(1)
    assert ledger.outcomes("f", "r") == []


def test_a_ledger_made_by_a_newer_version_is_not_touched(untouched_url: str, keys: str) -> None:
    open_ledger(untouched_url, keys)
    with Database(ledger_url(untouched_url)).writing() as connection:
        connection.execute(text("UPDATE visma_sync_alembic_version SET version_num = '9999'"))
    with pytest.raises(ConfigurationError, match="newer version"):
        open_ledger(untouched_url, keys)


@pytest.mark.parametrize("wrong", ["", " , ", "not a key"])
def test_without_valid_keys_nothing_is_made(wrong: str, sqlite_url: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="VISMA_SYNC_LEDGER_KEY"):
        open_ledger(sqlite_url, wrong)
    assert list(tmp_path.iterdir()) == []


def test_another_key_does_not_open_the_ledger(url: str, ledger: Ledger) -> None:
    with pytest.raises(ConfigurationError, match="VISMA_SYNC_LEDGER_KEY"):
        open_ledger(url, Fernet.generate_key().decode())


@pytest.mark.parametrize(
    "unusable", ["mysql://host/database", "sqlite://", "no url", "postgresql://postgres@/x?host=/nowhere"]
)
def test_an_unusable_database_is_a_matter_of_the_set_up(unusable: str, keys: str) -> None:
    with pytest.raises(ConfigurationError, match="ledger"):
        open_ledger(unusable, keys)


def test_the_password_of_the_database_is_in_no_message(keys: str) -> None:
    with pytest.raises(ConfigurationError) as problem:
        open_ledger("postgresql://postgres:verysecret@/x?host=/nowhere", keys)
    assert "verysecret" not in str(problem.value)


def test_a_file_that_is_no_database_is_a_matter_of_the_set_up(sqlite_url: str, tmp_path: Path, keys: str) -> None:
    (tmp_path / "ledger.db").write_text("this is a shopping list" * 100)
    with pytest.raises(ConfigurationError, match="cannot be used"):
        open_ledger(sqlite_url, keys)


@pytest.mark.parametrize("rest", [(), ("-wal", "-shm")])
def test_a_deleted_file_is_noticed_within_the_same_process(
    rest: tuple[str, ...], sqlite_url: str, tmp_path: Path, keys: str
) -> None:
    open_ledger(sqlite_url, keys).save_links([Link("order", "1", "A")])
    for name in ("", *rest):
        (tmp_path / f"ledger.db{name}").unlink(missing_ok=True)
    again = open_ledger(sqlite_url, keys)
    assert again.links("order", ["1"]) == {}
    again.save_links([Link("order", "2", "B")])
    assert open_ledger(sqlite_url, keys).links("order", ["2"]).keys() == {"2"}


def test_a_forked_process_uses_the_ledger_of_its_parent(ledger: Ledger) -> None:
    ledger.save_links([Link("order", "1", "A")])
    child = fork.Process(target=lambda: ledger.save_links([Link("order", "2", "B")]))
    child.start()
    child.join(30)
    ledger.save_links([Link("order", "3", "C")])
    assert ledger.links("order", ["1", "2", "3"]).keys() == {"1", "2", "3"}


def test_pairs_do_not_see_each_other(url: str, keys: str) -> None:
    one, other = open_ledger(url, keys), open_ledger(url, keys, pair="norway")
    for ledger, target in ((one, "A"), (other, "Z")):
        ledger.commit(Link("order", "1", target), Intent(FLOW, "order", "1", "create", target, "run-1"))
        ledger.hold(FLOW, "run-1", [HeldRecord("1", target, now(), now(), "")], {"1": {"customer": {target}}})
        ledger.save_outcomes(FLOW, "run-1", [Outcome("1", target, "parked")])
        ledger.open_run(FLOW, "run-1", None, None, target)
        assert ledger.take_turn(FLOW, target, "run-1")
        ledger.save_identities("customer", [Identity(target, "", "SE", {"anna@example.com"}, "", "", "", True)])
        ledger.save_master_data("target", "units", [{"id": target}])
    for ledger, target in ((one, "A"), (other, "Z")):
        assert ledger.links("order", ["1"])["1"].target_key == target
        assert ledger.intents(FLOW, "order", ["1"], "create")["1"].marker == target
        assert ledger.held(FLOW, ["1"])["1"].number == target
        assert [record.number for record in ledger.waiting(FLOW)] == [target]
        assert ledger.needed(FLOW, ["1"], "customer") == {target: {"1"}}
        assert [outcome.number for outcome in ledger.outcomes(FLOW, "run-1")] == [target]
        assert [run.kind for run in ledger.runs(FLOW)] == [target]
        holder = ledger.turn_holder(FLOW)
        assert holder is not None
        assert holder.dag_id == target
        found = ledger.find_identities("customer", field="email", values=["anna@example.com"])
        assert [customer.target_key for customer in found["anna@example.com"]] == [target]
        stored = ledger.master_data("target", "units")
        assert stored is not None
        assert stored[0] == [{"id": target}]
    assert one.links_by_target("order", ["Z"]) == {}


def test_what_is_answered_is_on_disk(sqlite_url: str, keys: str) -> None:
    open_ledger(sqlite_url, keys)
    with Database(ledger_url(sqlite_url)).reading() as connection:
        assert connection.scalar(text("PRAGMA synchronous")) == 2  # FULL
        assert connection.scalar(text("PRAGMA journal_mode")) == "wal"
        assert connection.scalar(text("PRAGMA foreign_keys")) == 1
