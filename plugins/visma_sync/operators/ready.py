"""systems_ready: an outage is waited out in the triggerer, not in a worker slot."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

from airflow.sdk import BaseOperator
from airflow.triggers.base import BaseTrigger, TriggerEvent

from visma_sync.hooks.eaccounting import EAccountingHook
from visma_sync.hooks.vismanet import VismaNetHook
from visma_sync.operators.opening import airflow_settings
from visma_sync.systems.outage import silent_addresses

_FIRST_WAIT_SECONDS = 5.0
_LONGEST_WAIT_SECONDS = 300.0


class SystemsReady(BaseOperator):
    """Looks once whether every API answers (anything below 500), and defers when one does not.

    The look is an unauthenticated GET; only the addresses travel to the triggerer.
    """

    def execute(self, context: Any) -> list[str]:
        """Give the addresses that answered; defer while one is silent."""
        addresses = _addresses()
        if asyncio.run(silent_addresses(addresses)):
            patience = float(airflow_settings().outage_patience_hours)
            self.defer(
                trigger=SystemsAnswerTrigger(addresses=addresses),
                method_name="resume",
                timeout=timedelta(hours=patience),
            )
        return addresses

    def resume(self, context: Any, event: dict[str, Any]) -> list[str]:
        """Everybody answers again."""
        self.log.info("All systems answer again after %s looks.", event["looks"])
        return list(event["addresses"])


def _addresses() -> list[str]:
    source, target = EAccountingHook().settings(), VismaNetHook().settings()
    return sorted({source.api_url, target.api_url, target.salesorder_url})


class SystemsAnswerTrigger(BaseTrigger):
    """Fires when every address answers; looks after 5 seconds, then ever more rarely, up to 5 minutes apart."""

    def __init__(self, addresses: list[str]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # Airflow leaves it untyped
        self.addresses = addresses

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """How Airflow stores the trigger: addresses only, no secrets."""
        return f"{type(self).__module__}.{type(self).__qualname__}", {"addresses": self.addresses}

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Sleep first: a trigger that fires at once can fail its task in Airflow 3.3.2."""
        wait, looks = _FIRST_WAIT_SECONDS, 0
        while True:
            await asyncio.sleep(wait)
            looks += 1
            if not await silent_addresses(self.addresses):
                answer = {"addresses": self.addresses, "looks": looks}
                yield TriggerEvent(answer)  # type: ignore[no-untyped-call]  # Airflow leaves it untyped
                return
            wait = min(2 * wait, _LONGEST_WAIT_SECONDS)
