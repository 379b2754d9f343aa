"""The part of OData that eAccounting understands in `$filter`: comparisons, `and`, `or`, `not` and parentheses."""

import datetime
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

from sandbox.eaccounting.refusals import BAD_DATE, QUERY, RefusalError
from sandbox.eaccounting.schema import Kind
from sandbox.world import Record

Test = Callable[[Record], bool]

TOKEN = re.compile(r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<mark>[()])|(?P<word>[^\s()']+))")
UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": lambda left, right: left == right,
    "ne": lambda left, right: left != right,
    "gt": lambda left, right: left > right,
    "ge": lambda left, right: left >= right,
    "lt": lambda left, right: left < right,
    "le": lambda left, right: left <= right,
}


def refused(reason: str) -> RefusalError:
    """Refuse a query parameter."""
    return RefusalError(QUERY, f"QueryParameterException - {reason}")


@dataclass(frozen=True)
class Token:
    """One word of a filter."""

    kind: Literal["text", "mark", "word"]
    value: str


def tokens(text: str) -> list[Token]:
    """Split a filter into its words."""
    found, position = [], 0
    while text[position:].strip():
        match = TOKEN.match(text, position)
        if match is None or match.end() == position:
            raise refused(f"Syntax error at position {position} in the filter")
        kind = match.lastgroup or "word"
        found.append(Token(kind, match[kind]))  # type: ignore[arg-type]  # lastgroup is one of the three group names
        position = match.end()
    return found


def instant(text: str) -> datetime.datetime:
    """Read a date or an instant; without a zone it is UTC."""
    try:
        moment = datetime.datetime.fromisoformat(text)
    except ValueError:
        raise RefusalError(BAD_DATE, f"InvalidInputException - '{text}' is not a valid date") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)


@dataclass
class Reader:
    """Reads one filter, word by word, into a test of records."""

    words: list[Token]
    kinds: Mapping[str, Kind]
    at: int = field(default=0)

    def peek(self) -> Token | None:
        """Look at the next word."""
        return self.words[self.at] if self.at < len(self.words) else None

    def take(self) -> Token:
        """Take the next word."""
        word = self.peek()
        if word is None:
            raise refused("The filter ends too early")
        self.at += 1
        return word

    def takes(self, value: str) -> bool:
        """Take the next word if it is this one."""
        word = self.peek()
        if word is None or word.kind == "text" or word.value != value:
            return False
        self.at += 1
        return True

    def either(self) -> Test:
        """Read tests joined by `or`."""
        tests = [self.both()]
        while self.takes("or"):
            tests.append(self.both())
        return tests[0] if len(tests) == 1 else lambda record: any(test(record) for test in tests)

    def both(self) -> Test:
        """Read tests joined by `and`."""
        tests = [self.one()]
        while self.takes("and"):
            tests.append(self.one())
        return tests[0] if len(tests) == 1 else lambda record: all(test(record) for test in tests)

    def one(self) -> Test:
        """Read one test: a comparison, a test in parentheses, or the opposite of a test."""
        if self.takes("not"):
            opposite = self.one()
            return lambda record: not opposite(record)
        if self.takes("("):
            inner = self.either()
            if not self.takes(")"):
                raise refused("A parenthesis is not closed")
            return inner
        return self.comparison()

    def comparison(self) -> Test:
        """Read `Property operator value`."""
        name, operator, value = self.take(), self.take().value, self.take()
        if name.kind != "word" or name.value not in self.kinds:
            raise refused(f"The property '{name.value}' cannot be used in $filter")
        if operator not in COMPARISONS:
            raise refused(f"'{operator}' is not an operator that can be used in $filter")
        return compared(name.value, self.kinds[name.value], operator, value)


def compared(name: str, kind: Kind, operator: str, value: Token) -> Test:
    """Build the test of one property; nothing is greater or smaller than null."""
    compare = COMPARISONS[operator]
    if value == Token("word", "null"):
        return lambda record: operator in ("eq", "ne") and compare(record[name], None)
    right = literal(kind, value)
    read: Callable[[Any], Any] = {"time": instant, "id": str.lower}.get(kind, lambda left: left)

    def test(record: Record) -> bool:
        left = record[name]
        return compare(read(left), right) if left is not None else operator == "ne"

    return test


def literal(kind: Kind, value: Token) -> Any:
    """Read the value of a comparison as what the property is: only texts stand in quotes."""
    if (kind == "text") != (value.kind == "text"):
        raise refused(f"The value {value.value} does not have the type of the property")
    if kind == "text":
        return value.value[1:-1].replace("''", "'")
    if kind == "time":
        return instant(value.value)
    if kind == "id" and UUID.fullmatch(value.value):
        return value.value.lower()
    if kind == "flag" and value.value in ("true", "false"):
        return value.value == "true"
    if kind == "number" and re.fullmatch(r"-?\d+(\.\d+)?", value.value):
        return Decimal(value.value)
    raise refused(f"The value {value.value} does not have the type of the property")


def read_filter(text: str, kinds: Mapping[str, Kind]) -> Test:
    """Read a `$filter` into a test of records.

    Args:
        text: the filter, already decoded.
        kinds: the properties that may be asked for, and what each one is.

    Raises:
        RefusalError: 6000 for anything that cannot be asked, 6001 for a date that is none.
    """
    reader = Reader(tokens(text), kinds)
    test = reader.either()
    rest = reader.peek()
    if rest is not None:
        raise refused(f"Syntax error at '{rest.value}' in the filter")
    return test
