"""The shapes of eAccounting's records, as its published description gives them ("eAccounting OpenAPI 2026-02").

`schemas.json` holds the component schemas of that description that the sandbox needs, without their prose.
"""

import functools
import re
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

import simplejson
from jsonschema import Draft202012Validator

from sandbox.world import Record

Kind = Literal["text", "id", "time", "number", "flag"]

DECIMALS_IN_PATTERN = re.compile(r"\{1,(\d)\}")


@dataclass(frozen=True)
class Fault:
    """One thing wrong with a request body: where, and what."""

    field: str
    message: str


@functools.cache
def definitions() -> dict[str, Any]:
    """Read the published schemas, by their names."""
    text = (Path(__file__).parent / "schemas.json").read_text(encoding="utf-8")
    read: dict[str, Any] = simplejson.loads(text)["$defs"]
    return read


def properties(name: str) -> dict[str, Any]:
    """Give the published properties of one schema."""
    found: dict[str, Any] = definitions()[name]["properties"]
    return found


def nullable(published: Record) -> bool:
    """Say whether the published property may be null."""
    return isinstance(published.get("type"), list) and "null" in published["type"]


def single_type(published: Record) -> str:
    """Give the one type of a published property, null aside."""
    kinds = published.get("type", "object")
    return next(kind for kind in kinds if kind != "null") if isinstance(kinds, list) else str(kinds)


def nothing(published: Record) -> Any:
    """Give the value of a property that nobody filled in: null where allowed, else zero, false or empty."""
    if nullable(published):
        return None
    forms = {"uuid": "00000000-0000-0000-0000-000000000000", "date-time": "0001-01-01T00:00:00Z"}
    empty = {"number": Decimal(0), "integer": 0, "boolean": False, "string": "", "array": []}
    return forms.get(published.get("format", ""), empty[single_type(published)])


@functools.cache
def template(name: str) -> Record:
    """Give a record of the schema with nothing filled in; objects within it are left out."""
    return {
        field: nothing(published)
        for field, published in properties(name).items()
        if "$ref" not in published and single_type(published) != "object"
    }


def filled(name: str, **values: Any) -> Record:
    """Give a record of the schema with these values and nothing else filled in."""
    return {**template(name), **values}


@functools.cache
def kinds(name: str) -> dict[str, Kind]:
    """Say for each plain property of the schema how a filter compares it."""
    named: dict[str, Kind] = {"number": "number", "integer": "number", "boolean": "flag"}
    found: dict[str, Kind] = {}
    for field, published in properties(name).items():
        if "$ref" in published or single_type(published) in ("array", "object"):
            continue
        form: dict[str, Kind] = {"uuid": "id", "date-time": "time"}
        found[field] = form.get(published.get("format", ""), named.get(single_type(published), "text"))
    return found


def without_read_only(name: str, body: Record) -> Record:
    """Drop what only the server may set, in the record and in its rows; the server ignores those fields."""
    kept: Record = {}
    for field, value in body.items():
        published = properties(name).get(field, {})
        row = published.get("items", {}).get("$ref")
        if published.get("readOnly"):
            continue
        if row and isinstance(value, list):
            kept[field] = [
                without_read_only(row.rsplit("/", 1)[1], one) if isinstance(one, dict) else one for one in value
            ]
        else:
            kept[field] = value
    return kept


@functools.cache
def validator(name: str) -> Draft202012Validator:
    """Build the check of one schema."""
    return Draft202012Validator({"$ref": f"#/$defs/{name}", "$defs": definitions()})


def faults(name: str, body: Record) -> list[Fault]:
    """Find everything in a request body that the published schema does not allow."""
    found = []
    for error in validator(name).iter_errors(body):
        where = ".".join(str(part) for part in error.absolute_path)
        found.append(Fault(where or "body", error.message[:200]))
    return found + decimal_faults(name, body)


def decimal_faults(name: str, body: Record) -> list[Fault]:
    """Find the numbers with more decimals than their published pattern allows."""
    found = []
    for field, value in body.items():
        published = properties(name).get(field, {})
        row = published.get("items", {}).get("$ref")
        if row and isinstance(value, list):
            found += [
                fault for one in value if isinstance(one, dict) for fault in decimal_faults(row.rsplit("/", 1)[1], one)
            ]
        limit = DECIMALS_IN_PATTERN.search(published.get("pattern", ""))
        if limit and isinstance(value, Decimal) and decimals(value) > int(limit[1]):
            found.append(Fault(field, f"{field} may have {limit[1]} decimals"))
    return found


def decimals(number: Decimal) -> int:
    """Count the decimals of a number, trailing zeros aside."""
    exponent = number.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0
