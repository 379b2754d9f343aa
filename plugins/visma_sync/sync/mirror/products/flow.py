"""The product flow of a mirrored run: every product that changed becomes an article of the target, or updates it."""

from collections.abc import AsyncIterator, Collection, Sequence
from datetime import datetime
from typing import Any, cast

from visma_sync.domain.product import Product
from visma_sync.sync.flow import MasterFlow
from visma_sync.sync.mirror.products.keep import settle_products
from visma_sync.sync.mirror.products.ports import ArticleTarget, ProductSource
from visma_sync.sync.reference import Reference, plain_reference
from visma_sync.sync.run import source_lists
from visma_sync.sync.settle import Settling


class MirroredProductFlow(MasterFlow[Product]):
    """Products of the source become articles of the target, known by their SKU.

    What the other direction wrote into the source is no echo here: it is compared, found equal, and noted.
    """

    source: ProductSource
    target: ArticleTarget

    kind = "product"

    def changed(self, since: datetime, until: datetime) -> AsyncIterator[list[Any]]:
        return self.source.item_records.changed(since, until)

    async def by_number(self, numbers: Collection[str]) -> list[Any]:
        return await self.source.item_records.read(numbers)

    async def by_key(self, keys: Collection[str]) -> list[Any]:
        return await self.source.item_records.read(keys)

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
        await settle_products(run, self.target, settling, products, held)
