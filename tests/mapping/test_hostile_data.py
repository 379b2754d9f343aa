"""Whatever stands in the data stays data: it is never run, never changed, and never told in an error."""

import traceback
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.mapping.shop import Order, made
from visma_sync.errors import RecordRejectedError
from visma_sync.mapping.catalog import FlowMapping
from visma_sync.mapping.filters import FILTERS, JINJA_FILTERS

HOSTILE = [
    "{{ 7 * 7 }}",
    "{% for x in y %}",
    "=source.Text",
    "{{ self.__class__ }} }}",
    "\"' OR 1=1; DROP TABLE orders; --",
    "<script>alert(1)</script>&amp;",
    "%s %(name)s {0.__class__} ${x}",
    "a\x00b\r\nc\\n\t\x1b[31m",
    "\u202eltr\u202c\u200f\ufeff",
    "👩‍👩‍👧‍👦 zalgo̷̢ ﷽",
    "\ud83d lone surrogate",
    "no",
    "1e5",
    "",
    " ",
]


@pytest.fixture(scope="module")
def copying(tmp_path_factory: pytest.TempPathFactory) -> FlowMapping:
    """Hands one text through by every road that a text can take unchanged."""
    roads = {
        "plain": "=source.Text",
        "same": "=source.Text | text | default('none')",
        "chosen": "=source.Text if source.Text is defined else 'none'",
        "joined": "=[source.Text] | join('; ')",
        "glued": "='' ~ source.Text",
        "rows": {"each": "=[source.Text]", "as": "text", "give": {"key": "=text"}},
        "found": "=1 | lookup({1: source.Text})",
    }
    written = {"orderType": "=order.number", "extra": {"all": "=order.free"}, "note": "=order.free.plain"}
    return made(
        tmp_path_factory.mktemp("copying"),
        read={"number": "=source.Text", "free": roads},
        write={"order": written, "customer": {}},
    )


@given(text=st.one_of(st.sampled_from(HOSTILE), st.text(), st.text(st.characters(categories=["Cs", "Cc", "Cf"]))))
def test_every_text_comes_through_to_the_letter(copying: FlowMapping, text: str) -> None:
    record = copying.read({"Text": text}, lists={}, settings={})
    payload = copying.write("order", record, links={}, settings={}, plan={}).payload
    roads = dict.fromkeys(("plain", "same", "chosen", "joined", "glued", "found"), text)
    assert payload["extra"] == {"all": {**roads, "rows": [{"key": text}]}}
    assert payload["orderType"] == payload["note"] == text


SECRET = "Svensson"
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.decimals(allow_nan=True),
    st.text().map(lambda text: SECRET + text),
    st.sampled_from(["12.5", "2026-01-31", "", "no"]),
)
NAMES = st.sampled_from(["A", "B", "items", "get", "__class__", SECRET])
JSON = st.recursive(LEAVES, lambda part: st.lists(part, max_size=3) | st.dictionaries(NAMES, part, max_size=3))
ARGUMENTS = {
    "replace": "('1', '2')",
    "default": "('x')",
    "lookup": "(settings)",
    "one_of": "(['12.5', none])",
    "selectattr": "('A')",
    "rejectattr": "('A', 'in', [1])",
}
FORMULAS = [
    *(f"source.X | {name}{ARGUMENTS.get(name, '')}" for name in (*FILTERS, *JINJA_FILTERS)),
    *(f"source.X {operator} 2.5" for operator in ("+", "-", "*", "/", "~", "<", ">=", "==", "in", "and", "or")),
    *(
        "source.X.A.B",
        "source.X['items']",
        "source.X[0].A",
        "source.X[source.X]",
        "source.X[1:2]",
        "settings[source.X]",
    ),
    *("source.X.A | upper | default('x')", "source.X[0][1] is defined", "-source.X", "not source.X"),
    *("source.X | sort(attribute='A')", "source.X | sum(attribute='A')", "source.X | map(attribute='A.B')"),
    *(
        "source.X | map('upper')",
        "source.X | unique(attribute='A')",
        "source.X is lt(5)",
        "source.X is in(source.X)",
    ),
]


@pytest.fixture(scope="module")
def trying(tmp_path_factory: pytest.TempPathFactory) -> dict[str, FlowMapping]:
    """One mapping for each formula, and one with all of them."""
    each = {formula: f"={formula}" for formula in FORMULAS}
    rows = {"each": "=source.X", "as": "row", "where": "=row.A", "give": {"b": "=row.B"}}
    trees = {"all": {**each, "rows": rows}, **{formula: {"one": each[formula]} for formula in FORMULAS}}
    folder = tmp_path_factory.mktemp("trying")
    return {name: made(folder, read={"number": "1", "free": tree}) for name, tree in trees.items()}


@settings(deadline=None)
@given(value=JSON, formula=st.sampled_from(["all", *FORMULAS]))
@example(value=Decimal("1E+999999"), formula="source.X | round")
@example(value=Decimal("sNaN"), formula="source.X == 2.5")
@example(value="9" * 5000, formula="source.X | number")
def test_a_record_is_read_or_rejected_whatever_is_in_it(
    trying: dict[str, FlowMapping], value: Any, formula: str
) -> None:
    try:
        assert isinstance(trying[formula].read({"X": value}, lists={}, settings={"a": 1}), Order)
    except RecordRejectedError as error:
        told = "".join(traceback.format_exception(error))
        assert SECRET not in told
        assert all(reason.code and reason.sentence.startswith("read.") for reason in error.reasons)


@given(text=st.text(st.characters(exclude_categories=["Cs"])), limit=st.integers(1, 20))
def test_a_cut_text_is_the_longest_beginning_that_fits(tmp_path_factory: Any, text: str, limit: int) -> None:
    mapping = cutting(tmp_path_factory.getbasetemp(), limit)
    written = mapping.write("order", Order(number=text), links={}, settings={}, plan={})
    kept = written.payload["orderType"]

    def units(part: str) -> int:
        return len(part.encode("utf-16-le")) // 2

    assert text.startswith(kept)
    assert units(kept) <= limit
    assert kept == text or units(text[: len(kept) + 1]) > limit
    assert [(cut.before, cut.after) for cut in written.cuts] == ([] if kept == text else [(units(text), units(kept))])


def cutting(folder: Path, limit: int) -> FlowMapping:
    place = folder / f"cutting-{limit}"
    place.mkdir(exist_ok=True)
    tree = {"orderType": {"value": "=order.number", "cut": limit}}
    return made(place, write={"order": tree, "customer": {}})
