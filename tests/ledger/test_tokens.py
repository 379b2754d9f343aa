"""One process asks for a new token; all the others use it."""

import multiprocessing
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import time_machine

from visma_sync.ledger.ledger import Ledger, open_ledger
from visma_sync.ledger.rows import Company, TokenClaim

fork = multiprocessing.get_context("fork")

KEY = "eaccounting:eaccounting_default:ea:api"
NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)


def claim(ledger: Ledger, claimed_by: str = "one", *, seed: str | None = "seed-1", refused: str = "") -> TokenClaim:
    return ledger.claim_token(KEY, lease_seconds=30, claimed_by=claimed_by, seed=seed, refused=refused)


def refresh(ledger: Ledger, refresh_token: str = "refresh-2", *, seconds: int = 3600) -> TokenClaim:
    """Claim and save, as a process does that nobody disturbs."""
    claimed = claim(ledger)
    ledger.save_token(
        KEY,
        claimed,
        access_token=f"access-of-{refresh_token}",
        refresh_token=refresh_token,
        expires_at=datetime.now(UTC) + timedelta(seconds=seconds),
    )
    return claimed


def test_the_first_claim_asks_with_the_connections_refresh_token(ledger: Ledger) -> None:
    first = claim(ledger)
    assert (first.status, first.refresh_token, first.since) == ("claimed", "seed-1", None)


def test_a_saved_token_is_used_until_a_minute_before_it_ends(ledger: Ledger) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        refresh(ledger)
        clock.shift(3600 - 61)
        assert claim(ledger).access_token == "access-of-refresh-2"
        clock.shift(2)
        assert (claim(ledger).status, claim(ledger, "two").status) == ("claimed", "busy")


def test_the_rotated_token_is_used_and_not_the_connections(ledger: Ledger) -> None:
    refresh(ledger, seconds=0)
    assert claim(ledger).refresh_token == "refresh-2"


def test_a_refresh_without_a_new_refresh_token_leaves_the_present_one(ledger: Ledger) -> None:
    claimed = claim(ledger)
    ledger.save_token(KEY, claimed, access_token="a", refresh_token=None, expires_at=datetime.now(UTC))
    assert claim(ledger).refresh_token == "seed-1"


def test_a_new_token_in_the_connection_is_taken_at_once_and_makes_an_older_claim_void(ledger: Ledger) -> None:
    refresh(ledger, seconds=0)
    old = claim(ledger)
    new = claim(ledger, seed="seed-2")
    assert (new.status, new.refresh_token) == ("claimed", "seed-2")
    ledger.save_token(
        KEY, old, access_token="old", refresh_token="old", expires_at=datetime.now(UTC) + timedelta(hours=1)
    )
    assert claim(ledger, "two", seed="seed-2").status == "busy"


def test_a_new_sign_in_makes_whatever_was_kept_void_until_the_connection_changes(ledger: Ledger) -> None:
    ledger.fail_token(KEY, refresh(ledger, seconds=0), lost=True)
    ledger.fail_token(KEY, claim(ledger), lost=True)
    assert claim(ledger).status == "lost"
    mine = ledger.start_over(KEY, refresh_token="signed-in", seed="seed-1", claimed_by="make authorize")
    assert (mine.status, mine.refresh_token, mine.since) == ("claimed", "signed-in", None)
    assert claim(ledger).status == "busy"
    ledger.fail_token(KEY, mine, lost=False)
    assert claim(ledger).refresh_token == "signed-in"
    assert claim(ledger, seed="seed-2").refresh_token == "seed-2"


def test_while_one_asks_the_others_are_told_who_and_since_when(ledger: Ledger) -> None:
    with time_machine.travel(NOON, tick=False):
        claim(ledger, "one")
        other = claim(ledger, "two")
    assert (other.status, other.claimed_by, other.since, other.refresh_token) == ("busy", "one", NOON, "")


def test_a_claim_given_back_can_be_taken_at_once(ledger: Ledger) -> None:
    ledger.fail_token(KEY, claim(ledger, "one"), lost=False)
    second = claim(ledger, "two")
    assert (second.status, second.since) == ("claimed", None)


def test_a_refresher_that_died_is_known_to_the_next_one(ledger: Ledger) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        claim(ledger, "one")
        clock.shift(31)
        second = claim(ledger, "two")
    assert (second.status, second.since) == ("claimed", NOON)


def test_a_token_lost_with_its_refresher_is_lost_for_everybody_until_somebody_signs_in(ledger: Ledger) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        claim(ledger, "one")
        clock.shift(31)
        ledger.fail_token(KEY, claim(ledger, "two"), lost=True)
        third = claim(ledger, "three")
        assert (third.status, third.since) == ("lost", NOON)
        state = ledger.token_state(KEY)
        assert state is not None
        assert state.lost_since == NOON + timedelta(seconds=31)
        assert claim(ledger, "three", seed="seed-2").status == "claimed"
        assert claim(ledger, "four", seed="seed-2").status == "busy"


def test_a_slow_refresher_that_was_taken_for_dead_still_saves_what_it_got(ledger: Ledger) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        slow = claim(ledger, "one")
        clock.shift(31)
        other = claim(ledger, "two")
        ledger.fail_token(KEY, other, lost=True)  # the server refused: the slow one had used it up
        ledger.save_token(KEY, slow, access_token="new", refresh_token="r", expires_at=NOON + timedelta(hours=1))
        assert claim(ledger, "three").access_token == "new"
        clock.shift(3600)
        third = claim(ledger, "three")
        assert (third.status, third.since) == ("claimed", None)


def test_a_refusal_that_comes_after_somebody_saved_is_ignored(ledger: Ledger) -> None:
    late = refresh(ledger, seconds=0)
    ledger.fail_token(KEY, late, lost=True)
    assert claim(ledger).status == "claimed"


def test_a_late_give_back_does_not_free_another_ones_claim(ledger: Ledger) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        slow = claim(ledger, "one")
        clock.shift(31)
        claim(ledger, "two")
        ledger.fail_token(KEY, slow, lost=False)
        assert claim(ledger, "three").status == "busy"


def test_a_token_that_the_server_refuses_is_not_handed_out_again(ledger: Ledger) -> None:
    refresh(ledger)
    assert claim(ledger, refused="access-of-refresh-1").status == "valid"
    assert claim(ledger, refused="access-of-refresh-2").status == "claimed"


def test_without_refresh_tokens_nothing_can_be_lost(ledger: Ledger) -> None:
    ledger.fail_token(KEY, claim(ledger, seed=None), lost=True)
    assert claim(ledger, seed=None).status == "claimed"


def test_tokens_belong_to_the_connection_whatever_the_pair(url: str, ledger: Ledger, keys: str) -> None:
    refresh(ledger)
    assert claim(open_ledger(url, keys, pair="norway")).status == "valid"


def test_the_company_of_a_token_is_remembered(ledger: Ledger) -> None:
    assert ledger.company(KEY) is None
    ledger.save_company(KEY, "556677-1234", "Snickeri & Söner AB")
    assert ledger.company(KEY) == Company("556677-1234", "Snickeri & Söner AB")
    assert claim(ledger).status == "claimed"


def test_a_token_is_in_no_log(ledger: Ledger) -> None:
    refresh(ledger)
    assert "access-of" not in repr(claim(ledger))
    assert "refresh-2" not in repr(replace(claim(ledger), refresh_token="refresh-2"))


def test_thirty_two_processes_at_expiry_make_one_refresh(ledger: Ledger) -> None:
    refresh(ledger, seconds=0)
    start, asked, tokens = fork.Barrier(32), fork.Value("i", 0), fork.Queue()

    def want_a_token(number: int) -> None:
        start.wait()
        while (mine := claim(ledger, str(number))).status == "busy":
            time.sleep(0.05)
        if mine.status == "claimed":
            with asked:
                asked.value += 1
            time.sleep(0.3)  # Visma's answer
            ledger.save_token(
                KEY,
                mine,
                access_token=f"asked-{asked.value}-with-{mine.refresh_token}",
                refresh_token="refresh-3",
                expires_at=datetime.now(UTC) + timedelta(hours=1),
            )
        tokens.put(claim(ledger, str(number)).access_token)

    processes = [fork.Process(target=want_a_token, args=(number,)) for number in range(32)]
    for process in processes:
        process.start()
    found = {tokens.get(timeout=60) for _ in processes}
    for process in processes:
        process.join(30)
    assert (found, asked.value) == ({"asked-1-with-refresh-2"}, 1)


def test_a_refresher_that_is_killed_costs_one_wasted_question(ledger: Ledger) -> None:
    refresh(ledger, seconds=0)

    def ask_and_never_save() -> None:
        claim(ledger, "victim")
        time.sleep(60)

    victim = fork.Process(target=ask_and_never_save)
    victim.start()
    while (state := ledger.token_state(KEY)) is None or state.claimed_since is None:
        time.sleep(0.01)
    victim.kill()
    victim.join()
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=31), tick=False):
        next_one = claim(ledger, "next")
        assert (next_one.status, next_one.since) == ("claimed", state.claimed_since)
        ledger.fail_token(KEY, next_one, lost=True)
        assert {claim(ledger, str(number)).status for number in range(5)} == {"lost"}
