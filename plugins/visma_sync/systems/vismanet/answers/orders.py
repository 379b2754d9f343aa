"""Sales orders, as Visma.net ERP answers them. Source: "SalesOrders OpenAPI v3"."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from visma_sync.systems.reading import amount_of, essential_text, moment_of, surprising, text_of
from visma_sync.systems.vismanet.answers.server import SYSTEM, state_of

_STATE_AND_STAMPS = frozenset({"status", "version", "lastModified"})


@dataclass(frozen=True, slots=True)
class OrderRow:
    """An order of a list; `reference` is the customer's reference number, `state` for instance hold or open.

    `total` includes VAT, in the order's currency; `changed_at` is UTC.
    """

    order_type: str
    order_id: str
    customer: str
    reference: str
    total: Decimal
    state: str
    changed_at: datetime

    @classmethod
    def of(cls, body: dict[str, Any]) -> "OrderRow":
        """Read a row of a list of orders."""
        changed_at = moment_of(body, SYSTEM, "an order", "lastModified", UTC)
        if changed_at is None:
            raise surprising(SYSTEM, "an order", "lastModified")
        return cls(
            order_type=essential_text(body, SYSTEM, "an order", "type"),
            order_id=essential_text(body, SYSTEM, "an order", "orderId"),
            customer=text_of(body, "customerId"),
            reference=text_of(body, "customerRefNo"),
            total=amount_of(body, SYSTEM, "an order", "orderTotal"),
            state=state_of(text_of(body, "status")),
            changed_at=changed_at,
        )


@dataclass(frozen=True, slots=True)
class TargetOrder:
    """An order read whole; `total` includes `vat`, both in the order's currency.

    `version` is what a change has to name.
    """

    order_type: str
    order_id: str
    customer: str
    reference: str
    state: str
    total: Decimal
    vat: Decimal
    currency: str
    version: str
    body: dict[str, Any]

    @classmethod
    def of(cls, body: dict[str, Any], version: str) -> "TargetOrder":
        """Read a single order and the version in its header."""
        return cls(
            order_type=essential_text(body, SYSTEM, "an order", "type"),
            order_id=essential_text(body, SYSTEM, "an order", "orderId"),
            customer=text_of(body, "customer", "id"),
            reference=text_of(body, "customer", "refNo"),
            state=state_of_order(body),
            total=amount_of(body, SYSTEM, "an order", "totals", "orderTotal"),
            vat=amount_of(body, SYSTEM, "an order", "totals", "taxTotal"),
            currency=text_of(body, "currencyId"),
            version=version or text_of(body, "version"),
            body=body,
        )

    @property
    def content(self) -> dict[str, Any]:
        """What the order says, without its state and stamps: two readings of an untouched order are the same."""
        return {name: value for name, value in self.body.items() if name not in _STATE_AND_STAMPS}


def state_of_order(body: Mapping[str, Any]) -> str:
    """The state of a single order in one spelling."""
    state = state_of(text_of(body, "status", "description"))
    status = body.get("status") or {}
    if status.get("cancelled"):
        return "cancelled"
    # "Hold" is the switch, the description the whole truth: an order held for credit has both.
    return "hold" if status.get("hold") and state not in ("hold", "credit_hold") else state
