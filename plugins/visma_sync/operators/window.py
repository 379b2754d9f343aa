"""Which records a run reads, from its trigger form, its interval and the watermark."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from airflow.sdk import Param

from visma_sync.errors import ConfigurationError
from visma_sync.ledger.ledger import Ledger
from visma_sync.settings.model import Settings
from visma_sync.sync.fetch import Window

_MOMENT = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$"
_FIRST_MANUAL_WINDOW = timedelta(days=1)


def trigger_form(records: str = "records") -> dict[str, Param]:
    """The fields of the trigger form of every flow; `records` is what it calls its records."""
    return {
        "window_from": _moment_field("From", "Read what was created or changed from this moment on."),
        "window_to": _moment_field("To", "... until this moment."),
        "numbers": Param(
            None,
            type=["null", "array"],
            items={"type": "string"},
            title="Numbers",
            description=f"Only the {records} with these numbers, whatever the window.",
        ),
        "dry_run": Param(False, type="boolean", title="Dry run", description="Build, check and show; send nothing."),
    }


def _moment_field(title: str, description: str) -> Param:
    # The format gives the form its date picker; that an offset is there, only the pattern makes sure of.
    return Param(
        None,
        type=["null", "string"],
        format="date-time",
        pattern=_MOMENT,
        title=title,
        description=description,
    )


def refuse_unknown_fields(conf: Mapping[str, Any] | None) -> None:
    """Airflow lets unknown keys of a trigger pass; a misspelt one must not be taken for "everything"."""
    known = set(trigger_form())
    unknown = sorted(set(conf or {}) - known)
    if unknown:
        raise ConfigurationError(
            f"the trigger form has no field {', '.join(unknown)}",
            resolution=f"Use only {', '.join(sorted(known))}.",
        )


def window_of(context: Mapping[str, Any], ledger: Ledger, settings: Settings, flow: str) -> Window:
    """The window of a run, UTC.

    A scheduled run reaches back to the watermark and over the overlap; a backfill reads exactly its own interval; a
    manual run reads its form's window or numbers, and without either everything since the watermark.
    """
    params, dag_run = context["params"], context["dag_run"]
    numbers = tuple(str(number) for number in params.get("numbers") or ())
    since, until = _moment(params.get("window_from")), _moment(params.get("window_to"))
    start, end = dag_run.data_interval_start, dag_run.data_interval_end
    if dag_run.run_type == "backfill":
        if numbers or since or until:
            raise ConfigurationError(
                "a backfill reads its own intervals and takes no window or numbers",
                resolution="Trigger the flow by hand with that window instead.",
            )
        return Window("backfill", _utc(start), _utc(end))
    watermark = ledger.watermark(flow)
    overlap = timedelta(minutes=settings.overlap_minutes)
    if dag_run.run_type == "scheduled":
        return Window("scheduled", min(_utc(start), watermark or _utc(start)) - overlap, _utc(end))
    if numbers:
        return Window("manual", numbers=numbers)
    until = until or datetime.now(tz=UTC)
    since = since or (watermark - overlap if watermark else until - _FIRST_MANUAL_WINDOW)
    if since >= until:
        raise ConfigurationError(
            f"the window ends ({until.isoformat()}) before it begins ({since.isoformat()})",
            resolution="Correct the window in the trigger form.",
        )
    return Window("manual", since, until)


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text).astimezone(UTC) if text else None


def _utc(moment: datetime) -> datetime:
    return datetime.fromtimestamp(moment.timestamp(), tz=UTC)
