"""The product flow: every article that changed becomes a product of the target, or updates it."""

from collections.abc import AsyncIterator, Collection, Sequence
from datetime import datetime
from typing import Any, Protocol, cast

from visma_sync.domain.product import Product
from visma_sync.sync.flow import MasterFlow
from visma_sync.sync.ports import ProductTarget, Source, SourceRecord
from visma_sync.sync.products.keep import settle_products
from visma_sync.sync.products.left import left_in_source
from visma_sync.sync.reference import Reference, plain_reference
from visma_sync.sync.run import source_lists
from visma_sync.sync.settle import Settling


class ProductSource(Source, Protocol):
    """Where products come from."""

    def articles_changed(self, since: datetime, until: datetime) -> AsyncIterator[list[Any]]: ...


class ProductFlow(MasterFlow[Product]):
    """Articles of the source become products of the target, known by their SKU."""

    source: ProductSource
    target: ProductTarget

    kind = "product"

    def changed(self, since: datetime, until: datetime) -> AsyncIterator[list[Any]]:
        return self.source.articles_changed(since, until)

    async def by_number(self, numbers: Collection[str]) -> list[Any]:
        return await self.source.articles(numbers)

    async def by_key(self, keys: Collection[str]) -> list[Any]:
        return await self.source.articles(keys)

    def key_of(self, record: SourceRecord) -> str:
        return record.number or record.key

    def reference_of(self, record: Product) -> Reference:
        return plain_reference(record.number, record.number)

    async def settle(self, references: Sequence[Reference], settling: Settling) -> None:
        run = self.run
        held = run.ledger.held(run.flow, [reference["key"] for reference in references])
        lists = await source_lists(run, "product", self.source)
        products = {
            key: cast(Product, run.mapping("product").read(record.source or {}, lists=lists, settings=run.settings))
            for key, record in held.items()
        }
        await settle_products(run, self.target, settling, products, held, left_in_source(run, held, lists))
