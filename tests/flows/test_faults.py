"""Whatever goes wrong on the way: nothing arrives twice, nothing gets lost, and every amount stays what it was."""

import time
from typing import Any

import pytest

from tests.flows.conftest import CompanyWith, Holdings
from tests.flows.running import NOTHING_NEW, Company, only
from tests.flows.shop import WRITES
from tests.flows.test_customers import made, newcomers, ordered_by
from visma_sync.errors import ConfigurationError, RetryableError
from visma_sync.systems.vismanet.client import VismaNetClient

BEFORE_THE_EFFECT = ("refuse", "timeout_before", "429", "500", "502", "503", "expired_token")
AFTER_THE_EFFECT = ("timeout_after", "cut", "500_after", "malformed")
FAULTS_OF_WRITES = (*BEFORE_THE_EFFECT, *AFTER_THE_EFFECT)
FAULTS_OF_READS = ("refuse", "timeout_before", "429", "500", "502", "503", "expired_token", "cut", "malformed")
READS = {
    "orders of the source": "/eaccounting/v2/orders$",
    "customers of the source": "/eaccounting/v2/customers$",
    "customers of the target": "/vismanet/v1/customer$",
    "products of the target": "/vismanet/v1/inventory$",
    "orders of the target": "/SalesOrders$",
    "one order of the target": "/SalesOrders/SO/[^/]+$",
}


# Every failure at every write and read


@pytest.mark.parametrize(
    ("write", "numbering"),
    [
        ("customer", "automatic"),
        ("contact", "automatic"),
        ("product", "automatic"),
        ("order", "automatic"),
        ("order", "manual"),
        ("opening", "automatic"),
        ("opening", "manual"),
    ],
)
def test_each_kind_of_failure_at_a_write_leaves_nothing_twice_and_nothing_behind(
    write: str, numbering: str, small_with: CompanyWith, undisturbed: Holdings
) -> None:
    company = small_with(numbering=numbering)
    kinds = (*FAULTS_OF_WRITES, "stale_etag") if write == "opening" else FAULTS_OF_WRITES
    for kind in kinds:
        company.fault(kind, **WRITES[write], retry_after=1)
    first = company.run()
    assert company.faults_fired() == [1] * len(kinds)
    assert set(first.all_ended().values()) == {"created", "skipped(draft)"}
    assert first.accounts_for_all
    second = company.run()
    assert set(second.all_ended().values()) == {"skipped(exists)", "skipped(draft)"}
    assert company.holdings() == undisturbed
    assert company.mailed() == []


@pytest.mark.parametrize(
    ("read", "kinds"),
    [
        ("orders of the source", ("refuse", "timeout_before", "503", "cut")),
        ("one order of the target", FAULTS_OF_READS),
    ],
)
def test_each_kind_of_failure_at_a_read_is_waited_out(
    read: str, kinds: tuple[str, ...], small_with: CompanyWith, undisturbed: Holdings
) -> None:
    company = small_with()
    for kind in kinds:
        company.fault(kind, method="GET", path=READS[read], retry_after=1)
    ran = company.run()
    assert company.faults_fired() == [1] * len(kinds)
    assert ran.accounts_for_all
    company.run()
    assert company.holdings() == undisturbed


def test_failures_at_every_read_of_a_run_are_waited_out(small_with: CompanyWith, undisturbed: Holdings) -> None:
    company = small_with()
    for path in READS.values():
        company.fault("malformed", method="GET", path=path)
    assert company.run().accounts_for_all
    assert company.faults_fired() == [1] * len(READS)
    assert company.holdings() == undisturbed


@pytest.mark.parametrize(
    ("sign_in", "kinds"),
    [
        ("/connect/connect/token", ("refuse", "429", "500", "503", "cut", "malformed")),
        # What may have used up the refresh token cannot be repaired by asking again.
        ("/eaccounting-identity/connect/token", ("429", "502", "503")),
    ],
)
def test_a_sign_in_that_fails_is_made_again(
    sign_in: str, kinds: tuple[str, ...], small_with: CompanyWith, undisturbed: Holdings
) -> None:
    company = small_with()
    for kind in kinds:
        company.fault(kind, path=sign_in)
    company.run()
    assert company.faults_fired() == [1] * len(kinds)
    assert company.holdings() == undisturbed


@pytest.mark.parametrize("kind", ["refuse", "timeout_after", "500_after"])
def test_a_change_of_a_customer_survives_a_lost_answer(kind: str, untroubled: Company) -> None:
    customer = newcomers(untroubled, private=False)[0]
    untroubled.run(only(ordered_by(untroubled, customer)))
    untroubled.in_source(f"customers/{customer['CustomerNumber']}", InvoiceCity="Assen")
    untroubled.fault(kind, method="PUT", path="/v1/customer/")
    order = ordered_by(untroubled, customer)
    assert untroubled.run(only(order)).ended(order) == "created"
    assert untroubled.faults_fired() == [1]
    assert made(untroubled)[customer["CustomerNumber"]]["mainAddress"]["city"] == "Assen"


# Requests that land late


@pytest.mark.parametrize(("numbering", "writes"), [("automatic", ("customer", "order")), ("manual", ("order",))])
def test_what_lands_after_we_gave_up_is_adopted_and_not_made_again(
    numbering: str, writes: tuple[str, ...], small_with: CompanyWith, undisturbed: Holdings
) -> None:
    company = small_with(numbering=numbering, uncertain_wait_seconds=2)
    for write in writes:
        company.fault("land_late", **WRITES[write], seconds=1)
    ran = company.run()
    assert company.faults_fired() == [1] * len(writes)
    assert company.holdings() == undisturbed
    assert [one.detail for one in ran.outcomes.values() if one.detail.startswith("adopted")] == ["adopted"]


def test_an_order_that_is_not_there_yet_is_not_taken_for_lost(untroubled: Company) -> None:
    untroubled.decide(timeout_seconds=1, uncertain_wait_seconds=2)
    untroubled.fault("land_late", **WRITES["order"], seconds=1)
    untroubled.tries = 1
    assert untroubled.run(only("10002")).ended("10002") == "uncertain(answer_lost)"
    untroubled.tries = 2
    ran = untroubled.run(NOTHING_NEW)
    assert (ran.ended("10002"), ran.outcomes["10002"].detail) == ("created", "adopted")
    assert set(untroubled.by_marker()) == {"10002"}


def test_what_lands_after_its_absence_was_proven_is_refused_where_orders_are_numbered_by_hand(
    numbered_by_hand: Company,
) -> None:
    numbered_by_hand.fault("land_late", **WRITES["order"], seconds=2)
    ran = numbered_by_hand.run(only("10002"))
    assert (ran.ended("10002"), ran.outcomes["10002"].detail) == ("created", "")
    time.sleep(1.5)
    assert len(numbered_by_hand.state("vismanet", "orders")) == 1


class LandsJustBefore(VismaNetClient):
    """Makes an order again only when the lost request has landed after all."""

    company: Company

    async def create_order(self, body: dict[str, Any]) -> tuple[str, str]:
        """Wait for the first request to land before the second is sent."""
        if self.company.faults_fired() == [1]:
            while not self.company.by_marker():
                time.sleep(0.1)
        return await super().create_order(body)


def test_what_lands_between_the_look_and_the_second_request_is_adopted_where_orders_are_numbered_by_hand(
    numbered_by_hand: Company,
) -> None:
    numbered_by_hand.target_client = type("LandsJustBefore", (LandsJustBefore,), {"company": numbered_by_hand})
    numbered_by_hand.fault("land_late", **WRITES["order"], seconds=2)
    ran = numbered_by_hand.run(only("10002"))
    assert (ran.ended("10002"), ran.outcomes["10002"].detail) == ("created", "adopted")
    assert numbered_by_hand.by_marker()["10002"]["status"]["description"] == "Open"


def test_an_order_with_our_marker_and_other_content_is_not_taken_for_ours(untroubled: Company) -> None:
    untroubled.fault("timeout_before", **WRITES["order"])
    untroubled.tries = 1
    assert untroubled.run(only("10002")).ended("10002") == "uncertain(answer_lost)"
    debtor = untroubled.state("vismanet", "customers")[0]["number"]
    lines = [{"inventoryId": "FREIGHT", "quantity": 1}]
    other = untroubled.in_target("orders", type="SO", customer={"id": debtor, "refNo": "10002"}, orderLines=lines)
    assert untroubled.run(NOTHING_NEW).ended("10002") == "parked(number_taken)"
    assert untroubled.by_marker() == {}
    untroubled.delete_in_target(f"orders/SO/{other['orderId']}")
    untroubled.tries = 2
    assert untroubled.run(NOTHING_NEW).ended("10002") == "created"


def test_a_lost_answer_is_looked_for_and_not_waited_for_when_a_run_ends(untroubled: Company) -> None:
    untroubled.fault("timeout_after", **WRITES["order"])
    untroubled.tries = 1
    ran = untroubled.run(only("10002"))
    assert ran.ended("10002") == "uncertain(answer_lost)"
    assert len(ran.report.problems) == 1
    second = untroubled.run(NOTHING_NEW)
    assert (second.ended("10002"), second.outcomes["10002"].detail) == ("created", "adopted")
    assert second.accounts_for_all


# People who change an order in between


class SomebodyElse(VismaNetClient):
    """Changes every order by hand after it was read and before it is opened."""

    company: Company
    change: dict[str, Any]

    async def open_order(self, order_type: str, order_id: str, version: str) -> None:
        """Let somebody change the order first, once."""
        change, type(self).change = self.change, {}
        if change:
            self.company.in_target(f"orders/{order_type}/{order_id}", **change)
        await super().open_order(order_type, order_id, version)


def interrupted(company: Company, **change: Any) -> Company:
    """The company, where somebody makes a change before the first order is opened."""
    company.target_client = type("SomebodyElse", (SomebodyElse,), {"company": company, "change": change})
    return company


def test_an_order_that_only_got_a_new_version_in_between_is_opened_all_the_same(untroubled: Company) -> None:
    ran = interrupted(untroubled, status="Hold").run(only("10002"))
    assert ran.ended("10002") == "created"
    assert untroubled.by_marker()["10002"]["status"]["description"] == "Open"


def test_an_order_that_somebody_edited_in_between_waits_until_a_person_opens_it(untroubled: Company) -> None:
    ran = interrupted(untroubled, description="Eerst bellen!").run(only("10002"))
    assert ran.ended("10002") == "parked(edited_in_target)"
    order = untroubled.by_marker()["10002"]
    assert order["status"]["description"] == "Hold"
    assert untroubled.run(NOTHING_NEW).ended("10002") == "parked(edited_in_target)"
    untroubled.in_target(f"orders/SO/{order['orderId']}", status="Open")
    assert untroubled.run(NOTHING_NEW).ended("10002") == "created"


def test_an_order_whose_total_somebody_changed_in_between_waits_until_it_is_right(untroubled: Company) -> None:
    ran = interrupted(untroubled, lines=[{"inventoryId": "FREIGHT", "quantity": 1, "unitPrice": 5}]).run(only("10002"))
    assert ran.ended("10002") == "parked(total_mismatch)"
    assert untroubled.by_marker()["10002"]["status"]["description"] == "Hold"


def test_an_order_that_was_deleted_before_it_was_opened_is_not_made_again(untroubled: Company) -> None:
    untroubled.fault("503", method="GET", path="/SalesOrders/SO/", times=99)
    untroubled.tries = 1
    assert untroubled.run(only("10002")).ended("10002") == "parked(not_sent_yet)"
    untroubled.no_more_faults()
    untroubled.delete_in_target(f"orders/SO/{untroubled.by_marker()['10002']['orderId']}")
    assert untroubled.run(NOTHING_NEW).ended("10002") == "parked(gone_from_target)"
    assert untroubled.by_marker() == {}


# Quotas and access


@pytest.mark.parametrize(("sent", "where"), [(0, {"path": "/v2/orders$"}), (11, WRITES["order"])])
def test_a_long_wait_that_a_server_asks_for_ends_the_try_with_that_wait(
    sent: int, where: dict[str, str], untroubled: Company
) -> None:
    untroubled.fault("429", **where, retry_after=600)
    ran = untroubled.try_run()
    assert isinstance(ran.broke, RetryableError)
    assert ran.broke.retry_after is not None
    assert 590 <= ran.broke.retry_after <= 660
    assert len(untroubled.by_marker()) == sent
    untroubled.run()
    assert len(untroubled.by_marker()) == 12


def test_an_access_token_that_ends_in_the_middle_of_a_run_is_renewed_once(untroubled: Company) -> None:
    untroubled.fault("expired_token", **WRITES["order"], after=2)
    untroubled.run()
    assert untroubled.requests()["POST /connect/connect/token"] == 3
    assert len(untroubled.by_marker()) == 12


def test_refused_access_to_the_source_stops_the_flow_at_the_first_call(untroubled: Company) -> None:
    untroubled.in_source("switch", module_inactive=True)
    ran = untroubled.try_run()
    assert isinstance(ran.broke, ConfigurationError)
    assert untroubled.requests().total() <= 3
    untroubled.in_source("switch", module_inactive=False)
    untroubled.run()
    assert len(untroubled.by_marker()) == 12


def test_refused_access_to_the_target_stops_the_flow_after_a_handful_of_calls(
    small_with: CompanyWith, undisturbed: Holdings
) -> None:
    company = small_with(max_concurrency=2)
    company.fault("expired_token", **WRITES["order"], times=10_000)
    ran = company.try_run()
    assert isinstance(ran.broke, ConfigurationError)
    assert company.requests()["POST /salesorder/api/v3/SalesOrders"] <= 10
    assert ran.accounts_for_all
    company.no_more_faults()
    company.run()
    assert company.holdings() == undisturbed
