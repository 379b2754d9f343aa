"""Whatever goes wrong while balances are written: none is wrong in the end, and nothing else of an article is lost."""

import time

import pytest

from tests.flows.balanced import APART, BACK, PUT, SHELVES, article, equal, lies, run_back, without_stock
from tests.flows.running import Company
from tests.flows.test_faults import FAULTS_OF_READS, FAULTS_OF_WRITES
from tests.flows.test_kills import finished, killed_when

AUTOMATIC = "automatic"
READS = {
    "stock of Visma.net": "/api/v3/Inventory$",
    "warehouses of Visma.net": "/v1/warehouse$",
    "articles of eAccounting": "/v2/articles$",
    "one article of eAccounting": "/v2/articles/",
}


@pytest.fixture
def shelves(untroubled: Company) -> Company:
    """Two companies with eleven products on the shelves, four of which differ."""
    return untroubled


def puts(company: Company) -> int:
    """How many articles were written since requests were last forgotten."""
    return company.requests()["PUT /eaccounting/v2/articles/{articleId}"]


@pytest.mark.parametrize("kind", FAULTS_OF_WRITES)
def test_a_failure_at_a_write_leaves_every_balance_right_and_all_else_as_it_was(kind: str, shelves: Company) -> None:
    before = {sku: without_stock(article(shelves, sku)) for sku in APART}
    shelves.fault(kind, **PUT, retry_after=1)
    ran = run_back(shelves)
    assert shelves.faults_fired() == [1]
    assert ran.numbers("updated") == list(APART)
    assert equal(shelves)
    assert {sku: without_stock(article(shelves, sku)) for sku in APART} == before
    shelves.forget_requests()
    assert set(run_back(shelves).numbers("unchanged")) == set(SHELVES)
    assert puts(shelves) == 0


@pytest.mark.parametrize("read", READS)
def test_a_failure_at_a_read_is_waited_out(read: str, shelves: Company) -> None:
    kinds = FAULTS_OF_READS if read == "stock of Visma.net" else ("refuse", "503", "cut")
    for kind in kinds:
        shelves.fault(kind, method="GET", path=READS[read], retry_after=1)
    run_back(shelves)
    assert shelves.faults_fired() == [1] * len(kinds)
    assert equal(shelves)


@pytest.mark.parametrize("kind", ["timeout_after", "cut", "500_after", "malformed"])
def test_a_write_whose_answer_was_lost_is_looked_for_and_not_made_again(kind: str, shelves: Company) -> None:
    shelves.fault(kind, **PUT)
    shelves.forget_requests()
    assert run_back(shelves).numbers("updated") == list(APART)
    assert puts(shelves) == len(APART)


def test_a_write_that_lands_late_is_found_and_not_made_again(shelves: Company) -> None:
    shelves.fault("land_late", **PUT, seconds=0.4)
    shelves.forget_requests()
    run_back(shelves)
    assert shelves.faults_fired() == [1]
    assert equal(shelves)
    assert puts(shelves) == len(APART)


def test_while_a_write_may_still_land_its_product_waits_and_the_others_go_on(shelves: Company) -> None:
    shelves.settings = shelves.settings.model_copy(update={"uncertain_wait_seconds": 600})
    shelves.tries = 1
    shelves.fault("timeout_before", **PUT)
    (lost,) = run_back(shelves).numbers("uncertain(answer_lost)")
    for sku in (lost, "A-1006"):
        lies(shelves, sku, 12)
    shelves.forget_requests()
    again = run_back(shelves)
    assert again.numbers("uncertain(answer_lost)") == [lost]
    assert again.numbers("updated") == ["A-1006"]
    assert puts(shelves) == 1
    shelves.settings = shelves.settings.model_copy(update={"uncertain_wait_seconds": 1})
    shelves.tries = 5
    time.sleep(1)
    assert run_back(shelves).numbers("updated") == [lost]
    assert equal(shelves)


def test_a_lost_write_that_landed_and_is_outdated_by_now_is_settled_and_written_over(shelves: Company) -> None:
    shelves.tries = 1
    shelves.fault("timeout_after", **PUT)
    (lost,) = run_back(shelves).numbers("uncertain(answer_lost)")
    lies(shelves, lost, 41)
    shelves.tries = 5
    assert run_back(shelves).ended(lost) == "updated"
    assert shelves.balances()[lost] == 41


def test_a_lost_write_of_what_is_equal_by_now_is_settled_without_writing(shelves: Company) -> None:
    shelves.tries = 1
    shelves.fault("timeout_after", **PUT)
    (lost,) = run_back(shelves).numbers("uncertain(answer_lost)")
    shelves.tries = 5
    shelves.forget_requests()
    assert run_back(shelves).ended(lost) == "updated"
    assert puts(shelves) == 0
    assert run_back(shelves).ended(lost) == "unchanged"


def test_after_a_lost_ledger_nothing_is_written_that_is_right(shelves: Company) -> None:
    run_back(shelves)
    shelves.lose_ledger()
    shelves.forget_requests()
    assert set(run_back(shelves).numbers("unchanged")) == set(SHELVES)
    assert puts(shelves) == 0


@pytest.mark.parametrize("kind", ["timeout_before", "timeout_after"])
@pytest.mark.parametrize("next_run", ["the same", "another"])
def test_a_process_killed_at_a_write_leaves_every_balance_right(next_run: str, kind: str, shelves: Company) -> None:
    before = {sku: without_stock(article(shelves, sku)) for sku in APART}
    shelves.fault(kind, **PUT)
    killed_when(shelves, "first", AUTOMATIC, lambda: shelves.faults_fired() == [1], flow=BACK)
    ended = finished(shelves, "first" if next_run == "the same" else "second", AUTOMATIC, flow=BACK)
    assert set(ended.values()) <= {"updated", "unchanged"}
    assert equal(shelves)
    assert {sku: without_stock(article(shelves, sku)) for sku in APART} == before
    shelves.forget_requests()
    run_back(shelves)
    assert puts(shelves) == 0


def test_a_request_that_lands_after_its_process_was_killed_is_not_made_again(shelves: Company) -> None:
    shelves.fault("land_late", **PUT, seconds=0.3)
    shelves.forget_requests()
    killed_when(shelves, "first", AUTOMATIC, lambda: shelves.faults_fired() == [1], flow=BACK)
    finished(shelves, "second", AUTOMATIC, flow=BACK)
    assert equal(shelves)
