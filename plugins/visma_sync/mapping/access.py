"""How formulas reach into data: items of what was read, fields of records, never methods."""

from collections.abc import Mapping
from dataclasses import is_dataclass
from decimal import Decimal
from typing import Any, Final

from pydantic import BaseModel

from visma_sync.mapping.filters import UnfitValueError, number

MISSING_FIELD: Final = "missing_field"
UNKNOWN_FIELD: Final = "unknown_field"
ABSENT: Final = object()


def take(holder: Any, key: Any, spelling: str) -> Any:
    """Gives a field or a place of a list; what is not there is refused by its name in the formula.

    Data may lack a field, which is the record's own matter; a model that lacks it never has it, so that the
    mapping is wrong.
    """
    if isinstance(holder, dict):  # nearly every access to source data: kept short
        try:
            return holder[key]
        except KeyError:
            pass
    elif (found := _found(holder, key)) is not ABSENT:
        return found
    if isinstance(holder, BaseModel) or is_dataclass(holder):
        raise UnfitValueError(UNKNOWN_FIELD, f"there is no {spelling}")
    raise UnfitValueError(MISSING_FIELD, f"{spelling} is missing")


def reach(holder: Any, keys: list[Any]) -> Any:
    """Gives a field some levels down, and `none` where a field on the way is missing or empty."""
    for key in keys:
        holder = _found(holder, key)
        if holder is ABSENT:
            return None
    return holder


def has(holder: Any, keys: list[Any]) -> bool:
    """Tells whether a field some levels down is there, even if it is empty."""
    for key in keys:
        holder = _found(holder, key)
        if holder is ABSENT:
            return False
    return True


def _found(holder: Any, key: Any) -> Any:
    if isinstance(holder, dict):
        return holder.get(key, ABSENT)
    if isinstance(holder, list | tuple | str):
        is_place = isinstance(key, int) and -len(holder) <= key < len(holder)
        return holder[key] if is_place else ABSENT
    if isinstance(key, str) and not key.startswith("_"):
        found = getattr(holder, key, ABSENT)
        if found is not ABSENT and not callable(found):
            return found
    # Last, because asking costs more than everything above and links and lists are mostly plain dicts.
    return holder.get(key, ABSENT) if isinstance(holder, Mapping) else ABSENT


def part(value: Any, start: int | None, stop: int | None) -> Any:
    """Gives a piece of a text or list, from one place up to another."""
    if value is None:
        return None
    if not isinstance(value, str | list | tuple):
        raise UnfitValueError("not_text", "the value is neither text nor a list")
    return value[start:stop]


def divide(left: Any, right: Any) -> Decimal:
    """Divides exactly, as Decimal."""
    dividend, divisor = number(left), number(right)
    if dividend is None or divisor is None or not divisor:
        raise UnfitValueError("not_a_number", "the division has no result")
    return dividend / divisor
