"""What can go wrong, named by what happens next.

    VismaSyncError
    ├── RetryableError(retry_after)    wait, then make the same call again
    │   └── PartialReadError           a list came back incomplete: conclude nothing from it
    ├── UncertainWriteError(marker)    look before writing again: the answer to a write was lost
    ├── RecordRejectedError(reasons)   a person mends this one record
    │   └── RecordParkedError(reason)  this record waits until its cause is gone, then goes on by itself
    └── ConfigurationError             a person mends the set-up, then the flow runs again

Anything else is a bug and is never caught. Texts carry numbers, keys, fields and paths; never names,
addresses, e-mails, bodies or tokens, because they end in task logs.
"""

from dataclasses import dataclass


class VismaSyncError(Exception):
    """Something that a person or a later try settles; `resolution` says how.

    `system` is `eaccounting`, `vismanet` or empty; `operation` the call or step; `key` the record's number.
    """

    def __init__(self, message: str, *, resolution: str, system: str = "", operation: str = "", key: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.resolution = resolution
        self.system = system
        self.operation = operation
        self.key = key

    def __str__(self) -> str:
        where = " ".join(part for part in (self.system, self.operation, self.key) if part)
        return f"{where + ': ' if where else ''}{self.message} Resolution: {self.resolution}"


class RetryableError(VismaSyncError):
    """Waiting helps: rate limit, outage, stale version. `retry_after` is in seconds, None where unknown."""

    def __init__(
        self,
        message: str,
        *,
        retry_after: float | None = None,
        resolution: str = "Nothing to do: the same call is made again by itself.",
        system: str = "",
        operation: str = "",
        key: str = "",
    ) -> None:
        super().__init__(message, resolution=resolution, system=system, operation=operation, key=key)
        self.retry_after = retry_after


class StaleVersionError(RetryableError):
    """The document changed between our read and our write: read it again before writing."""


class PartialReadError(RetryableError):
    """A list came back incomplete, or moved while it was read: nothing may be concluded from what it does not have."""


class UncertainWriteError(VismaSyncError):
    """A write whose answer never came; it may have happened, or may still happen.

    `marker` is the text that tells the written record apart in the target.
    """

    def __init__(
        self,
        message: str,
        *,
        marker: str = "",
        resolution: str = "Nothing to do: the record is looked up before anything is written again.",
        system: str = "",
        operation: str = "",
        key: str = "",
    ) -> None:
        super().__init__(message, resolution=resolution, system=system, operation=operation, key=key)
        self.marker = marker


@dataclass(frozen=True)
class Reason:
    """Why a record cannot go on: a short `code` (snake_case) and a sentence without personal data."""

    code: str
    sentence: str


class RecordRejectedError(VismaSyncError):
    """This record is wrong as it is; the others go on."""

    def __init__(
        self,
        reasons: list[Reason],
        *,
        resolution: str,
        system: str = "",
        operation: str = "",
        key: str = "",
    ) -> None:
        super().__init__(
            "; ".join(reason.sentence for reason in reasons),
            resolution=resolution,
            system=system,
            operation=operation,
            key=key,
        )
        self.reasons = reasons

    @property
    def code(self) -> str:
        """The first reason's code: what the report groups by."""
        return self.reasons[0].code


class RecordParkedError(RecordRejectedError):
    """This record cannot be settled automatically yet; it is taken up again in every run."""


class NotFoundError(RecordRejectedError):
    """The system answered that there is no such record."""


class ConfigurationError(VismaSyncError):
    """The set-up is wrong: nothing more is sent until a person has mended it."""
