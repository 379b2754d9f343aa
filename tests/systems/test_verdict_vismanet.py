"""What Visma.net ERP's answers mean, status by status and phrase by phrase."""

from collections.abc import Mapping
from typing import Any

import pytest

from visma_sync.errors import (
    ConfigurationError,
    NotFoundError,
    RecordRejectedError,
    RetryableError,
    StaleVersionError,
    UncertainWriteError,
    VismaSyncError,
)
from visma_sync.systems.call import Answer, Call
from visma_sync.systems.vismanet.verdict import verdict

READ = Call("GET", "/v1/customer")
POST = Call("POST", "/v1/customer", key="10001")
PUT = Call("PUT", "/v1/customer/{number}", {"number": "10001"})
PATCH = Call("PATCH", "/api/v3/SalesOrders/{type}/{order_id}")
NEW_ORDER = Call("POST", "/api/v3/SalesOrders")
RELEASE = Call("POST", "/v1/customerinvoice/{number}/action/release", {"number": "V-1"}, key="V-1")


def core(text: str) -> dict[str, str]:
    return {"message": f"VismaId: 2ddece9b-a89b-4f5a-a251-2cf14837bb2d. {text}"}


def raised(text: str, record: str = "Customer") -> dict[str, str]:
    """The text of a refusal as the core API words it."""
    return core(
        f"Error inserting the customer. Error: Inserting '{record}' record raised at least one error. "
        f"Please review the errors. Error: {text}"
    )


def refused_order(*codes: tuple[str, str]) -> dict[str, Any]:
    return {
        "title": "One or more validation errors occurred.",
        "status": 400,
        "errors": {field: ["Anna"] for _, field in codes},
        "details": [{"code": code, "message": "Anna", "parameters": {"property": field}} for code, field in codes],
    }


def judge(call: Call, status: int, body: Any = None, headers: Mapping[str, str] | None = None) -> Any:
    return verdict(call, Answer(status, headers or {}, body))


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_success_needs_no_verdict(status: int) -> None:
    assert judge(POST, status) is None


@pytest.mark.parametrize(
    ("call", "status", "body", "error"),
    [
        (READ, 301, None, ConfigurationError),
        (READ, 400, core("The condition '=>' is not one of >, <, >= and <=."), RecordRejectedError),
        (READ, 401, core("Authorization has been denied for this request."), ConfigurationError),
        (POST, 401, None, ConfigurationError),
        (READ, 403, None, ConfigurationError),
        (READ, 404, core("Customer '1' cannot be found in the system."), NotFoundError),
        (PATCH, 405, {"title": "Method Not Allowed"}, RecordRejectedError),
        (READ, 408, None, RetryableError),
        (POST, 408, None, UncertainWriteError),
        (NEW_ORDER, 409, {"title": "Conflict"}, RecordRejectedError),
        (PATCH, 409, {"title": "Conflict"}, StaleVersionError),
        (RELEASE, 409, core("There is nothing to ship."), RecordRejectedError),
        (RELEASE, 412, core("The record has been changed by another process."), StaleVersionError),
        (RELEASE, 500, core("An error has occurred."), UncertainWriteError),
        (RELEASE, 200, {"actionResult": "Failed", "errorInfo": "Anna"}, RecordRejectedError),
        (PUT, 412, core("The record has been changed by another process."), StaleVersionError),
        (PATCH, 412, {"title": "Precondition Failed"}, StaleVersionError),
        (PATCH, 428, {"title": "Precondition Required"}, StaleVersionError),
        (READ, 429, None, RetryableError),
        (POST, 429, None, RetryableError),
        (READ, 500, core("An error has occurred."), RetryableError),
        (POST, 500, core("An error has occurred."), UncertainWriteError),
        (PATCH, 500, {"title": "Internal Server Error"}, UncertainWriteError),
        (READ, 502, None, RetryableError),
        (POST, 502, None, UncertainWriteError),
        (READ, 503, None, RetryableError),
        (PUT, 503, None, UncertainWriteError),
        (POST, 504, None, UncertainWriteError),
        (POST, 500, core("Another process has updated the 'Customer' record."), StaleVersionError),
        (POST, 400, raised("'Customer ID' cannot be empty."), ConfigurationError),
        (
            POST,
            400,
            raised("'Customer ID' cannot be set: the series numbers automatically."),
            ConfigurationError,
        ),
        (READ, 500, {"ExceptionType": "IPPException", "ExceptionFaultCode": "12027"}, ConfigurationError),
        (NEW_ORDER, 400, refused_order(("1900-OrderNumberSequenceNotFound", "type")), ConfigurationError),
        (NEW_ORDER, 400, refused_order(("1704-InvalidOrderType", "type")), ConfigurationError),
        (NEW_ORDER, 400, refused_order(("0003-InvalidValue", "type")), ConfigurationError),
        (NEW_ORDER, 400, refused_order(("0001-NullNotAllowed", "orderId")), ConfigurationError),
        (NEW_ORDER, 400, refused_order(("0004-ValueNotAllowed", "orderId")), ConfigurationError),
        (PATCH, 400, refused_order(("0005-InvalidState", "status")), RecordRejectedError),
        (NEW_ORDER, 400, {"title": "Bad Request", "errors": {"$.date": ["Anna"]}}, RecordRejectedError),
    ],
)
def test_an_answer_means_one_thing(call: Call, status: int, body: Any, error: type[VismaSyncError]) -> None:
    found = judge(call, status, body)
    assert type(found) is error
    assert found.system == "vismanet"
    assert found.operation == call.operation
    assert found.resolution.endswith(".")
    assert "Anna" not in str(found)


@pytest.mark.parametrize("status", [400, 500])
@pytest.mark.parametrize(
    ("text", "code", "field"),
    [
        ("'Customer Name' cannot be empty.", "missing_field", "Customer Name"),
        ("'Terms' cannot be found in the system.", "reference_not_found", "Terms"),
        ("'Business Account' '10077' cannot be found in the system.", "reference_not_found", "Business Account"),
        ("'Customer' '10077' already exists in the system.", "duplicate", "Customer"),
        ("The e-mail anna@example.nl is not nice.", "refused", ""),
        ("Financial Period '10077' is closed in Customer Ledger.", "period_closed", "financial period"),
        ("The 10077 financial period of the ANNA company is inactive.", "period_closed", "financial period"),
        ("Batch is out of balance, please review.", "out_of_balance", "add up"),
        ("The document is out of the balance.", "out_of_balance", "add up"),
        ("Inventory quantity for '10077' in warehouse '1' will go negative.", "stock_short", "stock"),
        ("The on-hand quantity of the 10077 item is not sufficient to process it.", "stock_short", "stock"),
    ],
)
def test_the_core_apis_phrases_prove_a_refusal(status: int, text: str, code: str, field: str) -> None:
    found = judge(POST, status, raised(text))
    assert isinstance(found, RecordRejectedError)
    assert found.code == code
    assert field in found.message
    assert "10077" not in found.message
    assert "anna" not in found.message


@pytest.mark.parametrize(
    ("call", "code"), [(NEW_ORDER, "duplicate"), (RELEASE, "conflict")], ids=["a new order", "an action"]
)
def test_a_conflict_is_a_double_where_something_is_made_and_a_state_where_something_is_done(
    call: Call, code: str
) -> None:
    assert judge(call, 409, {"title": "Conflict"}).code == code


@pytest.mark.parametrize("result", ["Done", "Queued", "InProcess"])
def test_an_action_that_is_done_or_on_its_way_is_a_success(result: str) -> None:
    assert judge(RELEASE, 200, {"actionResult": result, "errorInfo": ""}) is None


def test_an_action_that_failed_says_why_as_far_as_it_is_known() -> None:
    failed = {"actionResult": "Failed", "errorInfo": "Financial Period '01-2026' is closed in Customer Ledger."}
    assert judge(RELEASE, 200, failed).code == "period_closed"
    assert judge(RELEASE, 200, {**failed, "errorInfo": None}).code == "action_failed"
    assert judge(Call("GET", RELEASE.route), 200, failed) is None


def test_a_body_that_was_not_understood_is_a_refusal() -> None:
    found = judge(PUT, 400, core("Data received not recognized as CustomerUpdateDto."))
    assert isinstance(found, RecordRejectedError)
    assert found.code == "not_recognised"
    assert "CustomerUpdateDto" in found.message


def test_every_code_of_a_refused_order_is_a_reason() -> None:
    body = refused_order(("1804-InventoryIdNotFound", "orderLines[1].inventoryId"), ("0002-InvalidLength", "note"))
    found = judge(NEW_ORDER, 400, body)
    assert [(reason.code, reason.sentence) for reason in found.reasons] == [
        ("inventory_id_not_found", "1804-InventoryIdNotFound at orderLines[1].inventoryId"),
        ("invalid_length", "0002-InvalidLength at note"),
    ]
    assert "row" in found.resolution


def test_the_wait_that_the_server_asks_for_is_kept() -> None:
    assert judge(READ, 429, None, {"Retry-After": "1800"}).retry_after == 1800
    assert judge(READ, 503, None, {"Retry-After": "30"}).retry_after == 30


def test_a_wrong_tenant_and_a_missing_licence_are_named() -> None:
    assert "tenant" in judge(READ, 401).resolution
    licence = {"ExceptionFaultCode": "12027", "ExceptionMessage": "No license for this company."}
    assert "licence" in judge(READ, 403, licence).resolution
