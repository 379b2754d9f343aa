"""What eAccounting's answers mean. Source: "eAccounting docs, error codes" and "rate limits"."""

import re
from collections.abc import Mapping
from typing import Any

from visma_sync.errors import (
    ConfigurationError,
    NotFoundError,
    Reason,
    RecordRejectedError,
    VismaSyncError,
)
from visma_sync.systems.call import Answer, Call
from visma_sync.systems.eaccounting.answers import SYSTEM
from visma_sync.systems.trouble import field_name, server_trouble, too_many_calls, wait_asked_for

FILTER_REFUSED = "filter_refused"
_WAIT_IN_TEXT = re.compile(r"Try again in (\d+) seconds")
_USUAL_WAIT_SECONDS = 60.0

_SIGN_IN_AGAIN = "Sign in again with all scopes: run make authorize."
# What a person has to set right in eAccounting or in the Connection before anything works.
SET_UP: Mapping[int, tuple[str, str]] = {
    4002: (
        "the API module is not active in this company",
        "In eAccounting, activate the API under Apps and extensions; signing in again does not help.",
    ),
    4003: (
        "the start-up guide of the company is not finished",
        "Finish the start-up guide in eAccounting (Settings).",
    ),
    4004: ("the company is not active", "Activate the company in eAccounting, or sign in to another one."),
    4005: ("the signed-in user is not authorized", "Sign in as a user with full rights: run make authorize."),
    4006: ("the sign-in lacks a scope", _SIGN_IN_AGAIN),
    4007: ("the signed-in user lacks a permission", "Give the user this permission in eAccounting."),
    4009: ("the company's edition has no such function", "Choose an edition of eAccounting with orders."),
    4011: ("the user has no access to this company", "Give the user access, or run make authorize as another."),
    4012: ("the licence terms are not accepted", "Sign in to eAccounting and accept the terms."),
    4019: ("the signed-in user may only read", "Sign in as a user who may write: run make authorize."),
    4034: (
        "a client of the test environment was used in production",
        "Use the production client of the application in the Connection.",
    ),
}
# Codes of single records; what is not here is called error_<code>.
RECORD: Mapping[int, str] = {
    2000: "invalid_data",
    3000: "reference_not_found",
    3001: "fiscal_year_missing",
    3002: "account_missing",
    4000: "duplicate",
    4001: "has_dependencies",
    4002: "not_allowed",
    4008: "control_digit",
    4013: "period_locked",
    4024: "sales_account_missing",
    4025: "invalid_vat_number",
    4026: "period_locked",
    4038: "period_locked",
    6000: FILTER_REFUSED,
    6001: "invalid_date",
}
_TRANSIENT = frozenset({5000, 5001, 5002})
_TOO_MANY = 4010


def verdict(call: Call, answer: Answer) -> VismaSyncError | None:
    """The error that an answer means, None where it is a success."""
    if 200 <= answer.status < 300:
        return None
    code = _code(answer)
    if answer.status == 429 or code == _TOO_MANY:
        return too_many_calls(SYSTEM, call, wait_asked_for(answer) or _wait_in_text(answer))
    if answer.status == 401:
        return ConfigurationError(
            "the access token is refused, a new one too",
            resolution=_SIGN_IN_AGAIN,
            system=SYSTEM,
            operation=call.operation,
        )
    if code in SET_UP and (code != 4002 or answer.status == 403):
        sentence, resolution = SET_UP[code]
        return ConfigurationError(
            f"{sentence} (error {code})", resolution=resolution, system=SYSTEM, operation=call.operation
        )
    if code in _TRANSIENT:
        answer = Answer(500, answer.headers, answer.body)
    return server_trouble(SYSTEM, call, answer) or _about_record(call, answer, code)


def _code(answer: Answer) -> int:
    code = answer.record.get("ErrorCode")
    return code if isinstance(code, int) else 0


def _wait_in_text(answer: Answer) -> float:
    """The documented answer has no Retry-After; the seconds are in its text."""
    found = _WAIT_IN_TEXT.search(str(answer.record.get("DeveloperErrorMessage", "")))
    return float(found.group(1)) if found else _USUAL_WAIT_SECONDS


def _about_record(call: Call, answer: Answer, code: int) -> VismaSyncError:
    if answer.status == 403:
        return ConfigurationError(
            f"access is refused (error {code})",
            resolution="Check the user's rights in eAccounting; then run make authorize.",
            system=SYSTEM,
            operation=call.operation,
        )
    kind = NotFoundError if answer.status == 404 else RecordRejectedError
    name = RECORD.get(code, "not_found" if answer.status == 404 else f"error_{code or answer.status}")
    return kind(
        [Reason(name, _sentence(answer, code))],
        resolution="Correct this record in eAccounting.",
        system=SYSTEM,
        operation=call.operation,
        key=call.key,
    )


def _sentence(answer: Answer, code: int) -> str:
    said = f"eAccounting refused it (status {answer.status}"
    said += f", error {code}" if code else ""
    fields = sorted({name for name in map(_field_of, answer.record.get("Errors") or []) if name})
    said += f", fields {', '.join(fields)}" if fields else ""
    return f"{said})"


def _field_of(error: Any) -> str:
    return field_name(error.get("Field")) if isinstance(error, Mapping) else ""
