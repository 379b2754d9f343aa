"""Who keeps what running in a folder: the supervisor's lock, and what it tells about its components."""

import fcntl
import json
import os
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from local.processes import kill_all, send, wait_for_end


class AlreadySupervisedError(Exception):
    """Another supervisor keeps the same folder."""


@dataclass(frozen=True)
class Running:
    """A component as its supervisor last told: its process, also its session's number, and its restarts."""

    process: int
    restarts: int


@contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """Hold `folder` for one supervisor; AlreadySupervisedError when a living one holds it."""
    with (folder / "lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as held:
            raise AlreadySupervisedError(folder) from held
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def supervisor_of(folder: Path) -> int:
    """The process number of the living supervisor of `folder`, 0 where there is none."""
    if not folder.exists():
        return 0
    with (folder / "lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            return int(lock.read() or 0)
    return 0


def tell(folder: Path, components: Mapping[str, Running]) -> None:
    """Write down what runs now; a reader never sees half of it."""
    draft = folder / "processes.json.new"
    draft.write_text(json.dumps({name: asdict(each) for name, each in components.items()}))
    draft.replace(folder / "processes.json")


def told(folder: Path) -> dict[str, Running]:
    """The components of `folder` by name, as their supervisor last told; empty where nothing runs."""
    try:
        facts = json.loads((folder / "processes.json").read_text())
    except FileNotFoundError:
        return {}
    return {name: Running(**each) for name, each in facts.items()}


def stop(folder: Path, project: Path, *, within_seconds: float = 90.0) -> None:
    """Have the supervisor of `folder` stop everything; whatever is left then, or was before, is killed."""
    number = supervisor_of(folder)
    if number:
        send(number, signal.SIGTERM)
        if not wait_for_end(number, within_seconds):
            send(number, signal.SIGKILL)
            wait_for_end(number, 5)
    clear_leftovers(folder, project)


def clear_leftovers(folder: Path, project: Path) -> None:
    """Kill what a supervisor that was itself killed left running, if there is any.

    Session numbers may have been given to strangers since; only processes that work in `project` are ours.
    """
    left = {running.process for running in told(folder).values()}
    if not left or supervisor_of(folder):
        return
    kill_all(lambda process: process.session in left and process.folder == project)
    (folder / "processes.json").unlink(missing_ok=True)
