"""A running pair of imitated companies, and retries without their waits."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import stamina

from tests.systems.imitation import Imitation

ROOT = Path(__file__).parents[2]
START_SECONDS = 30.0


@pytest.fixture(autouse=True)
def no_waiting_between_tries() -> Iterator[None]:
    """Three tries as in production, one right after the other."""
    with stamina.set_testing(True, attempts=3, cap=True):
        yield


@pytest.fixture(scope="session")
def running() -> Iterator[Imitation]:
    """Both companies, with quotas that no test reaches."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    quotas = ["--minute-quota", "100000", "--hour-quota", "1000000"]
    program = [sys.executable, "-m", "sandbox", "--port", str(port), *quotas]
    with subprocess.Popen(program, cwd=ROOT) as process:
        try:
            url = f"http://127.0.0.1:{port}"
            _wait_until_it_answers(f"{url}/_sandbox/requests", process)
            yield Imitation(url)
        finally:
            process.terminate()


@pytest.fixture
def imitation(running: Imitation) -> Imitation:
    """Both companies, without faults and with nothing counted."""
    httpx.delete(f"{running.url}/_sandbox/faults").raise_for_status()
    httpx.delete(f"{running.url}/_sandbox/requests").raise_for_status()
    return running


def _wait_until_it_answers(url: str, process: subprocess.Popen[bytes]) -> None:
    give_up_at = time.monotonic() + START_SECONDS
    while time.monotonic() < give_up_at:
        assert process.poll() is None, "the sandbox ended at once"
        try:
            httpx.get(url).raise_for_status()
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(url)
