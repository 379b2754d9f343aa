"""Which fields an update sends, and which it leaves to the people of the target."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet

from visma_sync.ledger.ledger import Ledger, open_ledger
from visma_sync.sync.changes import Change, change_of, hashes_of, is_news, landed, path_of

OURS = {"name": "Bolt", "text": {"body": "A bolt", "title": "Bolt M8"}, "codes": ["1", "2"]}
GUARDED = frozenset({"text.body", "codes"})


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return open_ledger(f"sqlite:///{tmp_path / 'ledger.db'}", Fernet.generate_key().decode())


def change(ledger: Ledger, current: dict[str, Any], ours: dict[str, Any] = OURS) -> Change:
    """What is sent when all that was ever written is a name and a text that have changed in the source since."""
    before = {"name": "Old", "text": {"body": "An old bolt", "title": "Old"}, "codes": ["1"]}
    return change_of(ledger, ours, hashes_of(ledger, before), current, GUARDED)


@pytest.mark.parametrize(
    "nothing",
    [
        {},
        {"text": {"body": None}, "codes": None},
        {"text": {"body": ""}, "codes": []},
    ],
)
def test_a_field_that_is_only_filled_is_sent_while_the_target_has_nothing_there(
    ledger: Ledger, nothing: dict[str, Any]
) -> None:
    assert change(ledger, nothing).payload == OURS


def test_a_field_that_is_only_filled_is_left_alone_once_it_has_something_even_if_it_came_from_us(
    ledger: Ledger,
) -> None:
    there = {"name": "Old", "text": {"body": "An old bolt", "title": "Old"}, "codes": ["1"]}
    found = change(ledger, there)
    assert found.payload == {"name": "Bolt", "text": {"title": "Bolt M8"}}
    assert found.kept == ()


def test_a_field_that_people_emptied_again_is_filled_again_with_what_we_wrote_before(ledger: Ledger) -> None:
    there = {"name": "Bolt", "text": {"body": "", "title": "Bolt M8"}, "codes": ["9"]}
    found = change_of(ledger, OURS, hashes_of(ledger, OURS), there, GUARDED)
    assert found.payload == {"text": {"body": "A bolt"}}


def test_nothing_is_not_filled_with_nothing(ledger: Ledger) -> None:
    found = change(ledger, {}, {"text": {"body": ""}, "codes": []})
    assert found.payload == {}


def test_what_was_filled_is_remembered_as_ours(ledger: Ledger) -> None:
    found = change(ledger, {})
    assert found.written == {**hashes_of(ledger, OURS)}


def test_a_field_that_follows_the_source_is_kept_where_people_changed_it(ledger: Ledger) -> None:
    found = change(ledger, {"name": "Screw", "text": {"body": "x", "title": "Old"}, "codes": ["1"]})
    assert found.payload == {"text": {"title": "Bolt M8"}}
    assert found.kept == ("name",)


WRITTEN = {"name": "Bolt", "text": {"body": "A bolt"}, "number": "7"}


def emptied(ledger: Ledger, current: dict[str, Any]) -> Change:
    """What is sent when the source has no text any more, of which the mapping says that it follows the source."""
    return change_of(ledger, {"name": "Bolt"}, hashes_of(ledger, WRITTEN), current, (), {"text.body", "text.title"})


def test_what_we_wrote_is_taken_out_when_the_source_has_nothing_there_any_more(ledger: Ledger) -> None:
    found = emptied(ledger, WRITTEN)
    assert found.payload == {"text": {"body": None}}
    assert found.kept == ()
    assert found.written == hashes_of(ledger, {"name": "Bolt", "number": "7"})


def test_what_people_wrote_stays_when_the_source_has_nothing_there_any_more(ledger: Ledger) -> None:
    found = emptied(ledger, {**WRITTEN, "text": {"body": "Typed in", "title": "Typed in"}})
    assert found.payload == {}
    assert found.kept == ("text.body",)


def test_what_is_empty_already_is_not_emptied_again_and_is_no_longer_ours(ledger: Ledger) -> None:
    found = emptied(ledger, {"name": "Bolt", "number": "7"})
    assert (found.payload, found.kept) == ({}, ())
    assert found.written == hashes_of(ledger, {"name": "Bolt", "number": "7"})


@pytest.mark.parametrize(
    ("ours", "gone", "news"),
    [
        ({"name": "Bolt"}, (), False),
        ({"name": "Nut"}, (), True),
        ({"name": "Bolt", "colour": "red"}, (), True),
        ({"name": "Bolt"}, ("text.body",), True),
        ({"name": "Bolt"}, ("text.title",), False),
    ],
)
def test_only_what_differs_from_our_last_write_is_news(
    ledger: Ledger, ours: dict[str, Any], gone: tuple[str, ...], news: bool
) -> None:
    assert is_news(ledger, ours, hashes_of(ledger, WRITTEN), gone) is news


def test_a_name_with_a_dot_is_one_name(ledger: Ledger) -> None:
    before, now = {"attributes": {"A.B": "old", "C\\.D": "1"}}, {"attributes": {"A.B": "new", "C\\.D": "1"}}
    found = change_of(ledger, now, hashes_of(ledger, before), before)
    assert found.payload == {"attributes": {"A.B": "new"}}
    gone = change_of(ledger, {}, hashes_of(ledger, before), before, (), {path_of("attributes", "C\\.D")})
    assert gone.payload == {"attributes": {"C\\.D": None}}


@pytest.mark.parametrize(
    ("there", "arrived"),
    [
        ({"name": "New", "price": Decimal("12.0")}, {"name", "price", "text.body"}),
        ({"name": "Old", "price": Decimal(12), "text": {"body": "Old"}}, {"price"}),
        ({"name": "Newer", "text": {"body": "Old"}}, {"name"}),
        ({"name": "Theirs", "price": Decimal(7), "text": {"body": "Old"}}, set()),
    ],
)
def test_what_arrived_of_changes_without_answer_is_what_the_target_has_of_any_of_them(
    ledger: Ledger, there: dict[str, Any], arrived: set[str]
) -> None:
    sent: list[dict[str, Any]] = [{"name": "New", "price": Decimal("12.00"), "text": {"body": None}}, {"name": "Newer"}]
    assert landed(ledger, sent, there).keys() == arrived
