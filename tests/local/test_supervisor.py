"""The supervisor restarts what dies, never beside what it left, and leaves nothing behind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from local.processes import running, send
from local.supervised import AlreadySupervisedError, clear_leftovers, only_one, stop, supervisor_of, told
from local.supervisor import Component, write_plan

PROJECT = Path(__file__).parents[2]

# Says whether anything of its former life still runs, then leaves a child, and one with its own session.
RESTLESS = """
for child in $(cat children 2>/dev/null); do kill -0 $child 2>/dev/null && echo $child >> overlaps; done
sleep 600 & echo $! >> children
setsid sleep 600 & echo $! >> children
wait
"""


def shell(name: str, folder: Path, script: str, **options: object) -> Component:
    return Component(name, ("/bin/sh", "-c", f"cd {folder} && {script}"), **options)  # type: ignore[arg-type]  # test data


@pytest.fixture
def supervise(tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    def start(*components: Component) -> subprocess.Popen[bytes]:
        write_plan(tmp_path, components)
        started = subprocess.Popen([sys.executable, "-m", "local.supervisor", str(tmp_path)], cwd=PROJECT)
        wait_until(lambda: bool(told(tmp_path)))
        return started

    (tmp_path / "logs").mkdir()
    yield start
    stop(tmp_path, tmp_path)


def wait_until(happens: Callable[[], bool]) -> None:
    give_up = time.monotonic() + 10
    while not happens():
        assert time.monotonic() < give_up, "it did not happen within 10 seconds"
        time.sleep(0.02)


def children(folder: Path) -> list[int]:
    path = folder / "children"
    return [int(line) for line in path.read_text().split()] if path.exists() else []


def alive(numbers: list[int]) -> list[int]:
    return [process.number for process in running() if process.number in numbers and not process.zombie]


def test_a_dead_component_comes_back_only_after_all_that_it_left_is_gone(
    tmp_path: Path, supervise: Callable[..., subprocess.Popen[bytes]]
) -> None:
    supervise(shell("restless", tmp_path, RESTLESS))
    wait_until(lambda: len(children(tmp_path)) == 2)

    send(told(tmp_path)["restless"].process, signal.SIGKILL)

    wait_until(lambda: len(children(tmp_path)) == 4)
    assert told(tmp_path)["restless"].restarts == 1
    assert not (tmp_path / "overlaps").exists()


def test_stopping_leaves_no_process_behind_not_even_one_that_ignores_the_signal(
    tmp_path: Path, supervise: Callable[..., subprocess.Popen[bytes]]
) -> None:
    stubborn = shell("stubborn", tmp_path, "trap '' TERM; echo $$ >> children; sleep 600", grace_seconds=0.2)
    started = supervise(shell("restless", tmp_path, RESTLESS), stubborn)
    wait_until(lambda: len(children(tmp_path)) == 3)

    started.send_signal(signal.SIGTERM)

    assert started.wait(timeout=10) == 0
    assert alive(children(tmp_path)) == []
    assert told(tmp_path) == {}
    assert supervisor_of(tmp_path) == 0


def test_what_others_need_stops_after_them(tmp_path: Path, supervise: Callable[..., subprocess.Popen[bytes]]) -> None:
    def component(name: str, *, needed: bool) -> Component:
        script = f"trap 'echo {name} >> ended; exit' TERM; echo 1 >> begun; while true; do sleep 0.05; done"
        return shell(name, tmp_path, script, needed_by_others=needed)

    started = supervise(component("server", needed=True), component("worker", needed=False))
    wait_until(lambda: (tmp_path / "begun").exists() and len((tmp_path / "begun").read_text().split()) == 2)

    started.send_signal(signal.SIGTERM)
    started.wait(timeout=10)

    assert (tmp_path / "ended").read_text().split() == ["worker", "server"]


def test_what_a_killed_supervisor_left_is_cleared_away_and_strangers_are_left_alone(
    tmp_path: Path, supervise: Callable[..., subprocess.Popen[bytes]]
) -> None:
    started = supervise(shell("restless", tmp_path, RESTLESS.replace("setsid sleep", "sleep")))
    wait_until(lambda: len(children(tmp_path)) == 2)
    started.kill()
    started.wait()
    assert len(alive(children(tmp_path))) == 2

    clear_leftovers(tmp_path, project=Path("/somewhere/else"))
    assert alive(children(tmp_path)), "a process that does not work in the project is a stranger"

    session = os.getsid(children(tmp_path)[0])
    (tmp_path / "processes.json").write_text(f'{{"restless": {{"process": {session}, "restarts": 0}}}}')
    clear_leftovers(tmp_path, project=tmp_path)
    wait_until(lambda: alive(children(tmp_path)) == [])


def test_a_component_waits_for_its_file(tmp_path: Path, supervise: Callable[..., subprocess.Popen[bytes]]) -> None:
    first = shell("first", tmp_path, "sleep 600")
    later = shell("later", tmp_path, "sleep 600", waits_for=str(tmp_path / "ready"))
    supervise(first, later)
    assert set(told(tmp_path)) == {"first"}

    (tmp_path / "ready").touch()

    wait_until(lambda: set(told(tmp_path)) == {"first", "later"})


def test_a_folder_has_one_supervisor_at_a_time(
    tmp_path: Path, supervise: Callable[..., subprocess.Popen[bytes]]
) -> None:
    started = supervise(shell("quiet", tmp_path, "sleep 600"))

    assert supervisor_of(tmp_path) == started.pid
    with pytest.raises(AlreadySupervisedError), only_one(tmp_path):
        pass


def test_everything_ends_with_a_caller_who_asked_for_that(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    write_plan(tmp_path, [shell("restless", tmp_path, RESTLESS)])
    command = [sys.executable, "-m", "local.supervisor", str(tmp_path), "--die-with-parent"]
    script = f"import subprocess, time; subprocess.Popen({command!r}); time.sleep(600)"
    caller = subprocess.Popen([sys.executable, "-c", script], cwd=PROJECT)
    wait_until(lambda: len(children(tmp_path)) == 2)

    caller.kill()
    caller.wait()

    wait_until(lambda: alive(children(tmp_path)) == [] and supervisor_of(tmp_path) == 0)
