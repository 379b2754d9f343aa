"""A running sandbox of the contract tests' own."""

from collections.abc import Iterator

import pytest

from tests.running_sandbox import running_sandbox


@pytest.fixture(scope="module")
def sandbox_url() -> Iterator[str]:
    """The address of a sandbox that no other test has touched."""
    with running_sandbox() as url:
        yield url
