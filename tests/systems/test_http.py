"""The HTTP client: what is tried again, what never, and what nobody gets to see."""

import asyncio
import logging
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from tests.systems.memory_tokens import Identity, MemoryTokens
from tests.systems.scripted_server import Line, Script, scripted_server
from visma_sync.errors import (
    ConfigurationError,
    RecordRejectedError,
    RetryableError,
    StaleVersionError,
    UncertainWriteError,
    VismaSyncError,
)
from visma_sync.systems.budget import Quota, RateBudget
from visma_sync.systems.call import Answer, Call, File
from visma_sync.systems.http import Endpoint, HttpClient
from visma_sync.systems.tokens import TokenKeeper
from visma_sync.systems.vismanet.verdict import verdict

READ = Call("GET", "/v1/customer/{number}", {"number": "100 Åsa/1"}, (("email", "anna@example.nl"),))
WRITE = Call("POST", "/v1/customer", body={"name": {"value": "Anna Marker"}})
OK = Line(200, '{"total": 0.10}')
SERVER_DOWN = Line(503, "<html>")


def client(
    url: str,
    *,
    slots: int = 4,
    timeout: float = 5.0,
    identity: Identity | None = None,
    budget: RateBudget | None = None,
) -> HttpClient:
    tokens = TokenKeeper(MemoryTokens(), key="test", system="vismanet", ask=(identity or Identity(rotating=False)).ask)
    endpoint = Endpoint("vismanet", url, slots, timeout)
    return HttpClient(endpoint, tokens=tokens, verdict=verdict, budget=budget)


def send(http: HttpClient, *calls: Call) -> list[Answer | BaseException]:
    async def all_of_them() -> list[Answer | BaseException]:
        answers = await asyncio.gather(*(http.send(call) for call in calls), return_exceptions=True)
        await http.close()
        return answers

    return asyncio.run(all_of_them())


def outcome(call: Call, *lines: Line, timeout: float = 5.0) -> tuple[Answer | BaseException, Script]:
    with scripted_server(*lines) as server:
        (answer,) = send(client(server.url, timeout=timeout), call)
    return answer, server


def test_an_answer_is_read_with_exact_numbers() -> None:
    answer, server = outcome(READ, OK)
    assert isinstance(answer, Answer)
    assert answer.body == {"total": Decimal("0.10")}
    method, path, headers, _ = server.asked[0]
    assert (method, path) == ("GET", "/v1/customer/100%20%C3%85sa%2F1?email=anna%40example.nl")
    assert headers["Authorization"] == "Bearer access-1"
    assert headers["User-Agent"].startswith("visma-sync/")
    assert "gzip" in headers["Accept-Encoding"]


def test_money_is_written_digit_by_digit() -> None:
    _, server = outcome(Call("POST", "/v1/x", body={"price": Decimal("0.10"), "name": "Åsa"}), OK)
    assert server.asked[0][3] == '{"price":0.10,"name":"Åsa"}'.encode()


@pytest.mark.parametrize("trouble", [SERVER_DOWN, Line(500), Line(200, "not json"), Line(200, "{", cut=True)])
def test_a_read_is_made_again_after_trouble(trouble: Line) -> None:
    answer, server = outcome(READ, trouble, trouble, OK)
    assert isinstance(answer, Answer)
    assert len(server.asked) == 3


def test_a_read_is_given_up_after_three_tries() -> None:
    answer, server = outcome(READ, SERVER_DOWN)
    assert isinstance(answer, RetryableError)
    assert len(server.asked) == 3


@pytest.mark.parametrize(
    "trouble",
    [
        Line(500),
        Line(502, "<html>"),
        SERVER_DOWN,
        Line(504),
        Line(408),
        Line(200, "not json"),
        Line(200, "{", cut=True),
        Line(hang=1.0),
    ],
)
def test_a_write_whose_answer_is_lost_is_uncertain_and_never_sent_again(trouble: Line) -> None:
    answer, server = outcome(WRITE, trouble, timeout=0.3)
    assert isinstance(answer, UncertainWriteError)
    assert len(server.asked) == 1


def test_a_write_that_never_left_may_be_sent_later() -> None:
    (answer,) = send(client("http://127.0.0.1:1"), WRITE)
    assert isinstance(answer, RetryableError)


def test_a_write_turned_away_by_the_quota_is_sent_again_after_the_wait() -> None:
    answer, server = outcome(WRITE, Line(429, "", {"Retry-After": "0"}), Line(201, ""))
    assert isinstance(answer, Answer)
    assert len(server.asked) == 2


def test_a_wait_of_more_than_a_minute_is_left_to_the_caller() -> None:
    answer, server = outcome(READ, Line(429, "", {"Retry-After": "1800"}))
    assert isinstance(answer, RetryableError)
    assert answer.retry_after == 1800
    assert len(server.asked) == 1


def test_a_stale_version_is_not_simply_sent_again() -> None:
    answer, server = outcome(Call("PATCH", "/v1/x", headers={"If-Match": '"1"'}), Line(412))
    assert isinstance(answer, StaleVersionError)
    assert len(server.asked) == 1


def test_a_refused_record_is_asked_for_once() -> None:
    answer, server = outcome(READ, Line(400, '{"message": "VismaId: 1. Nothing known."}'))
    assert isinstance(answer, RecordRejectedError)
    assert len(server.asked) == 1


def test_a_token_that_ended_early_is_renewed_even_for_a_write() -> None:
    answer, server = outcome(WRITE, Line(401), Line(201, ""))
    assert isinstance(answer, Answer)
    assert [headers["Authorization"] for _, _, headers, _ in server.asked] == [
        "Bearer access-1",
        "Bearer access-2",
    ]


def test_access_that_is_refused_with_a_new_token_too_stops_everything() -> None:
    identity = Identity(rotating=False)
    with scripted_server(Line(401)) as server:
        answers = send(client(server.url, identity=identity), *[READ] * 10)
    assert all(isinstance(answer, ConfigurationError) for answer in answers)
    assert "tenant" in str(answers[0])
    assert len(identity.asked) <= 1 + len(answers)


def test_redirects_are_not_followed() -> None:
    with scripted_server(OK) as elsewhere:
        answer, _ = outcome(READ, Line(302, "", {"Location": elsewhere.url}))
        assert isinstance(answer, ConfigurationError)
        assert elsewhere.asked == []


@pytest.mark.parametrize("url", ["http://api.example.com", "http://10.0.0.1", "ftp://localhost", "nonsense"])
def test_secrets_never_travel_in_the_clear(url: str) -> None:
    with pytest.raises(ConfigurationError, match="https"):
        client(url)


@pytest.mark.parametrize("url", ["https://api.example.com/", "http://localhost:1", "http://127.0.0.1:1"])
def test_https_and_this_machine_are_good_addresses(url: str) -> None:
    client(url)


def test_no_more_requests_than_slots_are_in_flight_each_on_its_own_connection() -> None:
    with scripted_server(Line(hang=0.05)) as server:
        answers = send(client(server.url, slots=3), *[READ] * 12)
    assert not any(isinstance(answer, BaseException) for answer in answers)
    assert server.most_at_once == 3
    assert len(server.connections) == 3


def test_logs_and_errors_hold_no_personal_data_and_no_tokens(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    answers = [
        outcome(READ, OK)[0],
        outcome(READ, SERVER_DOWN)[0],
        outcome(WRITE, Line(400, '{"message": "VismaId: 1. \'Anna Marker\' is not nice."}'))[0],
        outcome(WRITE, Line(200, "{", cut=True))[0],
    ]
    said = caplog.text + " ".join(repr(answer) + str(answer) for answer in answers)
    assert "GET /v1/customer/{number}: 200" in caplog.text
    assert not [word for word in ("Anna", "anna%40", "example.nl", "access-1", "100 ") if word in said]


def test_calls_are_counted_by_route() -> None:
    with scripted_server(Line(401), OK) as server:
        http = client(server.url)
        send(http, READ)
    assert http.calls == {"GET /v1/customer/{number}": 2}


class Counted:
    """A shared budget that grants nothing after a while, and remembers what it was told."""

    def __init__(self, grants: int, wait: float) -> None:
        self.grants, self.wait = grants, wait
        self.asked: list[tuple[str, int, int]] = []
        self.noted: list[int] = []

    def reserve_calls(self, key: str, *, limit: int, window_seconds: float, want: int) -> tuple[int, float]:
        self.asked.append((key, limit, want))
        granted, self.grants = min(want, self.grants), max(0, self.grants - want)
        return granted, 0.0 if granted else self.wait

    def note_remaining(self, key: str, remaining: int, reset_seconds: float) -> None:
        self.noted.append(remaining)


def test_calls_are_taken_from_the_shared_budget_in_blocks() -> None:
    shared = Counted(grants=100, wait=0.0)
    budget = RateBudget(shared, Quota("test", 60.0, limit=600, per_route=True))
    with scripted_server(OK) as server:
        send(client(server.url, budget=budget), *[READ] * 20)
    assert [want for _, _, want in shared.asked] == [1, 2, 4, 8, 16]
    assert {(key, limit) for key, limit, _ in shared.asked} == {("test GET /v1/customer/{number}", 570)}


def test_an_exhausted_budget_ends_the_try_instead_of_waiting_long() -> None:
    budget = RateBudget(Counted(grants=0, wait=1200.0), Quota("test", 3600.0, limit=600))
    with scripted_server(OK) as server:
        (answer,) = send(client(server.url, budget=budget), READ)
    assert isinstance(answer, RetryableError)
    assert answer.retry_after == 1200.0
    assert server.asked == []


def test_the_quota_is_learnt_from_the_answers() -> None:
    shared = Counted(grants=10_000, wait=0.0)
    budget = RateBudget(shared, Quota("test", 3600.0))
    told = {"X-RateLimit-Limit": "5000", "X-RateLimit-Remaining": "4990", "X-RateLimit-Reset": "1800"}
    with scripted_server(Line(200, "{}", told)) as server:
        http = client(server.url, budget=budget)

        async def one_after_the_other() -> None:
            for _ in range(3):
                await http.send(READ)
            await http.close()

        asyncio.run(one_after_the_other())
    assert shared.noted == [4990]
    assert shared.asked == [("test", 4750, 1), ("test", 4750, 2)]


def test_a_retry_after_date_is_understood() -> None:
    until = datetime.now(UTC) + timedelta(seconds=100)
    line = Line(429, "", {"Retry-After": until.strftime("%a, %d %b %Y %H:%M:%S GMT")})
    answer, _ = outcome(READ, line)
    assert isinstance(answer, RetryableError)
    assert answer.retry_after is not None
    assert 90 < answer.retry_after <= 100


def test_one_failure_ends_the_calls_made_together_with_it() -> None:
    from visma_sync.systems.together import together  # noqa: PLC0415  used here alone

    ended: list[str] = []

    async def slow() -> None:
        try:
            await asyncio.sleep(10)
        except asyncio.CancelledError:
            ended.append("slow")
            raise

    async def failing() -> None:
        raise VismaSyncError("no", resolution="none")

    with pytest.raises(VismaSyncError):
        asyncio.run(together([slow(), failing()]))
    assert ended == ["slow"]


def test_a_file_is_sent_as_a_form_with_its_name_and_kind() -> None:
    picture = File('ÅÄÖ "1".png', b"\x89PNG\r\n\x00", "image/png")
    _, server = outcome(
        Call("POST", "/v1/x/attachment", file=picture), Line(429, "", {"Retry-After": "0"}), Line(201, "")
    )
    assert len(server.asked) == 2
    for _, _, headers, sent in server.asked:
        kind, _, boundary = headers["Content-Type"].partition("; boundary=")
        assert kind == "multipart/form-data"
        part = sent.split(f"--{boundary}".encode())[1]
        head, _, content = part.partition(b"\r\n\r\n")
        assert b'filename="\xc3\x85\xc3\x84\xc3\x96 %221%22.png"' in head
        assert b"Content-Type: image/png" in head
        assert content == b"\x89PNG\r\n\x00\r\n"


def test_a_file_whose_answer_is_lost_is_uncertain_and_never_sent_again() -> None:
    picture = File("1.png", b"\x89PNG", "image/png")
    answer, server = outcome(Call("POST", "/v1/x/attachment", file=picture), Line(201, "{", cut=True))
    assert isinstance(answer, UncertainWriteError)
    assert len(server.asked) == 1
