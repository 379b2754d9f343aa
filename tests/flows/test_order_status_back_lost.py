"""Whatever goes wrong while orders are taken further: no step twice, none lost, and no person's work undone."""

import pytest

from tests.flows.conftest import CompanyWith
from tests.flows.order_status_flow import (
    ACTIONS,
    ALL,
    GOODS,
    ONGOING,
    SHIPPED,
    charged,
    followed,
    refuse_anything_twice_or_missing,
    run,
    set_state,
    ship,
    status,
)
from tests.flows.running import NOTHING_NEW, Company

AFTER_THE_EFFECT = ("timeout_after", "cut", "500_after", "malformed")
BEFORE_THE_EFFECT = ("refuse", "timeout_before", "429", "500", "502", "503", "expired_token")
# An order takes one failure after the effect; as many as have goods, which get a note.
FAILURES = ((*BEFORE_THE_EFFECT, *AFTER_THE_EFFECT[:2]), AFTER_THE_EFFECT[2:])


LANDED = {"shipping": "ongoing to shipped", "invoicing": "shipped to invoiced"}


def refuse_open_questions(company: Company) -> None:
    """A further run has nothing to ask of eAccounting."""
    company.forget_requests()
    run(company)
    assert [operation for operation in company.requests() if "eaccounting" in operation] == []


@pytest.mark.parametrize("write", ["opening", "shipping", "invoicing", "note"])
@pytest.mark.parametrize("kinds", FAILURES, ids=["before the effect", "after the effect"])
def test_each_kind_of_failure_at_a_write_leaves_nothing_twice_and_nothing_behind(
    kinds: tuple[str, ...], write: str, company_with: CompanyWith
) -> None:
    company = charged(company_with, *ALL)
    for kind in kinds:
        company.fault(kind, **ACTIONS[write], retry_after=1)
    first = run(company)
    assert {first.outcomes[number].state for number in ALL} <= {"updated", "uncertain"}
    assert set(run(company, NOTHING_NEW).all_ended().values()) <= {"updated"}
    assert company.faults_fired() == [1] * len(kinds)
    refuse_anything_twice_or_missing(company, *ALL)
    company.forget_requests()
    assert {outcome.state for outcome in run(company).outcomes.values()} == {"unchanged"}
    assert not company.writes()


@pytest.mark.parametrize("write", ["shipping", "invoicing", "note"])
def test_a_step_that_lands_after_it_was_given_up_is_not_made_again(write: str, company_with: CompanyWith) -> None:
    company = charged(company_with, GOODS)
    company.fault("land_late", **ACTIONS[write], seconds=0.5)
    assert run(company).ended(GOODS) == "updated"
    refuse_anything_twice_or_missing(company, GOODS)


@pytest.mark.parametrize("write", ["shipping", "invoicing"])
def test_a_lost_answer_is_looked_up_by_the_next_run(write: str, company_with: CompanyWith) -> None:
    company = charged(company_with, GOODS)
    company.tries = 1
    company.fault("timeout_after", **ACTIONS[write])
    assert run(company).ended(GOODS) == "uncertain(answer_lost)"
    company.tries = 5
    found = run(company, NOTHING_NEW)
    assert found.ended(GOODS) == "updated"
    assert LANDED[write] in found.outcomes[GOODS].detail
    refuse_anything_twice_or_missing(company, GOODS)
    refuse_open_questions(company)


def test_a_lost_taking_back_is_looked_up_too(company_with: CompanyWith) -> None:
    company = followed(company_with, backwards="follow")
    ship(company, GOODS)
    run(company)
    for kind in AFTER_THE_EFFECT:
        set_state(company, GOODS, "Open")
        company.fault(kind, **ACTIONS["taking back"])
        assert run(company).ended(GOODS) == "updated"
        assert status(company, GOODS) == ONGOING
        set_state(company, GOODS, "Completed")
        assert run(company).ended(GOODS) == "updated"
        assert status(company, GOODS) == SHIPPED


def test_a_lost_step_that_is_wanted_no_more_is_not_made_again(company_with: CompanyWith) -> None:
    company = followed(company_with)
    ship(company, GOODS)
    company.tries = 1
    company.fault("timeout_before", **ACTIONS["shipping"])
    assert run(company).ended(GOODS) == "uncertain(answer_lost)"
    company.tries = 5
    set_state(company, GOODS, "Open")
    assert run(company).ended(GOODS) == "unchanged"
    assert status(company, GOODS) == ONGOING
    refuse_open_questions(company)
