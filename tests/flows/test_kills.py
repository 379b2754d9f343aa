"""A process that is killed in the middle of a write leaves nothing twice and nothing behind for the next one."""

import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import pytest
import simplejson

from tests.flows.conftest import THIRTY, CompanyWith, Holdings
from tests.flows.running import FLOW, ROOT, Company
from tests.flows.shop import WRITES

LONGEST_SECONDS = 30.0


def process(company: Company, name: str, numbering: str, flow: str = FLOW, **changes: Any) -> subprocess.Popen[str]:
    """Start a run of a flow in a process of its own; it waits long for answers, so that it is killed in between."""
    decided = {"uncertain_wait_seconds": 1, "order": {"numbering": numbering}, **changes}
    arguments = (company.url, str(company.ledger_file), name, simplejson.dumps(decided), flow)
    command = [sys.executable, "-m", "tests.flows.one_run", *arguments]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def killed_when(
    company: Company, name: str, numbering: str, met: Callable[[], bool], flow: str = FLOW, **changes: Any
) -> None:
    """Start a run and kill it, without any warning, as soon as this is so."""
    with process(company, name, numbering, flow, **changes) as run:
        give_up_at = time.monotonic() + LONGEST_SECONDS
        while not met():
            assert run.poll() is None, "the run ended before it could be killed"
            assert time.monotonic() < give_up_at
            time.sleep(0.02)
        run.kill()


def finished(company: Company, name: str, numbering: str, flow: str = FLOW, **changes: Any) -> dict[str, str]:
    """Let a run come to its end and give how each record ended."""
    with process(company, name, numbering, flow, **changes) as run:
        printed, _ = run.communicate(timeout=2 * LONGEST_SECONDS)
    assert run.returncode == 0
    ended: dict[str, str] = simplejson.loads(printed)
    return ended


@pytest.mark.parametrize(
    ("write", "numbering"),
    [
        ("customer", "automatic"),
        ("contact", "automatic"),
        ("product", "automatic"),
        ("order", "automatic"),
        ("order", "manual"),
        ("opening", "automatic"),
    ],
)
def test_a_process_killed_before_and_after_the_effect_of_a_write_leaves_nothing_twice_and_nothing_behind(
    write: str, numbering: str, small_with: CompanyWith, undisturbed: Holdings
) -> None:
    company = small_with(numbering=numbering)
    for name, kind in (("first", "timeout_before"), ("second", "timeout_after")):
        company.no_more_faults()
        company.fault(kind, **WRITES[write])
        killed_when(company, name, numbering, lambda: company.faults_fired() == [1])
    ended = finished(company, "third", numbering)
    assert company.holdings() == undisturbed
    assert set(ended.values()) <= {"created", "skipped(exists)", "skipped(draft)"}
    assert company.mailed() == []


@pytest.mark.parametrize("numbering", ["automatic", "manual"])
def test_a_process_killed_with_many_writes_on_their_way_leaves_nothing_twice_and_nothing_behind(
    numbering: str, company_with: CompanyWith, undisturbed: Holdings
) -> None:
    company = company_with(*THIRTY, "--latency-ms", "20", numbering=numbering)

    def orders() -> int:
        return len(company.state("vismanet", "orders"))

    killed_when(company, "first", numbering, lambda: orders() >= 5)
    killed_when(company, "second", numbering, lambda: orders() >= 20)
    finished(company, "third", numbering)
    assert company.holdings() == undisturbed


def test_a_request_that_lands_after_its_process_was_killed_is_adopted(
    small_with: CompanyWith, undisturbed: Holdings
) -> None:
    company = small_with()
    company.fault("land_late", **WRITES["order"], seconds=0.3)
    killed_when(company, "first", "automatic", lambda: company.faults_fired() == [1])
    finished(company, "second", "automatic")
    assert company.holdings() == undisturbed


@pytest.mark.parametrize("numbering", ["automatic", "manual"])
def test_two_processes_at_the_same_time_leave_nothing_twice_and_nothing_behind(
    numbering: str, small_with: CompanyWith, undisturbed: Holdings
) -> None:
    company = small_with(numbering=numbering)
    company.ledger()
    with process(company, "first", numbering) as one, process(company, "second", numbering) as other:
        one.communicate(timeout=2 * LONGEST_SECONDS)
        other.communicate(timeout=2 * LONGEST_SECONDS)
    finished(company, "third", numbering)
    assert company.holdings() == undisturbed
