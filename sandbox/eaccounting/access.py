"""Who may call eAccounting: tokens of one company, scopes, the quota per minute, and what stops a whole company."""

import math
import secrets
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

import simplejson
from fastapi import APIRouter, Request, Response

from sandbox.answers import Answer
from sandbox.eaccounting.books import Books
from sandbox.eaccounting.refusals import (
    COMPANY_INACTIVE,
    DATA_MODEL,
    LICENCE,
    MISSING_SCOPE,
    NO_MODULE,
    NO_SUCH_FUNCTION,
    NO_USER_ACCESS,
    NOT_AUTHORISED,
    QUOTA,
    START_UP_GUIDE,
    RefusalError,
    invalid,
)
from sandbox.eaccounting.schema import faults, without_read_only
from sandbox.world import Record

CLIENT_ID, CLIENT_SECRET = "demo-eaccounting", "demo-secret"
SEED_REFRESH_TOKEN = "sandbox-refresh-token-1"
ALL_SCOPES = ("ea:api", "offline_access", "ea:sales", "ea:accounting_readonly", "ea:purchase_readonly")
MINUTE = 60.0

SALES = frozenset({"ea:sales", "ea:sales_readonly"})
SALES_WRITE = frozenset({"ea:sales"})
PURCHASE = frozenset({"ea:purchase", "ea:purchase_readonly"})
ACCOUNTING = frozenset({"ea:accounting", "ea:accounting_readonly"})

Switch = Literal[
    "module_inactive",
    "guide_unfinished",
    "company_inactive",
    "scope_missing",
    "edition_too_small",
    "user_without_access",
    "licence_not_accepted",
]
STOPS: dict[Switch, tuple[int, str]] = {
    "module_inactive": (NO_MODULE, "ForbiddenRequestException - No access to module: api_standard"),
    "guide_unfinished": (START_UP_GUIDE, "ForbiddenRequestException - The start-up guide has not been completed"),
    "company_inactive": (COMPANY_INACTIVE, "ForbiddenRequestException - The company is not active"),
    "scope_missing": (MISSING_SCOPE, "ForbiddenRequestException - The token has not the required scope"),
    "edition_too_small": (NO_SUCH_FUNCTION, "ForbiddenRequestException - The product variant has no such endpoint"),
    "user_without_access": (NO_USER_ACCESS, "ForbiddenRequestException - The user lacks access to the company"),
    "licence_not_accepted": (LICENCE, "ForbiddenRequestException - The licence has not been accepted"),
}
"""What refuses every call of a company with 403 while its switch is on."""


@dataclass(frozen=True)
class Grant:
    """What somebody allowed a client to do in one company."""

    client_id: str
    company: str
    scopes: frozenset[str]


@dataclass
class Tokens:
    """The tokens given out: access tokens run out, refresh tokens and codes work once."""

    lifetime: int
    access: dict[str, tuple[Grant, float]] = field(default_factory=dict)
    refresh: dict[str, Grant] = field(default_factory=dict)

    def give(self, grant: Grant) -> Record:
        """Give a new access token, and a new refresh token where that was allowed."""
        token = secrets.token_urlsafe(32)
        self.access[token] = (grant, time.monotonic() + self.lifetime)
        answer: Record = {
            "access_token": token,
            "expires_in": self.lifetime,
            "token_type": "Bearer",
            "scope": " ".join(sorted(grant.scopes)),
        }
        if "offline_access" in grant.scopes:
            answer["refresh_token"] = secrets.token_urlsafe(32)
            self.refresh[answer["refresh_token"]] = grant
        return answer

    def grant_of(self, authorization: str) -> Grant:
        """Find what the token of an Authorization header allows."""
        kind, _, token = authorization.partition(" ")
        grant, until = self.access.get(token, (None, 0.0))
        if kind.lower() != "bearer" or grant is None or time.monotonic() >= until:
            raise RefusalError(
                NOT_AUTHORISED,
                "UnauthorizedRequestException - The access token is missing, unknown or expired",
                status=401,
            )
        return grant


@dataclass
class Quota:
    """Counts the requests of each client and endpoint within a minute ("eAccounting API docs, rate limits")."""

    limit: int
    windows: dict[tuple[str, str], tuple[float, int]] = field(default_factory=dict)

    def count(self, client: str, endpoint: str) -> None:
        """Count one request, or refuse it with the wait in the text and nowhere else."""
        now = time.monotonic()
        began, used = self.windows.get((client, endpoint), (now, 0))
        if now - began >= MINUTE:
            began, used = now, 0
        if used >= self.limit:
            wait = math.ceil(began + MINUTE - now)
            message = (
                f"API calls quota exceeded! maximum admitted {self.limit} per Minute. Try again in {wait} seconds."
            )
            raise RefusalError(QUOTA, message, status=429)
        self.windows[client, endpoint] = (began, used + 1)


@dataclass
class Switches:
    """What is wrong with the company's subscription now, and what does not work as it should.

    `unfilterable` names properties that cannot be filtered on besides (`orders.ModifiedUtc`), `partial_lists` the
    collections whose lists lose a part of a page.
    """

    on: set[Switch] = field(default_factory=set)
    unfilterable: frozenset[str] = frozenset()
    partial_lists: frozenset[str] = frozenset()

    def check(self) -> None:
        """Refuse the call if anything stops the company."""
        for switch, (code, message) in STOPS.items():
            if switch in self.on:
                raise RefusalError(code, message, status=403)


@dataclass(frozen=True)
class Call:
    """One request that was let in, with the books of the company that its token is for."""

    request: Request
    books: Books

    def key(self, name: str = "id") -> str:
        """Give a part of the path."""
        return str(self.request.path_params[name])

    async def body(self, schema: str) -> Record:
        """Read the body without the fields that only the server sets; what the schema does not allow is refused."""
        try:
            read = simplejson.loads(await self.request.body(), use_decimal=True)
        except simplejson.JSONDecodeError:
            raise RefusalError(DATA_MODEL, "ModelValidationException - The body is not valid JSON") from None
        if not isinstance(read, dict):
            raise RefusalError(DATA_MODEL, "ModelValidationException - The body is not an object")
        kept = without_read_only(schema, read)
        found = faults(schema, kept)
        if found:
            raise invalid(found)
        return kept


Handler = Callable[[Call], Awaitable[Response]]


@dataclass
class Api:
    """The addresses of the API; every request passes the same checks before its handler sees it."""

    router: APIRouter
    tokens: Tokens
    quota: Quota
    switches: Switches
    companies: dict[str, Books]

    def add(self, method: str, path: str, handler: Handler, scopes: Iterable[str] = SALES) -> None:
        """Open an address for holders of any of these scopes."""
        endpoint, allowed = f"{method} {path}", frozenset(scopes)

        async def answer(request: Request) -> Response:
            try:
                return await handler(Call(request, self._let_in(request, endpoint, allowed)))
            except RefusalError as refusal:
                return refusal.answer()

        self.router.add_api_route(path, answer, methods=[method], response_model=None)

    def _let_in(self, request: Request, endpoint: str, allowed: frozenset[str]) -> Books:
        grant = self.tokens.grant_of(request.headers.get("Authorization", ""))
        self.quota.count(grant.client_id, endpoint)
        self.switches.check()
        if "ea:api" not in grant.scopes or not grant.scopes & allowed:
            wanted = " or ".join(sorted(allowed))
            raise RefusalError(
                MISSING_SCOPE, f"ForbiddenRequestException - Missing scope: ea:api and {wanted}", status=403
            )
        return self.companies[grant.company]


def ok(record: Any, status: int = 200) -> Answer:
    """Answer with a record."""
    return Answer(record, status_code=status)
