"""The steps of the comparison of both systems, as Airflow operators."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from airflow.sdk import BaseOperator, Param

from visma_sync.errors import ConfigurationError, Reason, RetryableError, VismaSyncError
from visma_sync.flows import FLOWS
from visma_sync.hooks.eaccounting import EAccountingHook
from visma_sync.hooks.ledger import ledger_folder
from visma_sync.hooks.vismanet import VismaNetHook
from visma_sync.operators.opening import airflow_settings, die_with_parent, open_run
from visma_sync.operators.start import FlowRun, why_not_started
from visma_sync.settings.model import Settings
from visma_sync.sync.company import check_reached_company, refuse_other_company
from visma_sync.sync.reconcile.documents import Period
from visma_sync.sync.reconcile.files import write_files
from visma_sync.sync.reconcile.reconcile import SIDES, Reconciled, reconcile
from visma_sync.sync.report import RunHasProblemsError


def reconcile_form() -> dict[str, Param]:
    """The fields of the trigger form."""
    return {
        "from_day": _day_field("From", "The first business day that is compared."),
        "to_day": _day_field("To", "The last one."),
        "resend": Param(
            False, type="boolean", title="Resend", description="Send what is missing: triggers the flows it belongs to."
        ),
    }


def _day_field(title: str, description: str) -> Param:
    return Param(None, type=["null", "string"], format="date", title=title, description=description)


class ReconcileFlows(BaseOperator):
    """Compares every flow of sales that is on; stores what it finds and writes the accountant's files.

    A flow that cannot be compared, or whose systems answered in part, is not concluded, and the files say so: the
    others are, then the task fails, or is tried again.
    """

    def execute(self, context: Any) -> dict[str, Any]:
        """Give per flow the numbers of the comparison, the files, and what is to be sent again."""
        die_with_parent()
        settings = airflow_settings()
        period = period_of(context["params"], context["dag_run"].conf, settings)
        self.log.info("Comparing the business days %s to %s.", period.first, period.last)
        results: list[Reconciled] = []
        broken: dict[str, VismaSyncError] = {}
        for flow in sorted(SIDES.keys() - set(settings.flows_off)):
            try:
                results.append(asyncio.run(_reconcile_flow(flow, period, context)))
            except VismaSyncError as error:
                broken[flow] = error
                self.log.warning("%s was not compared: %s", flow, error)
        for result in results:
            for line in lines_of(result):
                self.log.info("%s", line)
        folder = Path(settings.reconcile.folder) if settings.reconcile.folder else ledger_folder() / "reports"
        files = write_files(folder, f"{period.first}_{period.last}", results, sorted(broken), settings.retention_days)
        self.log.info("Written: %s", ", ".join(map(str, files)))
        if broken:
            # What needs a person first: another try does not mend it.
            raise min(broken.values(), key=lambda one: isinstance(one, RetryableError))
        return {
            "differences": {result.flow: result.counts for result in results},
            "compared": {result.flow: result.due for result in results},
            "waiting": {result.flow: len(result.waiting) for result in results},
            "files": [path.name for path in files],
            "resend": _resend(results) if context["params"].get("resend") else [],
        }


async def _reconcile_flow(flow: str, period: Period, context: Any) -> Reconciled:
    run = open_run(flow, True, context)
    # Runs of the flow itself have ids of their own, and so do its dry runs.
    run = replace(run, run_id=f"reconcile {run.run_id}", dry_run=False)
    refuse_other_company(run)
    limits = {"max_concurrency": run.settings.max_concurrency, "timeout_seconds": run.settings.timeout_seconds}
    sign_in = run.ledger.fingerprint(EAccountingHook().settings().refresh_token)
    async with (
        EAccountingHook().client(run.ledger, **limits) as source,
        VismaNetHook().client(run.ledger, **limits) as target,
    ):
        await check_reached_company(run, source, sign_in)
        return await reconcile(run, source, target, period, FLOWS[flow].needs)


class MissingToResend(BaseOperator):
    """Names the runs that send what is missing; only where somebody asked for it."""

    template_fields = ("compared",)

    def __init__(self, *, compared: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.compared = compared

    def execute(self, context: Any) -> list[FlowRun]:
        """Give the runs to start, one per flow; a flow whose DAG is paused is named, and not started."""
        runs: list[FlowRun] = []
        for run in self.compared["resend"]:
            flow, numbers = run["trigger_dag_id"], ", ".join(run["conf"]["numbers"])
            why_not = why_not_started(context, flow)
            self.log.info("%s: %s %s", flow, f"not started, {why_not}:" if why_not else "sends", numbers)
            if not why_not:
                runs.append(run)
        return runs


class ReconcileReport(BaseOperator):
    """Fails, after everything is stored, where the systems do not agree."""

    template_fields = ("compared",)

    def __init__(self, *, compared: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.compared = compared

    def execute(self, context: Any) -> dict[str, int]:
        """Give the number of differences; raises RunHasProblemsError where there are some."""
        differences: Mapping[str, Mapping[str, int]] = self.compared["differences"]
        total = sum(sum(counts.values()) for counts in differences.values())
        self.log.info("%s differences in %s documents.", total, sum(self.compared["compared"].values()))
        if total:
            said = "; ".join(f"{flow}: {_words(counts)}" for flow, counts in differences.items() if counts)
            raise RunHasProblemsError(
                [Reason("systems_differ", f"{total} differences: {said}")],
                resolution=f"Open {self.compared['files'][-1]}: each difference says what to do.",
                operation="reconcile",
            )
        return {"differences": 0}


def period_of(params: Mapping[str, Any], conf: Mapping[str, Any] | None, settings: Settings) -> Period:
    """The days of the trigger form, else those up to yesterday that the settings say.

    ConfigurationError where the form has other fields, no days, or ends before it begins.
    """
    unknown = sorted(set(conf or {}) - set(reconcile_form()))
    if unknown:
        raise ConfigurationError(
            f"the trigger form has no field {', '.join(unknown)}",
            resolution=f"Use only {', '.join(sorted(reconcile_form()))}.",
        )
    yesterday = datetime.now(tz=UTC).date() - timedelta(days=1)
    try:
        last = date.fromisoformat(params["to_day"]) if params.get("to_day") else yesterday
        default_first = last - timedelta(days=settings.reconcile.days - 1)
        first = date.fromisoformat(params["from_day"]) if params.get("from_day") else default_first
    except ValueError as error:
        raise ConfigurationError(
            "the trigger form names a day that is none", resolution="Write days as YYYY-MM-DD."
        ) from error
    if first > last:
        raise ConfigurationError(
            f"the days end ({last}) before they begin ({first})", resolution="Correct the days in the trigger form."
        )
    return Period(first, last)


def lines_of(result: Reconciled) -> list[str]:
    """What the task log says of a flow."""
    head = (
        f"{result.flow}: {sum(result.counts.values())} differences; {result.due} documents should stand in the target, "
        f"{result.found} do; {len(result.waiting)} wait"
    )
    differences = [f"  {one.kind}: {one.number} of {one.day}: {one.detail}. {one.cure}" for one in result.differences]
    waiting = [
        f"  waits: {one.owner.number or one.owner.key} {one.state}({one.reason}). {one.cure}" for one in result.waiting
    ]
    skipped = [f"  left out: {reason}: {count}" for reason, count in result.skipped.items()]
    return [head, *differences, *waiting, *skipped]


def _resend(results: list[Reconciled]) -> list[FlowRun]:
    return [
        FlowRun(trigger_dag_id=result.flow, conf={"numbers": result.missing}) for result in results if result.missing
    ]


def _words(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {kind}" for kind, count in counts.items())
