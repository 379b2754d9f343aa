"""A caller of the imitated Visma.net ERP for these tests: plain HTTP with a token, nothing of the product."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

import httpx
import simplejson

TENANT = "11111111-2222-3333-4444-555555555555"
CORE_SCOPES = tuple(f"vismanet_erp_service_api:{action}" for action in ("create", "read", "update", "delete"))
ORDER_SCOPES = tuple(f"visma.net.erp.salesorder:{action}" for action in ("read", "write"))
ORDERS = "/salesorder/api/v3/SalesOrders"


def ask_for_token(url: str, **changed: str) -> httpx.Response:
    """Ask the identity server for a token, with some parts of the form changed."""
    form = {
        "grant_type": "client_credentials",
        "client_id": "demo-vismanet",
        "client_secret": "demo-secret",
        "tenant_id": TENANT,
        "scope": " ".join((*CORE_SCOPES, *ORDER_SCOPES)),
        **changed,
    }
    return httpx.post(f"{url}/connect/connect/token", data=form)


def wrapped(values: Mapping[str, Any]) -> dict[str, Any]:
    """Wrap values the way the core API wants them: each in `{"value": x}`, nested objects too."""
    return {name: {"value": wrapped(value) if isinstance(value, dict) else value} for name, value in values.items()}


def read(answer: httpx.Response) -> Any:
    """Read a JSON answer with exact decimals."""
    return simplejson.loads(answer.text, use_decimal=True)


class Caller:
    """Calls both APIs with one token."""

    def __init__(self, url: str, **token: str) -> None:
        self.url = url
        secret = ask_for_token(url, **token).json()["access_token"]
        self._http = httpx.Client(base_url=url, headers={"Authorization": f"Bearer {secret}"})

    def call(self, method: str, path: str, body: Any = None, **options: Any) -> httpx.Response:
        """Call any address, with a JSON body if there is one."""
        if body is not None:
            options["content"] = simplejson.dumps(body, use_decimal=True)
        return self._http.request(method, path, **options)

    def core(self, method: str, path: str, body: Any = None, **options: Any) -> httpx.Response:
        """Call the core API, version 1."""
        return self.call(method, f"/vismanet/v1/{path}", body, **options)

    def orders(self, method: str, path: str = "", body: Any = None, **options: Any) -> httpx.Response:
        """Call the sales orders of the SalesOrders API."""
        return self.call(method, f"{ORDERS}{path}", body, **options)

    def state(self, collection: str) -> list[dict[str, Any]]:
        """Look at what is stored, past the API."""
        rows: list[dict[str, Any]] = read(self.call("GET", f"/_sandbox/state/vismanet/{collection}"))
        return rows

    def by_hand(self, path: str, fields: Mapping[str, Any]) -> dict[str, Any]:
        """Do what a person does at the ERP's screen."""
        answer = self.call("POST", f"/_sandbox/vismanet/{path}", dict(fields))
        assert answer.status_code == 200, answer.text
        record: dict[str, Any] = read(answer)
        return record

    def new_customer(self, **fields: Any) -> str:
        """Make a debtor that is mailed nothing; gives the number."""
        quiet = dict.fromkeys(("sendInvoicesByEmail", "printInvoices", "acceptAutoInvoices"), False)
        values = {"name": "Fiets & Zo", "customerClassId": "COMPANY", **quiet, **fields}
        answer = self.core("POST", "customer", wrapped(values))
        assert answer.status_code == 201, answer.text
        return answer.headers["Location"].rpartition("/")[2]

    def new_item(self, number: str, **fields: Any) -> str:
        """Make an item; gives its number."""
        values = {
            "inventoryNumber": number,
            "description": "Ding",
            "itemClass": "STOCK",
            "defaultPrice": Decimal("10.00"),
        }
        answer = self.core("POST", "inventory", wrapped({**values, **fields}))
        assert answer.status_code == 201, answer.text
        return number

    def new_order(self, debtor: str, lines: list[dict[str, Any]], **fields: Any) -> str:
        """Place an order; gives its path below the orders, such as `/SO/000101`."""
        body = {"type": "SO", "customer": {"id": debtor}, "orderLines": lines, **fields}
        answer = self.orders("POST", "", body)
        assert answer.status_code == 201, answer.text
        return urlsplit(answer.headers["Location"]).path.removeprefix(ORDERS)

    def order(self, path: str) -> dict[str, Any]:
        """Read an order with all its sections."""
        view: dict[str, Any] = read(self.orders("GET", path, params={"expand": "All"}))
        return view

    def version(self, path: str) -> dict[str, str]:
        """Give the If-Match header for an order as it is now."""
        return {"If-Match": self.orders("GET", path).headers["ETag"]}


def codes(answer: httpx.Response) -> dict[str, str]:
    """Give the published error codes of a refused order by the property that they concern."""
    assert answer.status_code == 400, answer.text
    return {row["parameters"]["property"]: row["code"] for row in answer.json()["details"]}
