"""A place for tokens in this process, and identity servers that count how often they are asked."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from visma_sync.systems.tokens import Grant

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Claim:
    """What the store answers."""

    status: str
    access_token: str = ""
    refresh_token: str = ""
    since: datetime | None = None


@dataclass
class MemoryTokens:
    """Keeps tokens of any key; `died_at` stands for a refresher that never came back."""

    access_token: str = ""
    expires_at: datetime = LONG_AGO
    refresh_token: str = ""
    seed: str = ""
    busy: bool = False
    lost: bool = False
    died_at: datetime | None = None
    looks: int = 0
    log: list[str] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def claim_token(
        self, key: str, *, lease_seconds: float, claimed_by: str, seed: str | None = None, refused: str = ""
    ) -> Claim:
        with self._lock:
            self.looks += 1
            if seed and seed != self.seed:
                self.seed = self.refresh_token = seed
                self.lost = self.busy = False
                self.access_token = ""
            fresh = self.expires_at > datetime.now(UTC) + timedelta(seconds=60)
            if self.access_token and fresh and self.access_token != refused:
                return Claim("valid", self.access_token)
            if self.lost:
                return Claim("lost", since=self.died_at)
            if self.busy:
                return Claim("busy")
            self.busy = True
            return Claim("claimed", refresh_token=self.refresh_token, since=self.died_at)

    def save_token(
        self, key: str, claim: Any, *, access_token: str, refresh_token: str | None, expires_at: datetime
    ) -> None:
        self.log.append("saved")
        self.access_token, self.expires_at, self.busy = access_token, expires_at, False
        if refresh_token is not None:
            self.refresh_token = refresh_token

    def fail_token(self, key: str, claim: Any, *, lost: bool) -> None:
        self.log.append("lost" if lost else "given back")
        self.lost, self.busy = lost, False


@dataclass
class EveryKey:
    """A store of its own for every key, as the ledger is."""

    stores: dict[str, MemoryTokens] = field(default_factory=dict)

    def claim_token(self, key: str, **wish: Any) -> Claim:
        return self.stores.setdefault(key, MemoryTokens()).claim_token(key, **wish)

    def save_token(self, key: str, claim: Any, **grant: Any) -> None:
        self.stores[key].save_token(key, claim, **grant)

    def fail_token(self, key: str, claim: Any, *, lost: bool) -> None:
        self.stores[key].fail_token(key, claim, lost=lost)


@dataclass
class Identity:
    """Gives numbered tokens; with `rotating`, a refresh token works once."""

    rotating: bool = True
    asked: list[str] = field(default_factory=list)
    before_answer: Callable[[], None] = lambda: None

    def ask(self, refresh_token: str) -> Grant:
        self.asked.append(refresh_token)
        self.before_answer()
        number = len(self.asked)
        grant = Grant(f"access-{number}", datetime.now(UTC) + timedelta(hours=1))
        return replace(grant, refresh_token=f"refresh-{number}") if self.rotating else grant
