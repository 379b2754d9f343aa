"""Keeps the components of one machine running, and leaves nothing behind.

Each component gets a session of its own. When one dies, everything it left running is killed before it is
started again: Airflow's own workers and tasks outlive a killed scheduler and would do their work twice. The
supervisor adopts what its components orphan (PR_SET_CHILD_SUBREAPER), so nothing escapes it. Linux only.

    python -m local.supervisor FOLDER [--die-with-parent]     keep what FOLDER/plan.json names
"""

import ctypes
import json
import os
import signal
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from local.processes import Process, kill_all, send, wait_for_end
from local.supervised import Running, only_one, tell

PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36  # linux/prctl.h
WATCHED = {signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD}
LONGEST_PAUSE_SECONDS = 30.0
HEALTHY_AFTER_SECONDS = 60.0


@dataclass(frozen=True)
class Component:
    """One program to keep running.

    It starts when the file `waits_for` is there. Those `needed_by_others` stop after the others; each has
    `grace_seconds` to end by itself.
    """

    name: str
    command: Sequence[str]
    waits_for: str = ""
    needed_by_others: bool = False
    grace_seconds: float = 10.0


@dataclass
class Keeping:
    """How one component fares: its process number (0: not running) and how often it had to be restarted."""

    component: Component
    number: int = 0
    restarts: int = 0
    started: float = 0.0
    start_at: float = 0.0
    pause: float = field(default=1.0)


class Supervisor:
    """Runs components until it is told to stop (SIGTERM, SIGINT), then stops them.

    They get this process's environment. `folder` gets a log file per component under logs/ and
    `processes.json`, which tells who runs and lets `clear_leftovers` find what a killed supervisor could not
    stop.
    """

    def __init__(self, components: Sequence[Component], folder: Path) -> None:
        self._kept = [Keeping(component) for component in components]
        self._folder = folder

    def run(self, *, die_with_parent: bool = False) -> None:
        """Start everything, restart what dies, return when told to stop and nothing is left running."""
        libc = ctypes.CDLL(None)
        libc.prctl(PR_SET_CHILD_SUBREAPER, 1)
        if die_with_parent:
            libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        signal.pthread_sigmask(signal.SIG_BLOCK, WATCHED)
        with only_one(self._folder):
            try:
                while not self._told_to_stop():
                    self._bury()
                    self._start_what_is_due()
            finally:
                self._stop()

    def _told_to_stop(self) -> bool:
        got = signal.sigtimedwait(WATCHED, 0.2)
        return got is not None and got.si_signo != signal.SIGCHLD

    def _bury(self) -> None:
        ended = _reap()
        for kept in self._kept:
            if kept.number not in ended:
                continue
            self._clear_session(kept)
            if time.monotonic() - kept.started > HEALTHY_AFTER_SECONDS:
                kept.pause = 1.0
            kept.restarts += 1
            kept.start_at = time.monotonic() + kept.pause
            kept.pause = min(kept.pause * 2, LONGEST_PAUSE_SECONDS)
            self._log(f"{kept.component.name} ended, its session is cleared; again in {kept.pause / 2:.0f} s")

    def _is_orphan(self, process: Process) -> bool:
        sessions = {kept.number for kept in self._kept if kept.number}
        return process.parent == os.getpid() and process.session not in sessions

    def _start_what_is_due(self) -> None:
        changed = False
        for kept in self._kept:
            waits_for = kept.component.waits_for
            held_back = time.monotonic() < kept.start_at or (waits_for and not Path(waits_for).exists())
            if kept.number or held_back:
                continue
            kept.number = self._start(kept.component)
            kept.started = time.monotonic()
            changed = True
        if changed:
            self._tell()

    def _start(self, component: Component) -> int:
        log = self._folder / "logs" / f"{component.name}.log"
        append = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        number = os.posix_spawn(
            component.command[0],
            list(component.command),
            os.environ,
            file_actions=[
                (os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDONLY, 0),
                (os.POSIX_SPAWN_OPEN, 1, str(log), append, 0o600),
                (os.POSIX_SPAWN_DUP2, 1, 2),
            ],
            setsid=True,
            setsigmask=[],
            setsigdef=WATCHED,
        )
        self._log(f"{component.name} started as {number}")
        return number

    def _stop(self) -> None:
        for needed in (False, True):
            wave = [kept for kept in self._kept if kept.number and kept.component.needed_by_others == needed]
            for kept in wave:
                send(kept.number, signal.SIGTERM)
            asked = time.monotonic()
            for kept in wave:
                wait_for_end(kept.number, asked + kept.component.grace_seconds - time.monotonic())
                self._clear_session(kept)
                self._log(f"{kept.component.name} stopped")
        kill_all(lambda process: process.parent == os.getpid())
        _reap()
        (self._folder / "processes.json").unlink(missing_ok=True)
        self._log("everything is stopped")

    def _clear_session(self, kept: Keeping) -> None:
        session, kept.number = kept.number, 0
        kill_all(lambda process: process.session == session or self._is_orphan(process))

    def _tell(self) -> None:
        runs = {kept.component.name: Running(kept.number, kept.restarts) for kept in self._kept if kept.number}
        tell(self._folder, runs)

    def _log(self, sentence: str) -> None:
        print(time.strftime("%H:%M:%S"), sentence, flush=True)


def _reap() -> set[int]:
    ended: set[int] = set()
    while True:
        try:
            number, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return ended
        if not number:
            return ended
        ended.add(number)


def write_plan(folder: Path, components: Sequence[Component]) -> None:
    """Write down what the supervisor of `folder` shall keep running."""
    (folder / "plan.json").write_text(json.dumps([asdict(component) for component in components], indent=2))


def main() -> None:
    """Keep what the plan names until told to stop."""
    folder = Path(sys.argv[1])
    components = [Component(**each) for each in json.loads((folder / "plan.json").read_text())]
    Supervisor(components, folder).run(die_with_parent="--die-with-parent" in sys.argv)


if __name__ == "__main__":
    main()
