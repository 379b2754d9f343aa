"""All processes together keep to what the vendor allows."""

import multiprocessing
import time
from datetime import UTC, datetime

import time_machine

from visma_sync.ledger.ledger import Ledger

fork = multiprocessing.get_context("fork")

KEY = "eaccounting:client:/v2/orders"
NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)


def reserve(ledger: Ledger, want: int, *, limit: int = 100, window: float = 60) -> tuple[int, float]:
    return ledger.reserve_calls(KEY, limit=limit, window_seconds=window, want=want)


def test_calls_are_granted_up_to_the_limit(ledger: Ledger) -> None:
    with time_machine.travel(NOON, tick=False):
        assert reserve(ledger, 60) == (60, 0.0)
        assert reserve(ledger, 60) == (40, 0.0)
        assert reserve(ledger, 60) == (0, 60.0)
        assert ledger.reserve_calls("another endpoint", limit=100, window_seconds=60, want=5) == (5, 0.0)


def test_a_block_weighs_for_one_window(ledger: Ledger) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        reserve(ledger, 60)
        clock.shift(40)
        reserve(ledger, 40)
        clock.shift(10)
        assert reserve(ledger, 10) == (0, 10.0)
        clock.shift(10)
        assert reserve(ledger, 100) == (60, 0.0)


def test_no_more_is_granted_than_the_server_has_left(ledger: Ledger) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        ledger.note_remaining(KEY, 25, 600)
        assert reserve(ledger, 20) == (20, 0.0)
        assert reserve(ledger, 20) == (5, 0.0)
        assert reserve(ledger, 20) == (0, 600.0)
        clock.shift(600)
        assert reserve(ledger, 20) == (20, 0.0)


def test_calls_granted_but_not_made_yet_are_not_granted_twice(ledger: Ledger) -> None:
    with time_machine.travel(NOON, tick=False):
        ledger.note_remaining(KEY, 50, 600)
        assert reserve(ledger, 40) == (40, 0.0)
        ledger.note_remaining(KEY, 49, 599)  # the server has seen the first of the forty
        assert reserve(ledger, 40) == (10, 0.0)


def test_calls_of_others_count_as_soon_as_they_are_heard_of(ledger: Ledger) -> None:
    with time_machine.travel(NOON, tick=False):
        ledger.note_remaining(KEY, 50, 600)
        ledger.note_remaining(KEY, 3, 590)
        assert reserve(ledger, 40) == (3, 0.0)


def test_a_new_count_of_the_server_replaces_the_old_one(ledger: Ledger) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        ledger.note_remaining(KEY, 0, 600)
        clock.shift(601)
        ledger.note_remaining(KEY, 30, 600)
        assert reserve(ledger, 40) == (30, 0.0)


def test_eight_processes_never_exceed_the_limit(ledger: Ledger) -> None:
    window, limit, spell = 0.4, 40, 1.1
    granted = fork.Queue()
    begin = time.monotonic()

    def work() -> None:
        total = 0
        while time.monotonic() - begin < spell:
            number, wait = reserve(ledger, 7, limit=limit, window=window)
            total += number
            time.sleep(0 if number else min(wait, 0.05))
        granted.put(total)

    processes = [fork.Process(target=work) for _ in range(8)]
    for process in processes:
        process.start()
    total = sum(granted.get(timeout=30) for _ in processes)
    for process in processes:
        process.join(30)
    windows = int((time.monotonic() - begin) / window) + 1
    assert 2 * limit <= total <= windows * limit
