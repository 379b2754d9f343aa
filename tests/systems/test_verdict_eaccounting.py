"""What eAccounting's answers mean, status by status and code by code."""

from typing import Any

import pytest

from visma_sync.errors import (
    ConfigurationError,
    NotFoundError,
    RecordRejectedError,
    RetryableError,
    UncertainWriteError,
    VismaSyncError,
)
from visma_sync.systems.call import Answer, Call
from visma_sync.systems.eaccounting.verdict import FILTER_REFUSED, verdict

READ = Call("GET", "/v2/orders/{id}", key="0f8fad5b")
WRITE = Call("POST", "/v2/orders")
QUOTA = "API calls quota exceeded! maximum admitted 600 per Minute. Try again in 55 seconds."


def body(code: int, text: str = "Anna", *fields: str) -> dict[str, Any]:
    errors = [{"Field": field, "ErrorCode": "2000", "Message": "Anna", "Key": "Anna"} for field in fields]
    return {"ErrorCode": code, "DeveloperErrorMessage": text, "ErrorId": "x", "Errors": errors}


@pytest.mark.parametrize("status", [200, 201])
def test_success_needs_no_verdict(status: int) -> None:
    assert verdict(READ, Answer(status, {})) is None


@pytest.mark.parametrize(
    ("call", "status", "code", "error"),
    [
        (READ, 302, 0, ConfigurationError),
        (READ, 401, 0, ConfigurationError),
        (READ, 403, 0, ConfigurationError),
        (READ, 403, 4002, ConfigurationError),
        *((READ, 403, code, ConfigurationError) for code in (4003, 4004, 4005, 4006, 4007, 4009)),
        *((READ, 403, code, ConfigurationError) for code in (4011, 4012, 4019, 4034)),
        (READ, 400, 4034, ConfigurationError),
        (READ, 404, 0, NotFoundError),
        (READ, 404, 3000, NotFoundError),
        (READ, 400, 3000, RecordRejectedError),
        (WRITE, 400, 2000, RecordRejectedError),
        (WRITE, 400, 4000, RecordRejectedError),
        (WRITE, 400, 4002, RecordRejectedError),
        (WRITE, 400, 4013, RecordRejectedError),
        (WRITE, 400, 4031, RecordRejectedError),
        (READ, 400, 6000, RecordRejectedError),
        (READ, 400, 6001, RecordRejectedError),
        (READ, 429, 4010, RetryableError),
        (WRITE, 429, 4010, RetryableError),
        (READ, 400, 4010, RetryableError),
        *((READ, 400, code, RetryableError) for code in (5000, 5001, 5002)),
        *((WRITE, 400, code, UncertainWriteError) for code in (5000, 5001, 5002)),
        (READ, 500, 5000, RetryableError),
        (WRITE, 500, 0, UncertainWriteError),
        (READ, 502, 0, RetryableError),
        (READ, 503, 0, RetryableError),
        (WRITE, 504, 0, UncertainWriteError),
        (READ, 408, 0, RetryableError),
        (WRITE, 418, 0, RecordRejectedError),
    ],
)
def test_an_answer_means_one_thing(call: Call, status: int, code: int, error: type[VismaSyncError]) -> None:
    found = verdict(call, Answer(status, {}, body(code) if code else None))
    assert type(found) is error
    assert found.system == "eaccounting"
    assert found.operation == call.operation
    assert found.resolution.endswith(".")
    assert "Anna" not in str(found)


def test_the_wait_is_read_from_the_text_and_a_minute_where_there_is_none() -> None:
    told = verdict(READ, Answer(429, {}, body(4010, QUOTA)))
    silent = verdict(READ, Answer(429, {}))
    header = verdict(READ, Answer(429, {"Retry-After": "7"}, body(4010, QUOTA)))
    assert [error.retry_after for error in (told, silent, header) if isinstance(error, RetryableError)] == [55, 60, 7]


def test_a_missing_module_is_not_taken_for_a_missing_sign_in() -> None:
    found = verdict(READ, Answer(403, {}, body(4002, "No access to module: api_standard")))
    assert found is not None
    assert "Apps and extensions" in found.resolution
    assert "authorize" not in found.resolution


def test_an_unfinished_start_up_guide_is_named() -> None:
    found = verdict(READ, Answer(403, {}, body(4003)))
    assert found is not None
    assert "start-up guide" in found.resolution


def test_a_refused_filter_can_be_told_from_other_refusals() -> None:
    found = verdict(READ, Answer(400, {}, body(6000)))
    assert isinstance(found, RecordRejectedError)
    assert found.code == FILTER_REFUSED


def test_fields_are_named_and_values_are_not() -> None:
    found = verdict(WRITE, Answer(400, {}, body(2000, "Anna", "InvoiceCity", "Name", "x" * 200)))
    assert found is not None
    assert "error 2000, fields InvoiceCity, Name" in found.message
