"""One request and its answer, as clients and verdicts see them."""

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, unquote, urlsplit

_RESERVED = re.compile(r"[:/?#\[\]@!$&'()*+,;=%\\]")
_ENCODED_KEY = re.compile(r"b64\(([A-Za-z0-9_-]+)\)")


@dataclass(frozen=True)
class File:
    """A file to be sent along; `media_type` for instance image/png."""

    name: str
    content: bytes = field(repr=False)
    media_type: str


@dataclass(frozen=True)
class Call:
    """A request: `route` is its path with {names} for the `values`; `key` is what errors call the record.

    It carries a JSON `body`, or a `file` as a form; one that `gives_file` is answered with the content of a file. The
    body of one that is good `only_now` was made of what was just read: after a wait it would undo what others did.

    Logs and counters see method and route only, never values, query or body.
    """

    method: str
    route: str
    values: Mapping[str, str] = field(default_factory=dict, repr=False)
    query: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    body: Any = field(default=None, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    key: str = ""
    file: File | None = field(default=None, repr=False)
    gives_file: bool = False
    only_now: bool = False

    @property
    def is_write(self) -> bool:
        """Whether the call changes anything, so that it must not be sent twice."""
        return self.method != "GET"

    @property
    def operation(self) -> str:
        """How the call is named in logs, errors and counts."""
        return f"{self.method} {self.route}"

    @property
    def path(self) -> str:
        """The path with its values filled in and quoted."""
        return self.route.format(**{name: quote(value, safe="()") for name, value in self.values.items()})


@dataclass(frozen=True)
class Answer:
    """What came back: `body` is parsed JSON with exact numbers, or the content of a file, None where there is none."""

    status: int
    headers: Mapping[str, str]
    body: Any = field(default=None, repr=False)

    @property
    def record(self) -> dict[str, Any]:
        """The body where it is one JSON object, else an empty one."""
        return self.body if isinstance(self.body, dict) else {}


def key_segment(key: str) -> str:
    """A key as the core API wants it in a path: with reserved characters, as b64(...).

    Source: "Visma.net developer forum, keys with reserved characters, since 8.19".
    """
    if not _RESERVED.search(key) and key.strip("."):
        return key
    return f"b64({base64.urlsafe_b64encode(key.encode()).decode().rstrip('=')})"


def keys_in(location: str, count: int) -> tuple[str, ...] | None:
    """The last `count` parts of the path of a server-given address, decoded; None where it has fewer."""
    parts = urlsplit(location).path.strip("/").split("/")
    return tuple(_decoded(part) for part in parts[-count:]) if len(parts) > count else None


def _decoded(segment: str) -> str:
    plain = unquote(segment)
    encoded = _ENCODED_KEY.fullmatch(plain)
    if encoded is None:
        return plain
    text = encoded.group(1)
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
