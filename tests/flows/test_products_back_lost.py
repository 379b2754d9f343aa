"""Whatever fails on the way to eAccounting, and wherever the process dies: no article twice, none lost, none older."""

import time
from collections import Counter
from decimal import Decimal

import pytest

from tests.flows.product_back_flow import ARTICLE_WRITES, FLOW, article_of, entered, item, made, run
from tests.flows.product_flow import articles
from tests.flows.running import IMPATIENT, Company, only
from tests.flows.test_faults import FAULTS_OF_WRITES
from tests.flows.test_kills import finished, killed_when

NUMBERS = [f"ITEM-{number}" for number in range(1, 16)]


@pytest.fixture
def company(untroubled: Company) -> Company:
    """A pair of companies that is quick to give up; fifteen items are new."""
    for number in NUMBERS:
        entered(untroubled, number)
    return untroubled


def changed(company: Company) -> None:
    """The items, made, and changed since."""
    run(company, only(*NUMBERS))
    for number in NUMBERS:
        item(company, number, description="Lantaarn", defaultPrice=Decimal(20))


def assert_all_are_there_once(company: Company, name: str, price: int) -> None:
    """Every item has one article, which says what the item says."""
    numbers = Counter(one["Number"] for one in company.state("eaccounting", "articles"))
    assert [numbers[number] for number in NUMBERS] == [1] * len(NUMBERS)
    assert {(articles(company)[number]["Name"], articles(company)[number]["NetPrice"]) for number in NUMBERS} == {
        (name, price)
    }


def assert_nothing_is_left_to_write(company: Company) -> None:
    """Another run writes nothing."""
    company.forget_requests()
    assert set(run(company, only(*NUMBERS)).all_ended().values()) == {"unchanged"}
    assert not company.writes()


def test_each_kind_of_failure_at_the_making_leaves_nothing_twice_and_nothing_behind(company: Company) -> None:
    for kind in FAULTS_OF_WRITES:
        company.fault(kind, **ARTICLE_WRITES["making"], retry_after=1)
    ran = run(company, only(*NUMBERS))
    assert company.faults_fired() == [1] * len(FAULTS_OF_WRITES)
    assert set(ran.all_ended().values()) == {"created"}
    assert_all_are_there_once(company, "Lamp", 10)
    assert_nothing_is_left_to_write(company)


def test_each_kind_of_failure_at_a_change_leaves_the_article_as_its_item(company: Company) -> None:
    changed(company)
    for kind in FAULTS_OF_WRITES:
        company.fault(kind, **ARTICLE_WRITES["change"], retry_after=1)
    ran = run(company, only(*NUMBERS))
    assert company.faults_fired() == [1] * len(FAULTS_OF_WRITES)
    assert set(ran.all_ended().values()) == {"updated"}
    assert_all_are_there_once(company, "Lantaarn", 20)
    assert_nothing_is_left_to_write(company)


@pytest.mark.parametrize("write", ARTICLE_WRITES)
def test_a_request_that_lands_late_is_adopted(write: str, company: Company) -> None:
    if write == "change":
        changed(company)
    company.fault("land_late", **ARTICLE_WRITES[write], seconds=0.5)
    ran = run(company, only(*NUMBERS))
    assert set(ran.all_ended().values()) == {"updated" if write == "change" else "created"}
    assert_all_are_there_once(company, *(("Lantaarn", 20) if write == "change" else ("Lamp", 10)))
    assert_nothing_is_left_to_write(company)


def test_a_change_that_may_still_land_is_waited_for_before_a_later_one_is_sent(company: Company) -> None:
    changed(company)
    company.fault("land_late", **ARTICLE_WRITES["change"], seconds=0.7)
    company.tries = 1
    assert run(company, only("ITEM-1")).ended("ITEM-1") == "uncertain(answer_lost)"
    item(company, "ITEM-1", description="Fakkel")
    company.tries = 5
    assert run(company, only("ITEM-1")).ended("ITEM-1") == "updated"
    time.sleep(1)
    assert article_of(company)["Name"] == "Fakkel"


@pytest.mark.parametrize("write", ARTICLE_WRITES)
def test_a_change_in_the_source_while_the_answer_was_lost_arrives_too(write: str, company: Company) -> None:
    if write == "change":
        changed(company)
    company.fault("timeout_after", **ARTICLE_WRITES[write])
    company.tries = 1
    assert run(company, only("ITEM-1")).ended("ITEM-1") == "uncertain(answer_lost)"
    company.no_more_faults()
    item(company, "ITEM-1", description="Fakkel", defaultPrice=Decimal(30))
    company.tries = 5
    ended = run(company).ended("ITEM-1")
    assert ended == ("updated" if write == "change" else "created")
    assert (article_of(company)["Name"], article_of(company)["NetPrice"]) == ("Fakkel", 30)
    company.forget_requests()
    assert run(company, only("ITEM-1")).ended("ITEM-1") == "unchanged"
    assert not company.writes()


def test_what_people_changed_while_the_answer_was_lost_stays(company: Company) -> None:
    changed(company)
    company.fault("timeout_after", **ARTICLE_WRITES["change"])
    company.tries = 1
    run(company, only("ITEM-1"))
    company.no_more_faults()
    company.in_source("articles/ITEM-1", Name="Met de hand")
    item(company, "ITEM-1", description="Fakkel", defaultPrice=Decimal(30))
    company.tries = 5
    assert run(company).ended("ITEM-1") == "updated"
    assert (article_of(company)["Name"], article_of(company)["NetPrice"]) == ("Met de hand", 30)


def test_after_a_lost_ledger_the_articles_are_known_by_their_numbers(company: Company) -> None:
    run(company, only(*NUMBERS))
    company.lose_ledger()
    company.forget_requests()
    assert set(run(company, only(*NUMBERS)).all_ended().values()) == {"unchanged"}
    assert not company.writes()
    item(company, "ITEM-1", description="Lantaarn")
    assert run(company, only("ITEM-1")).ended("ITEM-1") == "updated"
    assert article_of(company)["Name"] == "Lantaarn"


# Killed


@pytest.mark.parametrize("write", ARTICLE_WRITES)
def test_a_process_killed_before_and_after_the_effect_of_a_write_leaves_nothing_twice_and_nothing_behind(
    write: str, company: Company
) -> None:
    if write == "change":
        changed(company)
    for name, kind in (("first", "timeout_before"), ("second", "timeout_after")):
        company.no_more_faults()
        company.fault(kind, **ARTICLE_WRITES[write])
        killed_when(company, name, "automatic", lambda: company.faults_fired() == [1], FLOW)
    ended = finished(company, "third", "automatic", FLOW)
    assert set(ended.values()) <= {"created", "updated", "unchanged"}
    assert_all_are_there_once(company, *(("Lantaarn", 20) if write == "change" else ("Lamp", 10)))
    assert_nothing_is_left_to_write(company)


def test_what_is_made_in_a_killed_process_is_no_news_for_the_other_direction(company: Company) -> None:
    company.decide(**IMPATIENT)
    made(company, "OTHER", description="x" * 60)
    company.fault("timeout_after", **ARTICLE_WRITES["making"])
    killed_when(company, "first", "automatic", lambda: company.faults_fired() == [1], FLOW)
    company.no_more_faults()
    finished(company, "second", "automatic", FLOW)
    company.forget_requests()
    company.run(only(*NUMBERS), flow="products_eaccounting_to_vismanet")
    assert not company.writes()
