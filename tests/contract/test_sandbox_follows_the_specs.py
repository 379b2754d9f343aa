"""The sandbox answers, operation by operation, as the vendors' published documents say.

Every operation that it offers is called over HTTP; each request that is taken and each answer is checked against the
document. The documents lie beside the project; without them the tests are skipped.
"""

from collections.abc import Callable

import httpx
import pytest
from fastapi.routing import APIRoute

from sandbox.app import build_app
from sandbox.world import Options
from tests.contract.core_operations import call_core_api
from tests.contract.documents import core_api, eaccounting_api, sales_orders_api
from tests.contract.eaccounting_operations import call_eaccounting_api
from tests.contract.sales_order_operations import call_sales_orders_api
from tests.contract.specifications import FOLDER, Specification, nameless

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="the vendors' documents are not beside the project")

WRITING_TO_PEOPLE = ("email", "einvoice", "paymentreminders")
"""Endings of calls that write to people outside: the sandbox has them only to notice that somebody tries."""

SCOPES = " ".join(
    (
        *(f"vismanet_erp_service_api:{action}" for action in ("create", "read", "update", "delete")),
        *(f"visma.net.erp.salesorder:{action}" for action in ("read", "write")),
    )
)


class Witness:
    """Sees every request and answer of one caller, and checks them against one document."""

    def __init__(self, specification: Specification) -> None:
        self.specification = specification
        self.called: set[tuple[str, str]] = set()
        self.faults: list[str] = []
        self.answers = 0

    def look(self, answer: httpx.Response) -> None:
        """Check one answer and the request that it belongs to."""
        answer.read()
        if not self.specification.covers(answer.request):
            return
        self.answers += 1
        operation = self.specification.operation(answer.request)
        name = f"{answer.request.method} {answer.request.url.path} -> {answer.status_code}"
        if operation is None:
            self.faults.append(f"{name}: no such operation")
            return
        self.called.add(operation.shape)
        self.faults += [f"{name}: {fault}" for fault in self.specification.faults(operation, answer)]


def offered(prefix: str) -> set[tuple[str, str]]:
    """Give the operations that the sandbox has below a prefix, without the names of their parameters."""
    routes = [route for route in build_app(Options()).routes if isinstance(route, APIRoute)]
    return {
        (method, nameless(route.path.removeprefix(prefix)))
        for route in routes
        for method in route.methods
        if route.path.startswith(f"{prefix}/") and not route.path.endswith(WRITING_TO_PEOPLE)
    }


def assert_follows(url: str, token: str, specification: Specification, call: Callable[[httpx.Client], None]) -> None:
    """Call a whole API and demand that nothing left its document, and that no operation was passed over."""
    witness = Witness(specification)
    headers = {"Authorization": f"Bearer {token}"}
    with httpx.Client(base_url=url, headers=headers, event_hooks={"response": [witness.look]}) as caller:
        call(caller)
    wanted = offered(specification.prefix)
    print(f"{specification.prefix}: {len(witness.called & wanted)} of {len(wanted)} operations checked,", end=" ")
    print(f"{witness.answers} answers")
    assert witness.faults == []
    assert wanted - witness.called == set()
    assert wanted


@pytest.fixture(scope="module")
def vismanet_token(sandbox_url: str) -> str:
    form = {
        "grant_type": "client_credentials",
        "client_id": "demo-vismanet",
        "client_secret": "demo-secret",
        "tenant_id": "11111111-2222-3333-4444-555555555555",
        "scope": SCOPES,
    }
    token: str = httpx.post(f"{sandbox_url}/connect/connect/token", data=form).json()["access_token"]
    return token


@pytest.fixture(scope="module")
def eaccounting_token(sandbox_url: str) -> str:
    form = {"grant_type": "refresh_token", "refresh_token": "sandbox-refresh-token-1"}
    client = ("demo-eaccounting", "demo-secret")
    answer = httpx.post(f"{sandbox_url}/eaccounting-identity/connect/token", data=form, auth=client)
    token: str = answer.json()["access_token"]
    return token


def test_the_eaccounting_api_follows_its_document(sandbox_url: str, eaccounting_token: str) -> None:
    assert_follows(sandbox_url, eaccounting_token, eaccounting_api(), call_eaccounting_api)


def test_the_core_api_follows_its_document(sandbox_url: str, vismanet_token: str) -> None:
    assert_follows(sandbox_url, vismanet_token, core_api(), call_core_api)


def test_the_sales_orders_api_follows_its_document(sandbox_url: str, vismanet_token: str) -> None:
    assert_follows(sandbox_url, vismanet_token, sales_orders_api(), call_sales_orders_api)
