"""Access tokens: asked for by one, used by all, and never lost between asking and saving."""

import asyncio
import signal
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest

from tests.systems.memory_tokens import Identity, MemoryTokens
from tests.systems.scripted_server import Line, scripted_server
from visma_sync.errors import ConfigurationError, RetryableError
from visma_sync.systems.sign_in import ask_for_grant
from visma_sync.systems.tokens import AnswerLostError, Ask, Grant, GrantRefusedError, TokenKeeper


def keeper(store: MemoryTokens, ask: Ask, seed: str = "seed") -> TokenKeeper:
    return TokenKeeper(store, key="test", system="eaccounting", ask=ask, seed=seed)


def refuse(_: str) -> Grant:
    raise GrantRefusedError


def lose(_: str) -> Grant:
    raise AnswerLostError


def test_many_calls_at_once_ask_for_one_token() -> None:
    store, identity = MemoryTokens(), Identity()

    async def all_at_once() -> list[str]:
        one = keeper(store, identity.ask)
        return await asyncio.gather(*(one.access_token() for _ in range(20)))

    assert asyncio.run(all_at_once()) == ["access-1"] * 20
    assert identity.asked == ["seed"]
    assert store.refresh_token == "refresh-1"


def test_a_refused_token_is_renewed_once_for_everybody_who_was_refused() -> None:
    store, identity = MemoryTokens(), Identity()

    async def refused_together() -> list[str]:
        one = keeper(store, identity.ask)
        token = await one.access_token()
        return await asyncio.gather(*(one.renew(token) for _ in range(20)))

    assert asyncio.run(refused_together()) == ["access-2"] * 20
    assert identity.asked == ["seed", "refresh-1"]
    assert store.looks == 2


def test_a_token_that_another_process_got_is_used_without_asking() -> None:
    store = MemoryTokens(seed="seed", access_token="theirs", expires_at=datetime.now(UTC) + timedelta(hours=1))
    assert asyncio.run(keeper(store, refuse).access_token()) == "theirs"


def test_who_finds_another_process_asking_waits_for_its_token() -> None:
    store = MemoryTokens(seed="seed", busy=True)

    async def wait() -> str:
        waiting = asyncio.ensure_future(keeper(store, refuse).access_token())
        await asyncio.sleep(0.1)
        assert not waiting.done()
        expires_at = datetime.now(UTC) + timedelta(hours=1)
        store.save_token("test", None, access_token="theirs", refresh_token=None, expires_at=expires_at)
        return await waiting

    assert asyncio.run(wait()) == "theirs"


def test_a_refresh_token_that_is_used_up_needs_a_person() -> None:
    store = MemoryTokens()
    with pytest.raises(ConfigurationError, match="make authorize"):
        asyncio.run(keeper(store, refuse).access_token())
    assert store.log == ["lost"]


def test_the_person_is_told_when_the_process_began_that_lost_the_token() -> None:
    store = MemoryTokens(seed="seed", lost=True, died_at=datetime(2026, 11, 20, 9, 30, tzinfo=UTC))
    with pytest.raises(ConfigurationError, match="2026-11-20 09:30:00 UTC died before saving"):
        asyncio.run(keeper(store, refuse).access_token())


def test_a_new_sign_in_is_used_after_the_old_one_was_lost() -> None:
    store, identity = MemoryTokens(seed="seed", lost=True), Identity()
    assert asyncio.run(keeper(store, identity.ask, seed="new").access_token()) == "access-1"
    assert identity.asked == ["new"]


def test_the_claim_stays_when_the_answer_may_have_used_the_refresh_token_up() -> None:
    store = MemoryTokens()
    with pytest.raises(RetryableError):
        asyncio.run(keeper(store, lose).access_token())
    assert store.busy
    assert store.log == []


def test_the_claim_is_given_back_when_there_is_no_refresh_token_to_lose() -> None:
    store = MemoryTokens()
    with pytest.raises(RetryableError):
        asyncio.run(keeper(store, lose, seed="").access_token())
    assert not store.busy


def test_a_termination_between_asking_and_saving_waits_until_the_token_is_saved() -> None:
    store = MemoryTokens()

    def terminate() -> None:
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGTERM)
        time.sleep(0.1)

    identity = Identity(before_answer=terminate)
    arrived: list[list[str]] = []
    before = signal.signal(signal.SIGTERM, lambda *_: arrived.append(list(store.log)))
    try:
        asyncio.run(keeper(store, identity.ask).access_token())
    finally:
        signal.signal(signal.SIGTERM, before)
    assert arrived == [["saved"]]


def test_an_abandoned_run_still_saves_the_token_that_was_asked_for() -> None:
    store = MemoryTokens()
    asking = asyncio.Event()
    loop: list[asyncio.AbstractEventLoop] = []

    def pause() -> None:
        loop[0].call_soon_threadsafe(asking.set)
        time.sleep(0.1)

    async def abandon() -> None:
        loop.append(asyncio.get_running_loop())
        one = asyncio.ensure_future(keeper(store, Identity(before_answer=pause).ask).access_token())
        await asking.wait()
        one.cancel()
        with pytest.raises(asyncio.CancelledError):
            await one

    asyncio.run(abandon())
    assert store.refresh_token == "refresh-1"


@pytest.mark.parametrize(
    ("line", "error"),
    [
        (Line(400, '{"error": "invalid_grant"}'), GrantRefusedError),
        (Line(400, '{"error": "invalid_client"}'), ConfigurationError),
        (Line(400, '{"error": "invalid_scope"}'), ConfigurationError),
        (Line(404, "<html>"), ConfigurationError),
        (Line(302, "", {"Location": "https://elsewhere.example"}), ConfigurationError),
        (Line(429, ""), RetryableError),
        (Line(503, ""), RetryableError),
        (Line(500, ""), AnswerLostError),
        (Line(200, "not json"), AnswerLostError),
        (Line(200, "{}"), AnswerLostError),
        (Line(200, "{", cut=True), AnswerLostError),
    ],
)
def test_the_identity_servers_answers_mean_one_thing_each(line: Line, error: type[Exception]) -> None:
    with scripted_server(line) as server, pytest.raises(error):
        ask_for_grant("eaccounting", f"{server.url}/connect/token", {"grant_type": "refresh_token"})


def test_an_identity_server_that_cannot_be_reached_has_used_nothing_up() -> None:
    with pytest.raises(RetryableError):
        ask_for_grant("eaccounting", "http://127.0.0.1:1/connect/token", {})


def test_client_and_secret_travel_in_the_header_where_the_server_wants_them_there() -> None:
    with scripted_server(Line(200, '{"access_token": "a", "refresh_token": "r", "expires_in": 60}')) as server:
        grant = ask_for_grant("eaccounting", server.url, {"grant_type": "x"}, basic=("client", "secret"))
    assert (grant.access_token, grant.refresh_token) == ("a", "r")
    assert grant.expires_at - datetime.now(UTC) < timedelta(seconds=61)
    headers, body = server.asked[0][2], server.asked[0][3]
    assert headers["Authorization"] == "Basic Y2xpZW50OnNlY3JldA=="
    assert body == b"grant_type=x"
    assert "secret" not in repr(grant)
