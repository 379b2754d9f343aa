"""Of all runs of a flow, one writes at a time."""

import multiprocessing
from datetime import timedelta

from visma_sync.ledger.ledger import Ledger

fork = multiprocessing.get_context("fork")

FLOW = "orders_eaccounting_to_vismanet"


def test_the_first_run_takes_the_turn_and_the_second_waits(ledger: Ledger) -> None:
    assert ledger.turn_holder(FLOW) is None
    assert ledger.take_turn(FLOW, "dag", "run-1")
    assert not ledger.take_turn(FLOW, "dag", "run-2")
    holder = ledger.turn_holder(FLOW)
    assert holder is not None
    assert (holder.dag_id, holder.run_id) == ("dag", "run-1")


def test_the_same_run_may_take_its_turn_again(ledger: Ledger) -> None:
    assert ledger.take_turn(FLOW, "dag", "run-1")
    assert ledger.take_turn(FLOW, "dag", "run-1")
    assert not ledger.take_turn(FLOW, "another_dag", "run-1")


def test_a_turn_given_back_is_free(ledger: Ledger) -> None:
    ledger.take_turn(FLOW, "dag", "run-1")
    ledger.give_turn_back(FLOW, "dag", "run-1")
    assert ledger.take_turn(FLOW, "dag", "run-2")


def test_another_runs_turn_cannot_be_given_back(ledger: Ledger) -> None:
    ledger.take_turn(FLOW, "dag", "run-1")
    ledger.give_turn_back(FLOW, "dag", "run-2")
    assert not ledger.take_turn(FLOW, "dag", "run-2")


def test_flows_do_not_wait_for_each_other(ledger: Ledger) -> None:
    assert ledger.take_turn(FLOW, "dag", "run-1")
    assert ledger.take_turn("customers_eaccounting_to_vismanet", "dag", "run-2")


def test_a_holder_that_no_longer_runs_is_replaced_once(ledger: Ledger) -> None:
    ledger.take_turn(FLOW, "dag", "dead")
    dead = ledger.turn_holder(FLOW)
    assert ledger.take_turn(FLOW, "dag", "run-2", instead_of=dead)
    assert not ledger.take_turn(FLOW, "dag", "run-3", instead_of=dead)


def test_a_holder_that_came_back_is_not_replaced(ledger: Ledger) -> None:
    ledger.take_turn(FLOW, "dag", "run-1")
    seen_dead = ledger.turn_holder(FLOW)
    assert seen_dead is not None
    ledger.take_turn(FLOW, "dag", "run-1")  # it was cleared, and runs again
    holder = ledger.turn_holder(FLOW)
    assert holder is not None
    assert holder.taken_at - seen_dead.taken_at > timedelta(0)
    assert not ledger.take_turn(FLOW, "dag", "run-2", instead_of=seen_dead)


def test_a_holder_that_gave_back_in_the_meantime_is_no_obstacle(ledger: Ledger) -> None:
    ledger.take_turn(FLOW, "dag", "run-1")
    gone = ledger.turn_holder(FLOW)
    ledger.give_turn_back(FLOW, "dag", "run-1")
    assert ledger.take_turn(FLOW, "dag", "run-2", instead_of=gone)


def test_of_many_processes_one_replaces_the_dead_holder(ledger: Ledger) -> None:
    ledger.take_turn(FLOW, "dag", "dead")
    dead = ledger.turn_holder(FLOW)
    start, taken = fork.Barrier(8), fork.Queue()

    def take(number: int) -> None:
        start.wait()
        taken.put(ledger.take_turn(FLOW, "dag", f"run-{number}", instead_of=dead))

    processes = [fork.Process(target=take, args=(number,)) for number in range(8)]
    for process in processes:
        process.start()
    results = [taken.get(timeout=30) for _ in processes]
    for process in processes:
        process.join(30)
    assert sorted(results) == [False] * 7 + [True]
