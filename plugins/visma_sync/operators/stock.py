"""The steps of the stock flow, as Airflow operators."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from airflow.providers.standard.operators.hitl import ApprovalOperator
from airflow.sdk.bases.branch import BaseBranchOperator

from visma_sync.flows import is_mirrored
from visma_sync.hooks.eaccounting import EAccountingHook
from visma_sync.hooks.ledger import airflow_ledger
from visma_sync.operators.steps import StepOperator
from visma_sync.operators.turn import is_running
from visma_sync.operators.window import window_of
from visma_sync.sync.company import check_reached_company
from visma_sync.sync.stock.adjust import adjust_stock
from visma_sync.sync.stock.brake import Compared
from visma_sync.sync.stock.compare import compare_stock
from visma_sync.sync.stock.flow import StockFlow
from visma_sync.systems.eaccounting.client import EAccountingClient
from visma_sync.systems.vismanet.client import VismaNetClient

# Whoever does not answer for so long has said no.
_PATIENCE = timedelta(days=1)


class CompareStock(StepOperator):
    """Reads the stock of both systems and says of every product what becomes of it; `approved` is what a person saw."""

    template_fields: Sequence[str] = ("flow", "approved")

    def __init__(self, *, approved: Any = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.approved = approved

    def execute(self, context: Any) -> Compared:
        """Give the numbers of the comparison."""
        run = self._open(context)
        window = window_of(context, run.ledger, run.settings, self.flow)

        async def compare(source: EAccountingClient, target: VismaNetClient) -> Compared:
            await check_reached_company(run, source, run.ledger.fingerprint(EAccountingHook().settings().refresh_token))
            return await compare_stock(StockFlow(run, source, target), window, self.approved)

        compared: Compared = self._with_systems(run, compare)
        self.log.info("%s", compared)
        return compared


class Brake(BaseBranchOperator):
    """Goes on, ends, or asks a person, as the comparison says; while one run waits for an answer, no other asks."""

    template_fields = ("compared",)

    def __init__(self, *, compared: Any, adjust: str, ask: str, if_none: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.compared = compared
        self.adjust, self.ask, self.if_none = adjust, ask, if_none

    def choose_branch(self, context: Any) -> str:
        """Name the task that goes on."""
        if self.compared["next"] == "adjust":
            return self.adjust
        if self.compared["next"] == "ask":
            if not (asking := _waiting_for_a_person(context["dag_run"])):
                return self.ask
            self.log.info("Run %s waits for a person already; nothing is adjusted before the answer.", asking)
        return self.if_none


def _waiting_for_a_person(dag_run: Any) -> str:
    """Another run of the flow that is under way although this one has the turn; empty where there is none."""
    ledger = airflow_ledger().mirrored() if is_mirrored(dag_run.dag_id) else airflow_ledger()
    open_runs = (run for run in ledger.runs(dag_run.dag_id) if run.closed_at is None)
    others = (run.run_id for run in open_runs if run.run_id != dag_run.run_id)
    return next((run_id for run_id in others if is_running(dag_run.dag_id, run_id)), "")


class ApproveAdjustment(ApprovalOperator):
    """Asks a person, holding neither a worker slot nor the turn; no answer for a day is a no.

    After a no everything that follows is skipped: the products are parked already. `system` is whose stock changes.
    """

    def __init__(self, *, compared: str, system: str = "Visma.net", **kwargs: Any) -> None:
        super().__init__(
            subject=f"The stock in {system} would change a lot",
            body=f"{{{{ ti.xcom_pull(task_ids='{compared}')['question'] }}}}",
            defaults=self.REJECT,
            response_timeout=_PATIENCE,
            execution_timeout=None,
            ignore_downstream_trigger_rules=True,
            **kwargs,
        )


class AdjustStock(StepOperator):
    """Writes the differences as inventory adjustments, and releases them."""

    def execute(self, context: Any) -> dict[str, int]:
        """Give the number of products by outcome."""
        run = self._open(context)
        counts: dict[str, int] = self._with_systems(
            run, lambda source, target: adjust_stock(StockFlow(run, source, target))
        )
        self.log.info("%s", counts)
        return counts
