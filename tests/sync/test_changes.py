"""Which fields an update sends, and which it leaves to the people of the target."""

from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet

from visma_sync.ledger.ledger import Ledger, open_ledger
from visma_sync.sync.changes import Change, change_of, hashes_of

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
