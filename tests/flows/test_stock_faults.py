"""Whatever goes wrong while the stock is adjusted: no difference is applied twice, and none is lost."""

import subprocess
import sys
import time
from collections.abc import Callable

import pytest
import simplejson

from tests.flows.running import ROOT, Company
from tests.flows.shop import WRITES
from tests.flows.stocked import DIFFERING, FLOW, KEPT, adjustments, agrees, count, keep_in_stock, lines, run_stock
from tests.flows.test_faults import FAULTS_OF_READS, FAULTS_OF_WRITES

LONGEST_SECONDS = 30.0
READS = {
    "articles of the source": "/eaccounting/v2/articles$",
    "items of the target": "/vismanet/v1/inventory$",
    "unreleased adjustments": "/v1/inventoryadjustment$",
}


@pytest.fixture
def shelves(untroubled: Company) -> Company:
    """Two companies that keep ten products in stock, four of which differ."""
    keep_in_stock(untroubled)
    return untroubled


@pytest.mark.parametrize("write", ["adjustment", "release"])
@pytest.mark.parametrize("kind", FAULTS_OF_WRITES)
def test_a_failure_at_a_write_leaves_nothing_twice_and_nothing_behind(kind: str, write: str, shelves: Company) -> None:
    shelves.fault(kind, **WRITES[write], retry_after=1)
    ran = run_stock(shelves)
    assert shelves.faults_fired() == [1]
    assert ran.numbers("updated") == list(DIFFERING)
    assert [one["status"] for one in adjustments(shelves)] == ["Released"]
    assert agrees(shelves)
    assert set(run_stock(shelves).numbers("unchanged")) == set(KEPT)


@pytest.mark.parametrize("read", READS)
def test_a_failure_at_a_read_is_waited_out(read: str, shelves: Company) -> None:
    kinds = FAULTS_OF_READS if read == "items of the target" else ("refuse", "503", "cut")
    for kind in kinds:
        shelves.fault(kind, method="GET", path=READS[read], retry_after=1)
    run_stock(shelves)
    assert shelves.faults_fired() == [1] * len(kinds)
    assert agrees(shelves)


def test_an_adjustment_that_lands_late_is_adopted(shelves: Company) -> None:
    shelves.fault("land_late", **WRITES["adjustment"], seconds=0.3)
    run_stock(shelves)
    assert len(adjustments(shelves)) == 1
    assert agrees(shelves)


def test_while_it_is_uncertain_whether_an_adjustment_was_made_its_products_wait(shelves: Company) -> None:
    shelves.settings = shelves.settings.model_copy(update={"uncertain_wait_seconds": 600})
    shelves.tries = 1
    shelves.fault("timeout_before", **WRITES["adjustment"])
    ran = run_stock(shelves)
    assert ran.numbers("uncertain(answer_lost)") == list(DIFFERING)
    count(shelves, "A-1006", 12)
    again = run_stock(shelves)
    assert again.numbers("uncertain(answer_lost)") == list(DIFFERING)
    assert again.numbers("updated") == ["A-1006"]
    shelves.settings = shelves.settings.model_copy(update={"uncertain_wait_seconds": 1})
    shelves.tries = 5
    assert run_stock(shelves).numbers("updated") == list(DIFFERING)
    assert agrees(shelves)


def test_an_adjustment_whose_answer_was_lost_is_released_before_the_next_comparison(shelves: Company) -> None:
    shelves.tries = 1
    shelves.fault("timeout_after", **WRITES["adjustment"])
    run_stock(shelves)
    shelves.tries = 5
    count(shelves, "A-1005", 300)
    ran = run_stock(shelves)
    assert ran.numbers("updated") == ["A-1005"]
    first, second = adjustments(shelves)
    assert set(lines(first)) == set(DIFFERING)
    assert lines(second)["A-1005"]["quantity"] == 300 - 255
    assert agrees(shelves)


# Kills


def process(company: Company, name: str) -> subprocess.Popen[str]:
    """Start a run of the flow in a process of its own; it waits long for answers, so that it is killed in between."""
    changes = simplejson.dumps({"uncertain_wait_seconds": 1})
    arguments = (company.url, str(company.ledger_file), name, changes, FLOW)
    command = [sys.executable, "-m", "tests.flows.one_run", *arguments]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def killed_when(company: Company, name: str, met: Callable[[], bool]) -> None:
    """Start a run and kill it, without any warning, as soon as this is so."""
    with process(company, name) as run:
        give_up_at = time.monotonic() + LONGEST_SECONDS
        while not met():
            assert run.poll() is None, "the run ended before it could be killed"
            assert time.monotonic() < give_up_at
            time.sleep(0.02)
        run.kill()


@pytest.mark.parametrize("write", ["adjustment", "release"])
@pytest.mark.parametrize("kind", ["timeout_before", "timeout_after"])
@pytest.mark.parametrize("next_run", ["the same", "another"])
def test_a_process_killed_at_a_write_leaves_nothing_twice_and_nothing_behind(
    next_run: str, kind: str, write: str, shelves: Company
) -> None:
    shelves.fault(kind, **WRITES[write])
    killed_when(shelves, "first", lambda: shelves.faults_fired() == [1])
    with process(shelves, "first" if next_run == "the same" else "second") as run:
        run.communicate(timeout=2 * LONGEST_SECONDS)
    assert run.returncode == 0
    assert [one["status"] for one in adjustments(shelves)] == ["Released"]
    assert agrees(shelves)


def test_a_request_that_lands_after_its_process_was_killed_is_adopted(shelves: Company) -> None:
    shelves.fault("land_late", **WRITES["adjustment"], seconds=0.3)
    killed_when(shelves, "first", lambda: shelves.faults_fired() == [1])
    with process(shelves, "second") as run:
        run.communicate(timeout=2 * LONGEST_SECONDS)
    assert [one["status"] for one in adjustments(shelves)] == ["Released"]
    assert agrees(shelves)
