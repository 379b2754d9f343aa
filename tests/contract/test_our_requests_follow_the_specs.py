"""What this project asks and writes is what the vendors' published documents let a client ask and write.

The real order flow runs against a sandbox through a pass-through that keeps every request; each is checked against the
document of its API. The documents lie beside the project; without them the tests are skipped.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from tests.contract.documents import DOCUMENTS
from tests.contract.our_order_flow import lead_through
from tests.contract.recording import recording
from tests.contract.specifications import FOLDER, Operation, Specification
from tests.flows.running import TODAY, Company, demo_settings
from tests.running_sandbox import running_sandbox
from visma_sync.errors import VismaSyncError

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="the vendors' documents are not beside the project")

NUMBERINGS = {"automatic": "auto", "manual": "manual"}
"""Who numbers sales orders in Visma.net, as the settings and as the sandbox call it."""

TOKENS = {"/connect/connect/token", "/eaccounting-identity/connect/token"}
REACHES_PEOPLE = re.compile("mail|print|pdf|/einvoice|autoinvoice|reminder|dunning|/sendto", re.IGNORECASE)
WRITES = {
    ("POST", "/v1/customer"),
    ("PUT", "/v1/customer/{}"),
    ("POST", "/v1/contact"),
    ("POST", "/v1/inventory"),
    ("PUT", "/v1/inventory/{}"),
    ("POST", "/v1/inventory/{}/attachment"),
    ("POST", "/v2/customerinvoice"),
    ("PUT", "/v1/customerinvoice/{}"),
    ("POST", "/v1/customerinvoice/{}/action/release"),
    ("POST", "/v2/customerCreditNote"),
    ("PUT", "/v1/customerCreditNote/{}"),
    ("POST", "/v1/customerCreditNote/{}/action/release"),
    ("POST", "/v1/customerPayment"),
    ("POST", "/v1/customerPayment/{}/action/release"),
    ("POST", "/v2/journaltransaction"),
    ("POST", "/v2/journaltransaction/{}/action/release"),
    ("POST", "/v1/inventoryadjustment"),
    ("POST", "/v1/inventoryadjustment/{}/action/release"),
    ("POST", "/v2/salesorder/{}/action/createShipment"),
    ("POST", "/v2/salesorder/{}/{}/action/prepareInvoice"),
    ("POST", "/v1/shipment/{}/action/confirmShipment"),
    ("POST", "/api/v3/SalesOrders"),
    ("PATCH", "/api/v3/SalesOrders/{}/{}"),
    ("POST", "/articles"),
    ("PUT", "/articles/{}"),
    ("POST", "/customers"),
    ("PUT", "/customers/{}"),
    ("POST", "/orders"),
    ("POST", "/orders/{}/converteddrafttoorder"),
    ("POST", "/orders/{}/completed"),
    ("POST", "/orders/{}/voided"),
    ("POST", "/orders/{}/convert"),
    ("POST", "/notes"),
}
COMPARED = re.compile(r"(\w+) (?:eq|ne|gt|ge|lt|le) ")


@dataclass
class Asked:
    """Every request of the flow, and what broke it.

    `seen` is how many requests the sandboxes counted, `mailed` what they sent to people outside.
    """

    requests: list[httpx.Request] = field(default_factory=list)
    seen: int = 0
    mailed: list[dict[str, Any]] = field(default_factory=list)
    broke: list[Exception] = field(default_factory=list)

    def of(self, document: Specification) -> list[httpx.Request]:
        """The requests for one API."""
        return [request for request in self.requests if document.covers(request)]

    def operations(self) -> Iterator[Operation]:
        """The published operations that were asked for."""
        for document in (build() for build in DOCUMENTS.values()):
            found = (document.operation(request) for request in self.of(document))
            yield from (operation for operation in found if operation is not None)


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Asked:
    """Lead the flow through everything, once for each way in which orders get their numbers."""
    asked = Asked()
    for numbering, option in NUMBERINGS.items():
        ledger = tmp_path_factory.mktemp(numbering) / "ledger.sqlite"
        options = ("--orders", "20", "--today", TODAY.isoformat(), "--numbering", option)
        with running_sandbox(*options) as url, recording(url) as recorded:
            people = Company(url, ledger)
            try:
                lead_through(people, Company(recorded.url, ledger, demo_settings(order={"numbering": numbering})))
            except (VismaSyncError, AssertionError) as error:
                # What it asked until then is checked all the same, and often says why.
                asked.broke.append(error)
            asked.requests += recorded.requests
            asked.seen += people.requests().total()
            asked.mailed += people.mailed()
    return asked


def faults(document: Specification, request: httpx.Request) -> Iterator[str]:
    """Name everything in which a request leaves its document."""
    operation = document.operation(request)
    if operation is None:
        yield "no such operation"
        return
    yield from document.request_faults(operation, request)
    named = fields_named(request)
    if named and (unknown := named - document.row_fields(operation)):
        yield f"the rows have no field {', '.join(sorted(unknown))}"


def fields_named(request: httpx.Request) -> set[str]:
    """Give the fields of the rows that a list of eAccounting is filtered and sorted by."""
    condition = re.sub(r"'(?:[^']|'')*'", "''", request.url.params.get("$filter", ""))
    sorting = request.url.params.get("$orderby", "").split(",")
    return {*COMPARED.findall(condition), *(part.split()[0] for part in sorting if part)}


@pytest.mark.parametrize("api", DOCUMENTS)
def test_every_request_follows_its_document(api: str, asked: Asked) -> None:
    document = DOCUMENTS[api]()
    requests = asked.of(document)
    found = [f"{request.method} {request.url}: {fault}" for request in requests for fault in faults(document, request)]
    shapes = {operation.shape for request in requests if (operation := document.operation(request))}
    print(f"{document.prefix}: {len(requests)} requests for {len(shapes)} operations checked")
    assert requests
    assert found == []


def test_the_flow_went_through_everything(asked: Asked) -> None:
    for error in asked.broke:
        raise error


def test_the_only_other_requests_are_for_tokens(asked: Asked) -> None:
    documents = [build() for build in DOCUMENTS.values()]
    others = [request for request in asked.requests if not any(document.covers(request) for document in documents)]
    assert {(request.method, request.url.path) for request in others} == {("POST", path) for path in TOKENS}


def test_nothing_is_asked_past_the_recording(asked: Asked) -> None:
    assert len(asked.requests) == asked.seen


def test_these_operations_write_and_no_others(asked: Asked) -> None:
    assert {operation.shape for operation in asked.operations() if operation.method != "GET"} == WRITES


def test_no_operation_that_reaches_people_outside_is_ever_asked_for(asked: Asked) -> None:
    assert [one.shape for one in asked.operations() if REACHES_PEOPLE.search(one.template)] == []
    assert asked.mailed == []


ORDERS = "/salesorder/api/v3/SalesOrders"
VERSION = {"If-Match": '"1"'}
ID = "c0ffee00-0000-4000-8000-000000000001"


@pytest.mark.parametrize(
    ("api", "method", "address", "headers", "body", "fault"),
    [
        ("core", "GET", "/vismanet/v1/customers", {}, None, "no such operation"),
        ("core", "GET", "/vismanet/v1/customer?pagesize=1", {}, None, "query parameter pagesize is not declared"),
        ("core", "GET", "/vismanet/v1/customer?pageSize=many", {}, None, "query parameter pageSize"),
        ("core", "POST", "/vismanet/v1/customer", {}, {"nmae": {"value": "Jan"}}, "'nmae' was unexpected"),
        ("core", "POST", "/vismanet/v1/customer", {}, {"name": "Jan"}, "request name: 'Jan' is not of type 'object'"),
        ("core", "POST", "/vismanet/v1/customer", {}, None, "the request has no body"),
        ("core", "PUT", "/vismanet/v1/inventory/A-1", VERSION, {}, "header if-match is not declared"),
        ("core", "PUT", "/vismanet/v1/customer/1", {"If-Match": "1"}, {}, "is not a version in quotes"),
        ("core", "GET", "/vismanet/v1/customer", {"Authorization": ""}, None, "holds no token"),
        ("sales orders", "PATCH", f"{ORDERS}/SO/1", {}, {"status": "Open"}, "header If-Match is missing"),
        ("sales orders", "PATCH", f"{ORDERS}/SO/1", VERSION, {"staus": "Open"}, "'staus' was unexpected"),
        ("sales orders", "GET", f"{ORDERS}/SO/1?expand=Everything", {}, None, "'Everything' is not one of"),
        ("sales orders", "GET", f"{ORDERS}?modifiedSince=yesterday", {}, None, "'yesterday' is not a 'date-time'"),
        ("eaccounting", "GET", "/eaccounting/v2/orders?$top=1", {}, None, "query parameter $top is not declared"),
        ("eaccounting", "GET", "/eaccounting/v2/orders?$pagesize=1001", {}, None, "greater than the maximum"),
        ("eaccounting", "GET", "/eaccounting/v2/orders/7", {}, None, "path parameter id"),
        ("eaccounting", "GET", "/eaccounting/v2/orders?$filter=Nummer eq 7", {}, None, "the rows have no field Nummer"),
        ("eaccounting", "GET", "/eaccounting/v2/orders?$orderby=Nr,Id", {}, None, "the rows have no field Nr"),
    ],
)
def test_a_request_that_leaves_its_document_is_noticed(
    api: str, method: str, address: str, headers: Mapping[str, str], body: Any, fault: str
) -> None:
    usual = {"Authorization": "Bearer token", "Content-Type": "application/json"}
    content = None if body is None else json.dumps(body)
    request = httpx.Request(method, f"http://sandbox{address}", headers={**usual, **headers}, content=content)
    assert fault in "; ".join(faults(DOCUMENTS[api](), request))
