"""The filters: what the page for bookkeepers says about them, and what they refuse."""

import re
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from visma_sync.mapping.expression import Language
from visma_sync.mapping.filters import FILTERS, JINJA_FILTERS, JINJA_TESTS, UnfitValueError

PAGE = (Path(__file__).parents[2] / "include/mappings/README.md").read_text(encoding="utf-8")
ROW = re.compile(r"\| `(\w+)` \| (.+?) \| `(.+?)` \| `(.+?)` \|")


def worked_out(formula: str, **names: Any) -> Any:
    language = Language()
    return language.compiled(language.parsed(formula, dict.fromkeys(names, Any)))(names)


def filter_rows() -> list[tuple[str, str, str]]:
    found = [row for line in PAGE.splitlines() if (row := ROW.fullmatch(line))]
    return [(row[1], row[3].replace(r"\|", "|"), row[4]) for row in found]


@pytest.mark.parametrize(("name", "example", "gives"), filter_rows())
def test_the_page_shows_what_each_filter_gives(name: str, example: str, gives: str) -> None:
    assert f"| {name}" in example
    found, told = worked_out(example), worked_out(gives)
    assert found == told
    assert isinstance(found, bool) is isinstance(told, bool)


def test_the_page_lists_every_filter_and_every_test() -> None:
    assert {name for name, _, _ in filter_rows()} == {*FILTERS, *JINJA_FILTERS}
    tests = PAGE.split("Tests, after")[1].split("\n\n")[0]
    assert set(re.findall(r"`(\w+)`", tests)) - {"is", "selectattr"} == set(JINJA_TESTS)


@pytest.mark.parametrize("name", [name for name in FILTERS if name not in {"default", "join", "lines", "first"}])
def test_nothing_in_nothing_out(name: str) -> None:
    arguments: tuple[Any, ...] = {"replace": ("a", "b"), "lookup": ({},), "one_of": ([],)}.get(name, ())
    assert FILTERS[name](None, *arguments) is None


@pytest.mark.parametrize(
    ("formula", "value", "expected"),
    [
        ("value | text", Decimal("2.50"), "2.50"),
        ("value | text", Decimal("1E+3"), "1000"),
        ("value | text", True, "true"),
        ("value | text", date(2026, 1, 31), "2026-01-31"),
        ("value | number", " -12.50 ", Decimal("-12.50")),
        ("value | number", 7, Decimal(7)),
        ("value | round(1)", Decimal("-0.25"), Decimal("-0.3")),
        ("value | round(-2)", 250, Decimal("3E+2")),
        ("value | money", "0.005", Decimal("0.01")),
        ("value | money(0)", Decimal("99.5"), Decimal(100)),
        ("value | fraction", Decimal("5.5"), Decimal("0.055")),
        ("value | fraction", Decimal("0.25"), Decimal("0.25")),
        ("value | fraction", 0, Decimal(0)),
        ("value | percent", Decimal("0.1"), Decimal(10)),
        ("value | date", "2026-01-31", "2026-01-31"),
        ("value | date", "2026-01-31T23:30:00Z", "2026-01-31"),
        ("value | date", date(2026, 1, 31), "2026-01-31"),
        ("value | date", datetime(2026, 1, 31, 23, 30, tzinfo=timezone(timedelta(hours=-5))), "2026-01-31"),
        ("value | datetime", "2026-01-31", "2026-01-31T00:00:00Z"),
        ("value | datetime", "2026-01-31T10:00:00.123Z", "2026-01-31T10:00:00.123000Z"),
        ("value | datetime", date(2026, 1, 31), "2026-01-31T00:00:00Z"),
        ("value | datetime", datetime(2026, 1, 31, 10, tzinfo=UTC), "2026-01-31T10:00:00Z"),
        ("value | datetime", "2026-03-29T02:30:00+02:00", "2026-03-29T00:30:00Z"),
        ("value | truth", 1, True),
        ("value | truth", " No ", False),
        ("value | digits", "٣4", "4"),
        ("value | trim | upper", " é ", "É"),
        ("value | lookup({'25': 'high'})", Decimal("25.00"), "high"),
        ("value | lookup({'25': 'high'})", 25, "high"),
        ("value | lookup({'': 'none'})", "", "none"),
        ("value | default('x')", "", ""),
        ("value | default('x')", False, False),
        ("value | join('-')", None, ""),
        ("value | join('-')", ["a", "", 5, None], "a-5"),
        ("value | first", None, None),
        ("value | first", [None, 0], 0),
        ("value | map('trim')", [" a", "b "], ["a", "b"]),
        ("value | selectattr('x')", [{"x": True}, {"x": False}], [{"x": True}]),
        ("value[1:3]", "abcd", "bc"),
        ("value[-1]", [1, 2], 2),
        ("value[:2]", None, None),
        ("value is none", None, True),
        ("'a' in value", ["a"], True),
        ("value is in(['a'])", "a", True),
        ("-value", Decimal("1.5"), Decimal("-1.5")),
    ],
)
def test_a_filter_gives(formula: str, value: Any, expected: Any) -> None:
    found = worked_out(formula, value=value)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    ("formula", "value", "code"),
    [
        ("value | number", "12,50", "not_a_number"),
        ("value | number", "1e5", "not_a_number"),
        ("value | number", "1_000", "not_a_number"),
        ("value | number", "٣", "not_a_number"),
        ("value | number", "NaN", "not_a_number"),
        ("value | number", Decimal("NaN"), "not_a_number"),
        ("value | number", True, "not_a_number"),
        ("value | number", 0.1, "not_a_number"),
        ("value | number", "", "not_a_number"),
        ("value / 0", 5, "not_a_number"),
        ("value / 2", None, "not_a_number"),
        ("value | text", ["a"], "not_text"),
        ("value | text", 0.1, "not_text"),
        ("value | upper", {}, "not_text"),
        ("value | replace('a', none)", "a", "not_text"),
        ("value | date", "31-01-2026", "not_a_date"),
        ("value | date", 20260131, "not_a_date"),
        ("value | datetime", "soon", "not_a_date"),
        ("value | datetime", 5, "not_a_date"),
        ("value | truth", "maybe", "not_yes_or_no"),
        ("value | truth", 2, "not_yes_or_no"),
        ("value | one_of(['a'])", "b", "not_allowed"),
        ("value | lookup({'a': 1})", "b", "no_entry"),
        ("value | lookup(none)", "b", "no_table"),
        ("value | join", "text", "not_a_list"),
        ("value | first", 5, "not_a_list"),
        ("value | lines", {"a": 1}, "not_a_list"),
        ("value[0:1]", 5, "not_text"),
        ("value.upper", "text", "missing_field"),
        ("value['upper']", "text", "missing_field"),
        ("value[5]", "text", "missing_field"),
    ],
)
def test_a_filter_refuses(formula: str, value: Any, code: str) -> None:
    with pytest.raises(UnfitValueError) as raised:
        worked_out(formula, value=value)
    assert raised.value.code == code
