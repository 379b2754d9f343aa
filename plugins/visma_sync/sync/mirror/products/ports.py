"""What products of a mirrored run need of the two systems."""

from collections.abc import AsyncIterator, Collection, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol

from visma_sync.sync.ports import Lists, Reached, SourceRecord


class Items(Protocol):
    """The products of the source."""

    def changed(self, since: datetime, until: datetime) -> AsyncIterator[list[Any]]: ...
    async def read(self, numbers: Collection[str]) -> list[Any]: ...


class ProductSource(Reached, Protocol):
    """Where products come from."""

    @property
    def item_records(self) -> Items: ...
    async def mapping_rows(self, name: str) -> list[dict[str, Any]]: ...


class KnownArticle(Protocol):
    """A product as it stands in the target; `coding` is the key of what decides its VAT, prices are of one piece."""

    @property
    def key(self) -> str: ...
    @property
    def number(self) -> str: ...
    @property
    def changed_at(self) -> datetime | None: ...
    @property
    def last_changed(self) -> datetime: ...
    @property
    def coding(self) -> str: ...
    @property
    def net_price(self) -> Decimal: ...
    @property
    def gross_price(self) -> Decimal: ...
    @property
    def barcodes(self) -> tuple[str, ...]: ...
    @property
    def body(self) -> Mapping[str, Any]: ...
    @property
    def content(self) -> Mapping[str, Any]: ...


class KnownArticles(Protocol):
    """The products of the target, to be recognised."""

    async def numbered(self, numbers: Collection[str]) -> list[Any]: ...
    async def everything(self) -> list[Any]: ...


class TargetArticles(Protocol):
    """The products of the target, one by one; a change leaves alone what it does not name."""

    async def create(self, body: dict[str, Any], marker: str = "") -> SourceRecord: ...
    async def change(
        self, key: str, changes: dict[str, Any], *, unless_changed_since: datetime | None
    ) -> SourceRecord: ...


class ArticleTarget(Lists, Protocol):
    """Where products go."""

    @property
    def known_articles(self) -> KnownArticles: ...
    @property
    def article_records(self) -> TargetArticles: ...
