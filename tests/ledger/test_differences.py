"""What reconciliations found: since when a difference lasts, and when it was resolved."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

from visma_sync.ledger.differences import Difference, ReadVat
from visma_sync.ledger.ledger import Ledger

ORDERS, INVOICES = "orders", "invoices"
FIRST, LAST = "2026-11-01", "2026-11-30"
SHORT = Difference(
    "amount", "key-1", "1001", "2026-11-12", "EUR", total=Decimal("10.00"), found_total=Decimal("9.99"), detail="0.01"
)


def lasting(ledger: Ledger, flow: str = ORDERS) -> list[Difference]:
    return [one.difference for one in ledger.differences(flow)]


def test_a_difference_lasts_from_when_it_was_seen_first_until_it_is_not_found_again(ledger: Ledger) -> None:
    ledger.save_differences(ORDERS, FIRST, LAST, [SHORT])
    (first,) = ledger.differences(ORDERS)
    ledger.save_differences(ORDERS, FIRST, LAST, [replace(SHORT, found_total=Decimal("9.00"))])
    (again,) = ledger.differences(ORDERS)
    assert (again.first_seen, again.difference.found_total) == (first.first_seen, Decimal("9.00"))
    assert again.last_seen > first.last_seen
    ledger.save_differences(ORDERS, FIRST, LAST, [])
    assert lasting(ledger) == []
    (resolved,) = ledger.differences(ORDERS, resolved=True)
    assert resolved.resolved_at is not None
    assert resolved.resolved_at > again.last_seen


def test_a_difference_that_comes_back_is_a_new_one(ledger: Ledger) -> None:
    ledger.save_differences(ORDERS, FIRST, LAST, [SHORT])
    (first,) = ledger.differences(ORDERS)
    ledger.save_differences(ORDERS, FIRST, LAST, [])
    ledger.save_differences(ORDERS, FIRST, LAST, [SHORT])
    (back,) = ledger.differences(ORDERS)
    assert back.first_seen > first.last_seen
    assert ledger.differences(ORDERS, resolved=True) == []


def test_other_days_and_other_flows_are_left_as_they_were(ledger: Ledger) -> None:
    ledger.save_differences(ORDERS, FIRST, LAST, [SHORT])
    ledger.save_differences(ORDERS, "2026-12-01", "2026-12-31", [])
    ledger.save_differences(INVOICES, FIRST, LAST, [])
    assert lasting(ledger) == [SHORT]
    ledger.save_differences(ORDERS, SHORT.day, SHORT.day, [])
    assert lasting(ledger) == []


def test_two_differences_of_one_record_are_two(ledger: Ledger) -> None:
    double = replace(SHORT, kind="double", total=None, found_total=None)
    ledger.save_differences(ORDERS, FIRST, LAST, [SHORT, double])
    assert lasting(ledger) == [SHORT, double]


def test_the_vat_of_a_document_is_known_as_it_was_read_last(ledger: Ledger) -> None:
    moments = [datetime(2026, 11, day, 8, tzinfo=UTC) for day in (1, 2)]
    ledger.save_read_vats("order", [ReadVat("SO/1", moments[0], {"NL21": ("100.00", "21.00")})])
    ledger.save_read_vats("order", [ReadVat("SO/1", moments[1], {"NL9": ("100.00", "9.00")})])
    assert ledger.read_vats("order", {"SO/1", "SO/2"}) == {
        "SO/1": ReadVat("SO/1", moments[1], {"NL9": ("100.00", "9.00")})
    }
    assert ledger.read_vats("invoice", {"SO/1"}) == {}
