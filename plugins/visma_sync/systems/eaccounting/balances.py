"""The stock balances of articles: one for each article, without warehouses. Source: "eAccounting OpenAPI 2026-02".

A balance can only be written where the stock module is not active (ArticleApi.StockBalance); else eAccounting changes
it by documents alone. There is no stock transaction: the whole article is written.
"""

from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Protocol

from visma_sync.systems.eaccounting.lists import Row
from visma_sync.systems.eaccounting.records import Records
from visma_sync.systems.reading import text_of
from visma_sync.systems.source_record import SourceRecord


@dataclass(frozen=True, slots=True)
class ArticleBalance:
    """How much of an article there is; `balance` is None where the answer does not say it as a number.

    `shows_stock` is true of goods where the company has no stock module, and of stock articles where it has one.
    """

    key: str
    sku: str
    unit: str
    balance: Decimal | None
    is_active: bool
    is_service: bool
    is_stock: bool
    shows_stock: bool
    record: SourceRecord = field(repr=False)

    @classmethod
    def of(cls, record: SourceRecord) -> "ArticleBalance":
        """Read an article."""
        body, balance = record.body, record.body.get("StockBalance")
        is_number = isinstance(balance, int | Decimal) and not isinstance(balance, bool)
        return cls(
            key=record.key,
            sku=record.number,
            unit=text_of(body, "UnitAbbreviation") or text_of(body, "UnitName"),
            balance=Decimal(str(balance)) if is_number else None,
            is_active=body.get("IsActive") is not False,
            is_service=body.get("IsServiceArticle") is True,
            is_stock=body.get("IsStock") is True,
            shows_stock=body.get("ShowStockInformation") is True,
            record=record,
        )

    @property
    def kept_by_module(self) -> bool | None:
        """Whether the stock module keeps the balances of the company, as far as this article tells; else None.

        Documented of ShowStockInformation: without the module it is true of all that is no service, with it of stock
        articles only.
        """
        if self.is_service or (self.is_stock and self.shows_stock):
            return None
        return not self.shows_stock


class Articles(Protocol):
    """Where articles are read and written."""

    article_records: Records

    def all_articles(self) -> AsyncIterator[list[SourceRecord]]: ...
    async def articles(self, numbers: Collection[str]) -> list[SourceRecord]: ...


class Balances:
    """Reads the balances of articles, and writes them."""

    def __init__(self, articles: Articles) -> None:
        self._articles = articles

    async def all(self) -> AsyncIterator[list[ArticleBalance]]:
        """The balances of all articles, a page at a time. Raises PartialReadError as `all_articles` does."""
        async for page in self._articles.all_articles():
            yield [ArticleBalance.of(record) for record in page]

    async def of(self, skus: Collection[str]) -> list[ArticleBalance]:
        """The balances of the articles with these numbers; missing ones are left out."""
        return [ArticleBalance.of(record) for record in await self._articles.articles(skus)]

    async def read(self, key: str) -> ArticleBalance | None:
        """The balance of one article, None where it is gone."""
        record = await self._articles.article_records.read(key)
        return None if record is None else ArticleBalance.of(record)

    async def write(self, before: ArticleBalance, changes: Row) -> ArticleBalance:
        """Write an article as it was just read, with these fields changed; gives it as it stands then.

        Raises UncertainWriteError where the answer is lost.
        """
        return ArticleBalance.of(await self._articles.article_records.replace(before.record, changes))
