"""The examples in a mapping file are worked out, and a wrong one says what is different."""

from pathlib import Path
from typing import Any

import pytest

from tests.mapping.shop import made
from visma_sync.errors import ConfigurationError
from visma_sync.mapping.catalog import MappingExampleError

PARTS: dict[str, Any] = {
    "read": {
        "number": "=source.Number | text",
        "lines": {
            "each": "=source.Rows",
            "as": "row",
            "give": {"sku": "=row.Sku", "quantity": "=row.Quantity"},
        },
    },
    "write": {
        "order": {
            "orderType": "=settings.type",
            "refNo": "=links.customer",
            "note": "=plan.note",
            "rows": {"each": "=order.lines", "as": "line", "give": {"article": "=line.sku"}},
        },
        "customer": {"name": "=order.number", "city": {"value": "=settings.city", "on": "update"}},
    },
}
EXAMPLE: dict[str, Any] = {
    "title": "two rows",
    "source": {"Number": 1042, "Rows": [{"Sku": "1e5", "Quantity": 1}, {"Sku": "007", "Quantity": 2}]},
    "settings": {"type": "SO", "city": "Lund"},
    "links": {"customer": "10007"},
    "plan": {"note": "Tack!"},
    "record": {"number": "1042", "lines": [{"quantity": 1}, {"sku": "007"}]},
    "gives": {
        "order": {
            "orderType": "SO",
            "refNo": "10007",
            "note": "Tack!",
            "rows": [{"article": "1e5"}, {"article": "007"}],
        }
    },
    "gives_part": {"customer": {"city": "Lund"}},
}


def differences(folder: Path, **changes: Any) -> list[str]:
    mapping = made(folder, **PARTS, examples=[{**EXAMPLE, **changes}])
    (example,) = mapping.examples()
    try:
        mapping.check_example(example)
    except MappingExampleError as error:
        assert isinstance(error, ConfigurationError)
        assert all(path == "example 'two rows'" for path, _ in error.problems)
        return [reason for _, reason in error.problems]
    return []


def test_a_right_example_passes(tmp_path: Path) -> None:
    assert differences(tmp_path) == []
    assert differences(tmp_path, on="update", gives={"order": {}, "customer": {"city": "Lund"}}) == []


ROWS = [{"article": "1e5"}, {"article": "007"}]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"record": {"number": "1043"}}, ["record.number is '1042', '1043' was expected"]),
        (
            {"record": {"lines": [{"sku": "1e5"}, {"quantity": 3}]}},
            ["record.lines[2].quantity is 2, 3 was expected"],
        ),
        ({"record": {"remark": "x"}}, ["record.remark is not given, 'x' was expected"]),
        (
            {"gives": {"order": {"orderType": "SO", "refNo": "10007", "rows": ROWS}}},
            ["order.note is 'Tack!', and the example does not have it"],
        ),
        (
            {"gives": {"customer": {"name": 1042, "city": "Lund"}}},
            ["customer.name is '1042', 1042 was expected"],
        ),
        ({"gives": {"invoice": {}}}, ["there is no document invoice"]),
        (
            {"gives_part": {"order": {"rows": ROWS[:1]}}},
            [f"order.rows is {ROWS!r}, {ROWS[:1]!r} was expected"],
        ),
        ({"source": {"Number": 1}}, ["read.lines: source.Rows is missing"]),
    ],
)
def test_a_wrong_example_says_what_is_different(tmp_path: Path, changes: dict[str, Any], expected: list[str]) -> None:
    assert differences(tmp_path, **changes) == expected


def test_yes_is_not_the_number_one(tmp_path: Path) -> None:
    tree = {"orderType": "SO", "extra": {"one": 1, "yes": True}}
    wrong = {"title": "a", "source": {}, "gives_part": {"order": {"extra": {"one": True, "yes": 1}}}}
    mapping = made(tmp_path, read={"number": "1"}, write={"order": tree, "customer": {}}, examples=[wrong])
    with pytest.raises(MappingExampleError) as raised:
        mapping.check_example(mapping.examples()[0])
    assert len(raised.value.problems) == 2
