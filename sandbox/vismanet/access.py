"""Who may call, and how often: tokens, scopes, the hourly quota, and which company a caller sees."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from fastapi import Request, Response

from sandbox.vismanet.answers import RefusalError
from sandbox.vismanet.company import Company

COMPANY_ID = "1"
TENANT_ID = "11111111-2222-3333-4444-555555555555"
CLIENT_ID = "demo-vismanet"
CLIENT_SECRET = "demo-secret"
HOUR = 3600
QUOTA_POLICY = "4-fixed-window"
"""So many requests an hour for each company and client (Visma.net API docs, rate limits)."""

SCOPES = {
    **{f"vismanet_erp_service_api:{action}": ("core", action) for action in ("create", "read", "update", "delete")},
    **{f"visma.net.erp.salesorder:{action}": ("salesorder", action) for action in ("read", "write")},
}


@dataclass(frozen=True)
class Token:
    """An access token: its tenant, its scopes and its end (seconds of the monotonic clock)."""

    tenant: str
    scopes: frozenset[str]
    expires: float


@dataclass
class Window:
    """A fixed window of one hour in which a client may make so many requests."""

    limit: int
    started: float = 0.0
    used: int = 0

    def count(self) -> bool:
        """Count one request; False when the quota is used up."""
        now = time.monotonic()
        if self.started == 0.0 or now >= self.started + HOUR:
            self.started, self.used = now, 0
        if self.used >= self.limit:
            return False
        self.used += 1
        return True

    def reset_in(self) -> int:
        """Say in how many seconds the window ends."""
        return max(1, int(self.started + HOUR - time.monotonic()))

    def headers(self) -> dict[str, str]:
        """Give the headers that every answer carries."""
        return {
            "X-RateLimit-Limit": str(self.limit),
            "X-RateLimit-Remaining": str(self.limit - self.used),
            "X-RateLimit-Reset": str(self.reset_in()),
            "X-RateLimit-Policy": QUOTA_POLICY,
        }


@dataclass
class Tokens:
    """The access tokens that the identity server has given out."""

    known: dict[str, Token] = field(default_factory=dict)

    def of(self, request: Request) -> Token | None:
        """Find the token that a request carries, if it is known and still good."""
        scheme, _, secret = request.headers.get("authorization", "").partition(" ")
        token = self.known.get(secret.strip()) if scheme.lower() == "bearer" else None
        return token if token is not None and token.expires > time.monotonic() else None


Handler = Callable[[Request, Company], Awaitable[Response]]
Endpoint = Callable[[Request], Awaitable[Response]]


@dataclass
class Api:
    """One of the two APIs: checks the caller, counts the call and picks the company before a handler runs."""

    name: str
    tokens: Tokens
    window: Window
    company: Company
    elsewhere: Company
    wrong_company: bool = False

    def allowing(self, action: str) -> Callable[[Handler], Endpoint]:
        """Let a handler run for callers whose token has the scope for an action."""

        def guard(handler: Handler) -> Endpoint:
            async def endpoint(request: Request) -> Response:
                try:
                    answer = await self._admit(request, action, handler)
                except RefusalError as refused:
                    answer = refused.answer()
                answer.headers.update(self.window.headers())
                return answer

            endpoint.__name__ = handler.__name__
            return endpoint

        return guard

    async def _admit(self, request: Request, action: str, handler: Handler) -> Response:
        token = self.tokens.of(request)
        # A token for the wrong tenant is given out but good for nothing (Visma.net API docs, fix 401 error).
        if token is None or token.tenant != TENANT_ID:
            raise RefusalError(
                401, self._denied("Authorization has been denied for this request."), {"WWW-Authenticate": "Bearer"}
            )
        if not any(SCOPES[scope] == (self.name, action) for scope in token.scopes):
            raise RefusalError(403, self._denied("The token does not have the scope for this request."))
        if not self.window.count():
            wait = self.window.reset_in()
            raise RefusalError(
                429, {"message": f"Rate limit is exceeded. Try again in {wait} seconds."}, {"Retry-After": str(wait)}
            )
        return await handler(request, self._seen_company(request))

    def _denied(self, message: str) -> dict[str, str] | None:
        return {"message": message} if self.name == "core" else None

    def _seen_company(self, request: Request) -> Company:
        # The core API answers a wrong company with empty lists, not an error; v3 goes by the token alone.
        header = request.headers.get("ipp-company-id") if self.name == "core" else None
        elsewhere = self.wrong_company or (header is not None and header != COMPANY_ID)
        return self.elsewhere if elsewhere else self.company
