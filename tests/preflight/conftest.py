"""A link in order, with a sandbox of its own that is put back to its start for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.flows.running import sandbox
from tests.preflight.installation import Installation


@pytest.fixture(scope="session")
def both_systems() -> Iterator[str]:
    """The address of the sandbox that these tests share."""
    with sandbox("--orders", "12", "--no-trouble", "--existing-orders", "0") as url:
        yield url


@pytest.fixture
def link(both_systems: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Installation:
    """A link whose companies and settings are in order."""
    installation = Installation(both_systems, monkeypatch, tmp_path / "ledger.sqlite")
    installation.reset()
    return installation
