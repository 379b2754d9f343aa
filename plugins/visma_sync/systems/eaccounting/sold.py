"""Who buys and what is sold, as far as it decides the prices and VAT of an order in eAccounting.

Source: "eAccounting OpenAPI 2026-02".
"""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass

from visma_sync.systems.call import Call
from visma_sync.systems.eaccounting.answers import SYSTEM
from visma_sync.systems.http import HttpClient
from visma_sync.systems.reading import essential_text, text_of
from visma_sync.systems.source_record import SourceRecord

Read = Callable[[Collection[str]], Awaitable[list[SourceRecord]]]


@dataclass(frozen=True, slots=True)
class Buyer:
    """A customer; `country` is that of its invoices (ISO code), empty where it is not said."""

    key: str
    is_private: bool
    country: str


@dataclass(frozen=True, slots=True)
class Article:
    """An article; `coding` is the id of the coding that decides its VAT."""

    key: str
    number: str
    coding: str
    active: bool


@dataclass(frozen=True, slots=True)
class PriceRules:
    """The company's country and currency, and whether private persons are shown prices with VAT.

    What the published description says of the last is the opposite of what its name says and programs do in practice:
    so an order is read back before it counts.
    """

    country: str
    currency: str
    private_prices_include_vat: bool


class Sold:
    """Reads customers, articles and the rules for prices."""

    def __init__(self, http: HttpClient, customers: Read, articles: Read) -> None:
        self._http = http
        self._customers = customers
        self._articles = articles

    async def buyers(self, keys: Collection[str]) -> dict[str, Buyer]:
        """These customers by key, in as few calls as it takes; missing ones are left out."""
        found = (_buyer(record) for record in await self._customers(keys))
        return {buyer.key: buyer for buyer in found}

    async def articles(self, numbers: Collection[str]) -> dict[str, Article]:
        """The articles with these numbers (SKUs) by number; missing ones are left out."""
        found = (_article(record) for record in await self._articles(numbers))
        return {article.number: article for article in found}

    async def price_rules(self) -> PriceRules:
        """How the company's prices are to be read."""
        body = (await self._http.send(Call("GET", "/v2/companysettings"))).record
        return PriceRules(
            country=essential_text(body, SYSTEM, "the company", "CountryCode").upper(),
            currency=essential_text(body, SYSTEM, "the company", "CurrencyCode").upper(),
            private_prices_include_vat=body.get("ShowPricesExclVatPC") is not True,
        )


def _buyer(record: SourceRecord) -> Buyer:
    country = text_of(record.body, "InvoiceCountryCode").upper()
    return Buyer(record.key, record.body.get("IsPrivatePerson") is True, country)


def _article(record: SourceRecord) -> Article:
    body = record.body
    return Article(record.key, record.number, text_of(body, "CodingId"), body.get("IsActive") is not False)
