"""Reading OpenAPI's schemas, and checking values against them.

Objects are read as closed even where a document leaves them open, so that no field is invented.
"""

import base64
import binascii
import datetime
import json
import uuid
from collections.abc import Iterator
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker, ValidationError

Schema = dict[str, Any]

formats = FormatChecker(formats=())


@formats.checks("date-time", raises=ValueError)
def _is_date_time(value: object) -> bool:
    # The core API writes local times without a zone, eAccounting bare dates; both call them date-time.
    return not isinstance(value, str) or bool(datetime.datetime.fromisoformat(value))


@formats.checks("uuid", raises=ValueError)
def _is_uuid(value: object) -> bool:
    return not isinstance(value, str) or bool(uuid.UUID(value))


@formats.checks("byte", raises=binascii.Error)
def _is_byte(value: object) -> bool:
    return not isinstance(value, str) or base64.b64decode(value, validate=True) is not None


def schema_faults(value: Any, schema: Schema, components: Schema) -> Iterator[str]:
    """Name everything in which a value differs from its schema; `components` are the closed schemas it refers to."""
    whole = {**closed(schema), "components": {"schemas": components}}
    for error in Draft202012Validator(whole, format_checker=formats).iter_errors(value):
        yield f"{_where(error)}: {error.message[:200]}"


def meant(text: str, schema: Schema) -> Any:
    """Read the text of a parameter as its schema means it; what does not fit stays text."""
    if schema.get("type") == "array":
        return [meant(part, schema["items"]) for part in text.split(",")]
    if schema.get("type") not in ("boolean", "integer", "number"):
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text


def closed(node: Any) -> Any:
    """Turn OpenAPI's `nullable` into JSON Schema and close every object that lists its properties."""
    if isinstance(node, list):
        return [closed(part) for part in node]
    if not isinstance(node, dict):
        return node
    result = {name: closed(value) for name, value in node.items() if name not in ("nullable", "discriminator", "xml")}
    if isinstance(node.get("properties"), dict) and "allOf" not in node:
        result.setdefault("additionalProperties", False)
    if node.get("nullable") is not True:
        return result
    return {"anyOf": [result, {"type": "null"}]}


def _where(error: ValidationError) -> str:
    return "/".join(str(part) for part in error.absolute_path) or "(whole)"
