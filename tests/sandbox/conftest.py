"""One running sandbox for all these tests, and a caller for each of the two systems in it."""

from collections.abc import Iterator

import pytest

from tests.running_sandbox import running_sandbox
from tests.sandbox.shop_caller import Shop
from tests.sandbox.vismanet_caller import Caller


@pytest.fixture(scope="session")
def sandbox_url() -> Iterator[str]:
    """The address of the sandbox that these tests share."""
    with running_sandbox() as url:
        yield url


@pytest.fixture(scope="session")
def shop_caller(sandbox_url: str) -> Iterator[Shop]:
    """A caller that keeps its connections from test to test."""
    with Shop(sandbox_url) as caller:
        yield caller


@pytest.fixture
def shop(shop_caller: Shop) -> Shop:
    """A caller of the shop's eAccounting, in a sandbox that is as at the start."""
    shop_caller.control("POST", "reset")
    shop_caller.sign_in()
    return shop_caller


@pytest.fixture(scope="session")
def vismanet(sandbox_url: str) -> Caller:
    """A caller of the imitated Visma.net ERP."""
    return Caller(sandbox_url)
