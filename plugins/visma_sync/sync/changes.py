"""Which fields to send on an update: changed in the source, and not changed by people in the target."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import takewhile
from typing import Any, Final

import simplejson

from visma_sync.ledger.ledger import Ledger
from visma_sync.ledger.rows import Intent

_NOTHING: Final[tuple[Any, ...]] = (None, "", [])
# The names of a dotted path.
_NAMES: Final = re.compile(r"(?:[^.\\]|\\.)+")


@dataclass(frozen=True)
class Change:
    """`payload` holds only what is to be sent (None takes a value out), `kept` the paths that people changed in the
    target since.

    `written` holds the keyed hash of each value that the target has from us once the payload is sent.
    """

    payload: dict[str, Any]
    kept: tuple[str, ...]
    written: Mapping[str, str]


def path_of(*names: str) -> str:
    """The dotted path of a value in a payload; a dot within a name has a backslash before it."""
    return ".".join(name.replace("\\", "\\\\").replace(".", "\\.") for name in names)


def flat(payload: Mapping[str, Any], above: str = "") -> dict[str, Any]:
    """Every value of a nested payload by its dotted path; lists count as one value."""
    values: dict[str, Any] = {}
    for name, value in payload.items():
        path = f"{above}{path_of(name)}"
        if isinstance(value, Mapping):
            values.update(flat(value, f"{path}."))
        else:
            values[path] = value
    return values


def _text(value: Any) -> str:
    if isinstance(value, Decimal | int) and not isinstance(value, bool):
        # 12.50 and 12.5 are one price, whichever the target answers.
        return f"{Decimal(value).normalize():f}"
    return value if isinstance(value, str) else simplejson.dumps(value, use_decimal=True, default=str)


def hashes_of(ledger: Ledger, payload: Mapping[str, Any]) -> dict[str, str]:
    """Keyed hash of every value, by path: enough to see a change, too little to read a person from."""
    return {path: ledger.fingerprint(_text(value)) for path, value in flat(payload).items()}


def is_news(ledger: Ledger, ours: Mapping[str, Any], written: Mapping[str, str], emptied: Collection[str] = ()) -> bool:
    """Whether anything differs from what we wrote last; if not, the target need not be asked."""
    hashes = hashes_of(ledger, ours)
    return any(written.get(path) != hashed for path, hashed in hashes.items()) or any(
        path in written for path in emptied
    )


def sent_in_vain(ledger: Ledger, lost: Intent | None) -> list[Mapping[str, Any]]:
    """What was sent since the last answer of a write that has none; bodies that are not kept any more are left out."""
    if lost is None:
        return []
    attempts = [one for one in ledger.attempts(lost.flow, lost.kind, lost.key) if one.action == lost.action]
    unanswered = takewhile(lambda attempt: attempt.answer is None, reversed(attempts))
    return [attempt.request for attempt in unanswered if attempt.request]


def landed(ledger: Ledger, sent: Sequence[Mapping[str, Any]], current: Mapping[str, Any]) -> dict[str, str]:
    """What the target has now of changes whose answer was lost: it counts as written by us."""
    there = flat(current)
    return {
        path: ledger.fingerprint(_text(value))
        for change in sent
        for path, value in flat(change).items()
        if _text(value) == _text(there.get(path)) or (value in _NOTHING and there.get(path) in _NOTHING)
    }


def change_of(
    ledger: Ledger,
    ours: Mapping[str, Any],
    written: Mapping[str, str],
    current: Mapping[str, Any],
    only_if_empty: Collection[str] = (),
    emptied: Collection[str] = (),
) -> Change:
    """Compare what the source says now, what we wrote last, and what the target holds.

    A field that differs from our last write is sent, unless the target's value is neither ours nor empty: then
    somebody changed it there, and it is kept. A path of `only_if_empty` is sent exactly when the target has
    nothing there, whatever we wrote before. What we wrote at a path of `emptied` is taken out again, unless somebody
    changed it there.
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
    for path in sorted(written.keys() & set(emptied)):
        theirs = there.get(path)
        if theirs not in _NOTHING and ledger.fingerprint(_text(theirs)) != written[path]:
            kept.append(path)
            continue
        del new_hashes[path]
        if theirs not in _NOTHING:
            _set(payload, path, None)
    return Change(payload, tuple(kept), new_hashes)


def _set(payload: dict[str, Any], path: str, value: Any) -> None:
    *above, name = (re.sub(r"\\(.)", r"\1", part) for part in _NAMES.findall(path))
    for part in above:
        payload = payload.setdefault(part, {})
    payload[name] = value
