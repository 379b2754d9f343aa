"""A mapping file with a mistake is refused when it is loaded, and says where the mistake is."""

from pathlib import Path
from typing import Any

import pytest

from tests.mapping.shop import EXAMPLE, FLOW, load, made, mapping_file
from visma_sync.errors import ConfigurationError
from visma_sync.mapping.catalog import MappingProblemError
from visma_sync.mapping.expression import Language


def problems(folder: Path, **parts: Any) -> list[str]:
    """Loads a mapping that must be refused, and gives its problems as sentences."""
    with pytest.raises(ConfigurationError) as raised:
        made(folder, **parts)
    error = raised.value
    assert isinstance(error, MappingProblemError)
    assert str(folder / f"{FLOW}.yaml") in error.message
    assert "README.md" in error.resolution
    return [f"{path}: {reason}" for path, reason in error.problems]


def formula_problem(folder: Path, formula: str) -> str:
    (found,) = problems(folder, read={"number": f"={formula}"})
    assert found.startswith("read.number: ")
    assert found.endswith(f" (={formula})")
    return found.removeprefix("read.number: ").removesuffix(f" (={formula})")


@pytest.mark.parametrize(
    ("formula", "reason"),
    [
        ("source.", "this is not a formula: "),
        ("source.A }} {{ source.B", "this is not one formula: it goes on after source.A"),
        ("source.A source.B", "this is not one formula: it goes on after source.A"),
        ("'open", "this is not a formula: "),
        ("", "this is not a formula: "),
        ("order.number", "there is no order here, only lists, settings, source"),
        ("range", "there is no range here"),
        ("self", "there is no self here"),
        ("cuts", "there is no cuts here"),
        ("remove", "there is no remove here"),
        ("source.Name.upper()", "a formula cannot have this (call)"),
        ("lists.items()", "a formula cannot have this (call)"),
        ("2 ** 9", "a formula cannot have this (pow)"),
        ("'%s' % source", "a formula cannot have this (mod)"),
        ("7 // 2", "a formula cannot have this (floordiv)"),
        ("source.__class__", "source.__class__: names beginning with _ are out of reach"),
        ("source.A.__class__.B", "source.A.__class__: names beginning with _ are out of reach"),
        ("source._A | default(1)", "source._A: names beginning with _ are out of reach"),
        ("source._A['b'] | default(1)", "source._A: names beginning with _ are out of reach"),
        ("source._A is defined", "source._A: names beginning with _ are out of reach"),
        ("(source.A | first)._B", "source.A | first._B: names beginning with _ are out of reach"),
        ("source.A | shout", "there is no filter shout"),
        ("source.A | tojson", "there is no filter tojson"),
        ("source.A | attr('__class__')", "there is no filter attr"),
        ("source.A | format(1)", "there is no filter format"),
        ("source.A | shout | default(1)", "there is no filter shout"),
        ("source.A is string", "there is no test string"),
        ("source.A is callable", "there is no test callable"),
        ("source.A | replace('x')", "the filter replace does not take these arguments"),
        ("source.A | text(1)", "the filter text does not take these arguments"),
        ("source.A | default", "the filter default does not take these arguments"),
        ("source.A | join(glue=',')", "the filter join does not take these arguments"),
        ("source.A | join(*source.B)", "the filter join is not used like that"),
        ("source.A | map('attr', 'x') ", "the filter map cannot use 'attr'"),
        ("source.A | map(source.B)", "the filter map cannot use source.B"),
        ("source.A | selectattr('x', 'callable')", "the filter selectattr cannot use 'callable'"),
        ("source.A[::2]", "a part is [from:to], without steps"),
        ("loop.index", "there is no loop here"),
    ],
)
def test_a_formula_can_only_do_what_the_language_has(tmp_path: Path, formula: str, reason: str) -> None:
    assert formula_problem(tmp_path, formula.strip()).startswith(reason)


def test_no_name_is_there_that_the_mapping_did_not_give() -> None:
    assert Language().globals == {}


def test_a_formula_cannot_name_a_field_that_the_record_does_not_have(tmp_path: Path) -> None:
    tree = {
        "orderType": "=order.nummer",
        "note": "=order.buyer.postcode | default('')",
        "day": "=order.total.anything | default(none)",
        "refNo": "=order.model_dump",
        "rows": {
            "each": "=order.lines",
            "as": "line",
            "where": "=line.qty",
            "give": {"article": "=line.article"},
        },
    }
    assert problems(tmp_path, write={"order": tree, "customer": {}}) == [
        "write.order.orderType: there is no order.nummer (=order.nummer)",
        "write.order.note: there is no order.buyer.postcode (=order.buyer.postcode | default(''))",
        "write.order.refNo: there is no order.model_dump (=order.model_dump)",
        "write.order.rows.where: there is no line.qty (=line.qty)",
        "write.order.rows.give.article: there is no line.article (=line.article)",
    ]


@pytest.mark.parametrize(
    ("read", "expected"),
    [
        (
            {"name": "=source.Name"},
            ["read.name: Order has no such field", "read.number: Order requires this field"],
        ),
        (
            {"number": "1", "buyer": {"nr": "1"}},
            ["read.buyer.nr: Buyer has no such field", "read.buyer.number: "],
        ),
        ({"number": "1", "buyer": [{}]}, ["read.buyer: the field does not take a list"]),
        ({"number": {"a": "1"}}, ["read.number: the field has no fields of its own"]),
        ({"number": 1042}, ["read.number: the constant does not fit: Input should be a valid string"]),
        ({"number": "1", "ordered_on": "no day"}, ["read.ordered_on: the constant does not fit: "]),
        ({"number": "1", "total": "much"}, ["read.total: the constant does not fit: "]),
        ({"value": "=source"}, ["read: this must be a group of fields"]),
        ({"number": "1", "lines": [{"sku": "A"}]}, ["read.lines[1].quantity: Line requires this field"]),
        (
            {"number": {"value": "=source.A", "cut": 5}},
            ["read.number: `cut` and `on` are for what is written"],
        ),
        ({"number": {"value": "1", "on": "update"}}, ["read.number: `cut` and `on` are for what is written"]),
        ({"number": {"value": "1", "on": "never"}}, ["read.number: `cut` and `on` are for what is written"]),
    ],
)
def test_the_read_half_must_fit_the_record(tmp_path: Path, read: dict[str, Any], expected: list[str]) -> None:
    found = problems(tmp_path, read=read)
    assert len(found) == len(expected)
    assert all(one.startswith(other) for one, other in zip(found, expected, strict=True)), found


ROWS = {"each": "=order.lines", "as": "line", "give": {"article": "=line.sku"}}


@pytest.mark.parametrize(
    ("tree", "expected"),
    [
        ({"refNo": "1"}, ["write.order.orderType: SentOrder requires this field"]),
        ({"orderType": "SO", "refno": "1"}, ["write.order.refno: SentOrder has no such field"]),
        ({"type": "SO"}, ["write.order.type: SentOrder has no such field", "write.order.orderType: "]),
        ({"orderType": "SO", "refNo": "thirteen long"}, ["write.order.refNo: the constant does not fit: "]),
        ({"orderType": "SO", "total": "5"}, ["write.order.total: the constant does not fit: "]),
        ({"orderType": "SO", "tags": [5]}, ["write.order.tags[1]: the constant does not fit: "]),
        (
            {"orderType": "SO", "address": {"zip": "1"}},
            ["write.order.address.zip: Address has no such field"],
        ),
        (
            {"orderType": "SO", "rows": {**ROWS, "give": {"sku": "=line.sku"}}},
            [
                "write.order.rows.give.sku: SentLine has no such field",
                "write.order.rows.give.article: SentLine requires this field",
            ],
        ),
        (
            {"orderType": "SO", "rows": {**ROWS, "as": "order"}},
            ["write.order.rows.as: order cannot be the name"],
        ),
        ({"orderType": "SO", "rows": {**ROWS, "as": "a b"}}, ["write.order.rows.as: a b cannot be the name"]),
        (
            {"orderType": "SO", "rows": {**ROWS, "as": "cuts"}},
            ["write.order.rows.as: cuts cannot be the name"],
        ),
        (
            {"orderType": "SO", "rows": {**ROWS, "as": "none"}},
            ["write.order.rows.as: none cannot be the name"],
        ),
        (
            {"orderType": "SO", "rows": {**ROWS, "each": "order.lines"}},
            ["write.order.rows.each: this must be a formula, beginning with ="],
        ),
        (
            {"orderType": "SO", "note": {"value": "a", "cut": 0}},
            ["write.order.note.cut: this must be a whole number"],
        ),
        (
            {"orderType": "SO", "note": {"value": "a", "cut": True}},
            ["write.order.note.cut: this must be a whole"],
        ),
        (
            {"orderType": "SO", "note": {"value": "a", "on": "always"}},
            ["write.order.note.on: this must be create, update, if_empty or never"],
        ),
        (
            {"orderType": "SO", "note": {"value": "a", "on": ["update"]}},
            ["write.order.note.on: this must be create, update, if_empty or never"],
        ),
        (
            {"orderType": {"value": "SO", "on": "never"}, "note": "a"},
            ["write.order (on create).orderType: SentOrder requires this field"],
        ),
        (
            {"orderType": "SO", "note": {"value": "=order.nothing", "on": "never"}},
            ["write.order.note: there is no order.nothing (=order.nothing)"],
        ),
        (
            {
                "orderType": {"value": "SO", "on": "update"},
                "rows": {
                    **ROWS,
                    "give": {
                        "article": {"value": "=line.sku", "on": "update"},
                        "note": {"value": "=line.remark", "on": "if_empty"},
                    },
                },
            },
            ["write.order.rows: a list is written as a whole: its fields cannot be partly update and partly if_empty"],
        ),
        (
            {"orderType": "SO", "note": {"value": "a", "keep_null": "no"}},
            ["write.order.note.keep_null: this must be"],
        ),
        (
            {"orderType": "SO", "address": {"value": {"city": "Lund"}, "cut": 5}},
            ["write.order.address: `cut` and `keep_null` are for a single value"],
        ),
        (
            {"orderType": "SO", "note": {"value": "a", "on": "update"}},
            ["write.order (on update).orderType: SentOrder requires this field"],
        ),
    ],
)
def test_the_write_half_must_fit_the_document(tmp_path: Path, tree: dict[str, Any], expected: list[str]) -> None:
    found = problems(tmp_path, write={"order": tree, "customer": {}})
    assert len(found) == len(expected), found
    assert all(one.startswith(other) for one, other in zip(found, expected, strict=True)), found


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ({"flow": "orders_there_to_here"}, "flow: this must be orders_here_to_there, as the file is called"),
        ({"needs": []}, "needs: Extra inputs are not permitted"),
        ({"title": ""}, "title: String should have at least 1 character"),
        ({"examples": []}, "examples: a mapping needs at least one example"),
        ({"examples": [{**EXAMPLE, "give": {}}]}, "examples.0.give: Extra inputs are not permitted"),
        ({"record": "links"}, "record: links cannot be the name of a record"),
        ({"record": "an order"}, "record: an order cannot be the name of a record"),
        ({"write": {"order": {"orderType": "SO"}}}, "write.customer: this document is missing"),
        (
            {"write": {"order": {"orderType": "SO"}, "customer": {}, "invoice": {}}},
            f"write.invoice: {FLOW} writes no such document",
        ),
        (
            {"write": {"order": {"orderType": "SO"}, "customer": {"name": {"value": "a", "on": "never"}}}},
            "write.customer: no field is left to write",
        ),
        (
            {"write": {"order": {"orderType": "SO"}, "customer": "none"}},
            "write.customer: this must be a group of fields",
        ),
    ],
)
def test_the_outline_of_the_file_must_be_right(tmp_path: Path, parts: dict[str, Any], expected: str) -> None:
    assert problems(tmp_path, **parts) == [expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("flow: a\nflow: b\n", "line 2: flow is there twice"),
        ("read: {a: 1, a: 2}\n", "line 1: a is there twice"),
        ("read: &tree {a: 1}\nwrite: *tree\n", "line 1: anchors and aliases are not used"),
        ("flow: [open\n", "line 2: "),
        ("[a]: 1\n", "line 1: a key is not a word"),
        ("- flow\n", ": the file is not a list of `key: value` lines"),
        ("", ": the file is not a list of `key: value` lines"),
        ("flow: !!python/object/apply:os.system ['true']\n", "line 1: "),
    ],
)
def test_a_file_that_is_not_such_yaml_is_refused(tmp_path: Path, text: str, expected: str) -> None:
    (tmp_path / f"{FLOW}.yaml").write_text(text)
    with pytest.raises(MappingProblemError) as raised:
        load(tmp_path)
    path, reason = raised.value.problems[0]
    assert f"{path}: {reason}".startswith(expected)


def test_a_file_that_is_not_there_or_not_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="the file cannot be read"):
        load(tmp_path)
    (tmp_path / f"{FLOW}.yaml").write_bytes(b"flow: \xff")
    with pytest.raises(ConfigurationError, match="the file is not UTF-8 text"):
        load(tmp_path)


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    mapping_file(tmp_path, read={"nr": "=sauce.Nr"}, write={"order": {}, "customer": {}}, examples=[])
    with pytest.raises(MappingProblemError) as raised:
        load(tmp_path)
    assert [path for path, _ in raised.value.problems] == [
        "examples",
        "read.nr",
        "read.nr",
        "read.number",
        "write.order.orderType",
    ]
