"""The vendors' three documents that concern this project, and what each leaves out."""

from collections.abc import Callable, Mapping
from functools import cache

from tests.contract.specifications import Specification

CORE_UNDECLARED = frozenset({201, 204, 400, 403, 404, 409, 412, 429, 500})
"""The core API's document was rebuilt from a generated client and lost every status without a body."""

CORE_ANSWERS = {
    ("POST", "/v1/customerPayment/{}/action/release"): "ReleasePaymentActionResultDto",
    ("POST", "/v1/customerPayment/{}/action/void"): "VoidPaymentActionResultDto",
    ("POST", "/v2/journaltransaction/{}/action/release"): "ReleaseJournalTransactionActionResultDto",
    ("POST", "/v2/salesorder/{}/action/createShipment"): "CreateShipmentActionResultDto",
    ("POST", "/v2/salesorder/{}/{}/action/prepareInvoice"): "PrepareInvoiceActionResultDto",
}
"""What these calls answer with 200: the document lost it, or gives the body to a 204, which cannot have one."""

CORE_FILES = frozenset({("POST", "/v1/inventory/{}/attachment"), ("GET", "/v1/attachment/{}")})
"""Calls that take a file in a form, or give one, as only the vendor's pages say ("Visma.net API docs, attachments")."""

ORDERS_UNDECLARED = frozenset({400, 412, 428})
"""Named in the descriptions of calls whose list of answers leaves them out."""

EACCOUNTING_UNDECLARED = frozenset({404})
"""A record that is not there is 404 for some resources, though few calls declare it."""

TEXT = {"type": "string", "minLength": 1}
PAGING = {
    "$page": {"type": "integer", "minimum": 1},
    "$pagesize": {"type": "integer", "minimum": 1, "maximum": 1000},
    "$filter": TEXT,
    "$orderby": TEXT,
    "$select": TEXT,
}
"""Query parameters of every list, described on the vendor's pages and not in the document ("eAccounting docs")."""


@cache
def eaccounting_api() -> Specification:
    """eAccounting."""
    return Specification("eaccounting-v2.openapi.json", "/eaccounting/v2", EACCOUNTING_UNDECLARED, PAGING)


@cache
def core_api() -> Specification:
    """The core API of Visma.net ERP."""
    return Specification(
        "vismanet-erp-v1.openapi.json", "/vismanet", CORE_UNDECLARED, answers=CORE_ANSWERS, files=CORE_FILES
    )


@cache
def sales_orders_api() -> Specification:
    """The SalesOrders API of Visma.net ERP."""
    return Specification("vismanet-salesorder-v3.openapi.json", "/salesorder", ORDERS_UNDECLARED)


DOCUMENTS: Mapping[str, Callable[[], Specification]] = {
    "eaccounting": eaccounting_api,
    "core": core_api,
    "sales orders": sales_orders_api,
}
