"""What both systems mean alike: outages, quotas, redirects and refused tokens."""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from visma_sync.errors import (
    ConfigurationError,
    RetryableError,
    UncertainWriteError,
    VismaSyncError,
)
from visma_sync.systems.call import Answer, Call

_TIMED_OUT = 408
_LONGEST_FIELD = re.compile(r"[\w.$\[\] /-]{1,80}")


def server_trouble(system: str, call: Call, answer: Answer) -> VismaSyncError | None:
    """The meaning of a failing server: a read is made again, a write may have been done and is looked up.

    None where the status says something else.
    """
    if 300 <= answer.status < 400:
        return ConfigurationError(
            f"the server sent us elsewhere (status {answer.status})",
            resolution="Correct the address in the Connection; redirects are not followed.",
            system=system,
            operation=call.operation,
        )
    if answer.status < 500 and answer.status != _TIMED_OUT:
        return None
    if call.is_write:
        return UncertainWriteError(
            f"the server answered {answer.status}", system=system, operation=call.operation, key=call.key
        )
    return RetryableError(
        f"the server answered {answer.status}",
        retry_after=wait_asked_for(answer),
        system=system,
        operation=call.operation,
        key=call.key,
    )


def too_many_calls(system: str, call: Call, wait: float | None) -> RetryableError:
    """The quota is used up; nothing was done. `wait` is in seconds."""
    return RetryableError("the quota of calls is used up", retry_after=wait, system=system, operation=call.operation)


def wait_asked_for(answer: Answer) -> float | None:
    """The seconds in the Retry-After header, which holds seconds or a date ("RFC 9110")."""
    text = answer.headers.get("Retry-After", "").strip()
    if text.isdecimal():
        return float(text)
    try:
        until = parsedate_to_datetime(text)
    except ValueError:
        return None
    return max(0.0, (until.replace(tzinfo=until.tzinfo or UTC) - datetime.now(UTC)).total_seconds())


def field_name(text: object) -> str:
    """A field's name for an error text, empty where it does not look like one (it could be somebody's name)."""
    return text if isinstance(text, str) and _LONGEST_FIELD.fullmatch(text) else ""
