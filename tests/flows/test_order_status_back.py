"""The status of our orders follows what becomes of them in Visma.net: forwards, and never backwards by itself."""

from datetime import timedelta

import pytest

from tests.flows.conftest import CompanyWith
from tests.flows.fulfilment import in_stock
from tests.flows.order_status_flow import (
    DRAFT,
    FLOW,
    GOODS,
    INVOICED,
    MORE_GOODS,
    ONGOING,
    SERVICES,
    SHIPPED,
    TODAYS,
    followed,
    path_of,
    run,
    set_state,
    ship,
    some_goods,
    status,
    statuses,
)
from tests.flows.running import MIDNIGHT, NOTHING_NEW, only
from visma_sync.flows import INCLUDE
from visma_sync.settings.load import load_settings
from visma_sync.sync.fetch import Window

DEFAULTS = INCLUDE / "settings" / "default.yaml"
COMPLETED = "POST /eaccounting/v2/orders/{id}/completed"
OPENED = "POST /eaccounting/v2/orders/{id}/converteddrafttoorder"
VOIDED = "POST /eaccounting/v2/orders/{id}/voided"


def test_an_order_whose_goods_have_left_is_shipped_and_a_second_run_writes_nothing(company_with: CompanyWith) -> None:
    company = followed(company_with)
    before = statuses(company)
    ship(company, GOODS)
    set_state(company, SERVICES, "Completed")
    ran = run(company)
    assert {ran.ended(GOODS), ran.ended(SERVICES)} == {"updated"}
    assert ran.outcomes[GOODS].detail == "ongoing to shipped"
    assert statuses(company) == before | {GOODS: SHIPPED, SERVICES: SHIPPED}
    assert dict(company.writes()) == {COMPLETED: 2}
    company.forget_requests()
    assert set(run(company).all_ended().values()) == {"unchanged"}
    assert sum(company.requests().values()) == 1
    assert company.mailed() == []


def test_a_run_makes_no_more_calls_than_it_takes(company_with: CompanyWith) -> None:
    company = followed(company_with)
    run(company)
    ship(company, GOODS)
    ship(company, MORE_GOODS)
    company.forget_requests()
    run(company)
    assert dict(company.requests()) == {
        "GET /salesorder/api/v3/SalesOrders": 1,
        "GET /eaccounting/v2/orders": 1,
        COMPLETED: 2,
    }


def test_a_draft_goes_through_every_step_by_its_action(company_with: CompanyWith) -> None:
    company = followed(company_with)
    company.in_source(f"orders/{GOODS}", Status=DRAFT, YourReference="Anna")
    ship(company, GOODS)
    assert run(company).outcomes[GOODS].detail == "draft to ongoing; ongoing to shipped"
    assert status(company, GOODS) == SHIPPED
    assert company.source_orders()[GOODS]["YourReference"] == "Anna"
    assert dict(company.writes()) == {OPENED: 1, COMPLETED: 1}


def test_a_dry_run_says_what_would_happen_and_writes_nothing(company_with: CompanyWith) -> None:
    company = followed(company_with, note=True)
    shipment = ship(company, GOODS)
    ran = run(company, dry_run=True)
    assert ran.ended(GOODS) == "skipped(dry_run)"
    said = f"would go from ongoing to shipped; would get a note of shipment {shipment}"
    assert ran.outcomes[GOODS].detail == said
    assert ran.report.would_send == 1
    assert not company.writes()
    assert status(company, GOODS) == ONGOING
    assert run(company).ended(GOODS) == "updated"


def test_a_run_reads_the_orders_that_changed_in_its_window(company_with: CompanyWith) -> None:
    company = followed(company_with)
    ship(company, GOODS)
    tomorrow = MIDNIGHT + timedelta(days=1)
    assert run(company, Window("backfill", MIDNIGHT - timedelta(days=9), MIDNIGHT)).all_ended() == {}
    assert run(company, Window("backfill", tomorrow, tomorrow + timedelta(days=9))).all_ended() == {}
    assert status(company, GOODS) == ONGOING
    assert run(company, Window("backfill", MIDNIGHT, tomorrow)).ended(GOODS) == "updated"


def test_single_orders_are_followed_by_the_number_that_they_have_in_eaccounting(company_with: CompanyWith) -> None:
    company = followed(company_with)
    ship(company, GOODS)
    ship(company, MORE_GOODS)
    ran = run(company, only(GOODS, "4711"))
    assert ran.all_ended() == {GOODS: "updated", "4711": "skipped(not_in_source)"}
    assert status(company, MORE_GOODS) == ONGOING


def test_orders_that_this_pair_did_not_send_are_left_alone(company_with: CompanyWith) -> None:
    company = followed(company_with)
    ours = company.by_marker()[GOODS]
    customer = {"id": ours["customer"]["id"], "refNo": MORE_GOODS}
    lines = [{"inventoryId": "A-1027", "quantity": 1}]
    typed = company.in_target("orders", type="SO", customer=customer, orderLines=lines)
    company.in_target(f"orders/SO/{typed['orderId']}", status="Completed")
    ran = run(company)
    assert ran.report.read == len(company.target_orders())
    assert status(company, MORE_GOODS) == ONGOING
    assert not company.writes()


def test_an_order_of_which_a_part_has_left_waits_unless_the_settings_count_it_as_shipped(
    company_with: CompanyWith,
) -> None:
    company = followed(company_with)
    in_stock(company, some_goods(company, GOODS), 0)
    ship(company, GOODS)
    assert company.by_marker()[GOODS]["status"]["description"] == "Back Order"
    set_state(company, MORE_GOODS, "BackOrder")
    assert run(company).ended(GOODS) == "unchanged"
    assert status(company, GOODS) == ONGOING
    company.decide(mirror={"order_status": {"partial": "shipped"}})
    ran = run(company)
    assert (ran.ended(GOODS), ran.ended(MORE_GOODS)) == ("updated", "unchanged")
    assert (status(company, GOODS), status(company, MORE_GOODS)) == (SHIPPED, ONGOING)


def test_a_shipment_that_has_not_left_counts_for_nothing(company_with: CompanyWith) -> None:
    company = followed(company_with, partial="shipped", note=True)
    ship(company, GOODS, confirm=False)
    assert run(company).ended(GOODS) == "unchanged"
    assert not company.writes()


# What cannot be followed


def test_a_state_without_a_counterpart_waits_alone_until_the_settings_say_what_it_means(
    company_with: CompanyWith,
) -> None:
    company = followed(company_with)
    set_state(company, GOODS, "Risk Hold")
    ship(company, MORE_GOODS)
    ran = run(company)
    assert (ran.ended(GOODS), ran.ended(MORE_GOODS)) == ("parked(no_counterpart)", "updated")
    assert "mirror.order_status.table" in ran.outcomes[GOODS].cure
    company.decide(mirror={"order_status": {"table": {"risk_hold": "shipped"}}})
    assert run(company, NOTHING_NEW).all_ended() == {GOODS: "updated"}
    assert status(company, GOODS) == SHIPPED


@pytest.mark.parametrize("state", ["Cancelled", "Voided"])
def test_an_order_cancelled_in_visma_net_waits_until_somebody_deleted_it_in_eaccounting(
    state: str, company_with: CompanyWith
) -> None:
    company = followed(company_with)
    set_state(company, GOODS, state)
    ran = run(company)
    assert ran.ended(GOODS) == "parked(cancelled_in_source)"
    assert "Delete the order" in ran.outcomes[GOODS].cure
    assert not company.writes()
    company.delete_in_source(f"orders/{GOODS}")
    assert run(company, NOTHING_NEW).all_ended() == {GOODS: "skipped(gone_from_target)"}
    assert run(company, NOTHING_NEW).all_ended() == {}


def test_an_order_that_is_gone_in_eaccounting_stays_gone(company_with: CompanyWith) -> None:
    company = followed(company_with)
    ship(company, GOODS)
    ship(company, MORE_GOODS)
    company.delete_in_source(f"orders/{GOODS}")
    ran = run(company)
    assert (ran.ended(GOODS), ran.ended(MORE_GOODS)) == ("skipped(gone_from_target)", "updated")
    assert dict(company.writes()) == {COMPLETED: 1}


def test_an_order_that_is_gone_in_visma_net_is_waited_for_no_longer(company_with: CompanyWith) -> None:
    company = followed(company_with)
    set_state(company, GOODS, "Risk Hold")
    run(company)
    company.delete_in_target(path_of(company, GOODS))
    assert run(company, NOTHING_NEW).all_ended() == {GOODS: "skipped(gone_from_source)"}


# Backwards


@pytest.mark.parametrize("further", [SHIPPED, INVOICED])
def test_what_is_further_in_eaccounting_than_in_visma_net_stays_so(further: int, company_with: CompanyWith) -> None:
    company = followed(company_with)
    run(company)
    company.in_source(f"orders/{GOODS}", Status=further)
    set_state(company, GOODS, "Hold")
    assert run(company).ended(GOODS) == "unchanged(ahead_in_target)"
    assert status(company, GOODS) == further
    assert not company.writes()


def test_an_order_that_moves_backwards_in_visma_net_waits_for_a_person(company_with: CompanyWith) -> None:
    company = followed(company_with)
    ship(company, GOODS)
    run(company)
    company.forget_requests()
    set_state(company, GOODS, "Open")
    for _ in range(2):
        ran = run(company, TODAYS)
        assert ran.ended(GOODS) == "parked(moved_backwards)"
        assert "mirror.order_status.backwards" in ran.outcomes[GOODS].cure
    assert not company.writes()
    assert status(company, GOODS) == SHIPPED
    company.in_source(f"orders/{GOODS}", Status=ONGOING)
    assert run(company, NOTHING_NEW).ended(GOODS) == "unchanged"
    set_state(company, GOODS, "Completed")
    assert run(company).ended(GOODS) == "updated"
    assert status(company, GOODS) == SHIPPED


def test_an_order_is_taken_back_and_shipped_again_where_the_settings_follow(company_with: CompanyWith) -> None:
    company = followed(company_with, backwards="follow")
    ship(company, GOODS)
    for state, wanted in (("Completed", SHIPPED), ("Open", ONGOING), ("Completed", SHIPPED), ("Open", ONGOING)):
        set_state(company, GOODS, state)
        assert run(company).ended(GOODS) == "updated"
        assert status(company, GOODS) == wanted
    assert dict(company.writes()) == {COMPLETED: 2, VOIDED: 2}


def test_an_invoiced_order_is_never_taken_back(company_with: CompanyWith) -> None:
    company = followed(company_with, backwards="follow")
    ship(company, GOODS)
    run(company)
    company.in_source(f"orders/{GOODS}/invoice")
    set_state(company, GOODS, "Open")
    ran = run(company)
    assert ran.ended(GOODS) == "parked(moved_backwards)"
    assert "Credit the invoice" in ran.outcomes[GOODS].cure
    assert status(company, GOODS) == INVOICED


# No ping-pong, lost ledger


def test_ten_alternating_runs_of_both_directions_write_nothing_more(company_with: CompanyWith) -> None:
    company = followed(company_with, note=True)
    ship(company, GOODS)
    ship(company, MORE_GOODS)
    run(company)
    company.forget_requests()
    held = company.everything()
    for _ in range(5):
        sent = company.run()
        assert sent.ended(GOODS) == "skipped(exists)"
        assert {outcome.state for outcome in sent.outcomes.values()} == {"skipped"}
        assert set(run(company).all_ended().values()) == {"unchanged"}
    assert not company.writes()
    assert company.everything() == held


def test_with_a_lost_ledger_orders_are_followed_again_once_they_were_found(company_with: CompanyWith) -> None:
    company = followed(company_with, note=True)
    ship(company, GOODS)
    run(company)
    company.lose_ledger()
    assert run(company).all_ended() == {}
    company.run()
    company.forget_requests()
    ship(company, MORE_GOODS)
    ran = run(company)
    assert (ran.ended(GOODS), ran.ended(MORE_GOODS)) == ("unchanged", "updated")
    assert dict(company.writes()) == {COMPLETED: 1, "POST /eaccounting/v2/notes": 1}


def test_the_flow_is_off_and_books_nothing_until_somebody_decides_so() -> None:
    settings = load_settings(DEFAULTS, {}, changes_from="nothing")
    assert FLOW in settings.flows_off
    decided = settings.mirror.order_status
    assert (decided.invoice_in_eaccounting, decided.partial, decided.backwards, decided.note) == (
        False,
        "wait",
        "park",
        False,
    )
