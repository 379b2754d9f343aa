"""What the next run need not read again."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import time_machine

from visma_sync.ledger.ledger import Ledger

FLOW = "orders_eaccounting_to_vismanet"
MONDAY = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


def test_the_watermark_moves_on_and_never_back(ledger: Ledger) -> None:
    assert ledger.watermark(FLOW) is None
    ledger.move_watermark(FLOW, MONDAY)
    ledger.move_watermark(FLOW, MONDAY + timedelta(hours=1))
    ledger.move_watermark(FLOW, MONDAY)
    assert ledger.watermark(FLOW) == MONDAY + timedelta(hours=1)
    assert ledger.watermark("another_flow") is None


def test_a_moment_in_another_time_zone_is_the_same_moment(ledger: Ledger) -> None:
    ledger.move_watermark(FLOW, MONDAY.astimezone(ZoneInfo("Europe/Stockholm")))
    assert ledger.watermark(FLOW) == MONDAY


def test_a_cursor_says_how_far_a_list_was_read(ledger: Ledger) -> None:
    assert ledger.cursor("target.customers") is None
    ledger.save_cursor("target.customers", MONDAY)
    ledger.save_cursor("target.customers", MONDAY - timedelta(days=1))
    assert ledger.cursor("target.customers") == MONDAY - timedelta(days=1)


def test_master_data_is_kept_with_the_moment_it_was_read(ledger: Ledger) -> None:
    assert ledger.master_data("target", "vat_categories") is None
    rows = [{"id": "1", "rate": Decimal("25.00")}]
    with time_machine.travel(MONDAY, tick=False):
        ledger.save_master_data("target", "vat_categories", [])
        ledger.save_master_data("target", "vat_categories", rows)
    assert ledger.master_data("target", "vat_categories") == (rows, MONDAY)


def test_master_data_of_a_system_can_be_forgotten(ledger: Ledger) -> None:
    ledger.save_master_data("target", "units", [{"id": "KG"}])
    ledger.save_master_data("source", "units", [{"id": "KG"}])
    ledger.forget_master_data("target")
    assert ledger.master_data("target", "units") is None
    assert ledger.master_data("source", "units") is not None
