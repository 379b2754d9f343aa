"""The steps of the daily reading of both systems' lists, as Airflow operators."""

import asyncio
from typing import Any, TypedDict

from airflow.sdk import BaseOperator

from visma_sync.errors import ConfigurationError
from visma_sync.flows import FLOWS, is_mirrored
from visma_sync.hooks.eaccounting import EAccountingHook
from visma_sync.hooks.ledger import airflow_ledger
from visma_sync.hooks.vismanet import VismaNetHook
from visma_sync.operators.opening import airflow_settings
from visma_sync.operators.preflight import NAMES
from visma_sync.sync.company import check_named_company, check_reached_company, refuse_other_company
from visma_sync.sync.reference_data.alerts import alerts
from visma_sync.sync.reference_data.reading import Read, Unread, read_lists
from visma_sync.sync.run import Run


class ListsRead(TypedDict):
    """How many lists were read, how many values are not as they were known, and what was not read."""

    lists: int
    changes: int
    unread: list[Unread]


class ReadLists(BaseOperator):
    """Reads the lists of both systems into the ledger, and notes what changed."""

    def execute(self, context: Any) -> ListsRead:
        """Give what was read; RetryableError while a system does not answer and another try is left."""
        run = _open(context)
        read = asyncio.run(_read(run))
        self.log.info("%s lists read; %s values are new or changed.", read.lists, read.changes)
        for one in read.unread:
            self.log.warning("%s of %s: %s", one["name"], NAMES[one["side"]], one["because"])
        return ListsRead(lists=read.lists, changes=read.changes, unread=read.unread)


class TellOfLists(BaseOperator):
    """Fails where a value that the settings use is missing, or changed its rate; the log names each, with its cure."""

    template_fields = ("lists",)

    def __init__(self, *, lists: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.lists = lists

    def execute(self, context: Any) -> int:
        """Give the number of lists that are in order; ConfigurationError after everything is told."""
        settings, ledger = airflow_settings(), airflow_ledger()
        news = alerts(
            ledger,
            settings,
            self.lists["unread"],
            NAMES,
            mirrored=any(is_mirrored(flow) and flow not in settings.flows_off for flow in FLOWS),
            since=context["dag_run"].start_date,
        )
        for alert in news.alerts:
            self.log.error("%s", alert.line)
        # Only now: what a try did not come to say, the next one says.
        ledger.note_told(news.changes)
        if found := news.alerts:
            raise ConfigurationError(
                f"{len(found)} to look at: {' '.join(f'{alert.about}: {alert.sentence}' for alert in found)}",
                resolution="The log names the cure of each.",
                operation="reference data",
            )
        return int(self.lists["lists"])


def _open(context: Any) -> Run:
    """What the reading works with: a run that moves no records."""
    ledger, target, task_instance = airflow_ledger(), VismaNetHook().settings(), context["ti"]
    return Run(
        run_id=context["dag_run"].run_id,
        kind="",
        ledger=ledger,
        settings=airflow_settings(),
        flows={},
        mappings={},
        lists={},
        last_try=task_instance.try_number > task_instance.max_tries,
        named_company=ledger.fingerprint(f"{target.tenant_id} {target.company_id}"),
    )


async def _read(run: Run) -> Read:
    """Both companies are the ones of before, or nothing of what they answer is believed."""
    refuse_other_company(run)
    limits = {"max_concurrency": run.settings.max_concurrency, "timeout_seconds": run.settings.timeout_seconds}
    sign_in = run.ledger.fingerprint(EAccountingHook().settings().refresh_token)
    eaccounting = EAccountingHook().client(run.ledger, **limits)
    vismanet = VismaNetHook().client(run.ledger, **limits)
    async with eaccounting as source, vismanet as target:
        await check_reached_company(run, source, sign_in)
        branches = await target.master_data("branches")
        check_named_company(run, [{"description": branch.description} for branch in branches])
        return await read_lists(run, source, target)
