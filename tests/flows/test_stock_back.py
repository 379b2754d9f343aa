"""The stock of Visma.net becomes the balance of eAccounting's articles; nothing else of them changes."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.flows.balanced import APART, BACK, SHELVES, article, equal, lies, run_back, without_stock
from tests.flows.running import EVERYTHING, IMPATIENT, MIDNIGHT, NOTHING_NEW, Company, Ran, demo_settings, only
from tests.flows.stocked import KEPT, keep_in_stock, run_stock
from visma_sync.errors import ConfigurationError, PartialReadError, RecordRejectedError
from visma_sync.sync.mirror.stock.compare import compare_balances
from visma_sync.sync.mirror.stock.flow import BalanceFlow
from visma_sync.sync.mirror.stock.write import write_balances


@pytest.fixture
def shelves(untroubled: Company) -> Company:
    """Two companies with eleven products on the shelves, four of which differ; a person who is asked says yes."""
    return untroubled


def decide(company: Company, **stock: Any) -> None:
    """Change the settings of this flow."""
    company.decide(**IMPATIENT, mirror={"stock": {"reduced_by_orders": "accept", **stock}})


# What is written


def test_articles_get_the_balance_that_lies_in_visma_net_and_keep_all_else(shelves: Company) -> None:
    before = {one["Number"]: without_stock(one) for one in shelves.state("eaccounting", "articles")}
    untouched = set(shelves.balances()) - set(SHELVES)
    rest = {sku: shelves.balances()[sku] for sku in untouched}
    ran = run_back(shelves)
    assert ran.numbers("updated") == list(APART)
    assert equal(shelves)
    assert {one["Number"]: without_stock(one) for one in shelves.state("eaccounting", "articles")} == before
    assert {sku: shelves.balances()[sku] for sku in untouched} == rest


def test_the_second_run_reads_pages_and_writes_nothing(shelves: Company) -> None:
    run_back(shelves)
    shelves.forget_requests()
    assert set(run_back(shelves).numbers("unchanged")) == set(SHELVES)
    assert shelves.requests() == {"GET /eaccounting/v2/articles": 1, "GET /salesorder/api/v3/Inventory": 1}


def test_each_balance_that_differs_costs_one_read_and_one_write(shelves: Company) -> None:
    run_back(shelves)
    lies(shelves, "A-1005", 3)
    lies(shelves, "A-1006", 500)
    shelves.forget_requests()
    assert run_back(shelves).numbers("updated") == ["A-1005", "A-1006"]
    one = "/eaccounting/v2/articles/{articleId}"
    assert shelves.requests()[f"GET {one}"] == shelves.requests()[f"PUT {one}"] == 2
    assert sum(shelves.requests().values()) == 6
    assert equal(shelves)


def test_a_dry_run_writes_nothing_and_says_what_it_would_do(shelves: Company) -> None:
    before = shelves.everything()
    ran = run_back(shelves, dry_run=True)
    assert ran.numbers("skipped(dry_run)") == list(APART)
    assert ran.outcomes["A-1005"].detail == "would be written, 255 becomes 115"
    assert shelves.everything()["eaccounting"] == before["eaccounting"]
    assert run_back(shelves).numbers("updated") == list(APART)


def test_a_run_for_single_numbers_writes_these_only(shelves: Company) -> None:
    ran = run_back(shelves, only("A-1005", "A-1006", "NOWHERE"))
    assert ran.all_ended() == {"A-1005": "updated", "A-1006": "unchanged", "NOWHERE": "skipped(not_in_source)"}
    assert shelves.balances()["1e5"] == 92


def test_every_run_compares_the_present_whatever_its_window(shelves: Company) -> None:
    past = replace(NOTHING_NEW, kind="backfill", since=MIDNIGHT.replace(year=2020), until=MIDNIGHT.replace(year=2021))
    assert run_back(shelves, past).numbers("updated") == list(APART)
    lies(shelves, "A-1005", 1)
    assert run_back(shelves, NOTHING_NEW).numbers("updated") == ["A-1005"]


def test_the_balance_is_the_sum_of_the_chosen_warehouses(shelves: Company) -> None:
    lies(shelves, "A-1005", 30, warehouse="2")
    decide(shelves, warehouses=["1", "2"])
    run_back(shelves)
    assert shelves.balances()["A-1005"] == 115 + 30
    decide(shelves, warehouses=["2"], brake_percent=100)
    run_back(shelves)
    assert shelves.balances()["A-1005"] == 30
    assert shelves.balances()["A-1020"] == 0


def test_the_balance_can_be_what_nobody_has_ordered_yet(shelves: Company) -> None:
    shelves.run()
    decide(shelves, quantity="available")
    run_back(shelves)
    rows = {row["sku"]: row for row in shelves.state("vismanet", "stock") if row["warehouse"] == "1"}
    ordered = [sku for sku in SHELVES if rows[sku]["available"] < rows[sku]["quantityOnHand"]]
    whole = {sku: rows[sku]["available"] for sku in ordered if rows[sku]["available"] % 1 == 0}
    assert len(whole) > 1
    assert {sku: shelves.balances()[sku] for sku in whole} == whole


def test_an_overlay_can_have_a_formula_of_its_own(shelves: Company, tmp_path: Path) -> None:
    overlay = tmp_path / "formula.yaml"
    overlay.write_text("read: {quantity: '=(source.availability | sum(attribute=\"quantityOnHand\")) - 5'}", "utf-8")
    shelves.decide(**IMPATIENT, mapping_overlays={BACK: [str(overlay)]})
    run_back(shelves)
    assert shelves.balances()["A-1005"] == 110


def test_what_a_unit_can_be_cut_into_is_cut_to_hundredths_and_never_up(shelves: Company) -> None:
    decide(shelves, whole_units=[])
    lies(shelves, "A-1005", "2.567")
    run_back(shelves)
    assert shelves.balances()["A-1005"] == Decimal("2.56")
    assert run_back(shelves).ended("A-1005") == "unchanged"


# What is not written


@pytest.mark.parametrize(
    ("case", "ended"),
    [
        ("negative", "parked(negative_balance)"),
        ("negative is zero", "updated"),
        ("half a piece", "parked(fraction_of_a_unit)"),
        ("other unit", "parked(unit_differs)"),
        ("unit without entry", "parked(no_units)"),
        ("inactive", "parked(product_inactive)"),
        ("unreadable", "parked(balance_unreadable)"),
        ("unknown", "parked(unknown_in_target)"),
        ("unknown and empty", "skipped(unknown_and_empty)"),
        ("service", "skipped(not_stock_in_target)"),
        ("shared", "parked(sku_shared)"),
        ("refused", "rejected(not_allowed)"),
    ],
)
def test_a_product_that_cannot_be_written_waits_alone(case: str, ended: str, shelves: Company) -> None:
    sku = "A-1005"
    if case.startswith("negative"):
        decide(shelves, negative_balance="zero" if case == "negative is zero" else "park")
        lies(shelves, sku, -3)
    elif case == "half a piece":
        lies(shelves, sku, "2.5")
    elif case == "other unit":
        shelves.in_source(f"articles/{sku}", UnitAbbreviation="kg")
    elif case == "unit without entry":
        shelves.in_source(f"articles/{sku}", UnitAbbreviation="dozen")
    elif case == "inactive":
        shelves.in_source(f"articles/{sku}", IsActive=False)
    elif case == "unreadable":
        shelves.in_source(f"articles/{sku}", StockBalance="a lot")
    elif case == "service":
        shelves.in_source(f"articles/{sku}", IsServiceArticle=True)
    elif case == "shared":
        shelves.in_source("articles", Number="a-1005")
    elif case == "refused":
        shelves.in_source(f"articles/{sku}", GrossPrice=Decimal("0.01"))
    else:
        sku = "ELSEWHERE"
        item = {"itemClass": "STOCK", "postingClass": "1", "vatCode": "NL21", "defaultWarehouse": "1"}
        units = dict.fromkeys(("baseUnit", "salesUnit", "purchaseUnit"), "STK")
        shelves.in_target("items", inventoryNumber=sku, description="A lamp", defaultPrice=1, **item, **units)
        lies(shelves, sku, 0 if case == "unknown and empty" else 4)
    ran = run_back(shelves)
    assert ran.ended(sku) == ended
    assert bool(ran.outcomes[sku].cure) == ended.startswith(("parked", "rejected"))
    assert set(ran.numbers("updated")) | {sku} >= set(APART)
    assert article(shelves, "1e5")["StockBalance"] == 80
    if ended != "updated" and sku == "A-1005":
        assert article(shelves, sku)["StockBalance"] in {255, "a lot"}


@pytest.mark.parametrize("quantity", [None, "a lot", "missing"])
def test_a_level_that_cannot_be_read_is_refused_and_never_counts_as_zero(
    quantity: str | None, shelves: Company
) -> None:
    mapping = shelves.open_run("look", flow=BACK).mapping("stock")
    whole = {"quantityAvailable": 1, "quantityAvailableForShipment": 1}
    row = {"warehouseId": "1", **whole, **({} if quantity == "missing" else {"quantityOnHand": quantity})}
    body = {"inventoryId": "A-1005", "baseUnit": "STK", "availability": [row]}
    for unreadable in (body, {name: value for name, value in body.items() if name != "availability"}):
        with pytest.raises(RecordRejectedError):
            mapping.read(unreadable, lists={}, settings=shelves.settings)


def test_a_product_that_waited_is_written_when_its_cause_is_gone(shelves: Company) -> None:
    lies(shelves, "A-1005", -3)
    assert run_back(shelves).ended("A-1005") == "parked(negative_balance)"
    lies(shelves, "A-1005", 3)
    assert run_back(shelves).ended("A-1005") == "updated"
    assert equal(shelves)


def test_an_article_that_eaccounting_refuses_is_not_asked_again_until_something_changed(shelves: Company) -> None:
    gross = article(shelves, "A-1005")["GrossPrice"]
    shelves.in_source("articles/A-1005", GrossPrice=Decimal("0.01"))
    run_back(shelves)
    shelves.forget_requests()
    assert run_back(shelves).ended("A-1005") == "skipped(rejected_before)"
    assert shelves.writes() == {}
    shelves.in_source("articles/A-1005", GrossPrice=gross)
    assert run_back(shelves, only("A-1005")).ended("A-1005") == "updated"


def test_a_filter_of_the_business_says_which_products_count(shelves: Company) -> None:
    shelves.decide(**IMPATIENT, filters={BACK: ["=stock.number != 'A-1005'"]})
    assert run_back(shelves).ended("A-1005") == "skipped(filtered)"
    assert shelves.balances()["A-1005"] == 255


@pytest.mark.parametrize("trouble", ["moving", "empty"])
def test_a_list_of_visma_net_that_is_not_whole_makes_nothing_zero(trouble: str, shelves: Company) -> None:
    shelves.in_target("stock-list", **{"is": trouble})
    before = shelves.balances()
    with pytest.raises(PartialReadError):
        run_back(shelves)
    assert shelves.balances() == before
    shelves.in_target("stock-list", **{"is": "whole"})
    assert run_back(shelves).numbers("updated") == list(APART)


def test_a_list_of_eaccounting_that_is_not_whole_ends_the_run_before_anything_is_written(shelves: Company) -> None:
    shelves.in_source("switch", partial_lists=["articles"])
    shelves.forget_requests()
    with pytest.raises(PartialReadError):
        run_back(shelves)
    assert shelves.writes() == {}
    shelves.in_source("switch", partial_lists=[])
    assert run_back(shelves).numbers("updated") == list(APART)


# Where a person decides first


@pytest.mark.parametrize(
    ("stock", "said"),
    [
        ({"warehouses": []}, "name no warehouse"),
        ({"warehouses": ["1", "77"]}, "no warehouse 77"),
        ({"reduced_by_orders": "refuse"}, r"orders_eaccounting_to_vismanet.*taken off twice"),
    ],
)
def test_what_is_not_decided_refuses_the_flow(stock: dict[str, Any], said: str, shelves: Company) -> None:
    decide(shelves, **stock)
    shelves.forget_requests()
    with pytest.raises(ConfigurationError, match=said):
        run_back(shelves)
    assert shelves.requests().keys().isdisjoint({"GET /salesorder/api/v3/Inventory", "GET /eaccounting/v2/articles"})
    assert shelves.writes() == {}


def test_where_no_sale_is_in_both_systems_nothing_has_to_be_accepted(shelves: Company) -> None:
    paths = [f"{kind}_eaccounting_to_vismanet" for kind in ("orders", "invoices", "bookings")]
    off = [*paths, "orders_vismanet_to_eaccounting", BACK]
    shelves.decide(**IMPATIENT, flows_off=off, mirror={"stock": {"reduced_by_orders": "refuse"}})
    assert run_back(shelves).numbers("updated") == list(APART)


def test_the_flow_is_refused_where_the_stock_module_keeps_the_balances(shelves: Company) -> None:
    shelves.in_source("switch", stock_module=True)
    shelves.forget_requests()
    with pytest.raises(ConfigurationError, match="stock module"):
        run_back(shelves)
    assert shelves.writes() == {}
    shelves.in_source("switch", stock_module=False)
    assert run_back(shelves).numbers("updated") == list(APART)


def test_a_stock_module_that_shows_only_when_an_article_does_not_take_its_balance_stops_the_flow(
    shelves: Company,
) -> None:
    shelves.in_source("switch", stock_module=True)
    shelves.in_source("articles/A-1005", ShowStockInformation=True)
    with pytest.raises(ConfigurationError, match=r"A-1005.*has not taken"):
        run_back(shelves, only("A-1005"))
    assert shelves.balances()["A-1005"] == 255


def test_marked_articles_alone_do_not_stop_a_company_without_the_stock_module(shelves: Company) -> None:
    keep_in_stock(shelves)
    assert run_back(shelves).numbers("updated") == list(APART)


def test_stock_of_a_warehouse_cannot_go_both_ways(shelves: Company) -> None:
    both = [flow for flow in shelves.settings.flows_off if not flow.startswith("stock_")]
    with pytest.raises(ConfigurationError, match="warehouse 1 would be sent both ways"):
        demo_settings(flows_off=both)
    with pytest.raises(ConfigurationError, match="warehouse 2 would be sent both ways"):
        demo_settings(
            flows_off=both, stock={"warehouse": {"table": {"B": "2"}}}, mirror={"stock": {"warehouses": ["2"]}}
        )
    demo_settings(flows_off=both, mirror={"stock": {"warehouses": ["2"]}})
    demo_settings(flows_off=[*both, "stock_eaccounting_to_vismanet"])


# The brake


@pytest.fixture
def sold_out(shelves: Company) -> Company:
    """Both had the same, and then most of what lies in Visma.net is gone."""
    run_back(shelves)
    for sku in SHELVES[:6]:
        lies(shelves, sku, 0)
    return shelves


def test_when_many_articles_would_fall_to_zero_a_person_is_asked_and_nothing_is_written(sold_out: Company) -> None:
    before = sold_out.balances()
    ran = run_back(sold_out)
    assert "Of 11 in stock 6 (54.5 %) would fall to zero" in sold_out.asked
    assert ran.numbers("parked(brake_pulled)") == sorted(SHELVES[:6])
    assert ran.outcomes["A-1005"].detail == "115 becomes 0"
    assert sold_out.balances() == before


def test_what_a_person_approved_is_written(sold_out: Company) -> None:
    sold_out.answer = lambda: True
    assert run_back(sold_out).numbers("updated") == sorted(SHELVES[:6])
    assert equal(sold_out)


def test_what_changed_while_the_person_decided_counts(sold_out: Company) -> None:
    def approves_late() -> bool:
        for sku in SHELVES[1:6]:
            lies(sold_out, sku, 7)
        return True

    sold_out.answer = approves_late
    run_back(sold_out)
    assert equal(sold_out)
    assert sold_out.balances()["A-1005"] == 7


def test_what_became_clearly_worse_than_what_was_approved_is_asked_again(sold_out: Company) -> None:
    def approves_late() -> bool:
        for sku in SHELVES[6:]:
            lies(sold_out, sku, 0)
        return True

    sold_out.answer = approves_late
    before = sold_out.balances()
    assert set(run_back(sold_out).numbers("parked(brake_pulled)")) == set(SHELVES)
    assert sold_out.balances() == before


def test_a_run_for_single_numbers_asks_nobody(sold_out: Company) -> None:
    assert run_back(sold_out, only("A-1005")).ended("A-1005") == "updated"


def test_products_that_visma_net_has_only_just_got_empty_nothing_without_asking(shelves: Company) -> None:
    shelves.run(flow="products_eaccounting_to_vismanet")
    before = shelves.balances()
    run_back(shelves)
    assert "would fall to zero" in shelves.asked
    assert shelves.balances() == before


def test_a_dry_run_says_that_somebody_would_be_asked(sold_out: Company) -> None:
    ran = run_back(sold_out, dry_run=True)
    assert ran.outcomes["A-1005"].detail == "would be written after a person approved, 115 becomes 0"


# People


def run_with(company: Company, meanwhile: Callable[[], object]) -> Ran:
    """A run in which somebody does something between the comparison and the writing."""
    run = company.open_run("with a person", flow=BACK)

    async def steps() -> None:
        eaccounting, vismanet = company.clients(run.ledger)
        async with eaccounting, vismanet:
            await compare_balances(BalanceFlow(run, vismanet, eaccounting), EVERYTHING)
            meanwhile()
            await write_balances(BalanceFlow(run, vismanet, eaccounting))

    asyncio.run(steps())
    outcomes = {outcome.number: outcome for outcome in run.ledger.outcomes(run.flow, run.run_id)}
    return Ran(None, outcomes, {}, {}, None)  # type: ignore[arg-type]  # a run without its report


def test_what_a_person_edits_between_the_comparison_and_the_writing_stays(shelves: Company) -> None:
    run_with(shelves, lambda: shelves.in_source("articles/A-1005", Name="Another name", Note="By hand"))
    after = article(shelves, "A-1005")
    assert (after["Name"], after["Note"], after["StockBalance"]) == ("Another name", "By hand", 115)


def test_what_a_person_counts_between_the_comparison_and_the_writing_is_decided_anew(shelves: Company) -> None:
    def counts() -> None:
        shelves.in_source("articles/A-1005/stock", balance=115)
        shelves.in_source("articles/A-1020", IsActive=False)
        shelves.delete_in_source("articles/A-1023")

    shelves.forget_requests()
    ran = run_with(shelves, counts)
    assert ran.all_ended() | {"1e5": "updated", "A-1005": "unchanged"} == ran.all_ended()
    assert ran.ended("A-1020") == "parked(product_inactive)"
    assert ran.ended("A-1023") == "parked(unknown_in_target)"
    assert shelves.writes() == {"PUT /eaccounting/v2/articles/{articleId}": 1}


def test_ten_runs_with_the_other_direction_in_turn_write_nothing_after_the_first_two(shelves: Company) -> None:
    keep_in_stock(shelves)
    for number, sku in enumerate(KEPT, start=1):
        lies(shelves, sku, number, warehouse="2")
    off = [flow for flow in shelves.settings.flows_off if not flow.startswith("stock_")]
    shelves.decide(**IMPATIENT, flows_off=off, mirror={"stock": {"warehouses": ["2"], "brake_percent": 100}})
    run_back(shelves)
    run_stock(shelves)
    settled = shelves.balances(), shelves.on_hand(), shelves.on_hand("2")
    assert [settled[0][sku] for sku in KEPT] == list(range(1, len(KEPT) + 1))
    shelves.forget_requests()
    for _ in range(5):
        run_back(shelves)
        run_stock(shelves)
    assert shelves.writes() == {}
    assert (shelves.balances(), shelves.on_hand(), shelves.on_hand("2")) == settled


def test_a_new_balance_is_no_news_to_the_flow_of_products(shelves: Company) -> None:
    products = "products_eaccounting_to_vismanet"
    shelves.run(flow=products)
    # The items that it made have no stock in Visma.net.
    decide(shelves, brake_percent=100)
    assert set(run_back(shelves).numbers("updated")) > set(APART)
    shelves.forget_requests()
    shelves.run(flow=products)
    assert shelves.writes() == {}
