"""What the ledger knows of the lists of both systems, and what changed in them."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import time_machine

from visma_sync.ledger.ledger import Ledger

MONDAY = datetime(2026, 11, 2, 6, 0, tzinfo=UTC)
TUESDAY, WEDNESDAY = MONDAY + timedelta(days=1), MONDAY + timedelta(days=2)


def value(key: str, description: str = "", *, active: bool = True, **facts: Any) -> dict[str, Any]:
    return {"id": key, "description": description, "active": active, "facts": facts}


def read_on(day: datetime, ledger: Ledger, *rows: dict[str, Any]) -> int:
    with time_machine.travel(day, tick=False):
        return ledger.save_reference("target", "vat_categories", rows)


def changes(ledger: Ledger) -> list[tuple[str, bool, bool, datetime]]:
    """Each change: the value, whether it was there before and is there after, and when it was seen."""
    found = ledger.reference_changes("target", "vat_categories")
    return [(one.value_id, one.before is not None, one.after is not None, one.seen_at) for one in found]


def test_the_first_reading_of_a_list_is_no_news(ledger: Ledger) -> None:
    read_on(MONDAY, ledger, value("NL21"), value("NL9"))
    assert [known.value_id for known in ledger.reference("target", "vat_categories")] == ["NL21", "NL9"]
    assert changes(ledger) == []


def test_a_list_that_stayed_the_same_has_no_changes(ledger: Ledger) -> None:
    read_on(MONDAY, ledger, value("NL21", rate=Decimal("21.0")))
    assert read_on(TUESDAY, ledger, value("NL21", rate=Decimal("21.0"))) == 0
    (known,) = ledger.reference("target", "vat_categories")
    assert (known.first_seen, known.last_seen, known.gone_at) == (MONDAY, TUESDAY, None)
    assert changes(ledger) == []


def test_a_change_is_kept_with_what_was_there_before(ledger: Ledger) -> None:
    read_on(MONDAY, ledger, value("NL21", rate="21"))
    assert read_on(TUESDAY, ledger, value("NL21", rate="22")) == 1
    (change,) = ledger.reference_changes("target", "vat_categories")
    assert change.before is not None
    assert change.after is not None
    assert (change.before["facts"], change.after["facts"], change.seen_at) == ({"rate": "21"}, {"rate": "22"}, TUESDAY)


def test_a_value_that_vanishes_is_gone_since_it_was_first_missed(ledger: Ledger) -> None:
    read_on(MONDAY, ledger, value("NL21"), value("NL9"))
    read_on(TUESDAY, ledger, value("NL21"))
    assert read_on(WEDNESDAY, ledger, value("NL21")) == 0
    gone = {known.value_id: known.gone_at for known in ledger.reference("target", "vat_categories")}
    assert gone == {"NL21": None, "NL9": TUESDAY}
    assert changes(ledger) == [("NL9", True, False, TUESDAY)]


def test_a_value_that_comes_back_is_there_again(ledger: Ledger) -> None:
    read_on(MONDAY, ledger, value("NL21"), value("NL9"))
    read_on(TUESDAY, ledger, value("NL21"))
    read_on(WEDNESDAY, ledger, value("NL21"), value("NL9"), value("NL0"))
    back = ledger.reference("target", "vat_categories")[2]
    assert (back.value_id, back.first_seen, back.gone_at) == ("NL9", MONDAY, None)
    assert changes(ledger)[1:] == [("NL0", False, True, WEDNESDAY), ("NL9", False, True, WEDNESDAY)]


def test_a_change_is_told_once(ledger: Ledger) -> None:
    read_on(MONDAY, ledger, value("NL21", rate="21"), value("NL9", rate="9"))
    read_on(TUESDAY, ledger, value("NL21", rate="22"), value("NL9", rate="10"))
    first, second = ledger.reference_changes("target", "vat_categories")
    with time_machine.travel(WEDNESDAY, tick=False):
        ledger.note_told([first])
    told = {change.value_id: change.told_at for change in ledger.reference_changes("target", "vat_categories")}
    assert told == {first.value_id: WEDNESDAY, second.value_id: None}


def test_both_directions_of_a_pair_know_the_same_lists(ledger: Ledger) -> None:
    read_on(MONDAY, ledger, value("NL21"))
    assert ledger.mirrored().reference("target", "vat_categories") == ledger.reference("target", "vat_categories")


def test_lists_of_the_same_name_in_both_systems_are_apart(ledger: Ledger) -> None:
    read_on(MONDAY, ledger, value("NL21"))
    assert ledger.reference("source", "vat_categories") == []
    assert ledger.reference("target", "units") == []
