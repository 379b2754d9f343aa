"""What waits is never lost, never sent as it no longer is, and never sent twice because the set-up changed."""

from collections import Counter

from tests.flows.running import NOTHING_NEW, Company, only
from tests.flows.shop import total_of
from visma_sync.ledger.rows import Outcome
from visma_sync.sync.dependencies import park_needing

NO_UNIT: dict[str, object] = {"default": None, "table": {}}
POST_ORDER = {"method": "POST", "path": "/SalesOrders$"}


def times_in_target(company: Company, number: str) -> int:
    return Counter(order["customer"]["refNo"] for order in company.target_orders())[number]


def with_a_lost_answer(company: Company) -> Company:
    """Order 10002 is in the target, on Hold, and its answer was lost with the last try."""
    company.fault("timeout_after", **POST_ORDER)
    company.tries = 1
    assert company.run(only("10002")).ended("10002") == "uncertain(answer_lost)"
    company.tries = 5
    return company


def test_an_order_corrected_while_it_waited_is_sent_as_it_is_now(untroubled: Company) -> None:
    units = untroubled.settings.units.model_dump()
    untroubled.decide(units=NO_UNIT)
    assert untroubled.run(only("10002")).ended("10002") == "parked(no_units)"
    untroubled.in_source("orders/10002", Rows=[{"ArticleNumber": "A-1001", "Quantity": 7}])
    untroubled.decide(units=units)
    assert untroubled.run(NOTHING_NEW).ended("10002") == "created"
    assert untroubled.by_marker()["10002"]["totals"]["orderTotal"] == total_of(untroubled.source_orders()["10002"])


def test_a_number_that_the_source_does_not_have_is_named(untroubled: Company) -> None:
    ran = untroubled.run(only("999999"))
    assert ran.ended("999999") == "skipped(not_in_source)"
    assert ran.accounts_for_all


def test_another_order_type_does_not_double_an_order_whose_answer_was_lost(untroubled: Company) -> None:
    company = with_a_lost_answer(untroubled)
    company.decide(order={"type": "WB"})
    assert company.run(NOTHING_NEW).ended("10002") == "created"
    assert times_in_target(company, "10002") == 1


def test_an_order_whose_answer_was_lost_is_not_forgotten_when_it_is_no_longer_wanted(untroubled: Company) -> None:
    company = with_a_lost_answer(untroubled)
    company.decide(send_when={"status": ["invoiced"]}, cut_off_date="2027-01-01")
    assert company.run(NOTHING_NEW).ended("10002") == "created"
    assert company.by_marker()["10002"]["status"]["description"] == "Open"


def test_a_write_that_never_landed_is_not_made_again_for_an_order_no_longer_wanted(untroubled: Company) -> None:
    untroubled.fault("timeout_before", **POST_ORDER)
    untroubled.tries = 1
    assert untroubled.run(only("10002")).ended("10002") == "uncertain(answer_lost)"
    untroubled.tries = 5
    untroubled.decide(cut_off_date="2027-01-01")
    assert untroubled.run(NOTHING_NEW).ended("10002") == "skipped(not_wanted_any_more)"
    assert times_in_target(untroubled, "10002") == 0


def test_an_order_on_hold_found_after_a_lost_ledger_waits_until_a_person_opened_it(untroubled: Company) -> None:
    company = with_a_lost_answer(untroubled)
    company.lose_ledger()
    assert company.run(only("10002")).ended("10002") == "parked(exists_on_hold)"
    company.in_target(f"orders/SO/{company.by_marker()['10002']['orderId']}", status="Open")
    assert company.run(NOTHING_NEW).ended("10002") == "skipped(exists)"
    assert times_in_target(company, "10002") == 1


def test_what_the_customer_step_parked_is_not_taken_back_by_the_product_step(untroubled: Company) -> None:
    run = untroubled.open_run("run-by-hand")
    by_customer = Outcome("k", "10002", "parked", "several_customers", facts={"step": "ensure_customers"})
    run.ledger.save_outcomes(run.flow, run.run_id, [by_customer])
    lacking = Outcome("SKU", "SKU", "parked", "product_missing")
    park_needing(run, "ensure_products", [lacking], {"SKU": {"k"}})
    park_needing(run, "ensure_products", [], {})
    assert [outcome.reason for outcome in run.ledger.outcomes(run.flow, run.run_id)] == ["several_customers"]
