"""Keeping to the number of calls that a vendor allows, together with all other processes of ours."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from visma_sync.errors import RetryableError

# The rest is for whoever else uses the same client, and for clocks that differ.
SHARE = 0.95
LONGEST_WAIT_SECONDS = 60.0
# A block is counted when it is taken; used much later, it would fall into the vendor's next window.
BLOCK_SECONDS = 2.0
# No block is larger than this part of the quota: what is left of it when the calls end is wasted.
LARGEST_BLOCK = 1 / 20
NOTE_SECONDS = 5.0


class CallBudget(Protocol):
    """The count of calls that all processes share."""

    def reserve_calls(self, key: str, *, limit: int, window_seconds: float, want: int) -> tuple[int, float]: ...
    def note_remaining(self, key: str, remaining: int, reset_seconds: float) -> None: ...


@dataclass(frozen=True)
class Quota:
    """What a vendor allows: `limit` calls in any `window_seconds`, for each route or for all together.

    A limit of None is learnt from the answers' X-RateLimit headers ("Visma.net API docs, rate limits").
    """

    key: str
    window_seconds: float
    limit: int | None = None
    per_route: bool = False


@dataclass
class _Block:
    """Calls reserved for this process; the next block is as large as this one's use suggests."""

    size: int = 0
    left: int = 0
    good_until: float = 0.0

    def take(self) -> bool:
        """Take one call, if there is one to take."""
        if self.left < 1 or time.monotonic() > self.good_until:
            return False
        self.left -= 1
        return True

    def next_size(self) -> int:
        """Twice as many where these went quickly, else as many as were used."""
        quickly = self.left == 0 and time.monotonic() < self.good_until
        return max(1, 2 * self.size if quickly else self.size - self.left)


class RateBudget:
    """Hands out single calls from blocks that it reserves; waits up to a minute where none is left."""

    def __init__(self, shared: CallBudget, quota: Quota) -> None:
        self._shared = shared
        self._quota = quota
        self._limit = quota.limit
        self._blocks: defaultdict[str, _Block] = defaultdict(_Block)
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._noted_at = float("-inf")

    async def take(self, operation: str) -> None:
        """Count one call, now. Raises RetryableError where it would have to wait for more than a minute."""
        if self._limit is None:
            return
        key = f"{self._quota.key} {operation}" if self._quota.per_route else self._quota.key
        limit = max(1, int(self._limit * SHARE))
        give_up_at = time.monotonic() + LONGEST_WAIT_SECONDS
        async with self._locks[key]:
            while not self._blocks[key].take():
                want = min(self._blocks[key].next_size(), max(1, int(limit * LARGEST_BLOCK)))
                granted, wait = await asyncio.to_thread(
                    self._shared.reserve_calls,
                    key,
                    limit=limit,
                    window_seconds=self._quota.window_seconds,
                    want=want,
                )
                if granted:
                    self._blocks[key] = _Block(granted, granted, time.monotonic() + BLOCK_SECONDS)
                elif time.monotonic() + wait > give_up_at:
                    raise RetryableError(f"the quota for {operation} is used up", retry_after=wait, operation=operation)
                else:
                    await asyncio.sleep(wait)

    async def note(self, headers: Mapping[str, str]) -> None:
        """Learn from an answer's headers how many calls are left; other processes are told now and then."""
        limit, remaining, reset = (
            _number(headers.get(f"X-RateLimit-{name}")) for name in ("Limit", "Remaining", "Reset")
        )
        if self._quota.limit is not None or limit is None or remaining is None or reset is None:
            return
        self._limit = limit
        now = time.monotonic()
        if remaining == 0 or now - self._noted_at > NOTE_SECONDS:
            self._noted_at = now
            await asyncio.to_thread(self._shared.note_remaining, self._quota.key, remaining, float(reset))


def _number(text: str | None) -> int | None:
    return int(text) if text is not None and text.isdecimal() else None
