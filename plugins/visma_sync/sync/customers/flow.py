"""The customer flow: every customer that changed is found, made or brought up to date in the target."""

from collections.abc import AsyncIterator, Collection, Sequence
from datetime import datetime
from typing import Any, Protocol, cast

from visma_sync.domain.customer import Customer
from visma_sync.sync.customers.write import settle_customers
from visma_sync.sync.flow import MasterFlow
from visma_sync.sync.ports import CustomerTarget, Source
from visma_sync.sync.reference import Reference, plain_reference
from visma_sync.sync.run import source_lists
from visma_sync.sync.settle import Settling


class CustomerSource(Source, Protocol):
    """Where customers come from."""

    def customers_changed(self, since: datetime, until: datetime) -> AsyncIterator[list[Any]]: ...
    async def customers_by_number(self, numbers: Collection[str]) -> list[Any]: ...


class CustomerFlow(MasterFlow[Customer]):
    """Customers of the source become customers of the target."""

    source: CustomerSource
    target: CustomerTarget

    kind = "customer"

    def changed(self, since: datetime, until: datetime) -> AsyncIterator[list[Any]]:
        return self.source.customers_changed(since, until)

    async def by_number(self, numbers: Collection[str]) -> list[Any]:
        return await self.source.customers_by_number(numbers)

    async def by_key(self, keys: Collection[str]) -> list[Any]:
        return await self.source.customers(keys)

    def reference_of(self, record: Customer) -> Reference:
        return plain_reference(record.key, record.number)

    async def settle(self, references: Sequence[Reference], settling: Settling) -> None:
        run = self.run
        held = run.ledger.held(run.flow, [reference["key"] for reference in references])
        lists = await source_lists(run, "customer", self.source)
        customers = {
            key: cast(Customer, run.mapping("customer").read(record.source or {}, lists=lists, settings=run.settings))
            for key, record in held.items()
        }
        await settle_customers(run, self.target, settling, customers, held)
