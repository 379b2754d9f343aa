"""The filters of the mapping language: the closed list of what a mapping may do with a value.

Nothing in, nothing out: every filter gives `none` for `none`, except `default`, `join`, `lines` and `first`,
which are there to deal with it. A value that a filter cannot use is refused with `UnfitValueError`, whose
sentence never repeats the value.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

NUMBER: Final = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")
TRUTHS: Final = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
HUNDRED: Final = Decimal(100)


class UnfitValueError(ValueError):
    """A value of a record cannot be used: why, as a `code` (snake_case) and a sentence without the value."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence


def text(value: Any) -> str | None:
    """Writes a value as text, a number exactly as it came: 1042 gives "1042"."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, date):
        return value.isoformat()
    raise UnfitValueError("not_text", "the value cannot be written as text")


def number(value: Any) -> Decimal | None:
    """Reads a number with a decimal point: "12.50" gives 12.50."""
    if value is None:
        return None
    if isinstance(value, Decimal) and value.is_finite():
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    if isinstance(value, str) and NUMBER.fullmatch(value.strip()):
        return Decimal(value.strip())
    raise UnfitValueError("not_a_number", "the value is not a number")


def calendar_date(value: Any) -> str | None:
    """Gives the calendar day as it is written, as ISO text: "2026-01-31T23:00:00Z" gives "2026-01-31"."""
    if value is None:
        return None
    if isinstance(value, str):
        value = _moment(value[:10])
    if not isinstance(value, date):
        raise UnfitValueError("not_a_date", "the value is not a date")
    return date(value.year, value.month, value.day).isoformat()


def moment(value: Any) -> str | None:
    """Gives a moment in UTC as ISO text; a moment without a zone is taken as UTC, a date as its midnight."""
    if value is None:
        return None
    found: datetime = _moment(value) if isinstance(value, str) else value
    if isinstance(value, date) and not isinstance(value, datetime):
        found = datetime(value.year, value.month, value.day)
    if not isinstance(found, datetime):
        raise UnfitValueError("not_a_date", "the value is not a date")
    in_utc = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    return in_utc.isoformat().replace("+00:00", "Z")


def _moment(value: str) -> datetime:
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        pass
    raise UnfitValueError("not_a_date", "the value is not a date")


def fraction(value: Any) -> Decimal | None:
    """Gives a rate as a fraction: 25 gives 0.25, and so does 0.25, since sources write rates both ways."""
    if value is None:
        return None
    rate = _number(value)
    return rate if abs(rate) < 1 else _plain(rate / HUNDRED)


def percent(value: Any) -> Decimal | None:
    """Turns a fraction into a percentage: 0.25 gives 25."""
    return None if value is None else _plain(_number(value) * HUNDRED)


def rounded(value: Any, places: int = 0) -> Decimal | None:
    """Rounds to so many decimals, a half away from zero."""
    return None if value is None else _number(value).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def money(value: Any, places: int = 2) -> Decimal | None:
    """Rounds an amount to its currency's decimals, two unless told otherwise, a half away from zero."""
    return rounded(value, places)


def _number(value: Any) -> Decimal:
    found = number(value)
    if found is None:
        raise UnfitValueError("not_a_number", "the value is not a number")
    return found


def _plain(value: Decimal) -> Decimal:
    """Without trailing noughts and without an exponent: 2.5E+1 becomes 25."""
    return Decimal(format(value.normalize(), "f"))


def trim(value: Any) -> str | None:
    """Takes the blanks off both ends of a text."""
    return None if value is None else _text(value).strip()


def lower(value: Any) -> str | None:
    """Writes a text in small letters."""
    return None if value is None else _text(value).lower()


def upper(value: Any) -> str | None:
    """Writes a text in capitals."""
    return None if value is None else _text(value).upper()


def digits(value: Any) -> str | None:
    """Keeps only the digits 0 to 9 of a text."""
    return None if value is None else re.sub(r"[^0-9]", "", _text(value))


def replace(value: Any, old: str, new: str) -> str | None:
    """Puts one piece of text in the place of another, everywhere."""
    return None if value is None else _text(value).replace(_text(old), _text(new))


def _text(value: Any) -> str:
    written = text(value)
    if written is None:
        raise UnfitValueError("not_text", "the value cannot be written as text")
    return written


def truth(value: Any) -> bool | None:
    """Reads yes or no: true, "true", "yes", "1" and 1 are true; false, "false", "no", "0" and 0 are false."""
    if value is None or isinstance(value, bool):
        return value
    found = TRUTHS.get(_text(value).strip().lower())
    if found is None:
        raise UnfitValueError("not_yes_or_no", "the value is neither yes nor no")
    return found


def default(value: Any, otherwise: Any) -> Any:
    """Gives another value where the field is missing or empty (`none`); an empty text stays as it is."""
    return otherwise if value is None else value


def one_of(value: Any, allowed: Collection[Any]) -> Any:
    """Lets a value through only if it is on the list; else the record is rejected."""
    if value is None or value in allowed:
        return value
    raise UnfitValueError("not_allowed", "the value is not one of those allowed")


def lookup(value: Any, table: Mapping[Any, Any]) -> Any:
    """Finds the value in a table; where the table has no such entry the record waits until it has."""
    if value is None:
        return None
    if not isinstance(table, Mapping):
        raise UnfitValueError("no_table", "there is no table to look the value up in")
    for key in (value, _key(value)):
        if key in table:
            return table[key]
    raise UnfitValueError("no_entry", "the table has no entry for the value")


def _key(value: Any) -> Any:
    """Keys of tables are often written as text in settings, so 25 and 25.0 find "25"."""
    return text(_plain(value) if isinstance(value, Decimal) and value.is_finite() else value)


def join(values: Iterable[Any], separator: str = "") -> str:
    """Joins the filled values of a list into one text, with something between them."""
    return separator.join(_text(value) for value in _items(values) if _is_filled(value))


def lines(values: Iterable[Any]) -> str:
    """Joins the filled values of a list into one text, each on a line of its own."""
    return join(values, "\n")


def first(values: Iterable[Any]) -> Any:
    """Gives the first filled value of a list, and `none` where there is none."""
    return next((value for value in _items(values) if _is_filled(value)), None)


def _items(values: Any) -> Iterable[Any]:
    if values is None:
        return ()
    if isinstance(values, str | Mapping) or not isinstance(values, Iterable):
        raise UnfitValueError("not_a_list", "the value is not a list")
    return values


def _is_filled(value: Any) -> bool:
    return value is not None and value != ""


FILTERS: Final[Mapping[str, Callable[..., Any]]] = {
    "text": text,
    "number": number,
    "money": money,
    "round": rounded,
    "percent": percent,
    "fraction": fraction,
    "date": calendar_date,
    "datetime": moment,
    "truth": truth,
    "trim": trim,
    "lower": lower,
    "upper": upper,
    "digits": digits,
    "replace": replace,
    "default": default,
    "lookup": lookup,
    "one_of": one_of,
    "first": first,
    "join": join,
    "lines": lines,
}

# Jinja's own, taken as they are because they can do no harm.
JINJA_FILTERS: Final = ("length", "list", "map", "rejectattr", "selectattr", "sort", "sum", "unique")
JINJA_TESTS: Final = ("defined", "none", "true", "false", "in", "eq", "ne", "lt", "le", "gt", "ge")
