"""Asking an identity server for tokens ("RFC 6749", as both vendors follow it)."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from visma_sync.errors import ConfigurationError, RetryableError
from visma_sync.systems.json_text import read_json
from visma_sync.systems.tokens import AnswerLostError, Grant, GrantRefusedError

TIMEOUT = httpx.Timeout(20.0, connect=10.0)
_USUAL_LIFETIME_SECONDS = 3600
_RESOLUTIONS = {
    "invalid_client": "Check login (client id) and password (client secret) of the Connection.",
    "invalid_scope": "Give the application the scopes that the documentation lists, in the developer portal.",
    "unauthorized_client": "Check in the developer portal that the application may sign in this way.",
    "invalid_request": "Check the fields of the Connection; one of them is empty or misspelt.",
}
# Turned away before anything was done; every other failure of the server leaves that open.
_NOT_DONE = (429, 502, 503)


def ask_for_grant(system: str, url: str, form: Mapping[str, str], *, basic: tuple[str, str] | None = None) -> Grant:
    """Send one token request and read the tokens out of its answer.

    Raises GrantRefusedError, AnswerLostError, RetryableError (nothing was used up) or ConfigurationError.
    """
    try:
        # Not `auth=basic` alone: it must stay None for servers that take the secret in the form.
        with httpx.Client(timeout=TIMEOUT, auth=basic) as client:
            answer = client.post(url, data=dict(form), headers={"Accept": "application/json"})
    except (httpx.ConnectError, httpx.ConnectTimeout) as error:
        raise RetryableError(
            f"the sign-in server cannot be reached ({type(error).__name__})",
            system=system,
            operation="sign in",
        ) from error
    except httpx.RequestError as error:
        raise AnswerLostError from error
    body = _json(answer.text)
    if answer.is_success:
        return _grant(body)
    if answer.status_code in _NOT_DONE:
        raise RetryableError(f"the sign-in server answered {answer.status_code}", system=system, operation="sign in")
    if answer.is_server_error:
        raise AnswerLostError
    raise _refusal(system, answer.status_code, body)


def _json(text: str) -> dict[str, Any]:
    try:
        body = read_json(text)
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _grant(body: Mapping[str, Any]) -> Grant:
    access_token = body.get("access_token")
    if not isinstance(access_token, str) or not access_token:
        raise AnswerLostError
    lifetime = timedelta(seconds=int(body.get("expires_in") or _USUAL_LIFETIME_SECONDS))
    return Grant(access_token, datetime.now(UTC) + lifetime, body.get("refresh_token") or None)


def _refusal(system: str, status: int, body: Mapping[str, Any]) -> Exception:
    code = body.get("error")
    if code == "invalid_grant":
        return GrantRefusedError()
    known = code if isinstance(code, str) and code in _RESOLUTIONS else f"status {status}"
    return ConfigurationError(
        f"the sign-in server refused the application ({known})",
        resolution=_RESOLUTIONS.get(known, "Check the addresses and credentials of the Connection."),
        system=system,
        operation="sign in",
    )
