"""What the DAGs of all flows share."""

from datetime import datetime, timedelta
from typing import Any

from airflow.sdk import Asset, CronDataIntervalTimetable

from visma_sync.operators.window import trigger_form
from visma_sync.retry import VismaRetryPolicy


def flow_arguments(record: str, *, cron: str = "*/15 * * * *") -> dict[str, Any]:
    """Schedule, retries, trigger form and tags of a flow; a missed stretch heals itself, so nothing is caught up."""
    return {
        "schedule": CronDataIntervalTimetable(cron, timezone="UTC"),
        "start_date": datetime(2026, 1, 1),
        "catchup": False,
        "max_active_runs": 1,
        "params": trigger_form(record),
        "tags": ["visma", record],
        "default_args": {
            "retries": 4,
            "retry_delay": timedelta(seconds=30),
            "retry_policy": VismaRetryPolicy(),
            "execution_timeout": timedelta(hours=2),
        },
    }


def system_assets(record: str, *, mirrored: bool = False) -> tuple[Asset, Asset]:
    """The records of a kind in the source and in the target, as Airflow shows them."""
    of_pair = (
        Asset(name=f"{record} in eaccounting", uri=f"visma://eaccounting/{record}"),
        Asset(name=f"{record} in vismanet", uri=f"visma://vismanet/{record}"),
    )
    return (of_pair[1], of_pair[0]) if mirrored else of_pair
