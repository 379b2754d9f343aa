"""A record has one link, on both sides."""

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
