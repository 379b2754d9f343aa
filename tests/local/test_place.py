"""A place on this machine: its own folder, ports and secrets, and nothing of somebody else's set-up."""

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from local import place as place_module
from local.environment import environment
from local.place import NotStartedError, Place, stack_place


@pytest.fixture
def local_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(place_module, "LOCAL", tmp_path / ".local")
    return tmp_path / ".local"


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield listening.getsockname()[1]


def prepared(name: str, sandbox_port: int | None) -> Place:
    place = Place(name, 18190, sandbox_port)
    place.begin()
    return place


def test_a_taken_port_is_said_with_the_variable_that_chooses_another(taken_port: int) -> None:
    with pytest.raises(NotStartedError, match=f"Port {taken_port} is taken.*VISMA_SYNC_PORT="):
        Place("sandbox", taken_port, None).check_ports()
    with pytest.raises(NotStartedError, match="VISMA_SYNC_SANDBOX_PORT="):
        Place("sandbox", 18190, taken_port).check_ports()


@pytest.mark.parametrize("text", ["many", "80", "70000", "-1"])
def test_a_port_that_is_none_is_refused_by_name(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VISMA_SYNC_PORT", text)

    with pytest.raises(NotStartedError, match="VISMA_SYNC_PORT"):
        stack_place()


def test_only_the_owner_can_look_into_a_place(local_folder: Path) -> None:
    place = prepared("sandbox", 18191)

    assert {folder.stat().st_mode & 0o777 for folder in (local_folder, place.folder)} == {0o700}
    assert place.passwords.stat().st_mode & 0o777 == 0o600
    assert (place.folder / "secrets.json").stat().st_mode & 0o777 == 0o600


@pytest.mark.usefixtures("local_folder")
def test_imitated_systems_begin_anew_and_so_does_their_ledger_but_the_password_stays() -> None:
    place = prepared("sandbox", 18191)
    place.ledger.touch()
    password = json.loads(place.passwords.read_text())["admin"]

    place.begin()

    assert not place.ledger.exists()
    assert json.loads(place.passwords.read_text())["admin"] == password


@pytest.mark.usefixtures("local_folder")
def test_the_ledger_of_real_systems_is_never_deleted() -> None:
    place = prepared("own", None)
    place.ledger.touch()
    key = place.secrets()["ledger_key"]

    place.begin()

    assert place.ledger.exists()
    assert place.secrets()["ledger_key"] == key


@pytest.mark.usefixtures("local_folder")
def test_with_imitated_systems_nothing_of_the_callers_airflow_gets_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_VISMANET_DEFAULT", "vismanet://real:secret@/")
    monkeypatch.setenv("AIRFLOW__CORE__EXECUTOR", "CeleryExecutor")
    monkeypatch.setenv("VISMA_SYNC_LEDGER_KEY", "the real one")

    made = environment(prepared("sandbox", 18191))

    assert "AIRFLOW_CONN_VISMANET_DEFAULT" not in made
    assert made["AIRFLOW__CORE__EXECUTOR"] == "LocalExecutor"
    assert made["VISMA_SYNC_LEDGER_KEY"] != "the real one"


@pytest.mark.usefixtures("local_folder")
def test_with_real_systems_the_callers_connections_key_and_ledger_are_used(monkeypatch: pytest.MonkeyPatch) -> None:
    given = {
        "AIRFLOW_CONN_VISMANET_DEFAULT": "vismanet://real:secret@/",
        "AIRFLOW_CONN_VISMA_SYNC_LEDGER": "postgres://ledger",
        "AIRFLOW_VAR_VISMA_SYNC_SETTINGS": "{}",
        "VISMA_SYNC_LEDGER_KEY": "the real one",
    }
    for name, value in given.items():
        monkeypatch.setenv(name, value)

    made = environment(prepared("own", None))

    assert {name: made[name] for name in given} == given


@pytest.mark.usefixtures("local_folder")
def test_what_would_make_every_start_slow_or_bring_other_code_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PYTHONDONTWRITEBYTECODE", "PYTHONPATH", "AIRFLOW_CONFIG"):
        monkeypatch.setenv(name, "1")

    made = environment(prepared("own", None))

    assert not {"PYTHONDONTWRITEBYTECODE", "PYTHONPATH", "AIRFLOW_CONFIG"} & set(made)


@pytest.mark.usefixtures("local_folder")
def test_everything_listens_on_this_machine_only() -> None:
    made = environment(prepared("own", None))

    assert made["AIRFLOW__API__HOST"] == "127.0.0.1"
    assert made["AIRFLOW__CORE__EXECUTION_API_SERVER_URL"] == "http://127.0.0.1:18190/execution/"
    assert made["AIRFLOW__CORE__LOAD_EXAMPLES"] == "False"
