"""Pictures of products on a web server: nothing but the listed host is asked, and only in the open internet."""

import asyncio
import logging
import socket
from collections.abc import Awaitable, Callable, Sequence
from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import Final

import httpx

from visma_sync.errors import ConfigurationError, RetryableError
from visma_sync.systems.call import Answer
from visma_sync.systems.images import LARGEST_BYTES, OPERATION, Image, checked_image, quoted, rejected
from visma_sync.systems.trouble import wait_asked_for

CONNECT_SECONDS: Final = 10.0
GLOBAL_UNICAST: Final = IPv6Network("2000::/3")

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]


async def resolved(host: str, port: int) -> Sequence[str]:
    """Every IP address that the machine's resolver has for a host, best first."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(place[0]) for *_, place in found))


class ImageAddress:
    """Pictures on a web server, at an https address with `{sku}` in it, from one of the hosts listed.

    No redirect is followed and no address inside a private network is asked: every address that the host
    resolves to must be public, and the connection goes to just those. Raises ConfigurationError where the
    pattern is not such an address. A picture may take so many `seconds`; `resolve` finds the IP addresses of the
    host, `transport` opens the connections.
    """

    def __init__(
        self,
        pattern: str,
        hosts: frozenset[str],
        *,
        seconds: float = 60.0,
        resolve: Resolve = resolved,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._pattern = pattern
        self._address = _checked_pattern(pattern, hosts)
        self._host = self._address.raw_host.decode("ascii")
        self._seconds = seconds
        self._resolve = resolve
        # This library logs whole addresses, which may hold a key of the image server.
        logging.getLogger("httpx").setLevel(logging.WARNING)
        # A transport of its own, because a proxy from the environment would resolve the host once more.
        self._client = httpx.AsyncClient(
            transport=transport or httpx.AsyncHTTPTransport(verify=httpx.create_ssl_context()),
            timeout=httpx.Timeout(seconds, connect=CONNECT_SECONDS),
            follow_redirects=False,
            headers={"Accept": "image/png, image/jpeg", "Accept-Encoding": "identity"},
        )

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def image(self, sku: str) -> Image | None:
        """The picture of a product, None where the server answers that there is none."""
        if not sku.strip("."):
            raise rejected(sku, "image_elsewhere", "the SKU would change the image's address")
        url = _filled(self._pattern, quoted(sku))
        try:
            async with asyncio.timeout(self._seconds):
                content = await self._content(sku, url)
        except TimeoutError as error:
            raise _unreachable(sku, f"the image did not arrive in {self._seconds:g} seconds") from error
        return None if content is None else await asyncio.to_thread(checked_image, sku, content)

    async def _content(self, sku: str, url: httpx.URL) -> bytes | None:
        """Ask the checked addresses one after the other, until a connection is made."""
        failure: httpx.TransportError | None = None
        for address in await self._public_addresses(sku):
            try:
                return await self._fetched(sku, url, address)
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                failure = error
            except httpx.TransportError as error:
                raise _unreachable(sku, f"the image did not arrive ({type(error).__name__})") from error
        what = type(failure).__name__ if failure else "no address"
        raise _unreachable(sku, f"the image server cannot be reached ({what})") from failure

    async def _public_addresses(self, sku: str) -> Sequence[str]:
        try:
            addresses = await self._resolve(self._host, self._address.port or 443)
        except (OSError, UnicodeError) as error:
            raise _unreachable(sku, f"the image server has no address ({type(error).__name__})") from error
        if not all(is_public(address) for address in addresses):
            raise rejected(sku, "image_elsewhere", "the image server has an address that is not public")
        return addresses

    async def _fetched(self, sku: str, url: httpx.URL, address: str) -> bytes | None:
        """Ask one IP address under the host's name: TLS checks the certificate of the name, not of the number."""
        request = self._client.build_request(
            "GET",
            url.copy_with(host=address),
            headers={"Host": self._address.netloc.decode("ascii")},
            extensions={"sni_hostname": self._host},
        )
        response = await self._client.send(request, stream=True)
        try:
            return await _body(sku, response)
        finally:
            await response.aclose()


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the open internet: nothing private, local, reserved, shared or wrapped."""
    found = ip_address(address)
    if isinstance(found, IPv6Address) and (
        # Outside lie the mapped and translated forms of IPv4; 6to4 wraps one inside.
        found not in GLOBAL_UNICAST or found.sixtofour
    ):
        return False
    return found.is_global and not found.is_multicast


async def _body(sku: str, response: httpx.Response) -> bytes | None:
    """What the server sent, read no further than a picture may be long; None where it has no picture."""
    status = response.status_code
    if status in (httpx.codes.NOT_FOUND, httpx.codes.GONE):
        return None
    if 300 <= status < 400:
        raise rejected(sku, "image_elsewhere", f"the image server sent us elsewhere (status {status})")
    if status >= 500 or status in (httpx.codes.REQUEST_TIMEOUT, httpx.codes.TOO_MANY_REQUESTS):
        wait = wait_asked_for(Answer(status, response.headers))
        raise _unreachable(sku, f"the image server answered {status}", wait)
    if status != httpx.codes.OK:
        raise rejected(sku, "image_refused", f"the image server answered {status}")
    content = bytearray()
    async for part in response.aiter_raw():
        content += part
        if len(content) > LARGEST_BYTES:
            break
    return bytes(content)


def _checked_pattern(pattern: str, hosts: frozenset[str]) -> httpx.URL:
    """The address with some SKU in it; raises ConfigurationError where the SKU could change more than the path."""
    problem = ""
    try:
        one, other = _filled(pattern, "A"), _filled(pattern, "B")
        listed = {httpx.URL(f"https://{host}").raw_host for host in hosts}
    except httpx.InvalidURL:
        problem = "is no address"
    else:
        if one.scheme != "https" or one.userinfo:
            problem = "is not an https address without user and password"
        elif one.netloc != other.netloc or one.raw_path == other.raw_path:
            problem = "does not have {sku} in its path"
        elif one.raw_host not in listed:
            problem = "has a host that the settings do not list"
        else:
            return one
    raise ConfigurationError(
        f"the pattern of the product images {problem}",
        resolution="Write it like https://images.example.com/products/{sku}.jpg, and list its host in the settings.",
        operation=OPERATION,
    )


def _filled(pattern: str, quoted_sku: str) -> httpx.URL:
    return httpx.URL(pattern.replace("{sku}", quoted_sku))


def _unreachable(sku: str, message: str, retry_after: float | None = None) -> RetryableError:
    return RetryableError(message, retry_after=retry_after, operation=OPERATION, key=sku)
