"""The vendors' published OpenAPI documents, and checking one request and its answer against them.

The documents belong to the vendors and are not part of the project: they are looked for beside it. Objects are read as
closed even where a document leaves them open, so that no field is invented.
"""

import base64
import binascii
import datetime
import json
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from jsonschema import Draft202012Validator, FormatChecker, ValidationError

FOLDER = Path(__file__).parents[2].parent / "shared" / "specs"
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


@dataclass(frozen=True)
class Operation:
    """One operation of a document: its method, its path template and what the document says of it."""

    method: str
    template: str
    content: Schema

    @property
    def shape(self) -> tuple[str, str]:
        """Give the method and the template without the names of its parameters."""
        return self.method, nameless(self.template)

    def matches(self, method: str, path: str) -> bool:
        """Say whether a request is for this operation."""
        pattern = re.sub(r"\\{[^}]+\\}", "[^/]+", re.escape(self.template))
        return method == self.method and re.fullmatch(pattern, path) is not None


class Specification:
    """One document, served below a prefix of the sandbox.

    `undeclared` are statuses, and `everywhere` query parameters, that the document leaves out.
    """

    def __init__(
        self,
        file: str,
        prefix: str,
        undeclared: frozenset[int] = frozenset(),
        everywhere: frozenset[str] = frozenset(),
    ) -> None:
        document = json.loads((FOLDER / file).read_text(encoding="utf-8"))
        self.prefix = prefix
        self.undeclared = undeclared
        self.everywhere = everywhere
        self._components = closed(document["components"]["schemas"])
        self._shared = document["components"]
        self.operations = [
            Operation(method.upper(), template, {**content, "shared": path.get("parameters", [])})
            for template, path in document["paths"].items()
            for method, content in path.items()
            if method in ("get", "post", "put", "patch", "delete")
        ]

    def operation(self, method: str, path: str) -> Operation | None:
        """Find the operation that a request below the prefix is for; fixed paths come before parameters."""
        found = [one for one in self.operations if one.matches(method, path.removeprefix(self.prefix))]
        return min(found, key=lambda one: one.template.count("{"), default=None)

    def faults(self, operation: Operation, answer: httpx.Response) -> Iterator[str]:
        """Name everything in which a request and its answer leave the document."""
        yield from self._query_faults(operation, answer.request)
        if answer.is_success and answer.request.content:
            sent = operation.content.get("requestBody", {}).get("content", {})
            yield from self._body_faults(sent, answer.request.content, "request")
        declared = operation.content["responses"].get(str(answer.status_code))
        if declared is None:
            if answer.status_code not in self.undeclared:
                yield f"status {answer.status_code} is not declared"
        elif answer.content:
            yield from self._body_faults(self._resolved(declared).get("content", {}), answer.content, "answer")
        elif answer.status_code == 200 and self._resolved(declared).get("content"):
            yield "the answer has no body"

    def _query_faults(self, operation: Operation, request: httpx.Request) -> Iterator[str]:
        parameters = [*operation.content.get("parameters", []), *operation.content["shared"]]
        known = {self._resolved(parameter)["name"] for parameter in parameters} | self.everywhere
        for name in request.url.params:
            if name not in known:
                yield f"query parameter {name} is not declared"

    def _body_faults(self, content: Schema, body: bytes, side: str) -> Iterator[str]:
        if not content:
            yield f"the {side} has a body that is not declared"
            return
        schema = next(value for name, value in content.items() if "json" in name)["schema"]
        validator = Draft202012Validator(
            {**closed(schema), "components": {"schemas": self._components}}, format_checker=formats
        )
        for error in validator.iter_errors(json.loads(body)):
            yield f"{side} {_where(error)}: {error.message[:200]}"

    def _resolved(self, node: Schema) -> Schema:
        if "$ref" not in node:
            return node
        kind, _, name = node["$ref"].removeprefix("#/components/").partition("/")
        found: Schema = self._shared[kind][name]
        return found


def nameless(template: str) -> str:
    """Give a path template without the names of its parameters."""
    return re.sub(r"\{[^}]+\}", "{}", template)


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
