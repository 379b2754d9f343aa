"""Pictures of products on a web server, which must not lead us anywhere else."""

import asyncio
import gzip
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.systems.image_server import HOST, PUBLIC, ImageServer, Network, Reply, image_server
from tests.systems.pictures import heavy, picture
from visma_sync.errors import ConfigurationError, RecordRejectedError, RetryableError, VismaSyncError
from visma_sync.systems.image_address import ImageAddress, is_public
from visma_sync.systems.images import LARGEST_BYTES, Image

PATTERN = f"https://{HOST}/products/{{sku}}.png?size=large"
PATH = "/products/007.png?size=large"
RED = picture("PNG")
NOT_PUBLIC = [
    "127.0.0.1",
    "127.8.8.8",
    "0.0.0.0",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "169.254.169.254",
    "192.0.2.1",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:93.184.216.34",
    "::127.0.0.1",
    "64:ff9b::a00:1",
    "2001:0:4136:e378:8000:63bf:f5ff:fffe",
    "2001:db8::1",
    "2002:a00:1::",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%1",
    "fec0::1",
    "ff02::1",
]


class Resolver:
    """Gives one list of IP addresses after the other, the last one for ever."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.asked: list[tuple[str, int]] = []
        self._answers = list(answers)

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked.append((host, port))
        return self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ImageServer]:
    folder: Path = tmp_path_factory.mktemp("images")
    with image_server(folder) as server:
        yield server


@pytest.fixture
def server(running: ImageServer) -> ImageServer:
    for said in (running.replies, running.asked, running.hosts, running.names):
        said.clear()
    running.replies[PATH] = Reply(RED)
    running.sent = 0
    return running


def fetched(
    network: Network,
    *skus: str,
    pattern: str = PATTERN,
    hosts: Sequence[str] = (HOST,),
    **others: Any,
) -> list[Image | VismaSyncError | None]:
    """Asks for one picture after the other; gives what is found or said about each."""

    async def ask() -> list[Image | VismaSyncError | None]:
        given = {"resolve": Resolver([PUBLIC]), "transport": network, **others}
        source = ImageAddress(pattern, frozenset(hosts), **given)
        found: list[Image | VismaSyncError | None] = []
        for sku in skus or ("007",):
            try:
                found.append(await source.image(sku))
            except VismaSyncError as error:
                found.append(error)
        await source.close()
        return found

    return asyncio.run(ask())


def rejected(found: Image | VismaSyncError | None) -> str:
    assert isinstance(found, RecordRejectedError)
    assert found.resolution
    assert found.key
    return found.code


def test_a_picture_is_fetched_from_the_address_that_was_checked_under_the_name_of_the_host(server: ImageServer) -> None:
    network, resolver = Network(server), Resolver([PUBLIC], ["10.0.0.1"])
    (image,) = fetched(network, resolve=resolver)
    assert isinstance(image, Image)
    assert (image.name, image.content) == ("007.png", RED)
    assert resolver.asked == [(HOST, 443)]
    assert network.reached == [(PUBLIC, None)]
    assert (server.asked, server.hosts, server.names) == ([PATH], [HOST], [HOST])


def test_another_port_is_kept(server: ImageServer) -> None:
    network, resolver = Network(server), Resolver([PUBLIC])
    fetched(network, pattern=PATTERN.replace(HOST, f"{HOST}:8443"), resolve=resolver)
    assert resolver.asked == [(HOST, 8443)]
    assert network.reached == [(PUBLIC, 8443)]
    assert server.hosts == [f"{HOST}:8443"]


@pytest.mark.parametrize(
    ("sku", "path"),
    [
        ("A/1 å", "/products/A%2F1%20%C3%A5.png?size=large"),
        ("../../admin", "/products/..%2F..%2Fadmin.png?size=large"),
        ("1?x=2#3", "/products/1%3Fx%3D2%233.png?size=large"),
        ("@other.example", "/products/%40other.example.png?size=large"),
        ("{sku}", "/products/%7Bsku%7D.png?size=large"),
        ("a\r\nX: y", "/products/a%0D%0AX%3A%20y.png?size=large"),
    ],
)
def test_reserved_characters_of_a_sku_are_quoted(server: ImageServer, sku: str, path: str) -> None:
    server.replies[path] = Reply(RED)
    (image,) = fetched(Network(server), sku)
    assert isinstance(image, Image)
    assert server.asked == [path]


@pytest.mark.parametrize("sku", ["", ".", ".."])
def test_a_sku_that_is_a_step_in_a_path_is_refused(server: ImageServer, sku: str) -> None:
    network = Network(server)
    found = fetched(network, sku, pattern=f"https://{HOST}/{{sku}}/front.png")
    assert isinstance(found[0], RecordRejectedError)
    assert found[0].code == "image_elsewhere"
    assert network.reached == []


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_no_address_within_a_network_is_ever_reached(server: ImageServer, address: str) -> None:
    assert not is_public(address)
    network = Network(server)
    for answer in ([address], [PUBLIC, address], [address, PUBLIC]):
        (found,) = fetched(network, resolve=Resolver(answer))
        assert rejected(found) == "image_elsewhere"
    assert network.reached == []


@pytest.mark.parametrize("address", ["93.184.216.34", "8.8.8.8", "2606:4700:4700::1111", "2a00:1450:4001::5e"])
def test_addresses_of_the_open_internet_are(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "2130706433", "0x7f.1", "[::1]", "[::ffff:7f00:1]"])
def test_this_machine_is_not_reached_by_any_of_its_names(server: ImageServer, host: str) -> None:
    network = Network(server)

    async def ask() -> Image | None:
        return await ImageAddress(f"https://{host}/{{sku}}.png", frozenset({host}), transport=network).image("007")

    with pytest.raises(RecordRejectedError) as raised:
        asyncio.run(ask())
    assert raised.value.code == "image_elsewhere"
    assert network.reached == []


def test_a_host_that_moves_into_a_network_is_refused_from_then_on(server: ImageServer) -> None:
    network = Network(server)
    first, second = fetched(network, "007", "007", resolve=Resolver([PUBLIC], ["169.254.169.254"]))
    assert isinstance(first, Image)
    assert rejected(second) == "image_elsewhere"
    assert network.reached == [(PUBLIC, None)]


def test_the_next_address_is_tried_where_the_first_does_not_answer(server: ImageServer) -> None:
    network = Network(server, **{"8.8.8.8": 1})
    (image,) = fetched(network, resolve=Resolver(["8.8.8.8", PUBLIC]))
    assert isinstance(image, Image)
    assert [address for address, _ in network.reached] == ["8.8.8.8", PUBLIC]


def test_a_server_with_the_certificate_of_another_is_not_asked(server: ImageServer) -> None:
    (found,) = fetched(Network(server), pattern="https://other.example/{sku}.png", hosts=("other.example",))
    assert isinstance(found, RetryableError)
    assert server.names == ["other.example"]
    assert server.asked == []


def test_a_proxy_of_the_environment_does_not_get_to_resolve_the_host(
    server: ImageServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    (image,) = fetched(Network(server))
    assert isinstance(image, Image)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed(server: ImageServer, status: int) -> None:
    server.replies[PATH] = Reply(status=status, headers={"Location": f"https://{HOST}/other.png"})
    server.replies["/other.png"] = Reply(RED)
    (found,) = fetched(Network(server))
    assert rejected(found) == "image_elsewhere"
    assert server.asked == [PATH]


@pytest.mark.parametrize("status", [404, 410])
def test_a_product_without_a_picture_has_none(server: ImageServer, status: int) -> None:
    server.replies[PATH] = Reply(RED, status=status)
    assert fetched(Network(server)) == [None]


@pytest.mark.parametrize("status", [204, 401, 403])
def test_a_server_that_refuses_rejects_that_picture_alone(server: ImageServer, status: int) -> None:
    server.replies["/products/8.png?size=large"] = Reply(status=status)
    first, second = fetched(Network(server), "8", "007")
    assert rejected(first) == "image_refused"
    assert isinstance(second, Image)


@pytest.mark.parametrize("status", [408, 429, 500, 503])
def test_a_server_in_trouble_is_asked_again_after_the_time_that_it_says(server: ImageServer, status: int) -> None:
    server.replies[PATH] = Reply(status=status, headers={"Retry-After": "17"})
    (found,) = fetched(Network(server))
    assert isinstance(found, RetryableError)
    assert found.retry_after == 17


def test_a_server_that_cannot_be_reached_is_asked_again(server: ImageServer) -> None:
    (found,) = fetched(Network(server, **{PUBLIC: 1}))
    assert isinstance(found, RetryableError)
    (found,) = fetched(Network(server), resolve=Resolver([]))
    assert isinstance(found, RetryableError)


def test_a_host_without_an_address_is_asked_again(server: ImageServer) -> None:
    async def nowhere(host: str, port: int) -> Sequence[str]:
        raise OSError("no such host")

    (found,) = fetched(Network(server), resolve=nowhere)
    assert isinstance(found, RetryableError)


def test_an_answer_that_breaks_off_is_asked_for_again(server: ImageServer) -> None:
    server.replies[PATH] = Reply(RED, headers={"Content-Length": str(len(RED) + 1)})
    (found,) = fetched(Network(server))
    assert isinstance(found, RetryableError)


def test_a_picture_that_trickles_in_is_given_up_in_time(server: ImageServer) -> None:
    server.replies[PATH] = Reply(b"slow", pause=0.1, times=50)
    (found,) = fetched(Network(server), seconds=0.5)
    assert isinstance(found, RetryableError)
    assert "0.5 seconds" in found.message
    assert server.sent > 0


def test_no_more_than_five_megabytes_are_read(server: ImageServer) -> None:
    server.replies[PATH] = Reply(heavy(), times=20)
    (found,) = fetched(Network(server))
    assert rejected(found) == "image_too_large"
    assert LARGEST_BYTES < server.sent < 4 * LARGEST_BYTES


@pytest.mark.parametrize("body", [b"<html>No such picture</html>", picture("GIF"), b""])
def test_what_the_server_calls_a_picture_must_be_one(server: ImageServer, body: bytes) -> None:
    server.replies[PATH] = Reply(body, headers={"Content-Type": "image/png"})
    (found,) = fetched(Network(server))
    assert rejected(found) == "not_an_image"


def test_nothing_is_unpacked_on_the_way(server: ImageServer) -> None:
    server.replies[PATH] = Reply(gzip.compress(RED), headers={"Content-Encoding": "gzip"})
    (found,) = fetched(Network(server))
    assert rejected(found) == "not_an_image"


@pytest.mark.parametrize(
    ("pattern", "problem"),
    [
        (f"http://{HOST}/{{sku}}.png", "https"),
        (f"ftp://{HOST}/{{sku}}.png", "https"),
        (f"//{HOST}/{{sku}}.png", "https"),
        (f"https://anna:secret@{HOST}/{{sku}}.png", "user and password"),
        (f"https://{HOST}/007.png", "{sku} in its path"),
        (f"https://{HOST}/{{SKU}}.png", "{sku} in its path"),
        (f"https://{HOST}/front.png#{{sku}}", "{sku} in its path"),
        (f"https://{{sku}}.{HOST}/front.png", "{sku} in its path"),
        (f"https://{HOST}{{sku}}/front.png", "{sku} in its path"),
        ("https://other.example/{sku}.png", "do not list"),
        (f"https://{HOST}.other.example/{{sku}}.png", "do not list"),
        (f"https://other.example\\@{HOST}/{{sku}}.png", ""),
        (f"https://{HOST}:port/{{sku}}.png", "is no address"),
        ("https:///{sku}.png", "do not list"),
        ("", "https"),
    ],
)
def test_a_pattern_that_could_lead_elsewhere_is_refused_before_anything_is_asked(pattern: str, problem: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        ImageAddress(pattern, frozenset({HOST, "another.example"}))
    assert problem in raised.value.message
    assert "secret" not in str(raised.value)


def test_a_sku_cannot_choose_among_the_hosts_listed() -> None:
    with pytest.raises(ConfigurationError, match="in its path"):
        ImageAddress("https://{sku}.example/{sku}.png", frozenset({"a.example", "b.example"}))


def test_a_host_is_listed_in_any_spelling(server: ImageServer) -> None:
    (image,) = fetched(Network(server), hosts=("another.example", HOST.upper()))
    assert isinstance(image, Image)
