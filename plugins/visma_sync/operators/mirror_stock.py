"""The steps of the stock flow to eAccounting, as Airflow operators; brake and approval are those of the other one."""

from collections.abc import Sequence
from typing import Any

from visma_sync.hooks.eaccounting import EAccountingHook
from visma_sync.operators.steps import StepOperator
from visma_sync.operators.window import window_of
from visma_sync.sync.lists import check_companies
from visma_sync.sync.mirror.stock.compare import compare_balances
from visma_sync.sync.mirror.stock.flow import BalanceFlow
from visma_sync.sync.mirror.stock.write import write_balances
from visma_sync.sync.stock.brake import Compared
from visma_sync.systems.eaccounting.client import EAccountingClient
from visma_sync.systems.vismanet.client import VismaNetClient


class CompareBalances(StepOperator):
    """Reads the stock of both systems and says of every product what becomes of it; `approved` is what a person saw."""

    template_fields: Sequence[str] = ("flow", "approved")

    def __init__(self, *, approved: Any = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.approved = approved

    def execute(self, context: Any) -> Compared:
        """Give the numbers of the comparison."""
        run = self._open(context)
        window = window_of(context, run.ledger, run.settings, self.flow)

        async def compare(source: VismaNetClient, target: EAccountingClient) -> Compared:
            sign_in = run.ledger.fingerprint(EAccountingHook().settings().refresh_token)
            await check_companies(run, source, target, sign_in)
            return await compare_balances(BalanceFlow(run, source, target), window, self.approved)

        compared: Compared = self._with_systems(run, compare)
        self.log.info("%s", compared)
        return compared


class WriteBalances(StepOperator):
    """Writes the balances that differ."""

    def execute(self, context: Any) -> dict[str, int]:
        """Give the number of products by outcome."""
        run = self._open(context)
        counts: dict[str, int] = self._with_systems(
            run, lambda source, target: write_balances(BalanceFlow(run, source, target))
        )
        self.log.info("%s", counts)
        return counts
