"""The steps that all flows share, as Airflow operators, each under the name that users see."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from airflow.sdk import BaseOperator
from airflow.sdk.bases.branch import BaseBranchOperator

from visma_sync.hooks.eaccounting import EAccountingHook
from visma_sync.hooks.vismanet import VismaNetHook
from visma_sync.operators.opening import die_with_parent, open_run
from visma_sync.operators.window import window_of
from visma_sync.sync.catalog import document_flow, ensure, master_flow, record_flow
from visma_sync.sync.company import refuse_other_company
from visma_sync.sync.confirm import confirm_documents
from visma_sync.sync.create import create_documents
from visma_sync.sync.exist import check_exist
from visma_sync.sync.fetch import fetch_records
from visma_sync.sync.keep import write_records
from visma_sync.sync.lists import check_companies, check_settings
from visma_sync.sync.reference import Lane, Reference, lanes_of
from visma_sync.sync.run import Run


class StepOperator(BaseOperator):
    """Opens what a step works with, runs it, and gives back what the next step needs: references, no bodies.

    `uses_mappings` says whether the step reads or writes records.
    """

    uses_mappings = True
    template_fields: Sequence[str] = ("flow",)
    ui_color = "#e8f4ea"

    def __init__(self, *, flow: str = "{{ dag.dag_id }}", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.flow = flow

    def _open(self, context: Any) -> Run:
        die_with_parent()
        run = open_run(self.flow, self.uses_mappings, context)
        refuse_other_company(run)
        return run

    def _with_systems(self, run: Run, step: Callable[[Any, Any], Awaitable[Any]]) -> Any:
        """Run a step with clients of the run's source and target."""
        limits = {
            "max_concurrency": run.settings.max_concurrency,
            "timeout_seconds": run.settings.timeout_seconds,
        }

        async def opened() -> Any:
            eaccounting = EAccountingHook().client(run.ledger, **limits)
            vismanet = VismaNetHook().client(run.ledger, **limits)
            async with eaccounting, vismanet:
                return await (step(vismanet, eaccounting) if run.mirrored else step(eaccounting, vismanet))

        return asyncio.run(opened())


class FetchRecords(StepOperator):
    """Reads the records of the window, and takes up again those that were waiting."""

    def execute(self, context: Any) -> list[Reference]:
        """Give the references of the records that go on."""
        run = self._open(context)
        window = window_of(context, run.ledger, run.settings, self.flow)
        self.log.info("Reading %s window %s to %s %s", window.kind, window.since, window.until, window.numbers or "")

        async def fetch(source: Any, target: Any) -> list[Reference]:
            sign_in = run.ledger.fingerprint(EAccountingHook().settings().refresh_token)
            await check_companies(run, source, target, sign_in)
            return await fetch_records(record_flow(run, source, target), window)

        fetched: list[Reference] = self._with_systems(run, fetch)
        self.log.info("%s records go on.", len(fetched))
        return fetched


class RecordsOperator(StepOperator):
    """Works on all records of the run that the step before handed on."""

    template_fields = ("flow", "records")

    def __init__(self, *, records: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.records = records


class WriteRecords(RecordsOperator):
    """Makes the records that are missing in the target, and updates those that changed."""

    def execute(self, context: Any) -> dict[str, int]:
        """Give the number of records by outcome."""
        run = self._open(context)

        async def write(source: Any, target: Any) -> dict[str, int]:
            await check_settings(run, target)
            return await write_records(master_flow(run, source, target), self.records)

        counts: dict[str, int] = self._with_systems(run, write) if self.records else {}
        self.log.info("%s", counts)
        return counts


class CheckExist(RecordsOperator):
    """Sorts out what the target has already, and cuts the rest into lanes."""

    def execute(self, context: Any) -> list[Lane]:
        """Give the lanes of the records to write."""
        run = self._open(context)

        async def check(source: Any, target: Any) -> list[Reference]:
            going_on = await check_exist(document_flow(run, source, target), self.records)
            if going_on:
                await check_settings(run, target)
            return going_on

        to_write = self._with_systems(run, check) if self.records else []
        self.log.info("%s of %s records are to be written.", len(to_write), len(self.records))
        return lanes_of(to_write, run.settings.records_per_lane, run.settings.max_lanes)


class AnythingToWrite(BaseBranchOperator):
    """Shows in the grid which way a run went; a branch inside the lanes would skip nothing."""

    template_fields = ("records",)

    def __init__(self, *, records: Any, if_any: str, if_none: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.records, self.if_any, self.if_none = records, if_any, if_none

    def choose_branch(self, context: Any) -> str:
        """Name the task that goes on."""
        return self.if_any if self.records else self.if_none


class _EnsureOperator(StepOperator):
    """Works on what all lanes of the run need together."""

    template_fields = ("flow", "lanes")

    def __init__(self, *, lanes: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.lanes = lanes

    @property
    def _records(self) -> list[Reference]:
        return [reference for lane in self.lanes for reference in lane["records"]]


class EnsureCustomers(_EnsureOperator):
    """The customer of every sale exists in the target, once per run."""

    def execute(self, context: Any) -> dict[str, int]:
        """Give the number of customers by outcome."""
        run = self._open(context)
        counts: dict[str, int] = self._with_systems(
            run, lambda source, target: ensure(run, "customer", source, target, self._records)
        )
        self.log.info("Customers: %s", counts)
        return counts


class EnsureProducts(_EnsureOperator):
    """Every product that the sales name exists in the target, once per run."""

    def execute(self, context: Any) -> dict[str, int]:
        """Give the number of products by outcome."""
        run = self._open(context)
        counts: dict[str, int] = self._with_systems(
            run, lambda source, target: ensure(run, "product", source, target, self._records)
        )
        self.log.info("Products: %s", counts)
        return counts


class GroupDocuments(_EnsureOperator):
    """Puts the records together that become one document, and cuts these documents into lanes."""

    def execute(self, context: Any) -> list[Lane]:
        """Give the lanes of the documents to write."""
        run = self._open(context)
        documents: list[Reference] = self._with_systems(
            run, lambda source, target: document_flow(run, source, target).group(self._records)
        )
        self.log.info("%s records go into %s documents.", len(self._records), len(documents))
        return lanes_of(documents, run.settings.records_per_lane, run.settings.max_lanes)


class _LaneOperator(StepOperator):
    """Works on one lane; its label in the grid names the lane's first and last record."""

    template_fields = ("flow", "lane")

    def __init__(self, *, lane: Any, **kwargs: Any) -> None:
        super().__init__(map_index_template="{{ lane_label | default('') }}", **kwargs)
        self.lane = lane

    def _label(self, context: Any, lane: Lane) -> None:
        numbers = [reference["number"] for reference in lane["records"]]
        shown = numbers[0] if len(numbers) == 1 else f"{numbers[0]}..{numbers[-1]} ({len(numbers)})"
        context["lane_label"] = shown


class CreateDocuments(_LaneOperator):
    """Writes the documents of a lane, on hold, each exactly once."""

    def execute(self, context: Any) -> Lane:
        """Give the lane with every record's state."""
        run = self._open(context)
        self._label(context, self.lane)
        records = self._with_systems(
            run,
            lambda source, target: create_documents(document_flow(run, source, target), self.lane["records"]),
        )
        return Lane(lane=self.lane["lane"], records=records)


class ConfirmDocuments(_LaneOperator):
    """Compares the documents of a lane with their source, and takes them off hold."""

    uses_mappings = False

    def execute(self, context: Any) -> Lane:
        """Give the lane with every record's state."""
        run = self._open(context)
        self._label(context, self.lane)
        records = self._with_systems(
            run,
            lambda source, target: confirm_documents(document_flow(run, source, target), self.lane["records"]),
        )
        for record in records:
            self.log.info("%s %s %s", record["number"], record["state"], record.get("target", ""))
        return Lane(lane=self.lane["lane"], records=records)
