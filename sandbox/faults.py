"""The failures that a test can order: what goes wrong, with which requests, and how often."""

import re
import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Literal, get_args

from fastapi import Response

from sandbox.answers import Answer
from sandbox.eaccounting.refusals import INTERNAL, QUOTA, error_body
from sandbox.world import Record

Kind = Literal[
    "refuse",
    "timeout_before",
    "timeout_after",
    "land_late",
    "cut",
    "429",
    "500",
    "502",
    "503",
    "500_after",
    "malformed",
    "stale_etag",
    "expired_token",
]
KINDS: tuple[Kind, ...] = get_args(Kind)
GATEWAY_REASONS = {502: "Bad Gateway", 503: "Service Unavailable"}
NOT_JSON = b"<html><body>The gateway lost the answer</body></html>"


@dataclass
class Fault:
    """One failure on order.

    Attributes:
        kind: what goes wrong.
        path: regular expression, searched in the whole path of a request.
        method: the HTTP method it is for; None for all of them.
        after: how many matching requests it lets pass first.
        times: how many matching requests it then fails.
        seconds: how long after the client has left the effect happens (`land_late`).
        retry_after: the wait in seconds that a 429 or 503 asks for.
        seen, fired: how many requests matched, and how many of those failed.
    """

    kind: Kind
    path: str = ""
    method: str | None = None
    after: int = 0
    times: int = 1
    seconds: float = 0.0
    retry_after: int | None = None
    seen: int = field(default=0, init=False)
    fired: int = field(default=0, init=False)

    def matches(self, method: str, path: str) -> bool:
        """Say whether a request is one of those meant."""
        return self.method in (None, method) and re.search(self.path, path) is not None

    def strikes(self) -> bool:
        """Count a matching request, and say whether this one fails."""
        self.seen += 1
        if self.seen <= self.after or self.fired >= self.times:
            return False
        self.fired += 1
        return True


@dataclass
class Faults:
    """All failures on order, in the order in which they were ordered."""

    ordered: list[Fault] = field(default_factory=list)

    def strike(self, method: str, path: str) -> Fault | None:
        """Give the first failure that hits this request."""
        return next((fault for fault in self.ordered if fault.matches(method, path) and fault.strikes()), None)


def fault_of(body: Record) -> Fault:
    """Read the order of a failure.

    Raises:
        ValueError: for a kind that does not exist or a path that is no regular expression.
        TypeError: for a field that does not exist.
    """
    wanted = str(body.get("kind"))
    kind = next((kind for kind in KINDS if kind == wanted), None)
    if kind is None:
        raise ValueError(f"no fault of kind {wanted}")
    rest = {name: value for name, value in body.items() if name != "kind"}
    try:
        re.compile(str(rest.get("path", "")))
    except re.error as error:
        raise ValueError(f"the path is no regular expression: {error}") from None
    if rest.get("method"):
        rest["method"] = str(rest["method"]).upper()
    return Fault(kind, **rest)


def vendor_answer(status: int, path: str, retry_after: int | None) -> Response:
    """Answer with a failure the way the vendor behind this path words it.

    eAccounting names the wait of a 429 only in its text ("eAccounting API docs, rate limits"), Visma.net in a header.
    """
    wait = 1 if retry_after is None else retry_after
    headers = {} if retry_after is None else {"Retry-After": str(wait)}
    if status in GATEWAY_REASONS:
        text = f"<html><head><title>{status} {GATEWAY_REASONS[status]}</title></head><body></body></html>"
        return Response(text, status, headers, media_type="text/html")
    if path.startswith("/eaccounting/"):
        message = f"API calls quota exceeded! maximum admitted 600 per Minute. Try again in {wait} seconds."
        body = error_body(QUOTA, message) if status == 429 else error_body(INTERNAL, "InternalServerErrorException")
        return Answer(body, status)
    if status == 429:
        return Answer(
            {"message": f"Rate limit is exceeded. Try again in {wait} seconds."}, 429, {"Retry-After": str(wait)}
        )
    if path.startswith("/salesorder/"):
        return Answer(
            {"type": None, "title": "Internal Server Error", "status": status, "detail": None, "instance": None}, status
        )
    return Answer({"message": f"VismaId: {uuid.uuid4()}. An unexpected error occurred."}, status)


def report(ordered: Sequence[Fault]) -> list[Record]:
    """Say which failures are on order and how often each has fired."""
    return [asdict(fault) for fault in ordered]
