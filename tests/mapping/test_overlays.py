"""A business changes single fields in a file of its own."""

from pathlib import Path
from typing import Any, Literal

import pytest
import yaml

from tests.mapping.shop import FLOW, Line, Order, load, mapping_file
from visma_sync.errors import ConfigurationError
from visma_sync.mapping.catalog import FlowMapping

ORDER = {
    "orderType": "SO",
    "refNo": {"value": "=order.number", "cut": 12},
    "note": "=order.number",
    "address": {"street": "=links.street", "city": "Lund"},
    "rows": {"each": "=order.lines", "as": "line", "give": {"article": "=line.sku", "note": "=line.remark"}},
}
RECORD = Order(number="1234567", free={"campaign": "May"}, lines=(Line(sku="A", quantity=1, remark="red"),))


@pytest.fixture(autouse=True)
def _mapping(tmp_path: Path) -> None:
    mapping_file(tmp_path, write={"order": ORDER, "customer": {}})


def overlay(folder: Path, name: str = "ours.yaml", **parts: Any) -> Path:
    file = folder / name
    file.write_text(yaml.safe_dump(parts, allow_unicode=True), encoding="utf-8")
    return file


def written(mapping: FlowMapping, on: Literal["create", "update"] = "create") -> dict[str, Any]:
    return mapping.write("order", RECORD, links={"street": "Storgatan"}, settings={}, plan={}, on=on).payload


def test_a_field_is_added_replaced_and_taken_out(tmp_path: Path) -> None:
    tree = {
        "day": "2026-01-31",
        "note": "=order.free.campaign",
        "refNo": "=remove",
        "address": {"city": "Umeå"},
        "rows": {"where": "=line.quantity > 0", "give": {"amount": "=line.quantity", "note": "=remove"}},
    }
    assert written(load(tmp_path, overlay(tmp_path, write={"order": tree}))) == {
        "orderType": "SO",
        "day": "2026-01-31",
        "note": "May",
        "address": {"street": "Storgatan", "city": "Umeå"},
        "rows": [{"article": "A", "amount": 1}],
    }


def test_a_rule_of_a_value_is_changed_or_the_whole_value_replaced(tmp_path: Path) -> None:
    shorter = load(tmp_path, overlay(tmp_path, "a.yaml", write={"order": {"refNo": {"cut": 3}}}))
    assert written(shorter)["refNo"] == "123"
    plain = load(tmp_path, overlay(tmp_path, "b.yaml", write={"order": {"refNo": "none"}}))
    assert written(plain)["refNo"] == "none"
    group = load(tmp_path, overlay(tmp_path, "c.yaml", write={"order": {"address": {"value": {"city": "Kiruna"}}}}))
    assert written(group)["address"] == {"city": "Kiruna"}


def test_the_right_of_a_field_is_changed_and_its_formula_kept(tmp_path: Path) -> None:
    rights = {
        "refNo": {"on": "never"},
        "note": {"on": "update"},
        "address": {"on": "if_empty"},
        "rows": {"on": "never"},
        "orderType": {"on": "update"},
    }
    never = load(tmp_path, overlay(tmp_path, write={"order": rights}))
    made = {"orderType": "SO", "note": "1234567", "address": {"street": "Storgatan", "city": "Lund"}}
    assert written(never) == made
    assert written(never, on="update") == made
    files = [overlay(tmp_path, write={"order": rights})]
    for name, on in (("b.yaml", "never"), ("c.yaml", "create")):
        others = {part: {"on": "create"} for part in ("refNo", "note")}
        files.append(overlay(tmp_path, name, write={"order": {**others, "address": {"on": on}}}))
    off = load(tmp_path, *files[:2])
    assert written(off) == {"orderType": "SO", "refNo": "1234567", "note": "1234567"}
    on_again = load(tmp_path, *files)
    assert written(on_again) == {**made, "refNo": "1234567"}
    assert written(on_again, on="update") == {"orderType": "SO"}


def test_the_right_of_one_field_in_a_group_or_list_with_a_right_is_changed(tmp_path: Path) -> None:
    group = {"value": ORDER["address"], "on": "update"}
    rows = {"value": ORDER["rows"], "on": "update"}
    order = {**ORDER, "orderType": {"value": "SO", "on": "update"}, "address": group, "rows": rows}
    mapping_file(tmp_path, write={"order": order, "customer": {}})
    ours = {"address": {"city": {"on": "never"}}, "rows": {"give": {"note": {"on": "create"}}}}
    mapping = load(tmp_path, overlay(tmp_path, write={"order": ours}))
    assert written(mapping)["address"] == {"street": "Storgatan"}
    assert written(mapping)["rows"] == [{"article": "A", "note": "red"}]
    assert written(mapping, on="update") == {
        "orderType": "SO",
        "address": {"street": "Storgatan"},
        "rows": [{"article": "A"}],
    }


@pytest.mark.parametrize(
    ("before", "change"),
    [({"cut": "a"}, {"cut": "b"}), ({"on": "a"}, {"on": "b"}), ({"other": "a"}, {"cut": "b", "keep_null": "c"})],
)
def test_fields_called_like_a_rule_are_fields(tmp_path: Path, before: dict[str, str], change: dict[str, str]) -> None:
    mapping_file(tmp_path, read={"number": "1", "free": before})
    record = load(tmp_path, overlay(tmp_path, read={"free": change})).read({}, lists={}, settings={})
    assert isinstance(record, Order)
    assert record.free == {**before, **change}


def test_a_source_field_without_a_place_goes_through_free(tmp_path: Path) -> None:
    file = overlay(
        tmp_path,
        read={"free": {"campaign": "=source.Campaign | default(none)"}},
        write={"order": {"note": "=order.free.campaign | default('none')"}},
    )
    mapping = load(tmp_path, file)
    for source, note in ({"Number": 1, "Campaign": "May"}, "May"), ({"Number": 1}, "none"):
        record = mapping.read(source, lists={}, settings={})
        payload = mapping.write("order", record, links={"street": ""}, settings={}, plan={}).payload
        assert payload["note"] == note


def test_the_last_overlay_has_the_last_word(tmp_path: Path) -> None:
    files = [overlay(tmp_path, f"{n}.yaml", write={"order": {"note": n, "day": n}}) for n in ("a", "b")]
    files.append(overlay(tmp_path, "c.yaml", write={"order": {"day": "=remove"}}))
    found = written(load(tmp_path, *files))
    assert found["note"] == "b"
    assert "day" not in found


def test_an_overlay_changes_the_fingerprint_and_brings_its_own_examples(tmp_path: Path) -> None:
    plain = load(tmp_path)
    example = {
        "title": "ours",
        "source": {"Number": 1},
        "links": {"street": "a"},
        "gives_part": {"order": {"note": "ours"}},
    }
    ours = load(tmp_path, overlay(tmp_path, flow=FLOW, write={"order": {"note": "ours"}}, examples=[example]))
    assert ours.fingerprint != plain.fingerprint
    assert [each.title for each in plain.examples()] == ["an order"]
    assert [each.title for each in ours.examples()] == ["ours"]
    ours.check_example(ours.examples()[0])


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ({"write": {"order": {"notes": "x"}}}, "write.order.notes: SentOrder has no such field"),
        ({"write": {"order": {"notes": "=remove"}}}, "write.order.notes: there is nothing to remove"),
        ({"write": {"order": {"day": {"a": "=remove"}}}}, "write.order.day.a: there is nothing to remove"),
        (
            {"write": {"order": {"orderType": "=remove"}}},
            "write.order.orderType: SentOrder requires this field",
        ),
        (
            {"write": {"order": {"note": {"on": "nevr"}}}},
            "write.order.note.on: this must be create, update, if_empty or",
        ),
        ({"write": {"order": {"note": {"on": "=remove"}}}}, "write.order.note.on: there is nothing to remove"),
        ({"write": {"order": {"day": {"on": "never"}}}}, "write.order.day: "),
        (
            {"write": {"order": {"orderType": {"on": "never"}}}},
            "write.order (on create).orderType: SentOrder requires this field",
        ),
        ({"flow": "another"}, "flow: this must be orders_here_to_there"),
        ({"order": {}}, "order: Extra inputs are not permitted"),
    ],
)
def test_an_overlay_is_checked_like_the_mapping(tmp_path: Path, parts: dict[str, Any], expected: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        load(tmp_path, overlay(tmp_path, **parts))
    assert expected in raised.value.message
    assert "ours.yaml" in raised.value.message


def test_an_overlay_that_changes_is_loaded_again(tmp_path: Path) -> None:
    file = overlay(tmp_path, write={"order": {"note": "a"}})
    assert written(load(tmp_path, file))["note"] == "a"
    overlay(tmp_path, write={"order": {"note": "another"}})
    assert written(load(tmp_path, file))["note"] == "another"
