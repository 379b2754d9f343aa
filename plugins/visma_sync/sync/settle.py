"""Handling many records at once, where one bad record never stops the others and every record gets its outcome."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from visma_sync.errors import (
    ConfigurationError,
    RecordParkedError,
    RecordRejectedError,
    RetryableError,
    UncertainWriteError,
    VismaSyncError,
)
from visma_sync.ledger.rows import Outcome
from visma_sync.sync.reference import Reference
from visma_sync.sync.run import Run, now
from visma_sync.sync.write import StillUncertainError

Handle = Callable[[Reference], Awaitable[Reference | Outcome]]


@dataclass
class Settling:
    """Collects what becomes of a step's records; errors of the taxonomy become outcomes, bugs too, but loudly.

    `refused` is the state of a record that the target refuses.
    """

    run: Run
    step: str
    flow: str = ""
    refused: str = "rejected"
    outcomes: list[Outcome] = field(default_factory=list)
    looks_due: list[datetime] = field(default_factory=list)
    retries: list[RetryableError] = field(default_factory=list)
    stop: BaseException | None = None

    async def each(self, references: Sequence[Reference], handle: Handle) -> list[Reference]:
        """Handle all references concurrently; gives those that go on. A wrong set-up stops the rest at once."""
        met_a_bug = self._bugs_of_earlier_tries()
        self.outcomes.extend(met_a_bug[ref["key"]] for ref in references if ref["key"] in met_a_bug)
        references = [reference for reference in references if reference["key"] not in met_a_bug]
        # Twice the requests in flight, so that requests need not wait for the ledger.
        together = asyncio.Semaphore(2 * self.run.settings.max_concurrency)

        async def one(reference: Reference) -> Reference | Outcome | None:
            async with together:
                return None if self.stop is not None else await self._guarded(reference, handle)

        results = await asyncio.gather(*(one(ref) for ref in references), return_exceptions=True)
        going_on: list[Reference] = []
        for reference, result in zip(references, results, strict=True):
            if isinstance(result, BaseException):
                self._bug(reference, result)
            elif isinstance(result, Outcome):
                self.outcomes.append(result)
            elif result is not None:
                going_on.append(result)
        return going_on

    def _bugs_of_earlier_tries(self) -> dict[str, Outcome]:
        """Trying again what met a bug of ours would only fail the step again, and stop the others."""
        outcomes = self.run.ledger.outcomes(self.flow or self.run.flow, self.run.run_id)
        return {outcome.key: outcome for outcome in outcomes if outcome.reason == "bug"}

    async def _guarded(self, reference: Reference, handle: Handle) -> Reference | Outcome | None:
        try:
            return await handle(reference)
        except ConfigurationError as error:
            self.stop = self.stop or error
            return None
        except RetryableError as error:
            self.retries.append(error)
            return self._ended(reference, error)
        except UncertainWriteError as error:
            self.looks_due.append(error.until if isinstance(error, StillUncertainError) else now())
            return self._ended(reference, error)
        except RecordRejectedError as error:
            return self._ended(reference, error)

    def _bug(self, reference: Reference, error: BaseException) -> None:
        """Nothing the taxonomy knows: the record keeps its place, the task fails with the bug itself."""
        self.stop = self.stop or error
        self.outcomes.append(
            Outcome(
                reference["key"],
                reference["number"],
                "rejected",
                "bug",
                cure="Report this with the task's log; the record is kept.",
                detail=error.__class__.__name__,
                facts={"step": self.step},
            )
        )

    def save(self) -> None:
        """Put the outcomes into the ledger."""
        self.run.ledger.save_outcomes(self.flow or self.run.flow, self.run.run_id, self.outcomes)

    def reject(self, key: str, number: str, error: RecordRejectedError) -> None:
        """A record that cannot even be read."""
        outcome = Outcome(key, number, "rejected", error.code, cure=error.resolution, detail=error.message)
        self.outcomes.append(replace(outcome, facts={"step": self.step}))

    def counts(self) -> dict[str, int]:
        """How many records came to each outcome."""
        return dict(Counter(outcome.state for outcome in self.outcomes))

    def raise_if_needed(self) -> None:
        """End the try: with the bug or wrong set-up met, or to look again when a further try makes sense."""
        if self.stop is not None:
            raise self.stop
        if self.run.last_try or not (self.looks_due or self.retries):
            return
        waits = [max(1.0, (due - now()).total_seconds()) for due in self.looks_due]
        waits += [error.retry_after or 5.0 for error in self.retries]
        parts = [f"{len(self.looks_due)} answers lost"] if self.looks_due else []
        parts += [f"{len(self.retries)} not sent: {self.retries[0].message}"] if self.retries else []
        raise RetryableError("; ".join(parts), retry_after=max(waits), operation=self.step)

    def _ended(self, reference: Reference, error: VismaSyncError) -> Outcome:
        """The outcome of a record that met an error of the taxonomy."""
        state, reason = self._meaning(error)
        return Outcome(
            reference["key"],
            reference["number"],
            state,
            reason,
            cure=error.resolution,
            detail=error.message,
            currency=reference["currency"],
            facts={"step": self.step},
        )

    def _meaning(self, error: VismaSyncError) -> tuple[str, str]:
        if isinstance(error, UncertainWriteError):
            return "uncertain", "answer_lost"
        if isinstance(error, RetryableError):
            return "parked", "not_sent_yet"
        if isinstance(error, RecordParkedError):
            return "parked", error.code
        code = error.code if isinstance(error, RecordRejectedError) else "rejected"
        return self.refused, code
