"""What orders of a mirrored run need of the systems."""

from collections.abc import AsyncIterator, Collection, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol

from visma_sync.sync.mirror.products.ports import ArticleTarget, ProductSource
from visma_sync.sync.ports import SourceRecord


class ListedOrder(Protocol):
    """An order of a list, and its state in one spelling."""

    @property
    def record(self) -> SourceRecord: ...
    @property
    def state(self) -> str: ...


class SalesOrders(Protocol):
    """The orders of the source: as its list shows them, or whole with their lines and VAT."""

    def changed(self, since: datetime, until: datetime, types: Collection[str]) -> AsyncIterator[list[Any]]: ...
    async def numbered(self, numbers: Collection[str], types: Collection[str]) -> list[Any]: ...
    async def whole(self, keys: Collection[str]) -> list[Any]: ...


class SalesOrderSource(ProductSource, Protocol):
    """Where orders come from, and the products that they name."""

    @property
    def sales_orders(self) -> SalesOrders: ...


class OrderDocument(Protocol):
    """An order of the target; a draft has the state hold. Sums are before whole-unit rounding."""

    @property
    def key(self) -> str: ...
    @property
    def number(self) -> str: ...
    @property
    def customer(self) -> str: ...
    @property
    def reference(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def total(self) -> Decimal: ...
    @property
    def vat(self) -> Decimal: ...
    @property
    def content(self) -> Mapping[str, Any]: ...


class OrderDocuments(Protocol):
    """The orders of the target."""

    def made_since(self, since: datetime) -> AsyncIterator[list[Any]]: ...
    def moved_since(self, since: datetime) -> AsyncIterator[list[Any]]: ...
    async def totals(self, numbers: Collection[str]) -> dict[str, set[Decimal]]: ...
    async def read(self, key: str) -> Any | None: ...
    async def create(self, body: dict[str, Any], marker: str) -> str: ...
    async def make_order(self, key: str) -> None: ...


class Buyer(Protocol):
    """A customer of the target, as far as it decides prices."""

    @property
    def key(self) -> str: ...
    @property
    def is_private(self) -> bool: ...
    @property
    def country(self) -> str: ...


class PriceRules(Protocol):
    """How prices of the target are to be read."""

    @property
    def country(self) -> str: ...
    @property
    def currency(self) -> str: ...
    @property
    def private_prices_include_vat(self) -> bool: ...


class Sold(Protocol):
    """Who buys and what is sold in the target."""

    async def buyers(self, keys: Collection[str]) -> dict[str, Any]: ...
    async def articles(self, numbers: Collection[str]) -> dict[str, Any]: ...
    async def price_rules(self) -> PriceRules: ...


class OrderTarget(ArticleTarget, Protocol):
    """Where orders go, and the articles that they need."""

    @property
    def order_documents(self) -> OrderDocuments: ...
    @property
    def sold(self) -> Sold: ...
