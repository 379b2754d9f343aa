"""Stands before both imitated systems: takes its time, counts the requests and lets them fail as ordered."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from starlette.routing import BaseRoute, Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from sandbox.faults import NOT_JSON, Fault, Faults, vendor_answer
from sandbox.traffic import Traffic

CONTROL = "/_sandbox"
STALE_ETAG = b'"stale"'
CONNECTIONS: dict[Any, asyncio.Transport] = {}
"""The open connections by the client's address; a fault may break one off."""


class Connection(HttpToolsProtocol):
    """An HTTP connection that a fault can find."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn declares it
        """Note the connection."""
        super().connection_made(transport)
        CONNECTIONS[transport.get_extra_info("peername")] = transport

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        CONNECTIONS.pop(self.transport.get_extra_info("peername"), None)
        super().connection_lost(exc)


@dataclass
class Gate:
    """The outermost application: everything but the control addresses passes through it."""

    app: ASGIApp
    routes: Sequence[BaseRoute]
    faults: Faults
    traffic: Traffic
    latency_seconds: float = 0.0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one request through, or let it fail."""
        if scope["type"] != "http" or scope["path"].startswith(CONTROL):
            await self.app(scope, receive, send)
            return
        self.traffic.enter()
        try:
            if self.latency_seconds:
                await asyncio.sleep(self.latency_seconds)
            fault = self.faults.strike(scope["method"], scope["path"])
            if fault is None:
                await self.app(scope, receive, send)
            else:
                await self._fail(fault, scope, receive, send)
        finally:
            self.traffic.leave(self._operation(scope))

    def _operation(self, scope: Scope) -> str:
        """Name the operation by its route template, also when the request never got that far."""
        route = scope.get("route") or next((one for one in self.routes if one.matches(scope)[0] is Match.FULL), None)
        return f"{scope['method']} {getattr(route, 'path', '(unknown)')}"

    async def _fail(self, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
        if fault.kind == "refuse":
            await break_off(scope, receive)
        elif fault.kind in ("stale_etag", "expired_token"):
            await self.app(spoilt(scope, fault.kind), receive, send)
        elif fault.kind == "timeout_before":
            await until_left(receive)
        elif fault.kind in ("429", "500", "502", "503"):
            await vendor_answer(int(fault.kind), scope["path"], fault.retry_after)(scope, receive, send)
        else:
            await self._fail_after(fault, scope, receive, send)

    async def _fail_after(self, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the effect happen, and then do not give its answer as it is."""
        body = await whole_body(receive)
        if fault.kind == "land_late":
            await until_left(receive)
            await asyncio.sleep(fault.seconds)
        answer = Recorded()
        await self.app(scope, replay(body), answer)
        if fault.kind == "timeout_after":
            await until_left(receive)
        elif fault.kind == "500_after":
            await vendor_answer(500, scope["path"], None)(scope, receive, send)
        elif fault.kind == "malformed":
            await answer.send(send, NOT_JSON)
        elif fault.kind == "cut":
            if answer.body:
                await answer.send(send, answer.body, cut=True)
                CONNECTIONS[scope["client"]].close()
                await until_left(receive)
            else:
                await break_off(scope, receive)


class Recorded:
    """Takes an answer down instead of sending it."""

    def __init__(self) -> None:
        self.start: Message = {}
        self.body = b""

    async def __call__(self, message: Message) -> None:
        """Take down one part of the answer."""
        if message["type"] == "http.response.start":
            self.start = message
        elif message["type"] == "http.response.body":
            self.body += message.get("body", b"")

    async def send(self, send: Send, body: bytes, *, cut: bool = False) -> None:
        """Send the answer with this body, or only half of the body that its length announces."""
        kept = [(name, value) for name, value in self.start["headers"] if name.lower() != b"content-length"]
        await send({**self.start, "headers": [*kept, (b"content-length", str(len(body)).encode())]})
        sent = body[: len(body) // 2] if cut else body
        await send({"type": "http.response.body", "body": sent, "more_body": cut})


async def whole_body(receive: Receive) -> bytes:
    """Read the whole body of a request."""
    body = b""
    while True:
        message = await receive()
        body += bytes(message.get("body", b""))
        if message["type"] != "http.request" or not message.get("more_body"):
            return body


def replay(body: bytes) -> Receive:
    """Give a request body that was read already to whoever reads it next."""

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


async def until_left(receive: Receive) -> None:
    """Wait until the client has given up and left."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def break_off(scope: Scope, receive: Receive) -> None:
    """Break the connection off without an answer."""
    CONNECTIONS[scope["client"]].abort()
    await until_left(receive)


def spoilt(scope: Scope, kind: str) -> Scope:
    """Give the request with a version that is out of date, or with a token that nobody gave out."""
    name, value = (b"if-match", STALE_ETAG) if kind == "stale_etag" else (b"authorization", b"Bearer no-such-token")
    scope["headers"] = [(header, value if header == name else before) for header, before in scope["headers"]]
    return scope
