"""Which fields to send on an update: changed in the source, and not changed by people in the target."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

import simplejson

from visma_sync.ledger.ledger import Ledger

_NOTHING: Final[tuple[Any, ...]] = (None, "", [])


@dataclass(frozen=True)
class Change:
    """`payload` holds only what is to be sent, `kept` the paths that people changed in the target since.

    `written` holds the keyed hash of each value that the target has from us once the payload is sent.
    """

    payload: dict[str, Any]
    kept: tuple[str, ...]
    written: Mapping[str, str]


def flat(payload: Mapping[str, Any], above: str = "") -> dict[str, Any]:
    """Every value of a nested payload by its dotted path; lists count as one value."""
    values: dict[str, Any] = {}
    for name, value in payload.items():
        path = f"{above}{name}"
        if isinstance(value, Mapping):
            values.update(flat(value, f"{path}."))
        else:
            values[path] = value
    return values


def _text(value: Any) -> str:
    return value if isinstance(value, str) else simplejson.dumps(value, use_decimal=True, default=str)


def hashes_of(ledger: Ledger, payload: Mapping[str, Any]) -> dict[str, str]:
    """Keyed hash of every value, by path: enough to see a change, too little to read a person from."""
    return {path: ledger.fingerprint(_text(value)) for path, value in flat(payload).items()}


def change_of(
    ledger: Ledger,
    ours: Mapping[str, Any],
    written: Mapping[str, str],
    current: Mapping[str, Any],
    only_if_empty: Collection[str] = (),
) -> Change:
    """Compare what the source says now, what we wrote last, and what the target holds.

    A field that differs from our last write is sent, unless the target's value is neither ours nor empty: then
    somebody changed it there, and it is kept. A path of `only_if_empty` is sent exactly when the target has
    nothing there, whatever we wrote before.
    """
    there = flat(current)
    payload: dict[str, Any] = {}
    kept: list[str] = []
    new_hashes = dict(written)
    for path, value in flat(ours).items():
        theirs, hashed = there.get(path), ledger.fingerprint(_text(value))
        if path in only_if_empty:
            if theirs in _NOTHING and value not in _NOTHING:
                new_hashes[path] = hashed
                _set(payload, path, value)
            continue
        if written.get(path) == hashed:
            continue
        edited = theirs not in (None, "", value) and ledger.fingerprint(_text(theirs)) != written.get(path)
        if edited:
            kept.append(path)
            continue
        new_hashes[path] = hashed
        if theirs != value:
            _set(payload, path, value)
    return Change(payload, tuple(kept), new_hashes)


def _set(payload: dict[str, Any], path: str, value: Any) -> None:
    *above, name = path.split(".")
    for part in above:
        payload = payload.setdefault(part, {})
    payload[name] = value
