"""Visma Connect: access tokens for service applications (client credentials)."""

import base64
import binascii
import secrets
import time
from urllib.parse import parse_qsl

from fastapi import APIRouter, Request, Response

from sandbox.answers import Answer
from sandbox.vismanet.access import CLIENT_ID, CLIENT_SECRET, SCOPES, Token, Tokens


def identity_router(tokens: Tokens, lifetime_seconds: int) -> APIRouter:
    """Offer the token endpoint of Visma Connect (Visma.net API docs, service integrations)."""
    router = APIRouter(prefix="/connect")

    @router.post("/connect/token", response_model=None)
    async def give_token(request: Request) -> Response:
        form = dict(parse_qsl((await request.body()).decode(), keep_blank_values=True))
        client, secret = _client(request, form)
        error = _refusal(client, secret, form)
        if error is not None:
            return _answer({"error": error}, 400)
        scopes = form["scope"].split()
        access_token = secrets.token_urlsafe(48)
        tokens.known[access_token] = Token(form["tenant_id"], frozenset(scopes), time.monotonic() + lifetime_seconds)
        given = {
            "access_token": access_token,
            "expires_in": lifetime_seconds,
            "token_type": "Bearer",
            "scope": " ".join(scopes),
        }
        return _answer(given, 200)

    return router


def _client(request: Request, form: dict[str, str]) -> tuple[str | None, str | None]:
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return form.get("client_id"), form.get("client_secret")
    try:
        client, _, secret = base64.b64decode(encoded).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None, None
    return client, secret


def _refusal(client: str | None, secret: str | None, form: dict[str, str]) -> str | None:
    if client != CLIENT_ID or secret != CLIENT_SECRET:
        return "invalid_client"
    if form.get("grant_type") != "client_credentials":
        return "unsupported_grant_type"
    if not form.get("tenant_id"):
        return "invalid_request"
    scopes = form.get("scope", "").split()
    return None if scopes and all(scope in SCOPES for scope in scopes) else "invalid_scope"


def _answer(body: dict[str, object], status: int) -> Response:
    return Answer(body, status_code=status, headers={"Cache-Control": "no-store"})
