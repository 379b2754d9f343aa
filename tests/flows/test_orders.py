"""Orders of eAccounting arrive in Visma.net once, whole, and to the cent."""

from collections import Counter

import pytest

from tests.flows.conftest import TWELVE, CompanyWith
from tests.flows.running import NOTHING_NEW, Company, only
from tests.flows.shop import total_of
from visma_sync.errors import ConfigurationError

SIXTY = ("--orders", "60", "--no-trouble")
ENDS = {
    "unknown_article": "parked(product_missing)",
    "no_vat_treatment": "parked(no_vat_treatment)",
    "missing_vat_number": "parked(vat_number_missing)",
    "rot_order": "parked(unsupported_tax_form)",
    "negative_total": "parked(negative_total)",
    "malformed": "rejected(rows_do_not_add_up)",
    "two_debtors": "parked(several_customers)",
    "inactive_item": "parked(product_not_sellable)",
    "no_sales_item": "parked(product_not_sellable)",
    "credit_hold": "parked(credit_hold)",
    "unknown_terms": "parked(no_credit_terms)",
}


# The first run


def test_each_trouble_ends_with_its_reason_and_every_other_order_is_created(company: Company) -> None:
    ran = company.run()
    planted = company.planted()
    assert {number: ran.ended(number) for number in planted} == {number: ENDS[why] for number, why in planted.items()}
    others = Counter(ended for number, ended in ran.all_ended().items() if number not in planted)
    assert others.keys() == {"created", "skipped(draft)", "skipped(exists)"}
    assert others["skipped(exists)"] == 6


def test_created_orders_are_open_in_the_target_and_stand_there_once(company: Company) -> None:
    ran = company.run()
    sent = company.by_marker()
    assert {sent[number]["status"]["description"] for number in ran.numbers("created")} == {"Open"}
    held = {number for number, order in sent.items() if order["status"]["description"] != "Open"}
    assert held == {company.in_trouble("credit_hold")}


def test_nobody_outside_is_written_to(company: Company) -> None:
    company.run()
    assert company.mailed() == []


@pytest.mark.parametrize("meaning", ["net", "gross"])
@pytest.mark.parametrize("numbering", ["automatic", "manual"])
def test_every_order_costs_the_same_in_both_systems(company_with: CompanyWith, numbering: str, meaning: str) -> None:
    company = company_with(*SIXTY, "--order-amount", meaning, numbering=numbering)
    ran = company.run()
    assert set(ran.all_ended().values()) == {"created", "skipped(exists)", "skipped(draft)"}
    source, target = company.source_orders(), company.by_marker()
    assert set(target) == set(ran.numbers("created"))
    assert len(target) > 40
    sums = {number: (order["totals"]["orderTotal"], order["totals"]["taxTotal"]) for number, order in target.items()}
    assert sums == {number: (total_of(source[number]), source[number]["VatAmount"]) for number in target}
    if numbering == "manual":
        assert {number: order["orderId"] for number, order in target.items()} == {number: number for number in target}


def test_with_discounts_inside_the_price_every_order_still_costs_the_same(company_with: CompanyWith) -> None:
    company = company_with(*SIXTY, "--order-amount", "net", discounts={"send_as": "inside_price"})
    company.run()
    source, target = company.source_orders(), company.by_marker()
    sums = {number: (order["totals"]["orderTotal"], order["totals"]["taxTotal"]) for number, order in target.items()}
    assert sums == {number: (total_of(source[number]), source[number]["VatAmount"]) for number in target}
    assert len(target) > 40


# Again and again


def test_a_second_run_writes_nothing_and_asks_next_to_nothing(company_with: CompanyWith) -> None:
    company = company_with("--orders", "200", "--no-trouble")
    company.run()
    first = company.requests().total()
    before = company.everything()
    company.forget_requests()
    ran = company.run()
    assert company.writes() == Counter()
    assert company.everything() == before
    assert company.requests().total() <= 0.02 * first
    assert set(ran.all_ended().values()) == {"skipped(exists)", "skipped(draft)"}


def test_a_run_without_anything_new_takes_at_most_four_requests(untroubled: Company) -> None:
    untroubled.run(only("10002"))
    untroubled.forget_requests()
    ran = untroubled.run(NOTHING_NEW)
    assert (ran.report.read, ran.report.taken_up) == (0, 0)
    assert untroubled.requests().total() <= 4


def test_after_a_lost_ledger_nothing_is_sent_twice(company: Company) -> None:
    created = set(company.run().numbers("created"))
    sent = company.by_marker()
    company.lose_ledger()
    company.forget_requests()
    ran = company.run()
    assert created <= set(ran.numbers("skipped(exists)"))
    assert company.by_marker() == sent
    assert company.writes() == Counter()
    company.forget_requests()
    assert set(company.run().numbers("skipped(exists)")) == set(ran.numbers("skipped(exists)"))
    assert company.writes() == Counter()


def test_after_a_lost_ledger_the_target_itself_refuses_doubles_where_orders_are_numbered_by_hand(
    numbered_by_hand: Company,
) -> None:
    created = set(numbered_by_hand.run().numbers("created"))
    held = numbered_by_hand.holdings()
    numbered_by_hand.lose_ledger()
    assert set(numbered_by_hand.run().numbers("skipped(exists)")) == created
    assert numbered_by_hand.holdings() == held
    assert set(numbered_by_hand.run().numbers("skipped(exists)")) == created


def test_a_number_that_another_order_has_parks_the_order_where_orders_are_numbered_by_hand(
    numbered_by_hand: Company,
) -> None:
    debtor = numbered_by_hand.state("vismanet", "customers")[0]["number"]
    other = {"type": "SO", "orderId": "10002", "customer": {"id": debtor}}
    numbered_by_hand.in_target("orders", **other, orderLines=[{"inventoryId": "FREIGHT", "quantity": 1}])
    ran = numbered_by_hand.run()
    assert ran.ended("10002") == "parked(number_taken)"
    assert len(ran.numbers("created")) == 11
    numbered_by_hand.delete_in_target("orders/SO/10002")
    assert numbered_by_hand.run(NOTHING_NEW).ended("10002") == "created"


def test_an_order_that_somebody_enters_by_hand_while_it_waits_is_not_sent_as_well(untroubled: Company) -> None:
    # The quota turned its request away, which is a request that had no effect, and not one whose answer was lost.
    untroubled.fault("429", method="POST", path="/SalesOrders", retry_after=3600)
    assert untroubled.try_run(only("10002")).ended("10002") == "parked(not_sent_yet)"
    debtor = untroubled.state("vismanet", "customers")[0]["number"]
    lines = [{"inventoryId": "FREIGHT", "quantity": 1}]
    untroubled.in_target("orders", type="SO", customer={"id": debtor, "refNo": "10002"}, orderLines=lines)
    assert untroubled.run(NOTHING_NEW).ended("10002") == "skipped(exists)"
    assert untroubled.by_marker() == {}


# What was sent stays sent


def test_a_sent_order_that_changes_is_reported_and_left_alone(untroubled: Company) -> None:
    untroubled.run(only("10002"))
    sent = untroubled.by_marker()
    untroubled.in_source("orders/10002", Rows=[{"ArticleNumber": "A-1001", "Quantity": 99}])
    ran = untroubled.run(only("10002"))
    assert ran.ended("10002") == "skipped(exists_changed)"
    assert untroubled.by_marker() == sent
    assert ran.report.problems == []


def test_a_sent_order_that_leaves_the_wanted_state_is_reported_with_its_state(small_with: CompanyWith) -> None:
    company = small_with(send_when={"status": ["shipped"]})
    number = company.run().numbers("created")[0]
    company.in_source(f"orders/{number}", Status=2)
    outcome = company.run(only(number)).outcomes[number]
    assert (outcome.state, outcome.detail) == ("skipped", "its status is now ongoing")


# A dry run


def test_a_dry_run_changes_nothing_and_gives_the_verdicts_of_the_run_after_it(company: Company) -> None:
    before, links = company.everything(), company.links()
    dry = company.run(dry_run=True)
    assert company.everything() == before
    assert company.links() == links
    assert company.writes() == Counter()
    wet = company.run()
    # A credit hold shows only when an order is opened.
    expected = {
        number: "skipped(dry_run)" if ended in {"created", "parked(credit_hold)"} else ended
        for number, ended in wet.all_ended().items()
    }
    assert dry.all_ended() == expected
    would = {n: (dry.outcomes[n].total, dry.outcomes[n].vat) for n in wet.numbers("created")}
    assert would == {n: (wet.outcomes[n].total, wet.outcomes[n].vat) for n in wet.numbers("created")}


def test_a_dry_run_does_not_take_made_orders_further(company: Company) -> None:
    number = company.in_trouble("credit_hold")
    company.run(only(number))
    order = company.by_marker()[number]
    company.in_target(f"customers/{order['customer']['id']}", status="Active")
    company.in_target(f"orders/SO/{order['orderId']}", status="Hold")
    before, links = company.everything(), company.links()
    company.forget_requests()
    assert company.run(only(number), dry_run=True).ended(number) == "skipped(dry_run)"
    assert company.everything() == before
    assert company.links() == links
    assert company.writes() == Counter()
    assert company.run(only(number)).ended(number) == "created"


# The set-up


def test_a_number_too_long_for_hand_numbering_stops_the_flow(numbered_by_hand: Company) -> None:
    numbered_by_hand.decide(order={"numbering": "manual"}, marker_prefix="NOORDERLICHT-")
    assert isinstance(numbered_by_hand.try_run().broke, ConfigurationError)
    assert numbered_by_hand.by_marker() == {}


@pytest.mark.parametrize(("declared", "real"), [("manual", "automatic"), ("automatic", "manual")])
def test_numbering_that_is_not_as_declared_stops_the_flow(declared: str, real: str, company_with: CompanyWith) -> None:
    company = company_with(*TWELVE, numbering=real)
    company.decide(order={"numbering": declared})
    assert isinstance(company.try_run().broke, ConfigurationError)
    assert company.by_marker() == {}


def test_a_wrong_company_stops_the_flow_before_anything_is_written(company_with: CompanyWith) -> None:
    company = company_with(*TWELVE, "--wrong-company")
    ran = company.try_run()
    assert isinstance(ran.broke, ConfigurationError)
    assert company.writes() == Counter()
