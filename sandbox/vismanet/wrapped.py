"""The core API's way of writing: values travel as `{"value": x}`, what is left out stays untouched.

Sources: "Visma.net ERP API" (the `DtoValueOf...` schemas); the ON-IT client for refusing another shape.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import simplejson

from sandbox.vismanet.answers import Record, not_recognised


@dataclass(frozen=True)
class Scalar:
    """A wrapped text, number, whole number or yes/no, or one of a few words."""

    kind: type[Any]
    choices: tuple[str, ...] = ()

    def fits(self, value: Any) -> bool:
        """Say whether a JSON value is of this kind."""
        if isinstance(value, bool):
            return self.kind is bool
        if self.kind is Decimal:
            return isinstance(value, int | Decimal)
        return isinstance(value, self.kind) and (not self.choices or value in self.choices)


@dataclass(frozen=True)
class Nested:
    """An object of wrapped fields; `wrapped` says whether it is itself wrapped."""

    fields: "Fields"
    wrapped: bool = True


@dataclass(frozen=True)
class Rows:
    """A list of objects of wrapped fields; the list itself is never wrapped."""

    fields: "Fields"


@dataclass(frozen=True)
class Bare:
    """A scalar that is not wrapped: `operation`, `overrideWithClassValues`, the parts of a subaccount."""

    scalar: Scalar


Kind = Scalar | Nested | Rows | Bare
Fields = Mapping[str, Kind]

TEXT = Scalar(str)
FLAG = Scalar(bool)
WHOLE = Scalar(int)
NUMBER = Scalar(Decimal)
OPERATION = Bare(Scalar(str, ("Insert", "Update", "Delete")))


def read_update(body: bytes, fields: Fields, dto: str) -> Record:
    """Read a request body into plain values of the given fields only; a value cleared with null is None.

    Raises a 400 refusal where the body is not JSON, has a field unknown to the DTO, or a value not wrapped.
    """
    try:
        received = simplejson.loads(body, use_decimal=True)
    except ValueError:
        raise not_recognised(dto, "the whole body") from None
    return _read_object(received, fields, dto, "")


def _read_object(received: Any, fields: Fields, dto: str, path: str) -> Record:
    if not isinstance(received, dict):
        raise not_recognised(dto, path or "the whole body")
    values: Record = {}
    for name, sent in received.items():
        where = f"{path}.{name}" if path else name
        if name not in fields:
            raise not_recognised(dto, where)
        if sent is not None:
            values[name] = _read_field(sent, fields[name], dto, where)
    return values


def _read_field(sent: Any, kind: Kind, dto: str, where: str) -> Any:
    if isinstance(kind, Rows):
        if not isinstance(sent, list):
            raise not_recognised(dto, where)
        return [_read_object(row, kind.fields, dto, f"{where}[{index}]") for index, row in enumerate(sent)]
    if isinstance(kind, Bare):
        return _checked(sent, kind.scalar, dto, where)
    if isinstance(kind, Nested) and not kind.wrapped:
        return _read_object(sent, kind.fields, dto, where)
    if not isinstance(sent, dict) or set(sent) != {"value"}:
        raise not_recognised(dto, where)
    value = sent["value"]
    if value is None:
        return None
    if isinstance(kind, Nested):
        return _read_object(value, kind.fields, dto, where)
    return _checked(value, kind, dto, where)


def _checked(value: Any, scalar: Scalar, dto: str, where: str) -> Any:
    if not scalar.fits(value):
        raise not_recognised(dto, where)
    return Decimal(value) if scalar.kind is Decimal else value


def merged(stored: Record, update: Record) -> Record:
    """Lay an update over stored values: nested objects field by field, everything else replaced."""
    result = dict(stored)
    for name, value in update.items():
        before = result.get(name)
        result[name] = merged(before, value) if isinstance(value, dict) and isinstance(before, dict) else value
    return result
