"""Articles of eAccounting as a target: found by their number, and compared. Source: "eAccounting OpenAPI 2026-02"."""

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from visma_sync.systems.eaccounting.answers import SYSTEM
from visma_sync.systems.reading import amount_of, text_of
from visma_sync.systems.source_record import SourceRecord


@dataclass(frozen=True, slots=True)
class KnownArticle:
    """An article as it stands; `coding` is the key of its coding, prices are in the company's currency.

    `body` is the article by the vendor's names, its rows of barcodes in the order in which we write them; `content` is
    the article as it came without what only tells how it stands at the moment.
    """

    record: SourceRecord
    body: Mapping[str, Any]
    coding: str
    net_price: Decimal
    gross_price: Decimal
    barcodes: tuple[str, ...]

    @property
    def key(self) -> str:
        """The key by which it is read and changed."""
        return self.record.key

    @property
    def number(self) -> str:
        """The SKU."""
        return self.record.number

    @property
    def changed_at(self) -> datetime | None:
        """When it was changed last, UTC."""
        return self.record.changed_at

    @property
    def last_changed(self) -> datetime:
        """When it was changed last, or made, UTC."""
        return self.record.changed_at or self.record.created_at

    @property
    def content(self) -> dict[str, Any]:
        """The article without what passes."""
        return self.record.content


def known_article(record: SourceRecord) -> KnownArticle:
    """Read what is compared of an article."""
    rows = record.body.get("Barcodes") or []
    barcodes = [{"Barcode": row.get("Barcode"), "BarcodeType": row.get("BarcodeType")} for row in rows]
    return KnownArticle(
        record,
        body={**record.body, "Barcodes": barcodes},
        coding=text_of(record.body, "CodingId"),
        net_price=_price(record.body, "NetPrice"),
        gross_price=_price(record.body, "GrossPrice"),
        barcodes=tuple(text_of(row, "Barcode") for row in rows),
    )


def _price(body: Mapping[str, Any], name: str) -> Decimal:
    return amount_of(body, SYSTEM, "an article", name) if text_of(body, name) else Decimal(0)


class KnownArticles:
    """The articles of a company, to be recognised by their numbers."""

    def __init__(
        self,
        numbered: Callable[[Collection[str]], Awaitable[list[SourceRecord]]],
        everything: Callable[[], AsyncIterator[list[SourceRecord]]],
    ) -> None:
        self._numbered = numbered
        self._everything = everything

    async def numbered(self, numbers: Collection[str]) -> list[KnownArticle]:
        """The articles with these numbers, to the letter; missing ones are left out."""
        return [known_article(record) for record in await self._numbered(numbers)]

    async def everything(self) -> list[KnownArticle]:
        """All articles. Raises PartialReadError where some were missed: nothing may be concluded from the others."""
        return [known_article(record) async for page in self._everything() for record in page]
