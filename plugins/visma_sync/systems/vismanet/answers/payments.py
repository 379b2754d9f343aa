"""Payments of customers, as Visma.net ERP answers them. Source: "Visma.net ERP OpenAPI 2025-12"."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from visma_sync.systems.reading import amount_of, day_of, essential_text, text_of
from visma_sync.systems.vismanet.answers.documents import Settled
from visma_sync.systems.vismanet.answers.server import SYSTEM, changed_at, snake_case, state_of

WHAT = "a payment"


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """A payment; `reference` is the text by which it is known besides its number, `amount` is in its currency.

    `state` is hold, balanced (not released), open (released, not all of it applied), closed or voided. `applied` are
    the documents that it settles. `version` is what a change has to name.
    """

    number: str
    type: str
    customer: str
    reference: str
    amount: Decimal
    currency: str
    state: str
    dated_on: date
    changed_at: datetime | None
    applied: tuple[Settled, ...]
    version: str
    body: dict[str, Any]

    @classmethod
    def of(cls, body: dict[str, Any], version: str = "") -> "PaymentRow":
        """Read a payment of a list, or of a single answer together with the version in its header."""
        return cls(
            number=essential_text(body, SYSTEM, WHAT, "refNbr"),
            type=snake_case(text_of(body, "type")),
            customer=text_of(body, "customer", "number"),
            reference=text_of(body, "paymentRef"),
            # Here it is the twin "InCurrency" that is in the company's currency, the reverse of documents.
            amount=amount_of(body, SYSTEM, WHAT, "paymentAmount"),
            currency=text_of(body, "currency"),
            state=state_of(text_of(body, "status")),
            dated_on=day_of(body, SYSTEM, WHAT, "applicationDate"),
            changed_at=changed_at(body, WHAT),
            applied=tuple(map(_applied, body.get("paymentLines") or [])),
            version=version or text_of(body, "timeStamp"),
            body=body,
        )


def _applied(line: Mapping[str, Any]) -> Settled:
    return Settled(
        document_type=snake_case(text_of(line, "documentType")),
        number=text_of(line, "refNbr"),
        amount=amount_of(line, SYSTEM, WHAT, "amountPaid"),
    )
