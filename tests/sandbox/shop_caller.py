"""A caller of the imitated eAccounting for these tests: plain HTTP with a token, nothing of the product."""

from types import TracebackType
from typing import Any, Self

import httpx
import simplejson

CLIENT = ("demo-eaccounting", "demo-secret")
FIRST_REFRESH_TOKEN = "sandbox-refresh-token-1"
Record = dict[str, Any]


class Shop:
    """Calls eAccounting, and the control addresses beside it."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.http = httpx.Client(base_url=url)

    def __enter__(self) -> Self:
        """Begin to call."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connections."""
        self.http.close()

    def identity(self, path: str, **form: str) -> httpx.Response:
        """Call the identity server with a form."""
        return self.http.post(f"/eaccounting-identity/connect/{path}", data=form, auth=CLIENT)

    def refresh(self, token: str = FIRST_REFRESH_TOKEN) -> httpx.Response:
        """Ask for new tokens."""
        return self.identity("token", grant_type="refresh_token", refresh_token=token)

    def sign_in(self, token: str = FIRST_REFRESH_TOKEN) -> None:
        """Call with a fresh access token from now on."""
        self.use(self.refresh(token).json()["access_token"])

    def use(self, access_token: str) -> None:
        """Call with this access token from now on."""
        self.http.headers["Authorization"] = f"Bearer {access_token}"

    def call(self, method: str, path: str, body: Any = None, timeout: float = 5.0, **query: Any) -> httpx.Response:
        """Call the API; a query parameter is written without its dollar sign."""
        dollars = {f"${name}" if name in ("page", "pagesize", "filter", "orderby", "select") else name: value
                   for name, value in query.items()}  # fmt: skip
        content = None if body is None else simplejson.dumps(body, use_decimal=True)
        return self.http.request(method, f"/eaccounting/v2/{path}", content=content, params=dollars, timeout=timeout)

    def get(self, path: str, **query: Any) -> Any:
        """Read something with exact decimals."""
        answer = self.call("GET", path, **query)
        assert answer.status_code == 200, answer.text
        return simplejson.loads(answer.text, use_decimal=True)

    def rows(self, path: str, **query: Any) -> list[Record]:
        """Read one page of a list."""
        rows: list[Record] = self.get(path, **query)["Data"]
        return rows

    def first(self, path: str, wanted: str) -> Record:
        """Read the first record that a filter finds."""
        return self.rows(path, filter=wanted, pagesize=1)[0]

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """Use the control addresses."""
        answer = self.http.request(method, f"/_sandbox/{path}", json=body)
        assert answer.status_code < 300, answer.text
        return simplejson.loads(answer.text, use_decimal=True) if answer.content else None

    def state(self, collection: str) -> Any:
        """Look at what eAccounting holds, past the API."""
        return self.control("GET", f"state/eaccounting/{collection}")

    def new_customer(self, **fields: Any) -> Record:
        """Add a Dutch business."""
        usual = {
            "Name": "Fiets & Zo",
            "InvoiceCity": "Zwolle",
            "InvoicePostalCode": "8011AA",
            "InvoiceCountryCode": "NL",
            "IsActive": True,
            "IsPrivatePerson": False,
            "TermsOfPaymentId": self.rows("termsofpayments")[0]["Id"],
        }
        answer = self.call("POST", "customers", usual | fields)
        assert answer.status_code == 201, answer.text
        customer: Record = answer.json()
        return customer

    def new_order(self, customer: Record, rows: list[Record], **fields: Any) -> httpx.Response:
        """Enter an order."""
        return self.call("POST", "orders", order_body(customer, rows, **fields))


def order_body(customer: Record, rows: list[Record], **fields: Any) -> Record:
    """Write the body of an order."""
    usual_row = {"IsTextRow": False, "IsWorkCost": False, "EligibleForReverseChargeOnVat": False}
    return {
        "CustomerId": customer["Id"],
        "CurrencyCode": "EUR",
        "Status": 2,
        "EuThirdParty": False,
        "ReverseChargeOnConstructionServices": False,
        "RotReducedInvoicingType": 0,
        "Rows": [usual_row | {"LineNumber": line} | row for line, row in enumerate(rows, 1)],
        **fields,
    }


def refusal(answer: httpx.Response) -> tuple[int, int]:
    """Give the status and the vendor's error number of a refused call."""
    return answer.status_code, answer.json()["ErrorCode"]
