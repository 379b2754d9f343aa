"""A record has one link, on both sides."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from sqlalchemy.exc import StatementError

from visma_sync.ledger.conflicts import LinkTakenError
from visma_sync.ledger.ledger import Ledger
from visma_sync.ledger.rows import Link

LINKED_AT = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)


def test_a_link_is_found_from_both_sides_as_it_was_saved(ledger: Ledger) -> None:
    link = Link(
        kind="customer",
        source_key="guid-1",
        target_key="10001",
        source_hash="hash",
        written={"mainAddress.city": "f00"},
        detail={"total": Decimal("12.10"), "rows": 2},
        linked_at=LINKED_AT,
        how="matched:vat_number",
    )
    ledger.save_links([link])
    assert ledger.links("customer", ["guid-1", "guid-2"]) == {"guid-1": link}
    assert ledger.links_by_target("customer", ["10001", "10002"]) == {"10001": link}
    assert ledger.links("order", ["guid-1"]) == {}


def test_all_links_of_a_kind_are_given_by_source_key(ledger: Ledger) -> None:
    ledger.save_links([Link("customer", "b", "2"), Link("customer", "a", "1"), Link("order", "c", "3")])
    assert [(link.source_key, link.target_key) for link in ledger.all_links("customer")] == [("a", "1"), ("b", "2")]


def test_a_link_saved_again_is_overwritten(ledger: Ledger) -> None:
    ledger.save_links([Link("order", "1", "A", detail={"confirmed": False})])
    ledger.save_links([Link("order", "1", "A", detail={"confirmed": True})])
    assert ledger.links("order", ["1"])["1"].detail == {"confirmed": True}


def test_a_link_without_a_moment_is_linked_now(ledger: Ledger) -> None:
    ledger.save_links([Link("order", "1", "A")])
    linked_at = ledger.links("order", ["1"])["1"].linked_at
    assert linked_at is not None
    assert abs((datetime.now(UTC) - linked_at).total_seconds()) < 60


def test_a_target_record_belongs_to_one_source_record_and_nothing_else_of_the_call_is_kept(ledger: Ledger) -> None:
    ledger.save_links([Link("customer", "guid-1", "10001")])
    with pytest.raises(LinkTakenError) as taken:
        ledger.save_links([Link("customer", "guid-2", "10002"), Link("customer", "guid-3", "10001")])
    assert (taken.value.key, taken.value.code) == ("guid-3", "link_taken")
    assert ledger.links("customer", ["guid-1", "guid-2", "guid-3"]).keys() == {"guid-1"}


def test_two_source_records_of_one_call_cannot_have_the_same_target(ledger: Ledger) -> None:
    with pytest.raises(LinkTakenError):
        ledger.save_links([Link("customer", "guid-1", "10001"), Link("customer", "guid-2", "10001")])
    assert ledger.links("customer", ["guid-1", "guid-2"]) == {}


def test_the_same_number_may_belong_to_two_kinds(ledger: Ledger) -> None:
    ledger.save_links([Link("customer", "1", "10001"), Link("product", "1", "10001")])
    assert ledger.links_by_target("product", ["10001"])["10001"].source_key == "1"


def test_thousands_of_links_are_looked_up_at_once(ledger: Ledger) -> None:
    ledger.save_links([Link("order", str(number), f"SO{number}") for number in range(2500)])
    found = ledger.links("order", [str(number) for number in range(5000)])
    assert len(found) == 2500
    assert found["2499"].target_key == "SO2499"


def test_a_moment_without_a_time_zone_is_a_bug_that_names_no_values(ledger: Ledger) -> None:
    with pytest.raises(StatementError, match="time zone") as bug:
        ledger.save_links([Link("order", "1", "SO-77", linked_at=datetime(2026, 11, 2))])
    assert "SO-77" not in str(bug.value)


def test_what_is_noted_of_a_link_leaves_what_another_flow_wrote_meanwhile(ledger: Ledger) -> None:
    ledger.save_links([Link("product", "1", "A"), Link("product", "2", "B"), Link("customer", "1", "C")])
    noticed = ledger.links("product", ["1", "2"])
    ledger.save_links([Link("product", "1", "A", source_hash="new", written={"name": "f00"}, detail={"rows": 2})])
    ledger.change_links("product", [*noticed, "3"], lambda link: replace(link, detail={**link.detail, "status": "out"}))
    after = ledger.links("product", ["1", "2", "3"])
    assert (after["1"].source_hash, after["1"].written) == ("new", {"name": "f00"})
    assert {key: link.detail for key, link in after.items()} == {
        "1": {"rows": 2, "status": "out"},
        "2": {"status": "out"},
    }
    assert ledger.links("customer", ["1"])["1"].detail == {}


def test_many_that_note_something_of_one_link_lose_nothing(ledger: Ledger) -> None:
    ledger.save_links([Link("product", "1", "A")])

    def note(name: int) -> None:
        ledger.change_links("product", ["1"], lambda link: replace(link, detail={**link.detail, str(name): True}))

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(note, range(40)))
    assert ledger.links("product", ["1"])["1"].detail.keys() == {str(name) for name in range(40)}


def test_a_link_that_is_only_added_overwrites_none_and_takes_no_target_of_another(ledger: Ledger) -> None:
    ledger.save_links([Link("product", "1", "A", how="created"), Link("product", "2", "B")])
    ledger.add_links([Link("product", "1", "A", how="found"), Link("product", "3", "B"), Link("product", "4", "D")])
    links = ledger.links("product", ["1", "2", "3", "4"])
    assert {key: link.target_key for key, link in links.items()} == {"1": "A", "2": "B", "4": "D"}
    assert links["1"].how == "created"
