"""Journal transactions, as Visma.net ERP answers them. Source: "Visma.net ERP OpenAPI 2025-12"."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from visma_sync.systems.reading import amount_of, day_of, essential_text, text_of
from visma_sync.systems.vismanet.answers.server import SYSTEM, amount_or_zero, changed_at, state_of

WHAT = "a journal transaction"
_STATE_AND_STAMPS = frozenset({"status", "hold", "timeStamp", "lastModifiedDateTime", "errorInfo", "metadata"})


@dataclass(frozen=True, slots=True)
class JournalLine:
    """A row of a journal transaction: an amount in debit or credit, in the transaction's currency."""

    account: str
    debit: Decimal
    credit: Decimal
    vat_category: str
    vat_id: str
    reference: str
    text: str

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> "JournalLine":
        """Read a row."""
        return cls(
            account=text_of(body, "accountNumber"),
            debit=amount_or_zero(body, WHAT, "debitAmountInCurrency"),
            credit=amount_or_zero(body, WHAT, "creditAmountInCurrency"),
            vat_category=text_of(body, "vatCode", "id"),
            vat_id=text_of(body, "vat", "id"),
            reference=text_of(body, "referenceNumber"),
            text=text_of(body, "transactionDescription"),
        )


@dataclass(frozen=True, slots=True)
class JournalRow:
    """A journal transaction of the general ledger; `debit` and `credit` are its totals, in its currency.

    `state` is hold, balanced (not released), unposted, posted or the vendor's further word. `version` is what a change
    has to name.
    """

    number: str
    description: str
    state: str
    debit: Decimal
    credit: Decimal
    currency: str
    dated_on: date
    changed_at: datetime | None
    lines: tuple[JournalLine, ...]
    version: str
    body: dict[str, Any]

    @classmethod
    def of(cls, body: dict[str, Any], version: str = "") -> "JournalRow":
        """Read a transaction of a list, or of a single answer together with the version in its header."""
        return cls(
            number=essential_text(body, SYSTEM, WHAT, "batchNumber"),
            description=text_of(body, "description"),
            state=state_of(text_of(body, "status")),
            debit=amount_of(body, SYSTEM, WHAT, "debitTotalInCurrency"),
            credit=amount_of(body, SYSTEM, WHAT, "creditTotalInCurrency"),
            currency=text_of(body, "currencyId"),
            dated_on=day_of(body, SYSTEM, WHAT, "transactionDate"),
            changed_at=changed_at(body, WHAT),
            lines=tuple(map(JournalLine.of, lines_of(body))),
            version=version or text_of(body, "timeStamp"),
            body=body,
        )

    @property
    def content(self) -> dict[str, Any]:
        """What the transaction says, without its state and stamps: two readings of an untouched one are the same."""
        return {name: value for name, value in self.body.items() if name not in _STATE_AND_STAMPS}


def lines_of(body: Mapping[str, Any]) -> Sequence[dict[str, Any]]:
    """The rows of a transaction as they came."""
    return body.get("journalTransactionLines") or []
