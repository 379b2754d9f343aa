"""A signed-in reader of both imitated systems over their APIs: nothing of the flows' own code is used.

Numbers are read as Decimal. Sources: eAccounting OpenAPI 2026-02; Visma.net ERP OpenAPI 2025-12; Visma.net
SalesOrders OpenAPI v3.
"""

import re
from collections.abc import Iterator
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import simplejson

from local.environment import SANDBOX_TENANT
from local.place import NotStartedError

SOURCE_SCOPES = "ea:api offline_access ea:sales ea:accounting_readonly ea:purchase_readonly"
TARGET_SCOPES = "visma.net.erp.salesorder:read vismanet_erp_service_api:read"
RETURN_ADDRESS = "http://localhost:8099/callback"
SOURCE_PAGE, ORDER_PAGE, TARGET_PAGE = 500, 100, 500


class SignedIn:
    """Signed in at both imitated systems at `address`, separately from the flows."""

    def __init__(self, address: str) -> None:
        self._client = _client(address)
        self._source = {"Authorization": f"Bearer {self.consent(address)['access_token']}"}
        self._target = {"Authorization": f"Bearer {self._sign_in_at_target()}"}

    @staticmethod
    def consent(address: str) -> dict[str, str]:
        """Consent at eAccounting as a person does in the browser; gives an `access_token` and a `refresh_token`."""
        asked = {
            "client_id": "demo-eaccounting",
            "redirect_uri": RETURN_ADDRESS,
            "response_type": "code",
            "scope": SOURCE_SCOPES,
            "state": "witness",
        }
        with _client(address) as client:
            page = client.get("/eaccounting-identity/connect/authorize", params=asked)
            company = re.search(r'href="([^"]+)"', page.text)
            if company is None:
                raise NotStartedError("The sandbox's sign-in page offers no company.")
            consent = client.get(unescape(company[1]))
            code = parse_qs(urlsplit(consent.headers["Location"]).query)["code"][0]
            form = {"grant_type": "authorization_code", "code": code, "redirect_uri": RETURN_ADDRESS}
            answer = client.post(
                "/eaccounting-identity/connect/token", data=form, auth=("demo-eaccounting", "demo-secret")
            )
        tokens: dict[str, str] = answer.raise_for_status().json()
        return tokens

    def _sign_in_at_target(self) -> str:
        form = {"grant_type": "client_credentials", "scope": TARGET_SCOPES, "tenant_id": SANDBOX_TENANT}
        answer = self._client.post("/connect/connect/token", data=form, auth=("demo-vismanet", "demo-secret"))
        token: str = answer.raise_for_status().json()["access_token"]
        return token

    def source_rows(self, path: str) -> Iterator[dict[str, Any]]:
        """Every record of a list of eAccounting."""
        page, pages = 1, 1
        while page <= pages:
            answer = self._json(f"/eaccounting/v2/{path}", self._source, {"$page": page, "$pagesize": SOURCE_PAGE})
            yield from answer["Data"]
            pages = answer["Meta"]["TotalNumberOfPages"]
            page += 1

    def source_record(self, path: str) -> dict[str, Any]:
        """One record of eAccounting."""
        record: dict[str, Any] = self._json(f"/eaccounting/v2/{path}", self._source)
        return record

    def sales_orders(self) -> Iterator[dict[str, Any]]:
        """Every sales order of Visma.net ERP, as its list shows it."""
        page = 0
        while rows := self.sales_order(asked={"pageIndex": page, "pageSize": ORDER_PAGE})["value"]:
            yield from rows
            page += 1

    def sales_order(self, path: str = "", asked: dict[str, Any] | None = None) -> dict[str, Any]:
        """What the sales order API answers."""
        answer: dict[str, Any] = self._json(f"/salesorder/api/v3/SalesOrders{path}", self._target, asked)
        return answer

    def target_rows(self, path: str, **asked: str) -> Iterator[dict[str, Any]]:
        """Every record of a list of Visma.net ERP; a batch of the journal may come in several parts."""
        page = 1
        while rows := self._json(
            f"/vismanet/{path}", self._target, {**asked, "pageNumber": page, "pageSize": TARGET_PAGE}
        ):
            yield from rows
            page += 1

    def target_list(self, path: str) -> list[dict[str, Any]]:
        """A list of master data of Visma.net ERP that has no pages."""
        rows: list[dict[str, Any]] = self._json(f"/vismanet/{path}", self._target)
        return rows

    def _json(self, path: str, headers: dict[str, str], asked: dict[str, Any] | None = None) -> Any:
        answer = self._client.get(path, params=asked, headers=headers).raise_for_status()
        return simplejson.loads(answer.text, use_decimal=True)


def _client(address: str) -> httpx.Client:
    return httpx.Client(base_url=address, timeout=30, trust_env=False)
