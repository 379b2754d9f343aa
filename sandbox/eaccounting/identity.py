"""The identity server of eAccounting: consent by a person, authorization codes, and refresh tokens that work once.

Sources: "eAccounting API docs, authentication" and "change to our new identity server". There is no client credentials
flow.
"""

import base64
import binascii
import html
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qs, quote, urlencode

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from sandbox.answers import Answer
from sandbox.eaccounting.access import ALL_SCOPES, CLIENT_ID, CLIENT_SECRET, SEED_REFRESH_TOKEN, Grant, Tokens
from sandbox.eaccounting.books import Books

PREFIX = "/eaccounting-identity/connect"
REGISTERED_REDIRECTS = re.compile(r"http://127\.0\.0\.1:\d+(/[^#]*)?|http://localhost:\d+/callback")
KNOWN_SCOPES = frozenset(ALL_SCOPES) | {"ea:sales_readonly", "ea:accounting", "ea:purchase"}


class TokenError(Exception):
    """The token endpoint refuses; the word is OAuth's own (RFC 6749, 5.2)."""

    def __init__(self, word: str) -> None:
        super().__init__(word)
        self.word = word


@dataclass(frozen=True)
class Consent:
    """What a client asks somebody to allow, or what that person allowed."""

    client_id: str
    redirect_uri: str
    scopes: frozenset[str]
    state: str
    company: str = ""


@dataclass
class Identity:
    """Gives tokens to clients whom somebody allowed into a company."""

    tokens: Tokens
    companies: Mapping[str, Books]
    asked: dict[str, Consent] = field(default_factory=dict)
    codes: dict[str, Consent] = field(default_factory=dict)

    def restart(self) -> None:
        """Forget all tokens but the refresh token that a fresh sandbox starts with."""
        self.asked.clear()
        self.codes.clear()
        self.tokens.access.clear()
        self.tokens.refresh.clear()
        first = next(iter(self.companies))
        self.tokens.refresh[SEED_REFRESH_TOKEN] = Grant(CLIENT_ID, first, frozenset(ALL_SCOPES))

    def router(self) -> APIRouter:
        """Give the addresses of the identity server."""
        router = APIRouter(prefix=PREFIX)
        router.add_api_route("/authorize", self.authorize, methods=["GET"], response_model=None)
        router.add_api_route("/consent", self.consent, methods=["GET"], response_model=None)
        router.add_api_route("/token", self.token, methods=["POST"], response_model=None)
        router.add_api_route("/revocation", self.revoke, methods=["POST"], response_model=None)
        return router

    async def authorize(self, request: Request) -> Response:
        """Show the page on which a person picks the company that the client may enter."""
        query = request.query_params
        scopes = frozenset(query.get("scope", "").split())
        redirect = query.get("redirect_uri", "")
        if query.get("client_id") != CLIENT_ID:
            return page("unauthorized_client", status=400)
        if not REGISTERED_REDIRECTS.fullmatch(redirect):
            return page("Invalid redirect_uri", status=400)
        if query.get("response_type") != "code":
            return back(redirect, {"error": "unsupported_response_type", "state": query.get("state", "")})
        if "ea:api" not in scopes or not scopes <= KNOWN_SCOPES:
            return back(redirect, {"error": "invalid_scope", "state": query.get("state", "")})
        asked = secrets.token_urlsafe(16)
        self.asked[asked] = Consent(CLIENT_ID, redirect, scopes, query.get("state", ""))
        links = "".join(link(asked, key, books) for key, books in self.companies.items())
        return page(f"Which company may {html.escape(CLIENT_ID)} enter?", f"<ul>{links}</ul>")

    async def consent(self, request: Request) -> Response:
        """Send the person back to the client with a code for the company picked."""
        asked = self.asked.pop(request.query_params.get("request", ""), None)
        company = request.query_params.get("company", "")
        if asked is None or company not in self.companies:
            return page("This request is not known any more", status=400)
        code = secrets.token_urlsafe(24)
        self.codes[code] = Consent(asked.client_id, asked.redirect_uri, asked.scopes, asked.state, company)
        return back(asked.redirect_uri, {"code": code, "scope": " ".join(sorted(asked.scopes)), "state": asked.state})

    async def token(self, request: Request) -> Response:
        """Give tokens for a code or a refresh token; both work once."""
        try:
            form = await form_of(request)
            check_client(request, form)
            return Answer(self.tokens.give(self._granted(form)), headers={"Cache-Control": "no-store"})
        except TokenError as error:
            return Answer({"error": error.word}, status_code=400)

    def _granted(self, form: Mapping[str, str]) -> Grant:
        if form.get("grant_type") == "authorization_code":
            consent = self.codes.pop(form.get("code", ""), None)
            if consent is None or consent.redirect_uri != form.get("redirect_uri"):
                raise TokenError("invalid_grant")
            return Grant(consent.client_id, consent.company, consent.scopes)
        if form.get("grant_type") == "refresh_token":
            grant = self.tokens.refresh.pop(form.get("refresh_token", ""), None)
            if grant is None:
                raise TokenError("invalid_grant")
            return grant
        raise TokenError("unsupported_grant_type")

    async def revoke(self, request: Request) -> Response:
        """Forget a token; an unknown one is no error (RFC 7009)."""
        try:
            form = await form_of(request)
            check_client(request, form)
        except TokenError as error:
            return Answer({"error": error.word}, status_code=400)
        self.tokens.refresh.pop(form.get("token", ""), None)
        self.tokens.access.pop(form.get("token", ""), None)
        return Response(status_code=200)


async def form_of(request: Request) -> dict[str, str]:
    """Read a form; a token request in any other form is refused."""
    if not request.headers.get("Content-Type", "").startswith("application/x-www-form-urlencoded"):
        raise TokenError("invalid_request")
    return {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}


def check_client(request: Request, form: Mapping[str, str]) -> None:
    """Check the client's id and secret, which come as Basic authorization or in the form."""
    given = (form.get("client_id"), form.get("client_secret"))
    kind, _, encoded = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() == "basic":
        try:
            name, _, secret = base64.b64decode(encoded).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            raise TokenError("invalid_client") from None
        given = (name, secret)
    if given != (CLIENT_ID, CLIENT_SECRET):
        raise TokenError("invalid_client")


def link(asked: str, company: str, books: Books) -> str:
    """Write the link with which a person lets the client into one company."""
    name = html.escape(str(books.settings["Name"]))
    return f'<li><a href="{PREFIX}/consent?request={asked}&amp;company={quote(company)}">{name}</a></li>'


def page(title: str, body: str = "", status: int = 200) -> HTMLResponse:
    """Write a plain page; the title is text already safe in HTML."""
    return HTMLResponse(f"<!doctype html><title>{title}</title><h1>{title}</h1>{body}", status_code=status)


def back(redirect_uri: str, query: Mapping[str, str]) -> RedirectResponse:
    """Send the browser back to the client."""
    joint = "&" if "?" in redirect_uri else "?"
    return RedirectResponse(f"{redirect_uri}{joint}{urlencode(query)}", status_code=302)
