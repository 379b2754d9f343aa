"""Pages of the imitated core API, looked at one by one."""

import datetime
from typing import Any

import pytest
import simplejson
from starlette.requests import Request

from sandbox.vismanet.company import Stored
from sandbox.vismanet.lists import changed_as_asked, paged


def asking(query: str) -> Request:
    return Request({"type": "http", "query_string": query.encode(), "headers": []})


def rows_of(count: int, query: str) -> list[dict[str, Any]]:
    answer = paged(list(range(count)), asking(query), 500, lambda number: {"number": number})
    rows: list[dict[str, Any]] = simplejson.loads(bytes(answer.body))
    return rows


def test_a_page_size_above_the_largest_is_cut_without_a_word() -> None:
    rows = rows_of(1200, "pageNumber=1&pageSize=100000")
    assert len(rows) == 500
    assert rows[0]["metadata"] == {"totalCount": 1200, "maxPageSize": 500}


def test_pages_follow_the_size_that_was_really_given() -> None:
    sizes = [len(rows_of(1200, f"pageNumber={page}&pageSize=100000")) for page in (1, 2, 3, 4)]
    assert sizes == [500, 500, 200, 0]


def test_without_a_size_a_page_is_as_large_as_it_may_be() -> None:
    assert len(rows_of(1200, "")) == 500


@pytest.mark.parametrize(
    ("moment", "condition", "found"),
    [
        # 00:30 UTC is 01:30 in the Nordic countries in winter.
        ("2026-11-20 01:30:00", ">=", True),
        ("2026-11-20 01:30:00", ">", False),
        ("2026-11-20T01:29:59.999", ">", True),
        ("2026-11-20 01:30:01", "<", True),
        ("2026-11-20", ">=", True),
        ("2026-11-21", ">=", False),
    ],
)
def test_times_are_compared_in_nordic_local_time(moment: str, condition: str, found: bool) -> None:
    changed = datetime.datetime(2026, 11, 20, 0, 30, tzinfo=datetime.UTC)
    record = Stored("1", 1, {}, changed, changed)
    asked = asking(f"lastModifiedDateTime={moment}&lastModifiedDateTimeCondition={condition}")
    assert changed_as_asked([record], asked) == ([record] if found else [])
