"""Reads the orders of both systems over their APIs, by itself: nothing of the flows' own code is used.

What it says about an order can therefore bear witness for what a flow did. Amounts are Decimal, in the
order's currency. Sources: eAccounting OpenAPI 2026-02; Visma.net SalesOrders OpenAPI v3.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from local.signed_in import SignedIn

STATUSES = {1: "draft", 2: "ongoing", 3: "shipped", 4: "invoiced"}


@dataclass(frozen=True)
class SourceSale:
    """A sale of eAccounting by its number; `total` is what the buyer pays: VAT and whole-unit rounding included."""

    number: str
    status: str
    currency: str
    total: Decimal
    vat: Decimal


@dataclass(frozen=True)
class SourceOrder(SourceSale):
    """An order of eAccounting; `key` and `customer` are its own id and that of its customer."""

    key: str
    customer: str


@dataclass(frozen=True)
class TargetSale:
    """A document as Visma.net ERP has it; `reference` names the sale of the source."""

    number: str
    reference: str
    state: str
    currency: str
    total: Decimal
    vat: Decimal


class Witness:
    """Says what both systems hold of orders."""

    def __init__(self, systems: SignedIn) -> None:
        self._systems = systems

    def source_orders(self) -> dict[str, SourceOrder]:
        """Every numbered order of eAccounting, by number; drafts have none."""
        read = map(_source_order, self._systems.source_rows("orders"))
        return {order.number: order for order in read if order.number}

    def target_orders(self) -> list[TargetSale]:
        """Every order of Visma.net ERP, with its VAT."""
        return [self._target_order(row) for row in self._systems.sales_orders()]

    def target_references(self) -> list[str]:
        """The customer's reference of every order of Visma.net ERP, as often as it occurs."""
        return [row.get("customerRefNo") or "" for row in self._systems.sales_orders()]

    def _target_order(self, row: dict[str, Any]) -> TargetSale:
        order = self._systems.sales_order(f"/{row['type']}/{quote(row['orderId'], safe='')}")
        return TargetSale(
            number=order["orderId"],
            reference=row.get("customerRefNo") or "",
            state=order["status"]["description"],
            currency=order["currencyId"],
            total=Decimal(order["totals"]["orderTotal"]),
            vat=Decimal(order["totals"]["taxTotal"]),
        )


def _source_order(order: dict[str, Any]) -> SourceOrder:
    rows = sum((Decimal(row["Amount"]) for row in order["Rows"] if not row["IsTextRow"]), Decimal(0))
    vat = Decimal(order["VatAmount"])
    on_top = Decimal(0) if order["IncludesVat"] else vat
    return SourceOrder(
        number=str(order["Number"] or ""),
        status=STATUSES[order["Status"]],
        currency=order["CurrencyCode"],
        total=rows + on_top + Decimal(order["RoundingsAmount"] or 0),
        vat=vat,
        key=order["Id"],
        customer=order["CustomerId"],
    )
