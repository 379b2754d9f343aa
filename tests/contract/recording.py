"""A pass-through in front of a sandbox that keeps every request as it came over the wire."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx

OF_THE_CONNECTION = ("connection", "content-encoding", "content-length", "transfer-encoding")
"""Headers that belong to one connection, and not to the answer that is passed on."""


@dataclass
class Recording:
    """Where the pass-through listens, and all that was asked there."""

    url: str
    requests: list[httpx.Request] = field(default_factory=list)


@contextmanager
def recording(sandbox_url: str) -> Iterator[Recording]:
    """Pass everything on to a sandbox and keep what was asked; a connection that breaks behind breaks in front."""
    behind = httpx.Client(timeout=60)

    class PassThrough(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # an answer leaves in one piece

        def pass_on(self) -> None:
            sent = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            request = httpx.Request(self.command, sandbox_url + self.path, headers=self.headers.items(), content=sent)
            recorded.requests.append(request)
            try:
                answer = behind.send(request)
            except httpx.TransportError:
                self.close_connection = True
                return
            self.send_response_only(answer.status_code)
            for name, value in answer.headers.items():
                if name not in OF_THE_CONNECTION:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.content)))
            self.end_headers()
            self.wfile.write(answer.content)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = pass_on  # noqa: N815  the names that the library calls

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), PassThrough)
    server.daemon_threads = True
    recorded = Recording(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield recorded
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        behind.close()
