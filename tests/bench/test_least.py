"""What the benches divide by: the least number of calls, counted from what both systems hold."""

from typing import Any

import pytest

from bench.least import customers, customers_back, order_status_back, orders_back, products_back, stock, stock_back
from bench.least.sold import articles_of, source_reads
from bench.least.terms import Holdings, Measured, Rows, pages
from bench.rows import is_near

NOTHING: dict[str, list[dict[str, Any]]] = {"customers": [], "contacts": [], "items": [], "adjustments": []}


def seen(source: dict[str, Rows], target: dict[str, Rows]) -> Measured:
    """A later run between two systems that hold this much, in its direction."""
    held = Holdings(source, target)
    return Measured(held, held, {}, is_first=False)


def measured(source: dict[str, int], numbers: dict[str, set[str]], *, is_first: bool = True) -> Measured:
    """A run between a source with so many records and an empty target."""
    rows: dict[str, list[dict[str, Any]]] = {name: [{}] * count for name, count in source.items()}
    return Measured(Holdings(rows, NOTHING), Holdings(rows, NOTHING), numbers, is_first)


@pytest.mark.parametrize(("rows", "calls"), [(0, 1), (1, 1), (1000, 1), (1001, 2)])
def test_that_there_is_nothing_takes_one_page_to_see_and_a_full_page_is_one(rows: int, calls: int) -> None:
    assert pages(rows, 1000) == calls


def test_few_records_are_read_one_by_one_and_many_by_the_page() -> None:
    run = measured({"customers": 2500}, {})

    assert source_reads(run, "customers", {"a", "b"}) == 2
    assert source_reads(run, "customers", set("abcdef")) == 3


def test_text_rows_name_no_article() -> None:
    rows = [{"ArticleNumber": "A-1"}, {"ArticleNumber": None}, {"ArticleNumber": "A-1"}]

    assert articles_of([{"Rows": rows}]) == {"A-1"}


def test_the_differences_of_a_run_go_into_as_few_adjustments_as_hold_them() -> None:
    changed = {f"A-{number}" for number in range(1001)}

    for_many = stock.least_calls(measured({"articles": 1500}, {"updated": changed}))
    for_none = stock.least_calls(measured({"articles": 1500}, {"unchanged": changed}))

    assert for_many["adjustments_made_and_released"] == 4
    assert for_none["adjustments_made_and_released"] == 0


def test_linked_customers_are_not_looked_for_and_what_was_read_today_is_not_read_again() -> None:
    linked = {"unchanged": {"1", "2"}, "updated": {"3"}}

    terms = customers.least_calls(measured({"customers": 3}, linked, is_first=False))

    assert {name: calls for name, calls in terms.items() if calls} == {
        "looks_whether_systems_answer": 3,
        "customer_pages": 1,
        "customers_read_and_written": 2,
    }


def test_a_run_that_makes_fewer_calls_than_the_least_left_something_out() -> None:
    assert [is_near(100, calls) for calls in (99, 100, 105, 106)] == [False, True, True, False]


def test_an_order_takes_as_many_steps_as_it_is_behind_and_others_orders_take_none() -> None:
    done, open_ = {"description": "Completed"}, {"description": "Open"}
    states = {"1": done, "2": done, "3": done, "4": open_, "typed in there": done}
    orders = [{"customer": {"refNo": number}, "status": state} for number, state in states.items()]
    stages = {"1": 1, "2": 2, "3": 4, "4": 2}
    sales = [{"Number": int(number), "Status": stage} for number, stage in stages.items()]

    terms = order_status_back.least_calls(seen({"orders": orders}, {"orders": sales}))

    assert (terms["steps"], terms["orders_of_eaccounting"]) == (3, 1)


def test_a_balance_is_written_only_where_goods_of_both_systems_differ_in_the_warehouse() -> None:
    lies = {("A", "1"): 5, ("A", "2"): 9, ("B", "1"): 2, ("only there", "1"): 7}
    stock_rows = [{"sku": sku, "warehouse": place, "quantityOnHand": lot} for (sku, place), lot in lies.items()]
    articles = [
        {"Number": number, "StockBalance": balance, "IsServiceArticle": number == "work"}
        for number, balance in {"A": 5, "B": 3, "only here": 1, "work": 8}.items()
    ]

    terms = stock_back.least_calls(seen({"stock": stock_rows}, {"articles": articles}))

    assert {name: calls for name, calls in terms.items() if calls} == {
        "looks_whether_systems_answer": 3,
        "stock_pages": 1,
        "article_pages": 1,
        "balances_read_and_written": 2,
    }


@pytest.mark.parametrize(("new", "calls"), [([], 1), (["made since"], 3)])
def test_few_renamed_items_are_looked_for_by_number_and_a_missing_one_among_all(new: list[str], calls: int) -> None:
    names = [f"A-{number}" for number in range(2500)]
    items = [{"inventoryNumber": name, "description": name, "status": "Active"} for name in [*names, *new]]
    items[0]["description"] = "Renamed"
    off_sale = {"inventoryNumber": "off sale", "description": "off sale", "status": "Inactive"}
    articles = [{"Number": name, "Name": name} for name in names]

    terms = products_back.least_calls(seen({"items": [*items, off_sale]}, {"articles": articles}))

    assert (terms["articles"], terms["articles_made"], terms["articles_read_and_changed"]) == (calls, len(new), 2)


def test_a_customer_is_made_where_there_is_none_and_changed_where_it_says_something_else() -> None:
    phones = {"as before": "1", "moved": "2", "new": "3"}
    debtors = [{"name": name, "mainContact": {"phone1": phone}} for name, phone in phones.items()]
    there = [{"Name": "as before", "Telephone": "1"}, {"Name": "moved", "Telephone": "1"}]

    terms = customers_back.least_calls(seen({"customers": debtors}, {"customers": there}))

    assert (terms["target_customers"], terms["customers_made"], terms["customers_read_and_changed"]) == (1, 1, 2)


def test_an_order_is_read_with_its_lines_and_vat_and_made_in_three_calls_once() -> None:
    def order(number: str, kind: str = "WB", state: str = "Open", vat: int = 21) -> dict[str, Any]:
        lines = [{"inventory": {"id": "A-1"}}] * 1001
        said = {"type": kind, "orderId": number, "status": {"description": state}, "totals": {"taxTotal": vat}}
        return {**said, "customer": {"id": "10001"}, "lines": lines}

    orders = [order("1"), order("2", vat=0), order("3"), order("4", kind="SO"), order("5", state="Completed")]
    source: dict[str, Rows] = {"orders": orders, "customers": [{}]}
    target: dict[str, Rows] = {"orders": [{"OurReference": "Visma.net WB 3"}], "customers": [], "articles": [{}]}

    terms = orders_back.least_calls(seen(source, target))

    assert terms["orders_read_whole"] == 4 + 3
    assert terms["orders_made_read_and_turned_into_orders"] == 6
    assert (terms["customers_made"], terms["articles"], terms["order_pages"]) == (1, 1, 1)
