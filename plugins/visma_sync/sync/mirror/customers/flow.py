"""The customer flow of the other direction: every customer that changed is found, made or brought up to date."""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from visma_sync.domain.customer import Customer
from visma_sync.sync.customers.flow import CustomerFlow
from visma_sync.sync.customers.outcome import ARCHIVED, outcome_of
from visma_sync.sync.mirror.customers.ports import CustomerSource, CustomerTarget
from visma_sync.sync.mirror.customers.settle import settle_customers
from visma_sync.sync.reference import Reference
from visma_sync.sync.settle import Settling


class MirroredCustomerFlow(CustomerFlow):
    """Customers of a mirrored run; what the pair's default debtor is never goes back."""

    source: CustomerSource  # type: ignore[assignment]  # the other system, spoken to in its own way
    target: CustomerTarget  # type: ignore[assignment]  # the same

    async def changed(self, since: datetime, until: datetime) -> AsyncIterator[list[Any]]:
        async for page in self.source.customer_records.changed(since, until):
            yield page

    async def by_number(self, numbers: Collection[str]) -> list[Any]:
        return await self.source.customer_records.read(numbers)

    async def by_key(self, keys: Collection[str]) -> list[Any]:
        return await self.source.customer_records.read(keys)

    def why_not_yet(self, record: Customer) -> str:
        return "default_debtor" if record.number == self.run.settings.default_debtor.customer else ""

    async def settle(self, references: Sequence[Reference], settling: Settling) -> None:
        customers, held = await self._read(references)
        not_needed = self._inactive_and_unknown(customers)
        settling.outcomes += [outcome_of(customers.pop(key), "skipped", "archived", ARCHIVED) for key in not_needed]
        await settle_customers(self.run, self.source, self.target, settling, customers, held)

    def _inactive_and_unknown(self, customers: Mapping[str, Customer]) -> list[str]:
        """Inactive, or of one sale only; neither direction knows them, and we never began to make them."""
        known = self.run.ledger.mirrored().links_by_target(self.kind, customers).keys()
        return [key for key in self._archived_and_unknown(customers) if key not in known]
