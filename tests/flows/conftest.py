"""Sandboxes for the flow tests: started once for each way of being started, put back to their start for each test."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.flows.running import IMPATIENT, Company, demo_settings, sandbox

CompanyWith = Callable[..., Company]
Holdings = dict[str, Counter[Any]]
SMALL = ("--orders", "30", "--no-trouble", "--existing-orders", "0")
NUMBERINGS = {"automatic": "auto", "manual": "manual"}


@pytest.fixture(scope="session")
def started() -> Iterator[Callable[..., str]]:
    """Start a sandbox with these options, unless one runs already; gives its address."""
    running: dict[tuple[str, ...], str] = {}
    with ExitStack() as stack:

        def start(*options: str) -> str:
            if options not in running:
                running[options] = stack.enter_context(sandbox(*options))
            return running[options]

        yield start


@pytest.fixture
def company_with(started: Callable[..., str], tmp_path: Path) -> CompanyWith:
    """Make a pair of companies with a sandbox of these options, these settings and a fresh ledger."""

    def make(*options: str, **changes: Any) -> Company:
        company = Company(started(*options), tmp_path / "ledger.sqlite", demo_settings(**changes))
        company.reset()
        return company

    return make


@pytest.fixture
def company(company_with: CompanyWith) -> Company:
    """A pair of companies with forty orders, eleven of them in trouble."""
    return company_with("--orders", "40")


@pytest.fixture
def untroubled(company_with: CompanyWith) -> Company:
    """A pair of companies with twelve orders that can be sent; quick to give up, and quick to look again."""
    return company_with("--orders", "12", "--no-trouble", "--existing-orders", "0", **IMPATIENT)


@pytest.fixture
def small_with(company_with: CompanyWith) -> CompanyWith:
    """Make a pair of companies with thirty orders that can be sent, numbered as told; quick to give up."""

    def make(numbering: str = "automatic", **changes: Any) -> Company:
        settings = {**IMPATIENT, "order": {"numbering": numbering}, **changes}
        return company_with(*SMALL, "--numbering", NUMBERINGS[numbering], **settings)

    return make


@pytest.fixture(scope="session")
def undisturbed(started: Callable[..., str], tmp_path_factory: pytest.TempPathFactory) -> Holdings:
    """What Visma.net holds after a run of the small companies in which nothing goes wrong."""
    url = started(*SMALL, "--numbering", "auto")
    company = Company(url, tmp_path_factory.mktemp("undisturbed") / "ledger.sqlite")
    company.reset()
    company.run()
    return company.holdings()
