"""The sandbox's own controls: count requests, make faults, ask what was planted."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import httpx

WRITE = re.compile(r"(POST|PUT|PATCH|DELETE) /(eaccounting|vismanet|salesorder)/")
NEW_ORDER = "POST /salesorder/api/v3/SalesOrders"
CHANGED_ORDER = re.compile(r"PATCH /salesorder/api/v3/SalesOrders/")


@dataclass(frozen=True)
class Requests:
    """How many requests the sandbox answered since it last began to count, by operation."""

    by_operation: Mapping[str, int]

    @property
    def total(self) -> int:
        """All of them, tokens included."""
        return sum(self.by_operation.values())

    @property
    def writes(self) -> dict[str, int]:
        """Those that change something in one of the two systems; asking for a token does not."""
        return {name: count for name, count in self.by_operation.items() if WRITE.match(name)}

    @property
    def new_orders(self) -> int:
        """Attempts to make an order in the target."""
        return self.by_operation.get(NEW_ORDER, 0)

    @property
    def changed_orders(self) -> int:
        """Attempts to change an order in the target, such as opening it."""
        return sum(count for name, count in self.by_operation.items() if CHANGED_ORDER.match(name))


class SandboxControl:
    """Speaks to the sandbox's control API at `address`."""

    def __init__(self, address: str) -> None:
        self._client = httpx.Client(base_url=address, timeout=30, trust_env=False)

    def requests(self) -> Requests:
        """What was asked so far."""
        return Requests(self._ask("GET", "/_sandbox/requests")["by_operation"])

    def count_from_now(self) -> None:
        """Begin to count requests anew."""
        self._ask("DELETE", "/_sandbox/requests")

    def add_fault(self, **fault: Any) -> None:
        """Have the next matching requests go wrong."""
        self._ask("POST", "/_sandbox/faults", fault)

    def faults_that_happened(self) -> int:
        """How often a fault hit a request."""
        return sum(fault.get("fired", 0) for fault in self._ask("GET", "/_sandbox/faults"))

    def end_faults(self) -> None:
        """Have everything go right again."""
        self._ask("DELETE", "/_sandbox/faults")

    def planted(self, among: str = "") -> dict[str, str]:
        """The trouble planted in the imitated company: why, by order number, or by number `among` its invoices."""
        name = f"planted_{among}" if among else "planted"
        found: dict[str, str] = self._ask("GET", f"/_sandbox/state/eaccounting/{name}")
        return found

    def empty_shelf(self, sku: str) -> None:
        """Have eAccounting say that there is nothing left of an article."""
        self._ask("POST", f"/_sandbox/eaccounting/articles/{sku}/stock", {"balance": 0})

    def count_stock(self, sku: str, warehouse: str, quantity: Decimal) -> None:
        """Have a person count this much of an item in a warehouse of Visma.net."""
        counted = {"inventoryNumber": sku, "warehouse": warehouse, "quantityOnHand": str(quantity)}
        self._ask("POST", "/_sandbox/vismanet/stock", counted)

    def complete_order(self, order: str) -> None:
        """Have Visma.net say that an order (type/number) is done."""
        self._ask("POST", f"/_sandbox/vismanet/orders/{order}", {"status": "Completed"})

    def letters_sent(self) -> int:
        """How many attempts there were to mail, print or e-invoice something to somebody outside."""
        return sum(len(self._ask("GET", f"/_sandbox/state/{system}/mailed")) for system in ("eaccounting", "vismanet"))

    def _ask(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        answer = self._client.request(method, path, json=body).raise_for_status()
        return answer.json() if answer.content else None
