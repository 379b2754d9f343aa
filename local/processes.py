"""What runs on this machine, read from Linux's /proc: sessions and their members."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Process:
    """One process: its own number, its parent's, and the number of the session it belongs to."""

    number: int
    parent: int
    session: int
    zombie: bool

    @property
    def folder(self) -> Path | None:
        """Where it works, None where that cannot be told (it ended, or it is somebody else's)."""
        try:
            return Path(f"/proc/{self.number}/cwd").readlink()
        except OSError:
            return None


def running() -> Iterator[Process]:
    """Every process of this machine; those that end meanwhile are left out."""
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            # The second field is the program's name in brackets and may hold anything (man 5 proc).
            fields = (entry / "stat").read_text(errors="replace").rpartition(")")[2].split()
        except OSError:
            continue
        yield Process(int(entry.name), int(fields[1]), int(fields[3]), fields[0] == "Z")


def kill_all(belongs: Callable[[Process], bool], *, within_seconds: float = 10.0) -> bool:
    """Kill every process that `belongs`, until none is left; False when some are after `within_seconds`."""
    give_up = time.monotonic() + within_seconds
    while time.monotonic() < give_up:
        left = [process for process in running() if belongs(process) and not process.zombie]
        if not left:
            return True
        for process in left:
            send(process.number, signal.SIGKILL)
        time.sleep(0.05)
    return False


def send(number: int, what: signal.Signals) -> None:
    """Send a signal; nothing happens when the process is gone already."""
    try:
        os.kill(number, what)
    except ProcessLookupError:
        return


def wait_for_end(number: int, seconds: float) -> bool:
    """Wait until a process has ended, at most so many seconds; False when it still runs."""
    give_up = time.monotonic() + seconds
    while any(process.number == number and not process.zombie for process in running()):
        if time.monotonic() > give_up:
            return False
        time.sleep(0.05)
    return True
