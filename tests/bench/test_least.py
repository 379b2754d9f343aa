"""What the benches divide by: the least number of calls, counted from what both systems hold."""

from typing import Any

import pytest

from bench.least import customers, stock
from bench.least.sold import articles_of, source_reads
from bench.least.terms import Holdings, Measured, pages

NOTHING: dict[str, list[dict[str, Any]]] = {"customers": [], "contacts": [], "items": [], "adjustments": []}


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
