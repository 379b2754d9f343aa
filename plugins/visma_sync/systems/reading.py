"""Taking values out of answers: what is missing is named, and never ends in a crash."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from typing import Any

from visma_sync.errors import Reason, RecordRejectedError


def text_of(body: Mapping[str, Any], *path: str) -> str:
    """The trimmed text at a path of an answer, empty where there is none; numbers become text."""
    value: Any = body
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return "" if value is None or isinstance(value, Mapping | list) else str(value).strip()


def essential_text(body: Mapping[str, Any], system: str, what: str, *path: str) -> str:
    """The text at a path that an answer must have. Raises RecordRejectedError (surprising_answer)."""
    value = text_of(body, *path)
    if not value:
        raise surprising(system, what, ".".join(path))
    return value


def percent_text(rate: Any) -> str:
    """A rate as text, the same however many zeros it is written with; empty where there is none."""
    return f"{rate.normalize():f}" if isinstance(rate, Decimal) else "" if rate is None else str(rate)


def amount_of(body: Mapping[str, Any], system: str, what: str, *path: str) -> Decimal:
    """The exact number at a path of an answer. Raises RecordRejectedError (surprising_answer)."""
    value: Any = body
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise surprising(system, what, ".".join(path))
    return Decimal(value)


def moment_of(body: Mapping[str, Any], system: str, what: str, name: str, zone: tzinfo) -> datetime | None:
    """The moment in a field, in UTC; a text without a zone is in `zone`. None where the field is empty.

    Raises RecordRejectedError (surprising_answer) where the text is no moment.
    """
    text = text_of(body, name)
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise surprising(system, what, name) from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)


def day_of(body: Mapping[str, Any], system: str, what: str, *path: str) -> date:
    """The business date in a field: the day that is written there, whatever its time says.

    Raises RecordRejectedError (surprising_answer) where there is none.
    """
    try:
        return date.fromisoformat(text_of(body, *path)[:10])
    except ValueError:
        raise surprising(system, what, ".".join(path)) from None


def surprising(system: str, what: str, field: str) -> RecordRejectedError:
    """The error of an answer that is not as the system's documentation says."""
    return RecordRejectedError(
        [Reason("surprising_answer", f"the answer about {what} has no usable '{field}'")],
        resolution="Look at this record in the system; if it looks right there, report this message.",
        system=system,
    )
