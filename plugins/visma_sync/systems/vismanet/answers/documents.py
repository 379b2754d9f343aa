"""Customer invoices and credit notes, as Visma.net ERP answers them. Source: "Visma.net ERP OpenAPI 2025-12"."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from visma_sync.systems.reading import amount_of, day_of, essential_text, text_of
from visma_sync.systems.vismanet.answers.server import (
    SYSTEM,
    amount_or_zero,
    changed_at,
    snake_case,
    state_of,
)

WHAT = "a customer document"
# The balance is how much of the document is still open: payments change it, and nothing that the document says.
_STATE_AND_STAMPS = frozenset(
    {
        "status",
        "hold",
        "timeStamp",
        "lastModifiedDateTime",
        "balance",
        "balanceInCurrency",
        "closedFinancialPeriod",
        "errorInfo",
        "metadata",
    }
)


@dataclass(frozen=True, slots=True)
class TaxAmount:
    """What a document says of one VAT id, in its own currency."""

    vat_id: str
    base: Decimal
    vat: Decimal


@dataclass(frozen=True, slots=True)
class Settled:
    """How much of which document is settled; `document_type` is invoice, credit_note, payment or the like."""

    document_type: str
    number: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class TargetDocument:
    """An invoice or credit note; `type` is invoice or credit_note, `reference` its external reference.

    `state` is hold, balanced (taken off hold, not released), open (released, not settled), closed, credit_hold, voided
    or the vendor's further word. `total` includes `vat`; these, `balance` and `taxes` are in the document's currency,
    and positive for credit notes too. `orders` are the sales orders (type, number) that it charges. `version` is what
    a change has to name. A list may leave out `taxes` and `settled`; a single answer has them.
    """

    number: str
    type: str
    customer: str
    reference: str
    state: str
    total: Decimal
    vat: Decimal
    balance: Decimal
    currency: str
    dated_on: date
    changed_at: datetime | None
    version: str
    orders: tuple[tuple[str, str], ...]
    taxes: tuple[TaxAmount, ...]
    settled: tuple[Settled, ...]
    body: dict[str, Any]

    @classmethod
    def of(cls, body: dict[str, Any], version: str = "") -> "TargetDocument":
        """Read a document of a list, or of a single answer together with the version in its header."""
        return cls(
            number=essential_text(body, SYSTEM, WHAT, "referenceNumber"),
            type=snake_case(text_of(body, "documentType")),
            customer=text_of(body, "customer", "number"),
            reference=text_of(body, "externalReference"),
            state=state_of(text_of(body, "status")),
            total=amount_of(body, SYSTEM, WHAT, "amountInCurrency"),
            vat=amount_of(body, SYSTEM, WHAT, "vatTotalInCurrency"),
            balance=amount_of(body, SYSTEM, WHAT, "balanceInCurrency"),
            currency=text_of(body, "currencyId"),
            dated_on=day_of(body, SYSTEM, WHAT, "documentDate"),
            changed_at=changed_at(body, WHAT),
            version=version or text_of(body, "timeStamp"),
            orders=_orders(body.get("invoiceLines") or body.get("lines") or []),
            taxes=tuple(map(_tax, body.get("taxDetails") or [])),
            settled=tuple(map(_settled, body.get("applications") or [])),
            body=body,
        )

    @property
    def sent_by(self) -> tuple[str, ...]:
        """The ways in which its release would send it to its customer: e-mail, print, e-invoice."""
        sends = {
            "e-mail": not self.body.get("dontEmail"),
            "print": not self.body.get("dontPrint"),
            "e-invoice": bool(self.body.get("sendToAutoInvoice")),
        }
        return tuple(way for way, on in sends.items() if on)

    @property
    def content(self) -> dict[str, Any]:
        """What the document says, without its state and stamps: two single answers of an untouched one are the same."""
        return {name: value for name, value in self.body.items() if name not in _STATE_AND_STAMPS}


def _orders(lines: list[Mapping[str, Any]]) -> tuple[tuple[str, str], ...]:
    orders = ((text_of(line, "soOrderType"), text_of(line, "soOrderNbr")) for line in lines)
    return tuple(dict.fromkeys(order for order in orders if order[1]))


def _tax(row: Mapping[str, Any]) -> TaxAmount:
    return TaxAmount(
        vat_id=text_of(row, "taxId") or text_of(row, "vatId", "number"),
        base=amount_or_zero(row, WHAT, "taxableAmount"),
        vat=amount_or_zero(row, WHAT, "vatAmount"),
    )


def _settled(row: Mapping[str, Any]) -> Settled:
    return Settled(
        document_type=snake_case(text_of(row, "docType")),
        number=text_of(row, "refNbr"),
        amount=amount_or_zero(row, WHAT, "amountPaid"),
    )
