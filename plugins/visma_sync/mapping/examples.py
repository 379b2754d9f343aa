"""Compares what an example says with what the mapping gives."""

from collections.abc import Iterator
from typing import Any

from visma_sync.mapping.tree import below


def differences(expected: Any, found: Any, path: str, *, whole: bool) -> Iterator[str]:
    """Tells every difference in one line; with `whole`, also every field that the example does not name."""
    if isinstance(expected, dict) and isinstance(found, dict):
        for key in expected.keys() - found.keys():
            yield f"{below(path, key)} is not given, {expected[key]!r} was expected"
        for key in found.keys() - expected.keys() if whole else ():
            yield f"{below(path, key)} is {found[key]!r}, and the example does not have it"
        for key in [key for key in expected if key in found]:
            yield from differences(expected[key], found[key], below(path, key), whole=whole)
    elif isinstance(expected, list | tuple) and isinstance(found, list | tuple) and len(expected) == len(found):
        for place, (one, other) in enumerate(zip(expected, found, strict=True), 1):
            yield from differences(one, other, f"{path}[{place}]", whole=whole)
    elif isinstance(expected, bool) is not isinstance(found, bool) or expected != found:
        yield f"{path} is {found!r}, {expected!r} was expected"
