"""What waits is looked at again in time, without anything new being read, and shown with since when it waits."""

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from tests.flows.running import FLOW, IMPATIENT, NOTHING_NEW, Company, Ran, only
from tests.flows.test_kills import killed_when
from visma_sync.ledger.rows import Outcome
from visma_sync.sync.fetch import Window
from visma_sync.sync.waiting import Unsettled, unsettled

POST_ORDER = {"method": "POST", "path": "/SalesOrders$"}
NO_UNIT: dict[str, object] = {"default": None, "table": {}}
HOUR = timedelta(hours=1)
CUSTOMERS, PRODUCTS = "customers_eaccounting_to_vismanet", "products_eaccounting_to_vismanet"


def moment() -> datetime:
    return datetime.now(UTC)


def look(company: Company, *, at: datetime | None = None, by_hand: bool = False, flow: str = FLOW) -> Unsettled:
    """What settle finds at a moment; the look before it was an hour earlier, unless a person asks."""
    at = at or moment()
    wait = timedelta(seconds=company.settings.uncertain_wait_seconds)
    return unsettled(company.ledger(), flow, at, looked_since=at if by_hand else at - HOUR, wait=wait)


def take_up(company: Company, flow: str = FLOW) -> Ran:
    """The run that settle starts: it reads the last second, and takes up what waits."""
    now = moment()
    return company.run(Window("manual", now - timedelta(seconds=1), now), flow=flow)


def lose_an_answer(company: Company, kind: str = "timeout_after") -> None:
    """The answer to order 10002 is lost with the last try of its run."""
    company.fault(kind, **POST_ORDER)
    company.tries = 1
    assert company.run(only("10002")).ended("10002") == "uncertain(answer_lost)"
    company.tries = 5


def in_target(company: Company) -> Mapping[str, int]:
    return Counter(order["customer"]["refNo"] for order in company.target_orders())


def test_a_lost_answer_is_adopted_without_any_other_run(untroubled: Company) -> None:
    lose_an_answer(untroubled)
    found = look(untroubled, at=moment() + timedelta(seconds=2))
    assert found.due
    (group,) = found.waiting
    assert (group.state, group.reason, group.numbers) == ("uncertain", "answer_lost", ["10002"])
    assert take_up(untroubled).all_ended() == {"10002": "created"}
    assert in_target(untroubled) == {"10002": 1}
    assert not look(untroubled, by_hand=True).lines


def test_a_write_that_never_arrived_is_proven_absent_and_made(untroubled: Company) -> None:
    lose_an_answer(untroubled, "timeout_before")
    assert take_up(untroubled).all_ended() == {"10002": "created"}
    assert in_target(untroubled) == {"10002": 1}


def test_a_write_that_lands_late_is_not_made_twice(untroubled: Company) -> None:
    untroubled.fault("land_late", **POST_ORDER, seconds=1)
    untroubled.tries = 1
    assert untroubled.run(only("10002")).ended("10002") == "uncertain(answer_lost)"
    untroubled.tries = 5
    take_up(untroubled)
    assert in_target(untroubled) == {"10002": 1}


def test_a_lost_answer_is_not_asked_for_before_the_write_can_no_longer_land(untroubled: Company) -> None:
    untroubled.decide(uncertain_wait_seconds=300, timeout_seconds=1)
    lose_an_answer(untroubled)
    assert not look(untroubled, at=moment() + timedelta(seconds=200), by_hand=True).due
    assert look(untroubled, at=moment() + timedelta(seconds=301)).due


def test_a_parked_record_whose_cause_is_gone_is_sent(untroubled: Company) -> None:
    units = untroubled.settings.units.model_dump()
    untroubled.decide(units=NO_UNIT)
    began = moment()
    assert untroubled.run(only("10002")).ended("10002") == "parked(no_units)"
    found = look(untroubled)
    assert found.due
    (line,) = found.lines
    assert line.startswith(f"1 parked(no_units) since {began:%Y-%m-%d %H:}")
    assert "10002. Add 'st' to the table of units" in line
    untroubled.decide(units=units)
    assert take_up(untroubled).all_ended() == {"10002": "created"}
    assert in_target(untroubled) == {"10002": 1}


def test_nothing_new_is_read_when_what_waits_is_taken_up(untroubled: Company) -> None:
    assert take_up(untroubled).outcomes == {}
    assert untroubled.target_orders() == []


def test_a_flow_that_its_own_runs_looked_after_is_left_alone_until_the_next_hour(untroubled: Company) -> None:
    untroubled.decide(units=NO_UNIT)
    untroubled.run(NOTHING_NEW)
    untroubled.run(only("10002"))
    assert not look(untroubled).due
    assert look(untroubled, by_hand=True).due
    assert look(untroubled, at=moment() + 2 * HOUR).due


def test_a_run_that_failed_has_looked_after_nothing(untroubled: Company) -> None:
    untroubled.decide(units=NO_UNIT)
    untroubled.run(only("10002"))
    untroubled.fault("500", method="GET", path="/v2/orders", times=50)
    untroubled.tries = 1
    assert untroubled.try_run(NOTHING_NEW).broke is not None
    assert look(untroubled).due


def test_a_rejected_record_waits_for_a_person(untroubled: Company) -> None:
    run = untroubled.open_run("run-by-hand")
    untroubled.decide(units=NO_UNIT)
    untroubled.run(only("10002"))
    (held,) = run.ledger.waiting(FLOW)
    run.ledger.save_outcomes(FLOW, "run-1", [Outcome(held.key, held.number, "rejected", "refused", cure="Mend it.")])
    found = look(untroubled, by_hand=True)
    assert not found.due
    assert [(group.state, group.numbers) for group in found.waiting] == [("rejected", ["10002"])]


def test_what_waits_longest_is_named_first(untroubled: Company) -> None:
    untroubled.decide(units=NO_UNIT)
    for number in ("10003", "10002"):
        untroubled.run(only(number))
    (group,) = look(untroubled).waiting
    assert group.numbers == ["10003", "10002"]
    (first, _) = sorted(untroubled.ledger().runs(FLOW), key=lambda run: run.opened_at)
    assert group.since == first.opened_at


@pytest.mark.parametrize("kind", ["cut", "500_after", "malformed"])
def test_whichever_way_an_answer_is_lost_its_write_is_found(untroubled: Company, kind: str) -> None:
    lose_an_answer(untroubled, kind)
    assert take_up(untroubled).all_ended() == {"10002": "created"}
    assert in_target(untroubled) == {"10002": 1}


def test_a_lost_answer_to_a_customer_is_looked_for_by_the_flow_whose_order_waits(untroubled: Company) -> None:
    untroubled.fault("timeout_after", method="POST", path="/v1/customer$")
    untroubled.tries = 1
    untroubled.run(only("10002"))
    untroubled.tries = 5
    shown = look(untroubled, flow="customers_eaccounting_to_vismanet")
    assert not shown.due
    (line,) = shown.lines
    assert line.startswith("write of customer ")
    assert "(create) without an answer since " in line
    customers = len(untroubled.state("vismanet", "customers"))
    assert look(untroubled).due
    assert take_up(untroubled).ended("10002") == "created"
    assert len(untroubled.state("vismanet", "customers")) == customers
    assert not look(untroubled, flow="customers_eaccounting_to_vismanet").lines


def test_what_a_killed_process_left_is_looked_for_by_the_next_look(untroubled: Company) -> None:
    untroubled.fault("timeout_after", **POST_ORDER)

    def landed() -> bool:
        return bool(untroubled.target_orders())

    killed_when(untroubled, "killed", "automatic", landed, timeout_seconds=60)
    found = look(untroubled)
    assert found.due
    assert {group.state for group in found.waiting} == {"fetched"}
    assert set(take_up(untroubled).all_ended().values()) == {"created"}
    assert set(in_target(untroubled).values()) == {1}


def test_a_lost_answer_to_a_customer_that_no_order_waits_for_any_more_is_looked_for_too(untroubled: Company) -> None:
    untroubled.fault("timeout_after", method="POST", path="/v1/customer$")
    untroubled.tries = 1
    untroubled.run(only("10002"))
    untroubled.tries = 5
    untroubled.decide(filters={FLOW: ["=order.currency == 'XXX'"]}, **IMPATIENT)
    take_up(untroubled)
    assert not untroubled.ledger().waiting(FLOW)
    found = look(untroubled, flow=CUSTOMERS, at=moment() + timedelta(seconds=2))
    (lost,) = found.lost
    assert found.due
    assert take_up(untroubled, CUSTOMERS).ended(lost.marker) == "unchanged(found_by_marker)"
    assert look(untroubled, flow=CUSTOMERS).lost == []
    made = Counter(customer.get("accountReference") for customer in untroubled.state("vismanet", "customers"))
    assert made[lost.marker] == 1


def test_a_lost_change_of_a_product_that_a_filter_leaves_out_since_is_looked_for(untroubled: Company) -> None:
    untroubled.run(flow=PRODUCTS)
    article = next(iter(untroubled.state("eaccounting", "articles")))
    untroubled.in_source(f"articles/{article['Id']}", Name="Renamed")
    untroubled.fault("timeout_after", method="PUT", path="/v1/inventory/")
    untroubled.tries = 1
    ran = untroubled.run(only(article["Number"]), flow=PRODUCTS)
    untroubled.tries = 5
    assert ran.ended(article["Number"]) == "uncertain(answer_lost)"
    untroubled.decide(filters={PRODUCTS: ["=product.number == 'XXX'"]}, **IMPATIENT)
    take_up(untroubled, PRODUCTS)
    assert not look(untroubled, flow=PRODUCTS, by_hand=True).lines
