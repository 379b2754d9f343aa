"""What a person is told when a record does not fit its mapping."""

import traceback
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.mapping.shop import Line, Order, made
from visma_sync.errors import ConfigurationError, RecordParkedError, RecordRejectedError


@dataclass(frozen=True)
class Plan:
    sku: str = "A"

    def describe(self) -> str:
        return f"plan for {self.sku}"


LINES = {
    "each": "=source.Rows",
    "as": "row",
    "give": {"sku": "=row.Sku", "quantity": "=row.Quantity | number", "price": "=row.Price * row.Quantity"},
}


def rejection(folder: Path, read: dict[str, Any], source: dict[str, Any], **scope: Any) -> RecordRejectedError:
    mapping = made(folder, read={"number": "1", **read})
    with pytest.raises(RecordRejectedError) as raised:
        mapping.read(source, **{"lists": {}, "settings": {}, **scope})
    return raised.value


def told(error: RecordRejectedError) -> list[tuple[str, str]]:
    return [(reason.code, reason.sentence) for reason in error.reasons]


@pytest.mark.parametrize(
    ("formula", "source", "missing"),
    [
        ("=source.CustomerNumber", {}, "source.CustomerNumber"),
        ("=source.Foo.Bar", {}, "source.Foo"),
        ("=source.Foo.Bar", {"Foo": {}}, "source.Foo.Bar"),
        ("=source.Foo.Bar", {"Foo": None}, "source.Foo.Bar"),
        ("=source.Foo['Bar'] | text", {"Foo": {}}, "source.Foo['Bar']"),
        ("=source.Foo[0] | default(source.Bar)", {"Foo": []}, "source.Bar"),
        ("=source.Rows[1].Sku", {"Rows": [{}]}, "source.Rows[1]"),
        ("=source.A if source.B else source.C", {"B": 0}, "source.C"),
        ("=lists.units[source.Unit].Code", {"Unit": "x"}, "lists.units"),
        ("=settings.terms[source.Terms]", {"Terms": "x"}, "settings.terms[source.Terms]"),
        ("=source.Rows | map(attribute='Sku') | first", {"Rows": [{}]}, "Sku"),
    ],
)
def test_a_missing_field_is_named_as_the_formula_names_it(
    tmp_path: Path, formula: str, source: dict[str, Any], missing: str
) -> None:
    error = rejection(tmp_path, {"buyer": {"number": formula}}, source, settings={"terms": {}})
    assert told(error) == [("missing_field", f"read.buyer.number: {missing} is missing")]
    assert error.code == "missing_field"


def test_everything_that_is_wrong_is_told_at_once_with_the_place_in_the_list(tmp_path: Path) -> None:
    rows = [
        {"Sku": "A", "Quantity": 1, "Price": 1},
        {"Sku": "B", "Quantity": "two", "Price": None},
        {"Quantity": 1, "Price": 1},
    ]
    error = rejection(tmp_path, {"lines": LINES, "buyer": {"number": "=source.Number"}}, {"Rows": rows})
    assert told(error) == [
        ("not_a_number", "read.lines[2].quantity: the value is not a number (=row.Quantity | number)"),
        (
            "not_computable",
            "read.lines[2].price: this cannot be computed for this record (=row.Price * row.Quantity)",
        ),
        ("missing_field", "read.lines[3].sku: row.Sku is missing"),
        ("missing_field", "read.buyer.number: source.Number is missing"),
    ]


def test_rows_that_are_left_out_do_not_count(tmp_path: Path) -> None:
    lines = {**LINES, "where": "=not row.IsText"}
    rows = [{"IsText": True}, {"IsText": False, "Quantity": 1, "Price": 1}, {"Sku": "C"}]
    error = rejection(tmp_path, {"lines": lines}, {"Rows": rows})
    assert [reason.sentence for reason in error.reasons] == [
        "read.lines[1].sku: row.Sku is missing",
        "read.lines[2].where: row.IsText is missing",
    ]


def test_rows_that_are_not_a_list_are_refused(tmp_path: Path) -> None:
    error = rejection(tmp_path, {"lines": LINES}, {"Rows": "none today"})
    assert told(error) == [("not_a_list", "read.lines: the value is not a list")]


def test_a_record_that_is_wrong_is_refused_with_every_field_that_is(tmp_path: Path) -> None:
    read = {"buyer": {"name": "=source.Name"}, "total": "=source.Total", "lines": LINES}
    rows = [{"Sku": "A", "Quantity": 1, "Price": 1}, {"Sku": 5, "Quantity": 1, "Price": 1}]
    mapping = made(tmp_path, read={"number": "1", **read, "buyer": {"name": "=source.Name", "number": "=none"}})
    with pytest.raises(RecordRejectedError) as raised:
        mapping.read({"Name": "Acme", "Total": "much", "Rows": rows}, lists={}, settings={})
    assert [reason.sentence for reason in raised.value.reasons] == [
        "read.buyer.number: Field required",
        "read.total: Input should be a valid decimal",
        "read.lines[2].sku: Input should be a valid string",
    ]
    assert raised.value.code == "missing_field"


def test_a_payload_that_the_target_would_refuse_is_refused_here(tmp_path: Path) -> None:
    rows = {"each": "=order.lines", "as": "line", "give": {"article": "=line.quantity"}}
    order = {"orderType": "SO", "refNo": "=order.number", "rows": rows}
    mapping = made(tmp_path, write={"order": order, "customer": {}})
    record = Order(number="more than twelve", lines=(Line(sku="A", quantity=Decimal(1)),))
    with pytest.raises(RecordRejectedError) as raised:
        mapping.write("order", record, links={}, settings={}, plan={})
    assert told(raised.value) == [
        ("string_too_long", "write.order.refNo: String should have at most 12 characters"),
        ("string_type", "write.order.rows[1].article: Input should be a valid string"),
    ]
    assert raised.value.operation == "orders_here_to_there write.order"


def test_a_value_that_no_table_knows_parks_the_record_until_somebody_adds_it(tmp_path: Path) -> None:
    read = {"buyer": {"number": "=source.Terms | lookup(settings.terms)"}}
    error = rejection(tmp_path, read, {"Terms": "30 days"}, settings={"terms": {"14 days": "14"}})
    assert isinstance(error, RecordParkedError)
    sentence = "read.buyer.number: the table has no entry for the value"
    assert told(error) == [("no_entry", f"{sentence} (=source.Terms | lookup(settings.terms))")]
    beside = rejection(
        tmp_path, {**read, "total": "=source.Total"}, {"Terms": "x"}, settings={"terms": {"14 days": "14"}}
    )
    assert not isinstance(beside, RecordParkedError)


def test_a_formula_that_names_what_no_plan_or_settings_have_is_a_mistake_in_the_mapping(tmp_path: Path) -> None:
    formulas = ("=plan.quantity", "=settings.terms", "=plan.skuu | text", "=plan.describe", "=plan['__class__']")
    for formula in (*formulas, "=[plan] | map(attribute='__dict__') | first"):
        mapping = made(tmp_path, write={"order": {"orderType": "SO", "note": formula}, "customer": {}})
        with pytest.raises(ConfigurationError, match=r"write\.order\.note: there is no "):
            mapping.write("order", Order(number="1"), links={}, settings=Plan(), plan=Plan())


@pytest.mark.parametrize("total", ["much Svensson", {"Svensson": 1}, ["Svensson"], float("nan"), True])
def test_no_value_of_the_record_stands_in_the_error(tmp_path: Path, total: Any) -> None:
    source = {
        "Name": "Svensson",
        "Number": ["Svensson"],
        "Total": total,
        "Rows": "Svensson",
        "Key": "Svensson",
    }
    for field, formula in {
        "number": "=source.Number",
        "total": "=source.Total | number",
        "ordered_on": "=source.Name | date",
        "free": "=source.Name",
        "lines": "=source.Rows",
        "buyer": "=settings[source.Key]",
    }.items():
        error = rejection(tmp_path, {field: formula}, source)
        everything = "".join(traceback.format_exception(error)) + repr(error.__context__) + repr(error.__cause__)
        assert "Svensson" not in everything
        assert error.resolution
