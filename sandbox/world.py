"""The company that the sandbox plays, and how it is started.

The world is generated once from a seed number by `sandbox.seed`; each of the two imitated systems copies what it needs
and never changes the world itself.
"""

import datetime
from dataclasses import dataclass, field
from typing import Any, Literal

Record = dict[str, Any]
"""One record with the field names of the API ("eAccounting OpenAPI 2026-02"); every number is int or Decimal."""

FEWEST_CUSTOMERS = 40
FEWEST_ARTICLES = 40


@dataclass(frozen=True)
class Options:
    """How one sandbox behaves, as given on its command line."""

    port: int = 8700
    orders: int = 200
    customers: int | None = None
    articles: int | None = None
    invoices: int | None = None
    seed: int = 1
    latency_ms: int = 0
    numbering: Literal["auto", "manual"] = "auto"
    order_amount: Literal["net", "gross"] = "net"
    minute_quota: int = 600
    hour_quota: int = 15_000
    access_token_seconds: int = 3600
    wrong_company: bool = False
    existing_orders: int = 6
    today: datetime.date = datetime.date(2026, 11, 20)
    trouble: bool = True
    empty_target: bool = False

    @property
    def customer_count(self) -> int:
        """Say how many customers the shop has: as asked, else in step with its orders (200 give 60, 1000 give 250).

        A few odd ones come on top, as with the articles.
        """
        wanted = 13 + self.orders * 237 // 1000 if self.customers is None else self.customers
        return max(FEWEST_CUSTOMERS, wanted)

    @property
    def article_count(self) -> int:
        """Say how many articles the shop sells: as asked, else in step with its orders (200 give 80, 1000 give 400)."""
        wanted = self.orders * 2 // 5 if self.articles is None else self.articles
        return max(FEWEST_ARTICLES, wanted)

    @property
    def invoice_count(self) -> int:
        """Say how many invoices there are without an order: as asked, else in step with the orders (200 give 60)."""
        return self.orders * 3 // 10 if self.invoices is None else self.invoices


@dataclass(frozen=True)
class AlreadyInTarget:
    """What of the shop Visma.net ERP knows before anything is sent, by the numbers that the shop uses.

    `customers` are debtors there with the same name, kind, e-mail address and VAT or organisation number; those
    `on_credit_hold` and `twice_by_email` are among them, the latter as two debtors of the same kind that share the one
    e-mail address. `other_class_by_email` are not among them: a debtor of class OTHER has their e-mail address.
    `articles` includes `inactive_articles` and `no_sales_articles`. `orders` were typed in by hand, with the order
    number as the customer's reference; their customers and articles are all among `customers` and `articles`.
    """

    customers: list[str] = field(default_factory=list)
    on_credit_hold: list[str] = field(default_factory=list)
    twice_by_email: list[str] = field(default_factory=list)
    other_class_by_email: list[str] = field(default_factory=list)
    articles: list[str] = field(default_factory=list)
    inactive_articles: list[str] = field(default_factory=list)
    no_sales_articles: list[str] = field(default_factory=list)
    orders: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class World:
    """A Dutch web shop as eAccounting holds it: all lists carry records with the API's own field names.

    Money is Decimal in the record's CurrencyCode, times ending in Utc are text in UTC, business dates are `YYYY-MM-DD`.
    `planted` says for each order number that must not arrive by itself which trouble it carries, and so do
    `planted_invoices`, `planted_articles` and `planted_customers` for invoices, articles and customers.
    """

    company: Record
    customers: list[Record]
    articles: list[Record]
    orders: list[Record]
    customer_invoices: list[Record]
    codings: list[Record]
    units: list[Record]
    terms_of_payment: list[Record]
    delivery_methods: list[Record]
    delivery_terms: list[Record]
    article_labels: list[Record]
    customer_labels: list[Record]
    countries: list[Record]
    currencies: list[Record]
    vat_codes: list[Record]
    bank_accounts: list[Record]
    fiscal_years: list[Record]
    planted: dict[str, str]
    planted_invoices: dict[str, str]
    planted_articles: dict[str, str]
    planted_customers: dict[str, str]
    in_target: AlreadyInTarget
