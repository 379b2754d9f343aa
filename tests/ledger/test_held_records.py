"""What a flow has in hand, and how outcomes move it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from visma_sync.ledger.ledger import Ledger
from visma_sync.ledger.rows import HeldRecord, Outcome

FLOW = "orders_eaccounting_to_vismanet"
MONDAY = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


def order(key: str, *, days: int = 0) -> HeldRecord:
    return HeldRecord(
        key=key,
        number=f"10{key}",
        created_at=MONDAY + timedelta(days=days),
        changed_at=MONDAY + timedelta(days=days, hours=1),
        source_hash=f"hash-{key}",
        fingerprint=f"print-{key}",
        source={"Number": f"10{key}", "Amount": Decimal("99.95")},
        facts={"currency": "SEK"},
    )


def test_an_order_in_hand_is_found_by_key_and_number_as_it_was_read(ledger: Ledger) -> None:
    ledger.hold(FLOW, "run-1", [order("1"), order("2")], {})
    expected = replace(order("1"), run_id="run-1")
    assert ledger.held(FLOW, ["1", "3"]) == {"1": expected}
    assert ledger.held_by_number(FLOW, ["101"]) == {"101": expected}
    assert ledger.held(FLOW, ["1"], with_source=False) == {"1": replace(expected, source=None)}
    assert ledger.held("another_flow", ["1"]) == {}


def test_holding_again_takes_the_newer_record(ledger: Ledger) -> None:
    ledger.hold(FLOW, "run-1", [order("1")], {})
    ledger.hold(FLOW, "run-2", [replace(order("1"), source={"Number": "101", "Status": 2})], {})
    record = ledger.held(FLOW, ["1"])["1"]
    assert (record.source, record.run_id) == ({"Number": "101", "Status": 2}, "run-2")


def test_a_record_held_without_its_source_keeps_the_one_it_had(ledger: Ledger) -> None:
    ledger.hold(FLOW, "run-1", [order("1")], {})
    ledger.hold(FLOW, "run-2", [replace(order("1"), source=None, fingerprint="")], {})
    record = ledger.held(FLOW, ["1"])["1"]
    assert (record.source, record.fingerprint) == (order("1").source, "print-1")


def test_what_orders_need_is_known_by_what_is_needed(ledger: Ledger) -> None:
    needs = {"1": {"customer": {"C1"}, "product": {"P1", "P2"}}, "2": {"customer": {"C1"}, "product": {"P2"}}}
    ledger.hold(FLOW, "run-1", [order("1"), order("2")], needs)
    assert ledger.needed(FLOW, ["1", "2"], "customer") == {"C1": {"1", "2"}}
    assert ledger.needed(FLOW, ["1", "2"], "product") == {"P1": {"1"}, "P2": {"1", "2"}}
    assert ledger.needed(FLOW, ["2"], "product") == {"P2": {"2"}}


def test_newer_needs_replace_the_older_ones_of_that_record_only(ledger: Ledger) -> None:
    ledger.hold(FLOW, "run-1", [order("1"), order("2")], {"1": {"product": {"P1"}}, "2": {"product": {"P1"}}})
    ledger.hold(FLOW, "run-2", [order("1")], {"1": {"product": {"P9"}}})
    assert ledger.needed(FLOW, ["1", "2"], "product") == {"P9": {"1"}, "P1": {"2"}}


def test_a_later_run_finds_what_is_waiting_oldest_first(ledger: Ledger) -> None:
    keys = ["fetched", "parked", "rejected", "uncertain", "created", "skipped", "unchanged", "updated"]
    orders = [order(key, days=-number) for number, key in enumerate(keys)]
    ledger.hold(FLOW, "run-1", orders, {})
    ledger.save_outcomes(FLOW, "run-1", [Outcome(key, f"10{key}", key) for key in keys if key != "fetched"])
    waiting = ledger.waiting(FLOW)
    assert [record.key for record in waiting] == ["uncertain", "rejected", "parked", "fetched"]
    assert {record.source for record in waiting} == {None}


def test_an_outcome_moves_the_record_in_hand(ledger: Ledger) -> None:
    ledger.hold(FLOW, "run-1", [order("1")], {})
    ledger.save_outcomes(
        FLOW, "run-2", [Outcome("1", "101", "parked", "no_customer", cure="Make it.", fingerprint="f")]
    )
    record = ledger.held(FLOW, ["1"])["1"]
    assert (record.state, record.reason, record.cure) == ("parked", "no_customer", "Make it.")
    assert (record.fingerprint, record.run_id) == ("f", "run-2")


def test_an_outcome_without_a_fingerprint_leaves_that_of_the_record(ledger: Ledger) -> None:
    ledger.hold(FLOW, "run-1", [order("1")], {})
    ledger.save_outcomes(FLOW, "run-1", [Outcome("1", "101", "rejected", "no_lines")])
    assert ledger.held(FLOW, ["1"])["1"].fingerprint == "print-1"


def test_a_record_skipped_because_it_was_rejected_before_goes_on_waiting(ledger: Ledger) -> None:
    rejected = replace(order("1"), state="rejected", reason="no_lines", cure="Add a line.")
    ledger.hold(FLOW, "run-2", [rejected], {})
    ledger.save_outcomes(FLOW, "run-2", [Outcome("1", "101", "skipped", "rejected_before")])
    assert [(record.state, record.reason) for record in ledger.waiting(FLOW)] == [("rejected", "no_lines")]


def test_the_records_of_a_run_are_those_it_had_in_hand_last(ledger: Ledger) -> None:
    ledger.hold(FLOW, "run-1", [order("1"), order("2")], {})
    ledger.hold(FLOW, "run-2", [order("2")], {})
    assert [record.key for record in ledger.held_in_run(FLOW, "run-1")] == ["1"]
