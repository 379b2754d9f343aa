"""Access tokens: one process asks for a new one, all the others use it.

eAccounting's refresh token can be used once ("eAccounting docs, new identity server"): whoever asks must save
what came back before anybody else asks, and is not interrupted in between.
"""

import asyncio
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from types import FrameType
from typing import Any, Protocol

from visma_sync.errors import ConfigurationError, RetryableError

# Longer than asking can take: a claim that is older was left by a process that died.
LEASE_SECONDS = 45.0
POLL_SECONDS = 0.05
PATIENCE_SECONDS = 60.0
# The store hands out no token that ends within a minute, so one may be kept this long without looking again.
FRESH_SECONDS = 30.0
_MOST_ASKS = 2


class TokenClaim(Protocol):
    """What a process may do about a token: use it, ask for a new one, wait, or have a person sign in again.

    `status` is valid, claimed (ask, with `refresh_token`), busy or lost.
    `since` is when a refresher began that died before it saved, None when none did.
    """

    @property
    def status(self) -> str: ...
    @property
    def access_token(self) -> str: ...
    @property
    def refresh_token(self) -> str: ...
    @property
    def since(self) -> datetime | None: ...


class TokenStore(Protocol):
    """Where tokens are kept for all processes; a claim is given back exactly as it was handed out."""

    def claim_token(
        self, key: str, *, lease_seconds: float, claimed_by: str, seed: str | None = None, refused: str = ""
    ) -> TokenClaim: ...
    def save_token(
        self, key: str, claim: Any, *, access_token: str, refresh_token: str | None, expires_at: datetime
    ) -> None: ...
    def fail_token(self, key: str, claim: Any, *, lost: bool) -> None: ...


@dataclass(frozen=True)
class Grant:
    """What an identity server gave; `refresh_token` is None where it gives none."""

    access_token: str = field(repr=False)
    expires_at: datetime
    refresh_token: str | None = field(default=None, repr=False)


class GrantRefusedError(Exception):
    """The refresh token is used up, revoked or unknown (`invalid_grant`)."""


class AnswerLostError(Exception):
    """The question was sent and no answer came: a token that can be used once may be used up."""


Ask = Callable[[str], Grant]
"""Ask for an access token with a refresh token (empty for client credentials); runs in a thread of its own.

Raises GrantRefusedError, AnswerLostError, RetryableError (nothing was used up) or ConfigurationError.
"""


class TokenKeeper:
    """Hands out the access token of one Connection and scope.

    `key` names system, Connection and scope and holds no secret; `seed` is the Connection's refresh token.
    """

    def __init__(self, store: TokenStore, *, key: str, system: str, ask: Ask, seed: str = "") -> None:
        self._store = store
        self._key = key
        self._system = system
        self._ask = ask
        self._seed = seed
        self._token = ""
        self._looked_at = float("-inf")
        self._one_at_a_time = asyncio.Lock()
        self._asking = threading.Event()

    async def access_token(self) -> str:
        """The access token to use now. Raises RetryableError, or ConfigurationError: sign in again."""
        async with self._one_at_a_time:
            if time.monotonic() - self._looked_at > FRESH_SECONDS:
                await self._look()
            return self._token

    async def renew(self, refused: str) -> str:
        """An access token other than the one that the server refused just now."""
        async with self._one_at_a_time:
            if self._token == refused:
                await self._look(refused)
            return self._token

    async def _look(self, refused: str = "") -> None:
        with _termination_delayed(self._asking):
            self._token = await asyncio.to_thread(self._settle, refused)
        self._looked_at = time.monotonic()

    def _settle(self, refused: str) -> str:
        """Look, ask and save, in a thread: it goes on to the end even where its caller is given up."""
        asks = 0
        since = None
        give_up_at = time.monotonic() + PATIENCE_SECONDS
        while asks < _MOST_ASKS:
            claim = self._store.claim_token(
                self._key,
                lease_seconds=LEASE_SECONDS,
                claimed_by=f"{socket.gethostname()}:{os.getpid()}",
                seed=self._seed or None,
                refused=refused,
            )
            since = claim.since
            if claim.status == "valid":
                return claim.access_token
            if claim.status == "lost":
                break
            if claim.status == "claimed":
                asks += 1
                if (token := self._ask_and_save(claim)) is not None:
                    return token
            elif time.monotonic() > give_up_at:
                raise self._still_busy()
            else:
                time.sleep(POLL_SECONDS)
        raise self._sign_in_again(since)

    def _ask_and_save(self, claim: TokenClaim) -> str | None:
        """The new token, saved; None where the refresh token was refused: look at the store again."""
        self._asking.set()
        try:
            grant = self._ask(claim.refresh_token)
        except GrantRefusedError:
            self._store.fail_token(self._key, claim, lost=True)
            return None
        except AnswerLostError as error:
            # With a refresh token the claim stays: grown old, it tells that the token may be used up.
            if not claim.refresh_token:
                self._store.fail_token(self._key, claim, lost=False)
            raise RetryableError(
                "the sign-in server did not answer", system=self._system, operation="sign in"
            ) from error
        except (RetryableError, ConfigurationError):
            self._store.fail_token(self._key, claim, lost=False)
            raise
        else:
            self._store.save_token(
                self._key,
                claim,
                access_token=grant.access_token,
                refresh_token=grant.refresh_token,
                expires_at=grant.expires_at,
            )
            return grant.access_token
        finally:
            self._asking.clear()

    def _sign_in_again(self, since: datetime | None) -> ConfigurationError:
        died = (
            f"the process that asked for a new one at {since:%Y-%m-%d %H:%M:%S} UTC died before saving it"
            if since
            else "it was used up or revoked, for instance by a change of password"
        )
        return ConfigurationError(
            f"the refresh token is not good any more: {died}",
            resolution="Sign in again: run make authorize.",
            system=self._system,
            operation="sign in",
        )

    def _still_busy(self) -> RetryableError:
        return RetryableError(
            "another process has been asking for an access token for a minute",
            retry_after=LEASE_SECONDS,
            system=self._system,
            operation="sign in",
        )


@contextmanager
def _termination_delayed(asking: threading.Event) -> Iterator[None]:
    """Hold SIGTERM back while a token is being asked for, then let it have its way.

    Only the main thread may do so; a handler not set from Python cannot be put back and is left alone.
    """
    before = signal.getsignal(signal.SIGTERM)
    if threading.current_thread() is not threading.main_thread() or before is None:
        yield
        return
    arrived = False

    def terminate() -> None:
        signal.signal(signal.SIGTERM, before)
        signal.raise_signal(signal.SIGTERM)

    def delay(_number: int, _frame: FrameType | None) -> None:
        nonlocal arrived
        if asking.is_set():
            arrived = True
        else:
            terminate()

    signal.signal(signal.SIGTERM, delay)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
        if arrived:
            terminate()
