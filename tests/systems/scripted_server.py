"""A server that answers every request with the next line of a script, to try what no well-behaved server does."""

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Line:
    """One answer: `cut` ends the connection within the body, `hang` gives no answer for so many seconds."""

    status: int = 200
    body: str = "{}"
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: bool = False
    hang: float = 0.0


@dataclass
class Script:
    """Where the server is, and what it was asked."""

    url: str = ""
    asked: list[tuple[str, str, Mapping[str, str], bytes]] = field(default_factory=list)
    connections: set[int] = field(default_factory=set)
    most_at_once: int = 0


@contextmanager
def scripted_server(*lines: Line) -> Iterator[Script]:
    """Serve the lines in order; the last one is repeated."""
    script = Script()
    waiting = list(lines)
    lock = threading.Lock()
    running = 0

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            nonlocal running
            size = int(self.headers.get("Content-Length", 0))
            sent = self.rfile.read(size)
            with lock:
                script.asked.append((self.command, self.path, dict(self.headers.items()), sent))
                script.connections.add(self.client_address[1])
                line = waiting.pop(0) if len(waiting) > 1 else waiting[0]
                running += 1
                script.most_at_once = max(script.most_at_once, running)
            time.sleep(line.hang)
            body = line.body.encode()
            with lock:
                running -= 1
            self.send_response(line.status)
            for name, value in line.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body) + (10 if line.cut else 0)))
            self.end_headers()
            self.wfile.write(body)
            self.close_connection = self.close_connection or line.cut

        do_GET = do_POST = do_PUT = do_PATCH = answer  # noqa: N815  the names that the library calls

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    script.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield script
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
