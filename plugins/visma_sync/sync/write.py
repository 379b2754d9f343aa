"""Writing something exactly once, although neither system has idempotency keys."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from visma_sync.errors import (
    ConfigurationError,
    RecordRejectedError,
    RetryableError,
    UncertainWriteError,
    VismaSyncError,
)
from visma_sync.ledger.journal import Journal
from visma_sync.ledger.rows import Attempt, FlowOutcome, Intent, Link, LinkChange, SaleClaim
from visma_sync.sync.run import Run, now


@dataclass(frozen=True)
class Look:
    """What a look into the target found for a write whose answer was lost.

    `begun_at` is when the look began (UTC): only a look begun late enough proves absence.
    """

    target_key: str
    begun_at: datetime


@dataclass(frozen=True)
class Part:
    """A record that is written as part of a document of several: its intent and link follow those of the document.

    `flow` has the record in hand, `name` tells it apart within the document.
    """

    flow: str
    name: str
    link: Link


@dataclass(frozen=True)
class Write:
    """One write: what is sent, the marker that tells it apart, and the link it makes, or what it changes of one.

    `send` makes the call and gives the target's key; `flow` is the flow of the record's kind. One that is no longer
    `wanted` is only looked for. `sales` are the claims on the sales that it sends. A `repeatable` one does no harm when
    it is made twice: a change of fields. `parts` are the records that it is made of, where there are several.
    `outcome` is what the write means for its record: kept with the link, so that a killed process leaves it too.
    """

    flow: str
    kind: str
    key: str
    action: str
    marker: str
    payload: Mapping[str, Any]
    send: Callable[[], Awaitable[str]]
    link: Link | LinkChange
    wanted: bool = True
    sales: tuple[SaleClaim, ...] = ()
    repeatable: bool = False
    parts: tuple[Part, ...] = ()
    outcome: FlowOutcome | None = None

    def intents(self, intent: Intent) -> tuple[Intent, ...]:
        """The intent and, the same, those of the parts: another process cannot begin to write one of them."""
        return intent, *(
            replace(intent, flow=part.flow, kind=part.link.kind, key=part.link.source_key) for part in self.parts
        )

    def links(self, target_key: str, how: str) -> tuple[Link | LinkChange, ...]:
        """The link to what was made, and those of the parts."""
        if isinstance(self.link, LinkChange):
            return (self.link,)
        return replace(self.link, target_key=target_key, how=self.link.how or how), *(
            replace(part.link, target_key=f"{target_key}#{part.name}", how=how) for part in self.parts
        )

    def outcomes(self, target_key: str) -> tuple[FlowOutcome, ...]:
        """The outcome of the record, once the write is made."""
        if self.outcome is None:
            return ()
        return (replace(self.outcome, outcome=replace(self.outcome.outcome, target_key=target_key)),)

    @property
    def given_up(self) -> tuple[SaleClaim, ...]:
        """The claims taken back, because nothing was sent."""
        return tuple(replace(claim, given_up=True) for claim in self.sales)


class StillUncertainError(UncertainWriteError):
    """The write may still land; `until` (UTC) is when another look can prove that it did not."""

    def __init__(self, marker: str, until: datetime) -> None:
        super().__init__(f"the answer to the write of {marker} was lost", marker=marker)
        self.until = until


@dataclass(frozen=True)
class Done:
    """What the write led to: the target's key, and whether it was created, adopted or proven absent."""

    target_key: str
    how: str


async def write_once(run: Run, journal: Journal, write: Write, intent: Intent | None, look: Look | None) -> Done:
    """Send a write unless it happened before, in this try or an earlier one.

    An intent that is done was written by an earlier try of this step. One that is still open means that an earlier
    answer was lost: then `look` must say what a look into the target found. Raises StillUncertainError while neither
    presence nor absence is proven, RecordRejectedError when the target refuses, RetryableError when nothing was sent.
    """
    if intent is not None and intent.state == "done":
        return Done(intent.target_key, "created")
    if intent is not None and intent.state == "open":
        if look is None:
            raise StillUncertainError(write.marker, now())
        settled = await _settle(run, journal, write, intent, look)
        if settled is not None:
            return settled
    if not write.wanted:
        return Done("", "absent")
    return await _send(run, journal, write)


async def _settle(run: Run, journal: Journal, write: Write, intent: Intent, look: Look) -> Done | None:
    """Adopt what was found; nothing found counts only when the request can no longer land."""
    if look.target_key:
        await journal.commit(
            *write.intents(replace(intent, state="done", target_key=look.target_key)),
            *write.links(look.target_key, "adopted"),
            *write.outcomes(look.target_key),
            *write.sales,
        )
        return Done(look.target_key, "adopted")
    # Who opened the intent is gone; its request was given up at the latest when we first saw it orphaned.
    given_up_at = intent.given_up_at or look.begun_at
    provable_at = given_up_at + timedelta(seconds=run.settings.uncertain_wait_seconds)
    if look.begun_at < provable_at:
        await journal.commit(*write.intents(replace(intent, given_up_at=given_up_at)))
        raise StillUncertainError(write.marker, provable_at)
    await journal.commit(*write.intents(replace(intent, state="absent")), *write.given_up)
    return None


async def _send(run: Run, journal: Journal, write: Write) -> Done:
    started_at = now()
    intent = Intent(
        write.flow,
        write.kind,
        write.key,
        write.action,
        write.marker,
        run.run_id,
        started_at=started_at,
        repeatable=write.repeatable,
    )
    await journal.commit(*write.intents(intent), _attempt(run, write, started_at), *write.sales)
    try:
        target_key = await write.send()
    except UncertainWriteError as error:
        given_up_at = now()
        attempt = _attempt(run, write, started_at, error=error)
        await journal.commit(*write.intents(replace(intent, given_up_at=given_up_at)), attempt)
        wait = timedelta(seconds=0 if write.repeatable else run.settings.uncertain_wait_seconds)
        raise StillUncertainError(write.marker, given_up_at + wait) from error
    except (RecordRejectedError, RetryableError, ConfigurationError) as error:
        attempt = _attempt(run, write, started_at, error=error)
        await journal.commit(*write.intents(replace(intent, state="refused")), attempt, *write.given_up)
        raise
    await journal.commit(
        *write.intents(replace(intent, state="done", target_key=target_key)),
        _attempt(run, write, started_at, target_key=target_key),
        *write.links(target_key, "created"),
        *write.outcomes(target_key),
    )
    return Done(target_key, "created")


def _attempt(
    run: Run, write: Write, started_at: datetime, *, target_key: str = "", error: VismaSyncError | None = None
) -> Attempt:
    return Attempt(
        write.flow,
        write.kind,
        write.key,
        write.action,
        run.run_id,
        request=dict(write.payload),
        answer={"target_key": target_key} if target_key else None,
        error=str(error) if error else "",
        started_at=started_at,
        duration_ms=int((now() - started_at).total_seconds() * 1000),
    )
