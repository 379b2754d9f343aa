"""The one HTTP client that both systems share: how long, how often, and what is said about it."""

import asyncio
import logging
import ssl
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import PackageNotFoundError, version

import httpx
import stamina

from visma_sync.errors import RetryableError, StaleVersionError, UncertainWriteError, VismaSyncError
from visma_sync.systems.addresses import checked_address
from visma_sync.systems.budget import LONGEST_WAIT_SECONDS, RateBudget
from visma_sync.systems.call import Answer, Call
from visma_sync.systems.json_text import read_json, write_json
from visma_sync.systems.tokens import TokenKeeper

CONNECT_SECONDS = 10.0
# Less than servers usually allow: a connection that they just closed would lose the answer to a write.
IDLE_SECONDS = 5.0
TRIES = 3

Verdict = Callable[[Call, Answer], VismaSyncError | None]

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Endpoint:
    """One API of a system: where it is, how many requests at once, how long to wait for an answer."""

    system: str
    url: str
    max_concurrency: int = 16
    timeout_seconds: float = 60.0
    headers: Mapping[str, str] = field(default_factory=dict)


class HttpClient:
    """Sends calls to one API, each with an access token, and raises what its verdict says.

    Every slot is a client with a single connection: one shared pool gets slower with every request that
    queues for it, slots do not.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        tokens: TokenKeeper,
        verdict: Verdict,
        budget: RateBudget | None = None,
        calls: Counter[str] | None = None,
    ) -> None:
        self._endpoint = endpoint
        self._url = checked_address(endpoint.url, endpoint.system)
        self._tokens = tokens
        self._verdict = verdict
        self._budget = budget
        self.calls: Counter[str] = Counter() if calls is None else calls
        self._slots: asyncio.LifoQueue[httpx.AsyncClient | None] = asyncio.LifoQueue()
        for _ in range(endpoint.max_concurrency):
            self._slots.put_nowait(None)
        # These libraries log whole addresses, with the values of filters, and headers.
        for library in ("httpx", "httpcore"):
            logging.getLogger(library).setLevel(logging.WARNING)

    async def close(self) -> None:
        """Close the connections."""
        while not self._slots.empty():
            client = self._slots.get_nowait()
            if client is not None:
                await client.aclose()

    async def send(self, call: Call) -> Answer:
        """Send a call and give its successful answer.

        What was not done is tried up to three times while the server asks for no more than a minute's
        patience: a failed read, and a write that never left or was turned away by the quota. A write that
        left is never sent again, nor one that was good only then. Raises the errors of the taxonomy.
        """
        if call.only_now:
            return await self._send_once(call, 1)
        retries = stamina.retry_context(
            on=_wait_before_another, attempts=TRIES, timeout=None, wait_initial=0.2, wait_max=5.0
        )
        async for attempt in retries:
            with attempt:
                return await self._send_once(call, attempt.num)
        raise AssertionError("the last attempt returns or raises")

    async def _send_once(self, call: Call, number: int) -> Answer:
        client = await self._slots.get() or self._new_slot()
        try:
            if self._budget is not None:
                await self._budget.take(call.operation)
            token = await self._tokens.access_token()
            answer = await self._exchange(client, call, token, number)
            if answer.status == 401:
                # Refused before anything was done: a token can end earlier than it said.
                token = await self._tokens.renew(token)
                answer = await self._exchange(client, call, token, number)
            if self._budget is not None:
                await self._budget.note(answer.headers)
        finally:
            self._slots.put_nowait(client)
        error = self._verdict(call, answer)
        if error is not None:
            raise error
        return answer

    def _new_slot(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            verify=_certificates(),
            limits=httpx.Limits(max_connections=1, max_keepalive_connections=1, keepalive_expiry=IDLE_SECONDS),
            timeout=httpx.Timeout(self._endpoint.timeout_seconds, connect=CONNECT_SECONDS),
            headers={
                "Accept": "application/json",
                "User-Agent": f"visma-sync/{_version()}",
                **self._endpoint.headers,
            },
            follow_redirects=False,
        )

    async def _exchange(self, client: httpx.AsyncClient, call: Call, token: str, number: int) -> Answer:
        """Send once, count it and log it."""
        self.calls[call.operation] += 1
        started = time.monotonic()
        said: object = "no answer"
        status = 0
        try:
            answer = self._read(call, await self._transport(client, call, token))
            said = status = answer.status
        except VismaSyncError as failure:
            said = type(failure).__name__
            raise
        finally:
            logger.log(
                logging.DEBUG if 200 <= status < 400 else logging.INFO,
                "%s %s: %s in %d ms, try %d",
                self._endpoint.system,
                call.operation,
                said,
                (time.monotonic() - started) * 1000,
                number,
            )
        return answer

    async def _transport(self, client: httpx.AsyncClient, call: Call, token: str) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token}", **call.headers}
        if call.gives_file:
            headers["Accept"] = "*/*"
        content = files = None
        if call.body is not None:
            headers["Content-Type"] = "application/json"
            content = write_json(call.body)
        if call.file is not None:
            files = {"file": (call.file.name, call.file.content, call.file.media_type)}
        try:
            return await client.request(
                call.method,
                self._url + call.path,
                params=call.query or None,
                content=content,
                files=files,
                headers=headers,
            )
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise self._retryable(call, f"cannot be reached ({type(error).__name__})") from error
        except httpx.RequestError as error:
            raise self._lost(call, f"did not answer whole ({type(error).__name__})") from error

    def _read(self, call: Call, response: httpx.Response) -> Answer:
        if call.gives_file and response.is_success:
            return Answer(response.status_code, response.headers, response.content)
        body = None
        if response.content:
            try:
                body = read_json(response.text)
            except ValueError as error:
                if response.is_success:
                    raise self._lost(call, "answered something that is not JSON") from error
        return Answer(response.status_code, response.headers, body)

    def _lost(self, call: Call, what: str) -> VismaSyncError:
        """The answer to a read is asked for again; the answer to a write is gone."""
        if not call.is_write:
            return self._retryable(call, what)
        return UncertainWriteError(
            f"the server {what}", system=self._endpoint.system, operation=call.operation, key=call.key
        )

    def _retryable(self, call: Call, what: str) -> RetryableError:
        return RetryableError(
            f"the server {what}", system=self._endpoint.system, operation=call.operation, key=call.key
        )


@cache
def _certificates() -> ssl.SSLContext:
    """The certificates to trust, read once for each process: it takes as long as twenty calls."""
    return httpx.create_ssl_context()


def _wait_before_another(error: Exception) -> bool | float:
    """Whether the same call may be made again, and after how many seconds where the server said so."""
    if not isinstance(error, RetryableError) or isinstance(error, StaleVersionError):
        return False
    if error.retry_after is None:
        return True
    return error.retry_after if error.retry_after <= LONGEST_WAIT_SECONDS else False


def _version() -> str:
    try:
        return version("visma-sync")
    except PackageNotFoundError:
        return "0"
