"""A web server for pictures over HTTPS, and a network in which public addresses lead to it."""

import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HOST = "images.example"
PUBLIC = "93.184.216.34"
PIECE = 64 * 1024


@dataclass(frozen=True)
class Reply:
    """One answer; the body comes in pieces, `pause` seconds apart, and `times` over."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    pause: float = 0.0
    times: int = 1


@dataclass
class ImageServer:
    """What the server answers by path, what it was asked, by which name, and how many bytes it got rid of."""

    port: int
    trusted: ssl.SSLContext
    replies: dict[str, Reply] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    hosts: list[str] = field(default_factory=list)
    names: list[str | None] = field(default_factory=list)
    sent: int = 0


class Network(httpx.AsyncBaseTransport):
    """A network in which an IP address leads to a port of this machine, or to one where nobody answers.

    `reached` holds the addresses to which connections were asked for, in this order.
    """

    def __init__(self, server: ImageServer, **elsewhere: int) -> None:
        self.reached: list[tuple[str, int | None]] = []
        self._port = server.port
        self._elsewhere = elsewhere
        self._wire = httpx.AsyncHTTPTransport(verify=server.trusted)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Sends the request to this machine, whatever IP address it asks for."""
        address = request.url.host
        self.reached.append((address, request.url.port))
        port = self._elsewhere.get(address, self._port)
        request.url = request.url.copy_with(host="127.0.0.1", port=port)
        return await self._wire.handle_async_request(request)

    async def aclose(self) -> None:
        """Closes the connections."""
        await self._wire.aclose()


@contextmanager
def image_server(folder: Path) -> Iterator[ImageServer]:
    """Serves pictures as images.example, with a certificate of its own."""
    certificate = _certificate(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    trusted = ssl.create_default_context(cafile=str(certificate))
    # As Python does by itself from 3.13 on.
    trusted.verify_flags |= ssl.VERIFY_X509_STRICT
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    found = ImageServer(server.server_port, trusted)
    context.sni_callback = lambda _connection, name, _context: found.names.append(name)
    server.RequestHandlerClass = _handler(found)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    server.daemon_threads = True
    # A client that hangs up early or trusts nobody is part of the tests.
    server.handle_error = lambda request, client_address: None  # type: ignore[method-assign]  # nothing to say
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _handler(found: ImageServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found.asked.append(self.path)
            found.hosts.append(self.headers["Host"])
            reply = found.replies.get(self.path, Reply(status=404))
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.end_headers()
            for _ in range(reply.times):
                for start in range(0, len(reply.body), PIECE):
                    time.sleep(reply.pause)
                    piece = reply.body[start : start + PIECE]
                    self.wfile.write(piece)
                    found.sent += len(piece)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    return Handler


def _certificate(folder: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)
    usage = dict.fromkeys(
        ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "crl_sign"), False
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=True, key_cert_sign=True, encipher_only=False, decipher_only=False, **usage
            ),
            critical=True,
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = folder / "certificate.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    return file
