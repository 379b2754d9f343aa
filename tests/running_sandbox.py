"""A sandbox of a test's own: both systems imitated over real HTTP, in a process beside the test."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parent.parent
STOP_SECONDS = 10.0


@contextmanager
def running_sandbox(*options: str) -> Iterator[str]:
    """Start a sandbox with these options on a free port, give its address once it answers, and stop it in the end."""
    command = [sys.executable, "-m", "sandbox", "--port", "0", *options]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            ready = server.stdout.readline()
            assert ready, "the sandbox did not start; its own message is above"
            yield ready.split()[-1]
        finally:
            server.terminate()
            try:
                server.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                server.kill()
                raise
