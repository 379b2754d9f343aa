"""Filters of the settings leave records out in every flow, but never what is half done."""

import pytest

from tests.flows.running import EVERYTHING, FLOW, NOTHING_NEW, Company, only
from tests.flows.shop import WRITES

NOTHING_PASSES = {FLOW: ["=order.currency == 'XXX'"]}


def test_an_order_that_a_filter_leaves_out_is_not_sent_until_the_filter_goes(untroubled: Company) -> None:
    untroubled.decide(filters={FLOW: ["=order.currency == 'EUR'", "=order.number != '10003'"]})
    ran = untroubled.run()
    assert ran.ended("10003") == "skipped(filtered)"
    assert ran.outcomes["10003"].detail == "=order.number != '10003'"
    assert "10003" not in untroubled.by_marker()
    assert ran.numbers("created")
    untroubled.decide()
    assert untroubled.run().ended("10003") == "created"


def test_a_filter_that_cannot_be_computed_rejects_the_record_alone(untroubled: Company) -> None:
    untroubled.decide(filters={FLOW: ["=order.lines[2].quantity > 0"]})
    ran = untroubled.run()
    states = {outcome.state for outcome in ran.outcomes.values()}
    assert {"created", "rejected"} <= states
    rejected = [outcome for outcome in ran.outcomes.values() if outcome.state == "rejected"]
    assert all("filters." in outcome.detail for outcome in rejected)


def test_an_order_on_hold_is_confirmed_although_a_filter_leaves_it_out_by_now(untroubled: Company) -> None:
    untroubled.fault("500", times=30, **WRITES["opening"])
    untroubled.run(only("10003"))
    assert untroubled.by_marker()["10003"]["status"]["description"] == "Hold"
    untroubled.no_more_faults()
    untroubled.decide(filters=NOTHING_PASSES)
    assert untroubled.run(NOTHING_NEW).ended("10003") == "created"
    assert untroubled.by_marker()["10003"]["status"]["description"] == "Open"


@pytest.mark.parametrize(
    ("fault", "ended"), [("timeout_after", "created"), ("timeout_before", "skipped(not_wanted_any_more)")]
)
def test_an_order_whose_answer_was_lost_is_looked_for_although_a_filter_leaves_it_out_by_now(
    fault: str, ended: str, untroubled: Company
) -> None:
    untroubled.tries = 1
    untroubled.fault(fault, **WRITES["order"])
    assert untroubled.run(only("10003")).ended("10003") == "uncertain(answer_lost)"
    untroubled.tries = 5
    untroubled.decide(filters=NOTHING_PASSES, uncertain_wait_seconds=1)
    ran = untroubled.run(NOTHING_NEW)
    assert ran.ended("10003") == ended
    assert ("10003" in untroubled.by_marker()) == (ended == "created")


def test_a_dry_run_says_how_many_orders_the_filters_let_through(untroubled: Company) -> None:
    untroubled.decide(filters={FLOW: ["=order.number == '10003'"]})
    ran = untroubled.run(EVERYTHING, dry_run=True)
    assert any(line.startswith("  would send 1 of ") for line in ran.report.lines)
    assert sum("skipped(filtered)" in note for note in ran.report.notes) == len(ran.outcomes) - 1
