"""Reads the orders of both systems over their APIs, by itself: nothing of the flows' own code is used.

What it says about an order can therefore bear witness for what a flow did. Amounts are Decimal, in the
order's currency. Sources: eAccounting OpenAPI 2026-02; Visma.net SalesOrders OpenAPI v3.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from html import unescape
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import httpx
import simplejson

from local.place import NotStartedError

STATUSES = {1: "draft", 2: "ongoing", 3: "shipped", 4: "invoiced"}
SOURCE_SCOPES = "ea:api offline_access ea:sales ea:accounting_readonly ea:purchase_readonly"
TARGET_SCOPES = "visma.net.erp.salesorder:read"
RETURN_ADDRESS = "http://localhost:8099/callback"


@dataclass(frozen=True)
class SourceOrder:
    """An eAccounting order; `total` is what the buyer pays: VAT and whole-unit rounding included."""

    number: str
    status: str
    currency: str
    total: Decimal
    vat: Decimal


@dataclass(frozen=True)
class TargetOrder:
    """An order as Visma.net ERP has it; `reference` is the customer's, and names the source order."""

    number: str
    reference: str
    state: str
    currency: str
    total: Decimal
    vat: Decimal


class Witness:
    """Signed in at both imitated systems at `address`, separately from the flows."""

    def __init__(self, address: str) -> None:
        self._client = httpx.Client(base_url=address, timeout=30, trust_env=False)
        self._source = {"Authorization": f"Bearer {self.sign_in_at_source()['access_token']}"}
        self._target = {"Authorization": f"Bearer {self._sign_in_at_target()}"}

    def sign_in_at_source(self) -> dict[str, str]:
        """Consent as a person does in the browser; gives an `access_token` and a `refresh_token`."""
        asked = {
            "client_id": "demo-eaccounting",
            "redirect_uri": RETURN_ADDRESS,
            "response_type": "code",
            "scope": SOURCE_SCOPES,
            "state": "witness",
        }
        page = self._client.get("/eaccounting-identity/connect/authorize", params=asked)
        company = re.search(r'href="([^"]+)"', page.text)
        if company is None:
            raise NotStartedError("The sandbox's sign-in page offers no company.")
        consent = self._client.get(unescape(company[1]))
        code = parse_qs(urlsplit(consent.headers["Location"]).query)["code"][0]
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": RETURN_ADDRESS}
        answer = self._client.post(
            "/eaccounting-identity/connect/token", data=form, auth=("demo-eaccounting", "demo-secret")
        )
        tokens: dict[str, str] = answer.raise_for_status().json()
        return tokens

    def _sign_in_at_target(self) -> str:
        form = {
            "grant_type": "client_credentials",
            "scope": TARGET_SCOPES,
            "tenant_id": "11111111-2222-3333-4444-555555555555",
        }
        answer = self._client.post("/connect/connect/token", data=form, auth=("demo-vismanet", "demo-secret"))
        token: str = answer.raise_for_status().json()["access_token"]
        return token

    def source_orders(self) -> dict[str, SourceOrder]:
        """Every numbered order of eAccounting, by number; drafts have none."""
        read = map(_source_order, self._source_pages())
        return {order.number: order for order in read if order.number}

    def target_orders(self) -> list[TargetOrder]:
        """Every order of Visma.net ERP, with its VAT."""
        return [self._target_order(row) for row in self._target_pages()]

    def target_references(self) -> list[str]:
        """The customer's reference of every order of Visma.net ERP, as often as it occurs."""
        return [row.get("customerRefNo") or "" for row in self._target_pages()]

    def _source_pages(self) -> Iterator[dict[str, Any]]:
        page, pages = 1, 1
        while page <= pages:
            asked = {"$page": page, "$pagesize": 500}
            answer = self._json("/eaccounting/v2/orders", self._source, asked)
            yield from answer["Data"]
            pages = answer["Meta"]["TotalNumberOfPages"]
            page += 1

    def _target_pages(self) -> Iterator[dict[str, Any]]:
        asked = {"pageIndex": 0, "pageSize": 100}
        while rows := self._json("/salesorder/api/v3/SalesOrders", self._target, asked)["value"]:
            yield from rows
            asked["pageIndex"] += 1

    def _target_order(self, row: dict[str, Any]) -> TargetOrder:
        path = f"/salesorder/api/v3/SalesOrders/{row['type']}/{quote(row['orderId'], safe='')}"
        order = self._json(path, self._target)
        return TargetOrder(
            number=order["orderId"],
            reference=row.get("customerRefNo") or "",
            state=order["status"]["description"],
            currency=order["currencyId"],
            total=Decimal(order["totals"]["orderTotal"]),
            vat=Decimal(order["totals"]["taxTotal"]),
        )

    def _json(self, path: str, headers: dict[str, str], asked: dict[str, Any] | None = None) -> Any:
        answer = self._client.get(path, params=asked, headers=headers).raise_for_status()
        return simplejson.loads(answer.text, use_decimal=True)


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
    )
