"""Sandboxes for the flow tests: started once for each way of being started, put back to their start for each test."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.flows.invoice_flow import AS_INVOICES, NUMBERS, Standings, standings
from tests.flows.invoice_flow import run as run_invoices
from tests.flows.running import IMPATIENT, Company, demo_settings, sandbox

CompanyWith = Callable[..., Company]
Holdings = dict[str, Counter[Any]]
TWELVE = ("--orders", "12", "--no-trouble", "--existing-orders", "0")
THIRTY = ("--orders", "30", "--no-trouble", "--existing-orders", "0")
BOOKED = ("--orders", "12", "--invoices", "24", "--no-trouble", "--existing-orders", "0")
SANDBOX_WORD = {"automatic": "auto", "manual": "manual"}
MOST_SANDBOXES = 6


@pytest.fixture(scope="session")
def started() -> Iterator[Callable[..., str]]:
    """Start a sandbox with these options, unless one runs already; gives its address."""
    running: dict[tuple[str, ...], tuple[str, ExitStack]] = {}

    def start(*options: str) -> str:
        kept = running.pop(options, None)
        if kept is None:
            stack = ExitStack()
            kept = stack.enter_context(sandbox(*options)), stack
        if len(running) >= MOST_SANDBOXES:
            _, longest_unused = running.pop(next(iter(running)))
            longest_unused.close()
        running[options] = kept
        return kept[0]

    yield start
    for _, stack in running.values():
        stack.close()


@pytest.fixture
def company_with(started: Callable[..., str], tmp_path: Path) -> CompanyWith:
    """Make a pair of companies with a sandbox of these options, these settings and a fresh ledger."""

    def make(*options: str, numbering: str = "automatic", **changes: Any) -> Company:
        url = started(*options, "--numbering", SANDBOX_WORD[numbering])
        company = Company(
            url, tmp_path / "ledger.sqlite", demo_settings(**{"order": {"numbering": numbering}, **changes})
        )
        company.reset()
        return company

    return make


@pytest.fixture
def company(company_with: CompanyWith) -> Company:
    """A pair of companies with forty orders, eleven of them in trouble."""
    return company_with("--orders", "40")


@pytest.fixture
def untroubled(company_with: CompanyWith) -> Company:
    """A pair of companies with twelve orders that can all be sent; quick to give up, and quick to look again."""
    return company_with(*TWELVE, **IMPATIENT)


@pytest.fixture
def numbered_by_hand(company_with: CompanyWith) -> Company:
    """The same, where the orders of the target are numbered by hand."""
    return company_with(*TWELVE, numbering="manual", **IMPATIENT)


@pytest.fixture
def small_with(company_with: CompanyWith) -> CompanyWith:
    """Make a pair of companies with thirty orders that can all be sent; quick to give up."""

    def make(**changes: Any) -> Company:
        return company_with(*THIRTY, **{**IMPATIENT, **changes})

    return make


@pytest.fixture(scope="session")
def undisturbed(started: Callable[..., str], tmp_path_factory: pytest.TempPathFactory) -> Holdings:
    """What Visma.net holds after a run of those companies in which nothing goes wrong."""
    url = started(*THIRTY, "--numbering", "auto")
    company = Company(url, tmp_path_factory.mktemp("undisturbed") / "ledger.sqlite")
    company.reset()
    company.run()
    return company.holdings()


@pytest.fixture
def shop(company_with: CompanyWith) -> Company:
    """A pair of companies whose sales are all booked; quick to give up."""
    return company_with(*BOOKED, send_sales_as={"default": "booking"}, **IMPATIENT)


@pytest.fixture(scope="session")
def invoices_undisturbed(started: Callable[..., str], tmp_path_factory: pytest.TempPathFactory) -> Standings:
    """How thirty invoices stand in Visma.net after a run in which nothing goes wrong."""
    url = started(*BOOKED, "--numbering", "auto")
    ledger_file = tmp_path_factory.mktemp("invoices") / "ledger.sqlite"
    company = Company(url, ledger_file, demo_settings(**AS_INVOICES, **IMPATIENT))
    company.reset()
    run_invoices(company)
    return standings(company)


@pytest.fixture
def invoices_with(company_with: CompanyWith) -> Callable[[str], Company]:
    """Make a pair of companies with those invoices, which get our numbers or theirs; quick to give up."""
    return lambda whose: company_with(*BOOKED, **AS_INVOICES, **IMPATIENT, **NUMBERS[whose])
