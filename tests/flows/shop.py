"""The two imitated companies, as people see and use them at their screens."""

from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import httpx
import simplejson

Stored = dict[str, Any]
# One client for all: making one takes as long as the request.
SCREENS = httpx.Client(timeout=30)
WRITES = {
    "customer": {"method": "POST", "path": "/v1/customer$"},
    "contact": {"method": "POST", "path": "/v1/contact$"},
    "change": {"method": "PUT", "path": "/v1/customer/"},
    "product": {"method": "POST", "path": "/v1/inventory$"},
    "change of a product": {"method": "PUT", "path": "/v1/inventory/"},
    "picture": {"method": "POST", "path": "/v1/inventory/.*/attachment$"},
    "order": {"method": "POST", "path": "/SalesOrders$"},
    "opening": {"method": "PATCH", "path": "/SalesOrders/"},
    "adjustment": {"method": "POST", "path": "/v1/inventoryadjustment$"},
    "release": {"method": "POST", "path": "/v1/inventoryadjustment/[^/]+/action/release$"},
}
"""The writes of the flow, in their order, as a failure on order names them."""


class Shop:
    """Looks into both systems past their APIs, does what people do there, and orders faults."""

    url: str

    def state(self, system: str, collection: str) -> list[Stored]:
        """A collection of the sandbox, as stored; amounts are exact."""
        answer = SCREENS.get(f"{self.url}/_sandbox/state/{system}/{collection}").raise_for_status()
        rows: list[Stored] = simplejson.loads(answer.text, use_decimal=True)
        return rows

    def source_orders(self) -> dict[str, Stored]:
        """The numbered orders of eAccounting, by number."""
        return {str(order["Number"]): order for order in self.state("eaccounting", "orders") if order["Number"]}

    def planted(self) -> dict[str, str]:
        """The orders that must not arrive by themselves: the trouble by order number."""
        answer = SCREENS.get(f"{self.url}/_sandbox/state/eaccounting/planted").raise_for_status()
        troubles: dict[str, str] = answer.json()
        return troubles

    def in_trouble(self, trouble: str) -> str:
        """The number of the order that carries a trouble."""
        return next(number for number, reason in self.planted().items() if reason == trouble)

    def target_orders(self) -> list[Stored]:
        """The orders of Visma.net that a program made; what was typed in by hand is left out."""
        return [order for order in self.state("vismanet", "orders") if order["createdBy"] is None]

    def by_marker(self) -> dict[str, Stored]:
        """The orders of Visma.net that a program made, by the order number that they carry; each number once."""
        orders = self.target_orders()
        twice = [mark for mark, count in Counter(one["customer"]["refNo"] for one in orders).items() if count > 1]
        assert not twice, f"orders are in Visma.net twice: {twice}"
        return {str(order["customer"]["refNo"]): order for order in orders}

    def holdings(self) -> dict[str, Counter[Any]]:
        """What Visma.net holds, without the numbers that it gives out itself."""
        customers = self.state("vismanet", "customers")
        names = {one["number"]: (one["name"], one.get("accountReference")) for one in customers}
        return {
            "customers": Counter(names.values()),
            "contacts": Counter(
                (one["displayName"], names[one["businessAccount"]]) for one in self.state("vismanet", "contacts")
            ),
            "products": Counter(one["inventoryNumber"] for one in self.state("vismanet", "items")),
            "orders": Counter(
                (
                    one["customer"]["refNo"],
                    names[one["customer"]["id"]],
                    one["status"]["description"],
                    one["totals"]["orderTotal"],
                    one["totals"]["taxTotal"],
                )
                for one in self.state("vismanet", "orders")
            ),
        }

    def on_hand(self, warehouse: str = "1") -> dict[str, Decimal]:
        """What lies in a warehouse of Visma.net, by SKU."""
        rows = self.state("vismanet", "stock")
        return {row["sku"]: Decimal(row["quantityOnHand"]) for row in rows if row["warehouse"] == warehouse}

    def balances(self) -> dict[str, Decimal]:
        """What lies in the shop by eAccounting, by SKU."""
        articles = self.state("eaccounting", "articles")
        return {article["Number"]: Decimal(article["StockBalance"]) for article in articles}

    def mailed(self) -> list[Stored]:
        """Everything that either system has sent to people outside."""
        return self.state("eaccounting", "mailed") + self.state("vismanet", "mailed")

    def everything(self) -> Stored:
        """All that both systems hold."""
        answer = SCREENS.get(f"{self.url}/_sandbox/state").raise_for_status()
        held: Stored = simplejson.loads(answer.text, use_decimal=True)
        return held

    def requests(self) -> Counter[str]:
        """Requests counted by operation since they were last forgotten."""
        counted = SCREENS.get(f"{self.url}/_sandbox/requests").raise_for_status().json()
        return Counter(counted["by_operation"])

    def writes(self) -> Counter[str]:
        """The requests that change something, tokens aside."""
        return Counter(
            {
                operation: count
                for operation, count in self.requests().items()
                if not operation.startswith("GET ") and not operation.endswith("/token")
            }
        )

    def forget_requests(self) -> None:
        """Count requests anew."""
        SCREENS.delete(f"{self.url}/_sandbox/requests").raise_for_status()

    def fault(self, kind: str, **where: Any) -> None:
        """Order a failure."""
        SCREENS.post(f"{self.url}/_sandbox/faults", json={"kind": kind, **where}).raise_for_status()

    def faults_fired(self) -> list[int]:
        """How often each failure on order has happened."""
        return [fault["fired"] for fault in SCREENS.get(f"{self.url}/_sandbox/faults").raise_for_status().json()]

    def no_more_faults(self) -> None:
        """Call all failures off."""
        SCREENS.delete(f"{self.url}/_sandbox/faults").raise_for_status()

    def reset(self) -> None:
        """Put both systems back to their start."""
        SCREENS.post(f"{self.url}/_sandbox/reset").raise_for_status()

    # What people do

    def in_source(self, path: str, **fields: Any) -> Stored:
        """Enter or change something in eAccounting by hand, such as `orders` or `orders/10001`."""
        return self._by_hand(f"eaccounting/{path}", fields)

    def in_target(self, path: str, **fields: Any) -> Stored:
        """Enter or change something in Visma.net by hand, such as `items` or `orders/SO/000107`."""
        return self._by_hand(f"vismanet/{path}", fields)

    def delete_in_source(self, path: str) -> None:
        """Delete something in eAccounting by hand, such as `customers/1001`."""
        SCREENS.delete(f"{self.url}/_sandbox/eaccounting/{path}").raise_for_status()

    def delete_in_target(self, path: str) -> None:
        """Delete something in Visma.net by hand."""
        SCREENS.delete(f"{self.url}/_sandbox/vismanet/{path}").raise_for_status()

    def _by_hand(self, path: str, fields: Mapping[str, Any]) -> Stored:
        answer = SCREENS.post(
            f"{self.url}/_sandbox/{path}", content=simplejson.dumps(fields, use_decimal=True, ensure_ascii=False)
        )
        assert answer.is_success, answer.text
        stored: Stored = simplejson.loads(answer.text, use_decimal=True)
        return stored


def total_of(order: Stored) -> Decimal:
    """What an eAccounting order costs, VAT and whole-unit rounding included, added up from its rows."""
    rows = sum((Decimal(row["Amount"]) for row in order["Rows"] if not row["IsTextRow"]), Decimal(0))
    vat = Decimal(0) if order["IncludesVat"] else Decimal(order["VatAmount"])
    return rows + vat + Decimal(order["RoundingsAmount"])
