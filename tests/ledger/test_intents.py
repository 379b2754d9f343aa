"""An intent is there before its write, and no two processes make the same write."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from visma_sync.ledger.conflicts import IntentTakenError, LinkTakenError
from visma_sync.ledger.ledger import Ledger
from visma_sync.ledger.rows import Attempt, FlowOutcome, Intent, Link, Outcome

FLOW = "orders_eaccounting_to_vismanet"
MONDAY = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
INTENT = Intent(FLOW, "order", "k1", "create", "EA-1001", "run-1", started_at=MONDAY)
BY_ANOTHER = replace(INTENT, started_at=MONDAY + timedelta(seconds=1))
ATTEMPT = Attempt(
    flow=FLOW,
    kind="order",
    key="k1",
    action="create",
    run_id="run-1",
    request={"customer": {"name": "Anna"}, "price": Decimal("12.50")},
    answer={"orderId": "000123"},
    error="",
    started_at=MONDAY,
    duration_ms=310,
)


def test_an_intent_is_found_as_it_was_committed(ledger: Ledger) -> None:
    ledger.commit(INTENT)
    assert ledger.intents(FLOW, "order", ["k1", "k2"], "create") == {"k1": INTENT}
    assert ledger.intents(FLOW, "order", ["k1"], "update") == {}


def test_an_intent_ends_with_what_the_write_made(ledger: Ledger) -> None:
    ledger.commit(INTENT)
    done = replace(INTENT, state="done", target_key="SO/000123")
    ledger.commit(done, Link("order", "k1", "SO/000123"), FlowOutcome(FLOW, "run-1", Outcome("k1", "1001", "created")))
    assert ledger.intents(FLOW, "order", ["k1"], "create") == {"k1": done}
    assert ledger.links("order", ["k1"])["k1"].target_key == "SO/000123"
    assert ledger.counts(FLOW, "run-1") == {"created": 1}


@pytest.mark.parametrize("state", ["open", "done"])
def test_a_process_that_was_not_first_must_look_before_it_writes(state: str, ledger: Ledger) -> None:
    present = replace(INTENT, state=state)
    ledger.commit(present)
    with pytest.raises(IntentTakenError) as taken:
        ledger.commit(BY_ANOTHER, ATTEMPT)
    assert (taken.value.key, taken.value.marker) == ("k1", "EA-1001")
    assert ledger.intents(FLOW, "order", ["k1"], "create") == {"k1": present}
    assert ledger.attempts(FLOW, "order", "k1") == []


@pytest.mark.parametrize("state", ["refused", "absent"])
def test_a_write_that_had_no_effect_may_be_made_again(state: str, ledger: Ledger) -> None:
    ledger.commit(INTENT)
    ledger.commit(replace(INTENT, state=state))
    ledger.commit(BY_ANOTHER)
    assert ledger.intents(FLOW, "order", ["k1"], "create") == {"k1": BY_ANOTHER}


@pytest.mark.parametrize("present", [BY_ANOTHER, replace(INTENT, state="done", target_key="SO/000123")])
@pytest.mark.parametrize("state", ["refused", "absent"])
def test_the_end_of_an_older_request_says_nothing_about_a_newer_or_a_done_one(
    state: str, present: Intent, ledger: Ledger
) -> None:
    ledger.commit(present)
    ledger.commit(replace(INTENT, state=state))
    assert ledger.intents(FLOW, "order", ["k1"], "create") == {"k1": present}


def test_a_write_that_landed_after_all_is_done_whoever_opened_it_again(ledger: Ledger) -> None:
    ledger.commit(BY_ANOTHER)
    landed = replace(INTENT, state="done", target_key="SO/000123")
    ledger.commit(landed)
    assert ledger.intents(FLOW, "order", ["k1"], "create") == {"k1": landed}


def test_one_commit_may_prove_a_write_absent_and_open_it_again(ledger: Ledger) -> None:
    ledger.commit(INTENT)
    ledger.commit(replace(INTENT, state="absent"), BY_ANOTHER)
    assert ledger.intents(FLOW, "order", ["k1"], "create") == {"k1": BY_ANOTHER}


def test_that_a_request_was_given_up_is_noted_on_the_open_intent(ledger: Ledger) -> None:
    ledger.commit(INTENT)
    given_up = replace(INTENT, given_up_at=MONDAY + timedelta(minutes=1))
    with pytest.raises(IntentTakenError):
        ledger.commit(BY_ANOTHER)
    ledger.commit(given_up)
    assert ledger.intents(FLOW, "order", ["k1"], "create") == {"k1": given_up}


def test_an_update_may_be_made_as_often_as_one_likes(ledger: Ledger) -> None:
    update = replace(INTENT, action="update", repeatable=True)
    for state in ("open", "done", "open", "open"):
        ledger.commit(replace(update, state=state))
    assert ledger.intents(FLOW, "order", ["k1"], "update")["k1"].state == "open"


def test_a_conflict_among_many_names_the_one_and_keeps_nothing(ledger: Ledger) -> None:
    ledger.commit(replace(INTENT, key="k500"))
    many = [replace(BY_ANOTHER, key=f"k{number}") for number in range(1000)]
    with pytest.raises(IntentTakenError) as taken:
        ledger.commit(*many)
    assert taken.value.key == "k500"
    keys = [intent.key for intent in many]
    assert ledger.intents(FLOW, "order", keys, "create").keys() == {"k500"}


def test_commits_written_together_fail_alone(ledger: Ledger) -> None:
    ledger.commit(INTENT, Link("customer", "guid-1", "10001"))
    first, second, third, fourth = ledger.commit_together(
        [
            [replace(INTENT, key="k2")],
            [BY_ANOTHER],
            [Link("customer", "guid-2", "10001")],
            [Link("customer", "guid-3", "10003")],
        ]
    )
    assert (first, fourth) == (None, None)
    assert isinstance(second, IntentTakenError)
    assert isinstance(third, LinkTakenError)
    assert ledger.intents(FLOW, "order", ["k2"], "create").keys() == {"k2"}
    assert ledger.links("customer", ["guid-2", "guid-3"]).keys() == {"guid-3"}


def test_attempts_are_kept_with_request_and_answer_in_the_order_they_were_made(ledger: Ledger) -> None:
    refused = replace(ATTEMPT, answer=None, error="no answer within 60 s")
    ledger.commit(refused)
    ledger.commit(ATTEMPT)
    assert ledger.attempts(FLOW, "order", "k1") == [refused, ATTEMPT]
