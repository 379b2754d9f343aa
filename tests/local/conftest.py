"""A running sandbox for the tests of what runs on one machine."""

from collections.abc import Iterator

import pytest

from tests.running_sandbox import running_sandbox


@pytest.fixture(scope="module")
def sandbox_url() -> Iterator[str]:
    """The address of a small sandbox."""
    with running_sandbox("--orders", "40") as url:
        yield url
