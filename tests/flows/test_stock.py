"""The stock of eAccounting becomes the stock of Visma.net, by adjustments that carry the differences only."""

import asyncio
import contextlib
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import httpx
import pytest

from tests.flows.running import EVERYTHING, IMPATIENT, MIDNIGHT, NOTHING_NEW, Company, only
from tests.flows.shop import WRITES
from tests.flows.stocked import DIFFERING, FLOW, KEPT, adjustments, agrees, count, keep_in_stock, lines, run_stock
from tests.sandbox.vismanet_caller import ask_for_token
from visma_sync.errors import ConfigurationError, RetryableError
from visma_sync.sync.stock.adjust import adjust_stock
from visma_sync.sync.stock.adjustments import KIND
from visma_sync.sync.stock.compare import compare_stock
from visma_sync.sync.stock.flow import StockFlow


@pytest.fixture
def shelves(untroubled: Company) -> Company:
    """Two companies that keep ten products in stock, four of which differ."""
    keep_in_stock(untroubled)
    return untroubled


# What is sent


def test_one_adjustment_with_the_differences_only_makes_both_stocks_equal(shelves: Company) -> None:
    before, elsewhere = shelves.on_hand(), shelves.on_hand("2")
    ran = run_stock(shelves)
    assert ran.numbers("updated") == list(DIFFERING)
    assert agrees(shelves)
    (adjustment,) = adjustments(shelves)
    assert adjustment["status"] == "Released"
    after = shelves.balances()
    assert {sku: line["quantity"] for sku, line in lines(adjustment).items()} == {
        sku: after[sku] - before[sku] for sku in DIFFERING
    }
    assert shelves.on_hand("2") == elsewhere


def test_the_second_run_changes_nothing(shelves: Company) -> None:
    run_stock(shelves)
    shelves.forget_requests()
    ran = run_stock(shelves)
    assert shelves.writes() == {}
    assert set(ran.numbers("unchanged")) == set(KEPT)
    assert shelves.requests() == {"GET /eaccounting/v2/articles": 1, "GET /vismanet/v1/inventory": 1}


def test_a_run_with_differences_makes_one_post_and_one_release(shelves: Company) -> None:
    run_stock(shelves)
    count(shelves, "A-1005", 3)
    count(shelves, "A-1006", 500)
    shelves.forget_requests()
    run_stock(shelves)
    assert sum(shelves.writes().values()) == 2
    assert sum(shelves.requests().values()) == 4
    assert agrees(shelves)


def test_what_is_less_is_taken_off_and_what_is_more_comes_at_the_purchase_price(shelves: Company) -> None:
    run_stock(shelves)
    count(shelves, "A-1005", 3)
    count(shelves, "A-1006", 500)
    run_stock(shelves)
    less, more = (lines(adjustments(shelves)[-1])[sku] for sku in ("A-1005", "A-1006"))
    prices = {article["Number"]: article["PurchasePrice"] for article in shelves.state("eaccounting", "articles")}
    assert less["quantity"] == 3 - 255
    assert more["quantity"] == 500 - 173
    assert more["unitCost"] == prices["A-1006"]
    assert {less["reasonCode"]["id"], more["reasonCode"]["id"]} == {"COUNT"}


def test_what_is_more_waits_where_its_cost_is_in_another_currency_than_the_books(shelves: Company) -> None:
    shelves.ledger().save_master_data("source", "company_currency", [{"currency": "SEK"}])
    count(shelves, "A-1006", 1)
    ran = run_stock(shelves)
    assert {ran.ended(sku) for sku in DIFFERING} == {"parked(unit_cost_in_other_currency)"}
    assert ran.ended("A-1006") == "updated"


def test_what_is_more_can_come_at_the_cost_that_visma_net_knows(shelves: Company) -> None:
    shelves.decide(**IMPATIENT, stock={"unit_cost": "target"})
    shelves.in_target("stock", inventoryNumber="A-1005", quantityOnHand=100, unitCost=Decimal("7.77"))
    run_stock(shelves, only("A-1005"))
    (adjustment,) = adjustments(shelves)
    assert lines(adjustment)["A-1005"]["unitCost"] == Decimal("7.77")


def test_a_dry_run_writes_nothing_and_says_what_it_would_do(shelves: Company) -> None:
    before = shelves.everything()
    ran = run_stock(shelves, dry_run=True)
    assert ran.numbers("skipped(dry_run)") == list(DIFFERING)
    assert ran.outcomes["A-1005"].detail == "would be adjusted, warehouse 1: 115 becomes 255"
    assert shelves.everything()["vismanet"] == before["vismanet"]
    assert run_stock(shelves).numbers("updated") == list(DIFFERING)


def test_a_run_for_single_numbers_adjusts_these_only(shelves: Company) -> None:
    ran = run_stock(shelves, only("A-1005", "A-1006", "NOWHERE"))
    assert ran.all_ended() == {"A-1005": "updated", "A-1006": "unchanged", "NOWHERE": "skipped(not_in_source)"}
    assert list(lines(adjustments(shelves)[0])) == ["A-1005"]


def test_every_run_compares_the_present_whatever_its_window(shelves: Company) -> None:
    backfill = replace(
        NOTHING_NEW, kind="backfill", since=MIDNIGHT.replace(year=2020), until=MIDNIGHT.replace(year=2021)
    )
    assert run_stock(shelves, backfill).numbers("updated") == list(DIFFERING)
    count(shelves, "A-1005", 1)
    assert run_stock(shelves, NOTHING_NEW).numbers("updated") == ["A-1005"]
    assert agrees(shelves)


def test_each_warehouse_gets_an_adjustment_of_its_own(shelves: Company) -> None:
    shelves.decide(**IMPATIENT, stock={"warehouse": {"table": {"Shelf B": "2"}}})
    shelves.in_source("articles/A-1005", StockLocationReference="Shelf B")
    run_stock(shelves)
    by_warehouse = {next(iter(lines(one).values()))["warehouse"]["id"]: set(lines(one)) for one in adjustments(shelves)}
    assert by_warehouse == {"1": set(DIFFERING) - {"A-1005"}, "2": {"A-1005"}}
    assert shelves.on_hand("2")["A-1005"] == 255


def test_an_adjustment_that_is_too_long_is_cut(shelves: Company) -> None:
    shelves.decide(**IMPATIENT, stock={"max_lines": 3})
    run_stock(shelves)
    assert [len(lines(one)) for one in adjustments(shelves)] == [3, 1]
    assert agrees(shelves)


def test_what_nobody_has_ordered_yet_can_be_kept_equal_instead(shelves: Company) -> None:
    shelves.decide(**IMPATIENT, stock={"quantity": "available"})
    shelves.in_source("articles/A-1005/stock", balance=50, reserved=8)
    shelves.in_source("articles/A-1006/stock", balance=173, reserved=3)
    run_stock(shelves)
    rows = {row["sku"]: row for row in shelves.state("vismanet", "stock") if row["warehouse"] == "1"}
    assert rows["A-1005"]["available"] == 42
    assert rows["A-1006"]["available"] == 170


# What is not sent


@pytest.mark.parametrize(
    ("case", "ended"),
    [
        ("negative", "parked(negative_balance)"),
        ("negative_is_zero", "updated"),
        ("half a piece", "parked(fraction_of_a_unit)"),
        ("without cost", "parked(no_unit_cost)"),
        ("inactive", "parked(product_inactive)"),
        ("other unit", "parked(unit_differs)"),
        ("unknown", "parked(unknown_in_target)"),
        ("not stock", "skipped(not_stock)"),
        ("shared", "parked(sku_shared)"),
    ],
)
def test_a_product_that_cannot_be_adjusted_waits_alone(case: str, ended: str, shelves: Company) -> None:
    if case == "negative_is_zero":
        shelves.decide(**IMPATIENT, stock={"negative_balance": "zero"})
    sku = "A-1005"
    if case.startswith("negative"):
        count(shelves, sku, -3)
    elif case == "half a piece":
        count(shelves, sku, "2.5")
    elif case == "without cost":
        shelves.in_source(f"articles/{sku}", PurchasePrice=0)
    elif case == "inactive":
        shelves.in_target(f"items/{sku}", status="Inactive")
    elif case == "other unit":
        shelves.in_source(f"articles/{sku}", UnitAbbreviation="kg")
    elif case == "not stock":
        shelves.in_source(f"articles/{sku}", IsStock=False)
    elif case == "shared":
        shelves.in_source("articles", Number="a-1005", IsStock=True, StockBalance=4)
    else:
        sku = "NOTE-1"
    ran = run_stock(shelves)
    assert ran.ended(sku) == ended
    assert bool(ran.outcomes[sku].cure) == ended.startswith("parked")
    assert set(ran.numbers("updated")) | {sku} >= set(DIFFERING)
    assert shelves.on_hand()["1e5"] == 92


def test_a_product_that_waited_is_adjusted_when_its_cause_is_gone(shelves: Company) -> None:
    shelves.in_source("articles/A-1005", PurchasePrice=0)
    assert run_stock(shelves).ended("A-1005") == "parked(no_unit_cost)"
    shelves.in_source("articles/A-1005", PurchasePrice=Decimal("9.95"))
    assert run_stock(shelves).ended("A-1005") == "updated"
    assert agrees(shelves)


def test_a_malformed_article_is_rejected_alone(shelves: Company) -> None:
    shelves.in_source("articles/A-1005", StockBalance="a lot")
    ran = run_stock(shelves)
    assert ran.outcomes["A-1005"].state == "rejected"
    assert ran.outcomes["A-1005"].cure
    assert ran.numbers("updated") == [sku for sku in DIFFERING if sku != "A-1005"]


def test_a_product_deleted_while_it_waited_is_told_once(shelves: Company) -> None:
    assert run_stock(shelves).ended("NOTE-1") == "parked(unknown_in_target)"
    shelves.delete_in_source("articles/NOTE-1")
    assert run_stock(shelves).ended("NOTE-1") == "skipped(gone_from_source)"
    assert "NOTE-1" not in run_stock(shelves).outcomes


def test_a_filter_of_the_business_says_which_products_count(shelves: Company) -> None:
    shelves.decide(**IMPATIENT, filters={FLOW: ["=stock.number != 'A-1005'"]})
    ran = run_stock(shelves)
    assert ran.outcomes["A-1005"].state == "skipped"
    assert shelves.on_hand()["A-1005"] == 115


# What the target refuses


def refusing(company: Company, folder: Path, *skus: str) -> None:
    """Have these products written with a unit that Visma.net does not know."""
    overlay = folder / "units.yaml"
    wrong = f"=('FATHOM' if stock.number in {list(skus)} else line.unit)"
    overlay.write_text(f'write: {{adjustment: {{adjustmentLines: {{give: {{uom: "{wrong}"}}}}}}}}', encoding="utf-8")
    company.decide(**IMPATIENT, mapping_overlays={FLOW: [str(overlay)]})


def test_a_product_that_visma_net_refuses_is_rejected_alone(shelves: Company, tmp_path: Path) -> None:
    refusing(shelves, tmp_path, "A-1020")
    ran = run_stock(shelves)
    assert ran.ended("A-1020") == "rejected(reference_not_found)"
    assert ran.numbers("updated") == ["1e5", "A-1005", "A-1023"]
    shelves.forget_requests()
    again = run_stock(shelves)
    assert again.ended("A-1020") == "skipped(rejected_before)"
    assert shelves.writes() == {}


def test_a_refused_adjustment_whose_halves_lose_their_answers_is_made_once(shelves: Company, tmp_path: Path) -> None:
    refusing(shelves, tmp_path, "A-1020")
    shelves.fault("timeout_after", **WRITES["adjustment"], after=1)
    ran = run_stock(shelves)
    assert shelves.faults_fired() == [1]
    assert ran.numbers("updated") == ["1e5", "A-1005", "A-1023"]
    assert [shelves.on_hand()[sku] for sku in ("1e5", "A-1005", "A-1023")] == [92, 255, 319]


def test_what_was_halved_is_never_sent_whole_again_even_where_it_would_be_taken_now(shelves: Company) -> None:
    run = shelves.open_run("run", flow=FLOW, last_try=False)

    async def steps() -> None:
        source, target = shelves.clients(run.ledger)
        async with source, target:
            await compare_stock(StockFlow(run, source, target), EVERYTHING)
            shelves.in_target("items/A-1020", status="Inactive")
            shelves.fault("timeout_before", **WRITES["adjustment"], after=1)
            with pytest.raises(RetryableError):
                await adjust_stock(StockFlow(run, source, target))
            shelves.in_target("items/A-1020", status="Active")
            await asyncio.sleep(1)
            with contextlib.suppress(RetryableError):
                await adjust_stock(StockFlow(run, source, target))
            await asyncio.sleep(1)
            await adjust_stock(StockFlow(run, source, target))

    asyncio.run(steps())
    assert len(adjustments(shelves)) > 1
    assert agrees(shelves)


def test_a_wrong_reason_code_costs_few_calls_and_is_cured_by_the_settings(shelves: Company) -> None:
    shelves.decide(**IMPATIENT, stock={"reason_code": "NONSENSE"})
    shelves.forget_requests()
    ran = run_stock(shelves)
    assert {ran.outcomes[sku].state for sku in DIFFERING} == {"rejected"}
    assert sum(shelves.writes().values()) <= 2 * len(DIFFERING)
    shelves.decide(**IMPATIENT, stock={"reason_code": "ADJUST"})
    assert run_stock(shelves).numbers("updated") == list(DIFFERING)


def test_in_a_closed_period_everything_waits_and_goes_on_by_itself(shelves: Company) -> None:
    period = f"{MIDNIGHT:%Y%m}"
    shelves.in_target(f"periods/{period}", closedInInventoryManagement=True)
    ran = run_stock(shelves)
    assert ran.numbers("parked(period_closed)") == list(DIFFERING)
    assert adjustments(shelves) == []
    shelves.in_target(f"periods/{period}", closedInInventoryManagement=False)
    assert run_stock(shelves).numbers("updated") == list(DIFFERING)
    assert agrees(shelves)


def test_a_warehouse_that_visma_net_does_not_have_stops_the_flow(shelves: Company) -> None:
    shelves.decide(**IMPATIENT, stock={"warehouse": {"default": "77"}})
    with pytest.raises(ConfigurationError, match=r"stock\.warehouse: '77'"):
        run_stock(shelves)
    assert adjustments(shelves) == []


# The brake


def emptied(company: Company) -> None:
    """Half of the products are counted as gone."""
    for sku in KEPT[:5]:
        count(company, sku, 0)


def test_when_many_products_would_fall_to_zero_a_person_is_asked_and_nothing_is_written(shelves: Company) -> None:
    run_stock(shelves)
    emptied(shelves)
    shelves.forget_requests()
    ran = run_stock(shelves)
    assert shelves.writes() == {}
    assert "Of 10 in stock 5 (50.0 %) would fall to zero" in shelves.asked
    assert ran.numbers("parked(brake_pulled)") == sorted(KEPT[:5])
    assert ran.outcomes["A-1005"].detail == "warehouse 1: 255 becomes 0"


def test_what_a_person_approved_is_written(shelves: Company) -> None:
    run_stock(shelves)
    emptied(shelves)
    shelves.answer = lambda: True
    ran = run_stock(shelves)
    assert ran.numbers("updated") == sorted(KEPT[:5])
    assert agrees(shelves)


def test_what_became_clearly_worse_than_what_was_approved_is_asked_again(shelves: Company) -> None:
    run_stock(shelves)
    emptied(shelves)

    def approves_late() -> bool:
        for sku in KEPT[5:]:
            count(shelves, sku, 0)
        return True

    shelves.answer = approves_late
    before = shelves.on_hand()
    ran = run_stock(shelves)
    assert set(ran.numbers("parked(brake_pulled)")) == set(KEPT)
    assert shelves.on_hand() == before


def test_what_changed_while_the_person_decided_counts(shelves: Company) -> None:
    run_stock(shelves)
    emptied(shelves)

    def approves_late() -> bool:
        for sku in KEPT[1:5]:
            count(shelves, sku, 7)
        return True

    shelves.answer = approves_late
    run_stock(shelves)
    assert agrees(shelves)


def test_a_run_for_single_numbers_asks_nobody(shelves: Company) -> None:
    run_stock(shelves)
    emptied(shelves)
    assert run_stock(shelves, only("A-1005")).ended("A-1005") == "updated"


def test_a_list_that_could_not_be_read_whole_is_a_reason_to_ask(shelves: Company) -> None:
    shelves.in_source("switch", partial_lists=["articles"])
    ran = run_stock(shelves)
    assert "The list of articles of the source could not be read whole" in shelves.asked
    assert adjustments(shelves) == []
    assert ran.numbers("parked(brake_pulled)")
    shelves.in_source("switch", partial_lists=[])
    assert set(run_stock(shelves).numbers("updated")) == set(DIFFERING)
    assert agrees(shelves)


def test_a_dry_run_says_that_somebody_would_be_asked(shelves: Company) -> None:
    run_stock(shelves)
    emptied(shelves)
    ran = run_stock(shelves, dry_run=True)
    assert ran.numbers("skipped(dry_run)") == sorted(KEPT[:5])
    assert "after a person approved" in ran.outcomes["A-1005"].detail


# What earlier runs left


def left_unreleased(company: Company) -> str:
    """A run makes its adjustment and never gets to release it; gives the adjustment's number."""
    company.tries = 1
    company.fault("503", method="POST", path="/action/release$", times=5)
    ran = run_stock(company)
    company.no_more_faults()
    company.tries = 5
    assert set(ran.numbers("parked(not_sent_yet)")) == set(DIFFERING)
    (adjustment,) = adjustments(company)
    assert adjustment["status"] == "Balanced"
    return str(adjustment["referenceNumber"])


def test_an_adjustment_that_was_not_released_is_released_before_levels_are_read(shelves: Company) -> None:
    left_unreleased(shelves)
    ran = run_stock(shelves)
    assert len(adjustments(shelves)) == 1
    assert set(ran.numbers("unchanged")) == set(KEPT)
    assert agrees(shelves)


def test_after_a_lost_ledger_an_unreleased_adjustment_of_ours_is_found_by_its_marker(shelves: Company) -> None:
    left_unreleased(shelves)
    shelves.lose_ledger()
    run_stock(shelves)
    assert len(adjustments(shelves)) == 1
    assert agrees(shelves)


def test_after_a_lost_ledger_nothing_is_applied_twice(shelves: Company) -> None:
    run_stock(shelves)
    shelves.lose_ledger()
    shelves.forget_requests()
    assert set(run_stock(shelves).numbers("unchanged")) == set(KEPT)
    assert len(adjustments(shelves)) == 1


def on_hold(company: Company, number: str, hold: bool) -> None:
    """Somebody puts an adjustment on hold in Visma.net, or takes it off."""
    token = ask_for_token(company.url).json()["access_token"]
    httpx.put(
        f"{company.url}/vismanet/v1/inventoryadjustment/{number}",
        json={"hold": {"value": hold}},
        headers={"Authorization": f"Bearer {token}"},
    ).raise_for_status()


def test_products_in_an_adjustment_that_somebody_put_on_hold_wait_and_the_others_go_on(shelves: Company) -> None:
    number = left_unreleased(shelves)
    on_hold(shelves, number, True)
    count(shelves, "A-1006", 12)
    ran = run_stock(shelves)
    assert ran.numbers("parked(adjustment_on_hold)") == list(DIFFERING)
    assert ran.ended("A-1006") == "updated"
    assert shelves.on_hand()["A-1005"] == 115
    on_hold(shelves, number, False)
    run_stock(shelves)
    assert agrees(shelves)


def test_products_in_an_adjustment_that_cannot_be_released_wait_until_it_can(shelves: Company) -> None:
    left_unreleased(shelves)
    period = f"{MIDNIGHT:%Y%m}"
    shelves.in_target(f"periods/{period}", closedInInventoryManagement=True)
    assert run_stock(shelves).numbers("parked(period_closed)") == list(DIFFERING)
    shelves.in_target(f"periods/{period}", closedInInventoryManagement=False)
    count(shelves, "A-1005", 1)
    run_stock(shelves)
    assert agrees(shelves)
    assert shelves.ledger().waiting(shelves.open_run("look", flow=FLOW).flow_of(KIND)) == []


def test_a_dry_run_leaves_what_earlier_runs_left(shelves: Company) -> None:
    left_unreleased(shelves)
    shelves.forget_requests()
    ran = run_stock(shelves, dry_run=True)
    assert ran.numbers("parked(adjustment_unsettled)") == list(DIFFERING)
    assert shelves.writes() == {}


def test_two_companies_that_share_a_target_leave_each_others_adjustments_alone(shelves: Company) -> None:
    left_unreleased(shelves)
    shelves.decide(**IMPATIENT, marker_prefix="B-")
    shelves.lose_ledger()
    run_stock(shelves)
    assert [one["status"] for one in adjustments(shelves)] == ["Balanced", "Released"]
