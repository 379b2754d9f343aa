"""The report of every run forgets what is too old, in both directions; what waits goes on all the same."""

from datetime import timedelta
from typing import Any

import time_machine

from tests.flows.customer_flow import FLOW as CUSTOMERS
from tests.flows.customers_back import FLOW as CUSTOMERS_BACK
from tests.flows.running import FLOW, NOTHING_NEW, Company, only
from tests.flows.test_customers import newcomers, ordered_by
from visma_sync.ledger.rows import Outcome
from visma_sync.sync.run import now

NO_UNIT: dict[str, Any] = {"default": None, "table": {}}


def test_a_report_forgets_the_old_outcomes_of_all_flows_of_both_directions(untroubled: Company) -> None:
    ledger = untroubled.ledger()
    halves = ((ledger, CUSTOMERS), (ledger.mirrored(), CUSTOMERS_BACK))
    for half, flow in halves:
        for run_id, days in (("old", 31), ("young", 29)):
            with time_machine.travel(now() - timedelta(days=days), tick=False):
                half.save_outcomes(flow, run_id, [Outcome("key", "1", "created")])
    untroubled.run(NOTHING_NEW)
    for half, flow in halves:
        assert half.outcomes(flow, "old") == []
        assert half.outcomes(flow, "young")


def test_an_order_that_waited_longer_than_its_body_is_kept_is_sent_once_its_cause_is_gone(untroubled: Company) -> None:
    order = ordered_by(untroubled, newcomers(untroubled, private=True)[0])
    untroubled.decide(units=NO_UNIT)
    assert untroubled.run(only(order)).ended(order) == "parked(no_units)"
    with time_machine.travel(now() + timedelta(days=31), tick=False):
        untroubled.ledger().forget_older_than(30)
    (waiting,) = untroubled.ledger().waiting(FLOW)
    assert untroubled.ledger().held(FLOW, [waiting.key])[waiting.key].source is None
    untroubled.decide()
    assert untroubled.run(NOTHING_NEW).ended(order) == "created"
    untroubled.forget_requests()
    assert untroubled.run(only(order)).ended(order) == "skipped(exists)"
    assert not untroubled.writes()


def test_a_customer_that_was_made_longer_ago_than_anything_is_kept_is_not_made_again(untroubled: Company) -> None:
    number = newcomers(untroubled, private=True)[0]["CustomerNumber"]
    untroubled.run(only(number), flow=CUSTOMERS)
    with time_machine.travel(now() + timedelta(days=400), tick=False):
        untroubled.ledger().forget_older_than(30)
    debtors = untroubled.state("vismanet", "customers")
    assert untroubled.run(only(number), flow=CUSTOMERS).ended(number) == "unchanged"
    assert untroubled.state("vismanet", "customers") == debtors
