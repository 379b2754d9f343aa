"""A running pair of imitated companies, and retries without their waits."""

from collections.abc import Iterator

import httpx
import pytest
import stamina

from tests.running_sandbox import running_sandbox
from tests.systems.imitation import Imitation


@pytest.fixture(autouse=True)
def no_waiting_between_tries() -> Iterator[None]:
    """Three tries as in production, one right after the other."""
    with stamina.set_testing(True, attempts=3, cap=True):
        yield


@pytest.fixture(scope="session")
def running() -> Iterator[Imitation]:
    """Both companies, with quotas that no test reaches."""
    with running_sandbox("--minute-quota", "100000", "--hour-quota", "1000000") as url:
        yield Imitation(url)


@pytest.fixture
def imitation(running: Imitation) -> Imitation:
    """Both companies, without faults and with nothing counted."""
    httpx.delete(f"{running.url}/_sandbox/faults").raise_for_status()
    httpx.delete(f"{running.url}/_sandbox/requests").raise_for_status()
    return running
