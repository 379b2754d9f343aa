"""What eAccounting answers, kept light: the fields that every flow needs by name, the rest as it came.

Source: "eAccounting OpenAPI 2026-02". Bodies keep the vendor's field names, for the mapping alone.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from visma_sync.errors import RecordRejectedError
from visma_sync.systems.reading import day_of, essential_text, moment_of, text_of
from visma_sync.systems.source_record import LONG_AGO, SourceRecord

SYSTEM = "eaccounting"
_COMPANY_STATES = {"0": "inactive", "1": "active", "2": "read_only"}
_METHODS = {"0": "invoicing", "1": "cash", "2": "none"}
_PAID = "0"
_PASSING_OF_CUSTOMERS = frozenset(
    ("ChangedUtc", "LastInvoiceDate", "UnpaidInvoicesAmount", "IsFutureInvoiceDateAllowed", "MessageThreads", "Notes")
)
_PASSING_OF_ARTICLES = frozenset(
    (
        "ChangedUtc",
        "StockBalance",
        "StockBalanceReserved",
        "StockBalanceAvailable",
        "StockBalanceManuallyChangedUtc",
        "StockValue",
        "PurchasePriceManuallyChangedUtc",
        "FreightCostsManuallyChangedUtc",
        "MessageThreads",
        "Notes",
    )
)


@dataclass(frozen=True, slots=True)
class Company:
    """The company that a sign-in gives access to; `status` is active, inactive, read_only or unknown."""

    identifier: str
    name: str
    currency: str
    status: str

    @classmethod
    def of(cls, body: dict[str, Any]) -> "Company":
        """Read the answer about the company's settings."""
        return cls(
            identifier=essential_text(body, SYSTEM, "the company", "CompanyIdentifier"),
            name=text_of(body, "Name"),
            currency=text_of(body, "CurrencyCode"),
            status=_COMPANY_STATES.get(text_of(body, "CompanyStatus"), "unknown"),
        )


@dataclass(frozen=True, slots=True)
class FiscalYear:
    """A fiscal year, both days included; `method` is how it is kept: invoicing, cash, none or unknown."""

    start: date
    end: date
    locked: bool
    method: str

    @classmethod
    def of(cls, body: dict[str, Any]) -> "FiscalYear":
        """Read a row of the fiscal years."""
        return cls(
            start=day_of(body, SYSTEM, "a fiscal year", "StartDate"),
            end=day_of(body, SYSTEM, "a fiscal year", "EndDate"),
            locked=body.get("IsLockedForAccounting") is True,
            method=_METHODS.get(text_of(body, "BookkeepingMethod"), "unknown"),
        )


def order_of(body: dict[str, Any]) -> SourceRecord:
    """Read an order; a draft has no number yet."""
    return _record(body, "an order", number="Number", changed="ModifiedUtc")


def customer_of(body: dict[str, Any]) -> SourceRecord:
    """Read a customer."""
    return _record(body, "a customer", number="CustomerNumber", changed="ChangedUtc", passing=_PASSING_OF_CUSTOMERS)


def article_of(body: dict[str, Any]) -> SourceRecord:
    """Read an article; its number is the SKU."""
    return _record(body, "an article", number="Number", changed="ChangedUtc", passing=_PASSING_OF_ARTICLES)


def invoice_of(body: dict[str, Any]) -> SourceRecord:
    """Read a customer invoice or credit invoice."""
    return _record(body, "an invoice", number="InvoiceNumber", changed="ModifiedUtc")


def _record(
    body: dict[str, Any], what: str, *, number: str, changed: str, passing: frozenset[str] = frozenset()
) -> SourceRecord:
    changed_at = _stamp(body, what, changed)
    created_at = _stamp(body, what, "CreatedUtc")
    return SourceRecord(
        key=essential_text(body, SYSTEM, what, "Id"),
        number=text_of(body, number),
        created_at=created_at or changed_at or LONG_AGO,
        changed_at=changed_at,
        body=body,
        passing=passing,
    )


def _stamp(body: dict[str, Any], what: str, name: str) -> datetime | None:
    """A stamp that cannot be read counts as none: one such record must not stop the reading of the others."""
    try:
        return moment_of(body, SYSTEM, what, name, UTC)
    except RecordRejectedError:
        return None


@dataclass(frozen=True, slots=True)
class SourceInvoice:
    """What a customer invoice says about the payment of the orders that it charges.

    `paid` is the vendor's own word; an invoice settled by a credit note alone is `credited`, not paid.
    """

    order_keys: frozenset[str]
    paid: bool
    credited: bool

    @classmethod
    def of(cls, body: dict[str, Any]) -> "SourceInvoice":
        """Read an invoice. An amount of zero left to pay proves nothing: only PaymentStatus does."""
        collected = body.get("CollectiveCustomerInvoiceRowsRelationToOrders") or []
        keys = {text_of(body, "CreatedFromOrderId"), *(text_of(row, "OrderId") for row in collected)}
        return cls(
            order_keys=frozenset(keys - {""}),
            paid=text_of(body, "PaymentStatus") == _PAID,
            credited=bool(body.get("IsCreditInvoice")) or bool(body.get("CreditedBy")),
        )
