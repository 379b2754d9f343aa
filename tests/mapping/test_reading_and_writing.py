"""What a mapping does with an order."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.mapping.conftest import Reading, Writing
from tests.mapping.shop import Buyer, Line, Order, load, made, mapping_file
from visma_sync.mapping.catalog import Cut, Written


def test_an_article_number_that_looks_like_a_number_stays_text(reading: Reading, writing: Writing) -> None:
    tree = {
        "lines": {
            "each": "=source.Rows",
            "as": "row",
            "give": {"sku": "=row.Sku", "quantity": "=row.Quantity"},
        }
    }
    order = reading(tree, {"Rows": [{"Sku": "1e5", "Quantity": Decimal("2.50")}, {"Sku": "007", "Quantity": 1}]})
    assert [line.sku for line in order.lines] == ["1e5", "007"]

    rows = {
        "each": "=order.lines",
        "as": "line",
        "give": {"article": "=line.sku", "amount": "=line.quantity"},
    }
    assert writing({"rows": rows}, order)["rows"] == [
        {"article": "1e5", "amount": Decimal("2.50")},
        {"article": "007", "amount": 1},
    ]


def test_fixed_values_are_what_the_file_says_to_the_letter(tmp_path: Path) -> None:
    file = mapping_file(tmp_path)
    words = ["no", "yes", "on", "off", "007", "1e5", "1_000", "12:30", "2026-01-31", "0x1F", "NULL", "True"]
    others = "numbers: [5, -1, 0.25], truths: [true, false], nothing: null"
    fixed = f"extra: {{texts: [{', '.join(words)}], {others}}}"
    file.write_text(file.read_text().replace("orderType: SO", f"orderType: SO\n    {fixed}", 1))

    extra = load(tmp_path).write("order", Order(number="1"), links={}, settings={}, plan={}).payload["extra"]

    assert extra == {"texts": words, "numbers": [5, -1, Decimal("0.25")], "truths": [True, False]}
    assert [type(number) for number in extra["numbers"]] == [int, int, Decimal]


def test_a_text_may_begin_with_an_equals_sign(writing: Writing) -> None:
    assert writing({"note": "==SUM(A1)"}) == {"note": "=SUM(A1)"}


def test_what_is_empty_is_left_out_and_so_is_a_group_with_nothing_in_it(writing: Writing) -> None:
    tree = {
        "address": {"street": "=links.street", "city": "=none"},
        "tags": ["=links.street", "b"],
        "note": "",
    }
    assert writing(tree, links={"street": None}) == {"tags": ["b"], "note": ""}


def test_an_empty_field_is_sent_where_the_mapping_keeps_it(writing: Writing) -> None:
    tree = {"address": {"street": {"value": "=none", "keep_null": True}, "city": "=none"}}
    assert writing(tree) == {"address": {"street": None}}


def test_only_rows_for_which_the_condition_holds_become_lines(reading: Reading) -> None:
    give = {"sku": "=row.Sku", "quantity": 1}
    tree = {"lines": {"each": "=source.Rows", "as": "row", "where": "=not row.IsText", "give": give}}
    order = reading(tree, {"Rows": [{"IsText": True}, {"IsText": False, "Sku": "A"}, {"IsText": True}]})
    assert [line.sku for line in order.lines] == ["A"]


@pytest.mark.parametrize("rows", [None, []])
def test_an_order_without_rows_has_no_lines(reading: Reading, rows: Any) -> None:
    give = {"sku": "=row.Sku", "quantity": 1}
    tree = {"lines": {"each": "=source.Rows", "as": "row", "give": give}}
    assert reading(tree, {"Rows": rows}).lines == ()


def test_a_list_in_a_list_sees_the_rows_around_it(writing: Writing) -> None:
    inner = {"each": "=line.remark | list", "as": "letter", "give": "=line.sku ~ letter ~ settings.end"}
    tree = {"extra": {"all": {"each": "=order.lines", "as": "line", "give": inner}}}
    order = Order(number="1", lines=(Line(sku="A", quantity=1, remark="xy"), Line(sku="B", quantity=1, remark="z")))
    assert writing(tree, order, settings={"end": "."}) == {"extra": {"all": [["Ax.", "Ay."], ["Bz."]]}}


PLACES = {
    "each": "=order.lines",
    "as": "line",
    "give": {"street": {"value": "=line.sku", "on": "create"}, "city": "Umeå"},
}


def test_a_field_left_to_people_is_written_only_when_the_document_is_made(tmp_path: Path) -> None:
    customer = {
        "name": "=order.number",
        "city": {"value": "Lund", "on": "update"},
        "contact": {
            "on": "update",
            "value": {"street": {"value": "=links.street", "on": "create"}, "city": "=links.city"},
        },
        "groups": {"value": PLACES, "on": "update"},
    }
    mapping = made(tmp_path, write={"order": {"orderType": "SO"}, "customer": customer})
    links = {"street": "Storgatan", "city": "Kiruna"}

    def written(document: str, on: Any) -> dict[str, Any]:
        record = Order(number="7", lines=(Line(sku="A", quantity=1),))
        return mapping.write(document, record, links=links, settings={}, plan={}, on=on).payload

    assert written("customer", "create") == {
        "name": "7",
        "city": "Lund",
        "contact": {"street": "Storgatan", "city": "Kiruna"},
        "groups": [{"street": "A", "city": "Umeå"}],
    }
    assert written("customer", "update") == {
        "city": "Lund",
        "contact": {"city": "Kiruna"},
        "groups": [{"city": "Umeå"}],
    }
    assert written("order", "update") == {}


def test_a_field_is_written_later_as_its_right_says(tmp_path: Path) -> None:
    customer = {
        "name": {"value": "=order.number", "on": "update"},
        "city": {"value": "=order.free.city", "on": "if_empty"},
        "contact": {
            "on": "if_empty",
            "value": {"street": {"value": "=links.street", "on": "update"}, "city": "=links.city"},
        },
        "groups": {"value": PLACES, "on": "if_empty"},
    }
    mapping = made(tmp_path, write={"order": {"orderType": "SO"}, "customer": customer})
    record = Order(number="7", free={"city": "Lund"}, lines=(Line(sku="A", quantity=1),))

    def written(on: Any, city: str | None) -> Written:
        links = {"street": "Storgatan", "city": city}
        return mapping.write("customer", record, links=links, settings={}, plan={}, on=on)

    later = written("update", "Kiruna")
    assert later.payload == {
        "name": "7",
        "city": "Lund",
        "contact": {"street": "Storgatan", "city": "Kiruna"},
        "groups": [{"city": "Umeå"}],
    }
    assert later.only_if_empty == {"city", "contact.city", "groups"}
    assert written("update", None).only_if_empty == {"city", "groups"}
    assert written("create", "Kiruna").only_if_empty == set()


def test_a_value_that_is_a_group_of_values_guards_each_of_them(tmp_path: Path) -> None:
    order = {
        "orderType": {"value": "SO", "on": "update"},
        "extra": {"value": "=plan.extra", "on": "if_empty"},
    }
    mapping = made(tmp_path, write={"order": order, "customer": {}})
    plan = {"extra": {"colour": "red", "size": {"width": 3}}}
    written = mapping.write("order", Order(number="1"), links={}, settings={}, plan=plan, on="update")
    assert written.only_if_empty == {"extra.colour", "extra.size.width"}


def test_single_values_that_follow_the_source_and_have_nothing_now_are_told(tmp_path: Path) -> None:
    customer = {
        "name": {"value": "=plan.name", "on": "update"},
        "city": "=plan.name",
        "contact": {
            "on": "update",
            "value": {"city": "=plan.city", "street": {"value": "=plan.name", "on": "if_empty"}},
        },
        "groups": {"on": "update", "value": [{"city": "=plan.city"}]},
    }
    mapping = made(tmp_path, write={"order": {"orderType": "SO"}, "customer": customer})

    def written(on: Any, **plan: Any) -> frozenset[str]:
        return mapping.write("customer", Order(number="7"), links={}, settings={}, plan=plan, on=on).emptied

    assert written("update", name=None, city=None) == {"name", "contact.city"}
    assert written("update", name="Acme", city=None) == {"contact.city"}
    assert written("update", name="", city="Lund") == set()
    assert written("create", name=None, city="Lund") == set()


def test_a_field_that_is_switched_off_is_never_written_even_within_a_group(tmp_path: Path) -> None:
    customer = {
        "name": "=order.number",
        "city": {"value": "=links.nothing_like_it", "on": "never"},
        "contact": {"on": "never", "value": {"city": {"value": "Lund", "on": "update"}}},
    }
    mapping = made(tmp_path, write={"order": {"orderType": "SO"}, "customer": customer})
    for on, payload in (("create", {"name": "7"}), ("update", {})):
        on_: Any = on
        written = mapping.write("customer", Order(number="7"), links={}, settings={}, plan={}, on=on_)
        assert written.payload == payload


def test_a_text_that_is_too_long_is_cut_and_the_cut_is_told(tmp_path: Path) -> None:
    rows = {
        "each": "=order.lines",
        "as": "line",
        "where": "=line.quantity > 0",
        "give": {"article": "=line.sku", "note": {"value": "=line.remark", "cut": 5}},
    }
    order = {"orderType": "SO", "refNo": {"value": "=order.number", "cut": 12}, "rows": rows}
    mapping = made(tmp_path, write={"order": order, "customer": {}})
    record = Order(
        number="123456789012",
        lines=(
            Line(sku="A", quantity=1, remark="fine"),
            Line(sku="B", quantity=0, remark="left out, though long"),
            Line(sku="C", quantity=1, remark="too long"),
            Line(sku="D", quantity=1),
        ),
    )

    written = mapping.write("order", record, links={}, settings={}, plan={})

    assert written.payload["refNo"] == "123456789012"
    assert [row.get("note") for row in written.payload["rows"]] == ["fine", "too l", None]
    assert written.cuts == (Cut("rows[2].note", 8, 5),)


def test_an_emoji_is_not_cut_in_two(tmp_path: Path) -> None:
    order = {"orderType": "SO", "refNo": {"value": "=order.number", "cut": 4}}
    mapping = made(tmp_path, write={"order": order, "customer": {}})
    written = mapping.write("order", Order(number="abc😀d"), links={}, settings={}, plan={})
    assert written.payload["refNo"] == "abc"
    assert written.cuts == (Cut("refNo", 6, 3),)


def test_records_settings_and_plans_are_reached_by_their_fields(writing: Writing) -> None:
    tree = {
        "refNo": "=settings.prefix ~ order.buyer.number",
        "day": "=order.ordered_on | date",
        "total": "=plan.lines[0].price * 2",
        "note": "=order.free.campaign if order.has_lines else none",
    }
    line = Line(sku="A", quantity=1, price=Decimal("0.10"))
    order = Order(
        number="1",
        ordered_on=date(2026, 1, 31),
        buyer=Buyer(number="007"),
        lines=(line,),
        free={"campaign": "May"},
    )
    payload = writing(
        tree, order, settings=Buyer(number="x").model_copy(update={"prefix": "W"}), plan={"lines": [line]}
    )
    assert payload == {"refNo": "W007", "day": "2026-01-31", "total": Decimal("0.20"), "note": "May"}


def test_dates_in_a_payload_are_iso_text(writing: Writing) -> None:
    moment = datetime(2026, 1, 31, 23, 30, tzinfo=UTC)
    assert writing(
        {"extra": {"day": "=plan.day", "at": ["=plan.at"]}}, plan={"day": date(2026, 1, 31), "at": moment}
    ) == {"extra": {"day": "2026-01-31", "at": ["2026-01-31T23:30:00+00:00"]}}


def test_money_never_becomes_a_float(writing: Writing) -> None:
    tree = {"extra": {"half": "=order.total / 2", "vat": "=order.total * 0.25", "third": "=1 / 4"}}
    found = writing(tree, Order(number="1", total=Decimal("10.10")))["extra"]
    assert found == {"half": Decimal("5.05"), "vat": Decimal("2.525"), "third": Decimal("0.25")}
    assert {type(amount) for amount in found.values()} == {Decimal}


def test_missing_and_empty_fields_have_their_default(reading: Reading) -> None:
    tree = {
        "buyer": {
            "number": "=source.Customer.Number | text | default('none')",
            "name": "=source.Names[0] | default('nobody')",
            "country": "=source.Country | default('SE')",
        }
    }
    assert reading(tree, {"Country": None}).buyer == Buyer(number="none", name="nobody", country="SE")
    full = {"Country": "NL", "Customer": {"Number": 7}, "Names": ["Acme"]}
    assert reading(tree, full).buyer == Buyer(number="7", name="Acme", country="NL")


def test_a_field_may_be_asked_for(reading: Reading) -> None:
    tree = {
        "free": {
            "a": "=source.A.B is defined",
            "b": "=source.A.C is defined",
            "c": "=source.X.Y is not defined",
        }
    }
    assert reading(tree, {"A": {"B": None}}).free == {"a": True, "b": False, "c": True}


def test_a_choice_without_else_gives_nothing(writing: Writing) -> None:
    assert writing({"note": "=order.number if links.known", "day": "x"}, links={"known": False}) == {"day": "x"}


def test_a_field_called_like_a_method_is_the_field(reading: Reading) -> None:
    assert reading({"free": {"all": "=source.items"}}, {"items": "three"}).free == {"all": "three"}


def test_texts_one_after_the_other_leave_out_what_is_empty(reading: Reading) -> None:
    assert reading({"free": {"name": "=source.A ~ '-' ~ source.B ~ source.C"}}, {"A": 1, "B": None, "C": "x"}).free == {
        "name": "1-x"
    }


def test_a_mapping_is_compiled_once_and_again_when_its_file_changes(tmp_path: Path) -> None:
    mapping_file(tmp_path)
    first = load(tmp_path)
    assert load(tmp_path) is first
    mapping_file(tmp_path, title="Another title, so that the file has another length")
    assert load(tmp_path).title.startswith("Another")


def test_the_fingerprint_changes_with_what_is_written_and_not_with_the_examples(tmp_path: Path) -> None:
    plain = made(tmp_path).fingerprint
    assert made(tmp_path, title="Another").fingerprint == plain
    assert made(tmp_path, read={"number": "=source.Id | text"}).fingerprint != plain
