"""The vendors' published OpenAPI documents, and checking one request and its answer against them.

The documents belong to the vendors and are not part of the project: they are looked for beside it.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import unquote

import httpx

from tests.contract.schemas import Schema, closed, meant, schema_faults

FOLDER = Path(__file__).parents[2].parent / "shared" / "specs"
ORDINARY_HEADERS = {
    "accept",
    "accept-encoding",
    "authorization",
    "connection",
    "content-length",
    "content-type",
    "host",
    "user-agent",
}
"""Headers that belong to HTTP or to signing in, and that no document declares."""


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

    @property
    def demands_version(self) -> bool:
        """Say whether the version of the record must be named, which documents say in words only."""
        return "If-Match header" in (words := self.content.get("description", "")) and "must be included" in words

    def matches(self, method: str, path: str) -> bool:
        """Say whether a request is for this operation."""
        return method == self.method and self._match(path) is not None

    def values(self, path: str) -> list[tuple[str, str]]:
        """Give the parameters in the path of a request, by name."""
        match = self._match(path)
        names = re.findall(r"{([^}]+)}", self.template)
        return list(zip(names, map(unquote, match.groups()), strict=True)) if match else []

    def _match(self, path: str) -> re.Match[str] | None:
        return re.fullmatch(re.sub(r"\\{[^}]+\\}", "([^/]+)", re.escape(self.template)), path)


class Specification:
    """One document, served below a prefix of the sandbox.

    `undeclared` are statuses, `everywhere` query parameters with their schemas, `answers` the names of the schemas that
    operations (by their shape) answer with 200, and `files` the operations that take or give a file, all of which the
    document leaves out.
    """

    def __init__(
        self,
        file: str,
        prefix: str,
        undeclared: frozenset[int] = frozenset(),
        everywhere: Mapping[str, Schema] = MappingProxyType({}),
        answers: Mapping[tuple[str, str], str] = MappingProxyType({}),
        files: frozenset[tuple[str, str]] = frozenset(),
    ) -> None:
        document = json.loads((FOLDER / file).read_text(encoding="utf-8"))
        self.prefix = prefix
        self.undeclared = undeclared
        self.everywhere = everywhere
        self.files = files
        self._components = closed(document["components"]["schemas"])
        self._shared = document["components"]
        self.operations = [
            Operation(method.upper(), template, {**content, "shared": path.get("parameters", [])})
            for template, path in document["paths"].items()
            for method, content in path.items()
            if method in ("get", "post", "put", "patch", "delete")
        ]
        for operation in self.operations:
            if operation.shape in answers:
                schema = {"$ref": f"#/components/schemas/{answers[operation.shape]}"}
                operation.content["responses"]["200"] = {"content": {"application/json": {"schema": schema}}}

    def covers(self, request: httpx.Request) -> bool:
        """Say whether a request is for this API."""
        return request.url.path.startswith(f"{self.prefix}/")

    def operation(self, request: httpx.Request) -> Operation | None:
        """Find the operation that a request is for; fixed paths come before parameters."""
        found = [one for one in self.operations if one.matches(request.method, self._path(request))]
        return min(found, key=lambda one: one.template.count("{"), default=None)

    def faults(self, operation: Operation, answer: httpx.Response) -> Iterator[str]:
        """Name everything in which a request and its answer leave the document."""
        yield from self._query_faults(operation, answer.request)
        if answer.is_success:
            yield from self._sent_faults(operation, answer.request)
        declared = operation.content["responses"].get(str(answer.status_code))
        if declared is None:
            if answer.status_code not in self.undeclared:
                yield f"status {answer.status_code} is not declared"
        elif operation.shape in self.files:
            if answer.headers.get("Content-Type", "").startswith("application/json"):
                yield "the answer is not a file"
        elif answer.content:
            yield from self._body_faults(self.resolved(declared).get("content", {}), answer.content, "answer")
        elif answer.status_code == 200 and self.resolved(declared).get("content"):
            yield "the answer has no body"

    def request_faults(self, operation: Operation, request: httpx.Request) -> Iterator[str]:
        """Name everything in which a request alone leaves the document, whatever was answered."""
        yield from self._query_faults(operation, request)
        yield from self._form_faults(operation, request)
        yield from self._header_faults(operation, request)
        yield from self._sent_faults(operation, request)

    def body_faults(self, name: str, body: Any) -> Iterator[str]:
        """Name everything in which a body leaves the schema of this name."""
        return schema_faults(body, {"$ref": f"#/components/schemas/{name}"}, self._components)

    def row_fields(self, operation: Operation) -> set[str]:
        """Give the names of the fields of a row, for a list that wraps its rows in `Data`."""
        answer = next(iter(operation.content["responses"]["200"]["content"].values()))["schema"]
        rows = self.resolved(answer)["properties"]["Data"]["items"]
        return set(self.resolved(rows)["properties"])

    def _path(self, request: httpx.Request) -> str:
        """The path as it was sent: a quoted slash does not part it."""
        return request.url.raw_path.decode().partition("?")[0].removeprefix(self.prefix)

    def _parameters(self, operation: Operation) -> dict[tuple[str, str], Schema]:
        """The declared parameters by place and name."""
        declared = [*operation.content.get("parameters", []), *operation.content["shared"]]
        return {(one["in"], one["name"]): one for one in map(self.resolved, declared)}

    def _query_faults(self, operation: Operation, request: httpx.Request) -> Iterator[str]:
        known = {name for place, name in self._parameters(operation) if place == "query"} | self.everywhere.keys()
        for name in request.url.params:
            if name not in known:
                yield f"query parameter {name} is not declared"

    def _form_faults(self, operation: Operation, request: httpx.Request) -> Iterator[str]:
        """Parameters that are not what their schemas say, or that are missing."""
        declared = self._parameters(operation)
        schemas = {(place, name): one["schema"] for (place, name), one in declared.items()}
        schemas |= {("query", name): schema for name, schema in self.everywhere.items()}
        given = [("path", name, text) for name, text in operation.values(self._path(request))]
        given += [("query", name, text) for name, text in request.url.params.multi_items()]
        for place, name, text in given:
            schema = schemas.get((place, name), {})
            for fault in schema_faults(meant(text, schema), schema, self._components):
                yield f"{place} parameter {name} {fault}"
        named = {(place, name) for place, name, _ in given}
        for (place, name), parameter in declared.items():
            if parameter.get("required") and place in ("path", "query") and (place, name) not in named:
                yield f"{place} parameter {name} is missing"

    def _header_faults(self, operation: Operation, request: httpx.Request) -> Iterator[str]:
        declared = {name.lower() for place, name in self._parameters(operation) if place == "header"}
        if operation.demands_version:
            declared.add("if-match")
            if "If-Match" not in request.headers:
                yield "header If-Match is missing"
        for name in sorted(request.headers.keys() - declared - ORDINARY_HEADERS):
            yield f"header {name} is not declared"
        version = request.headers.get("If-Match", '""')
        if not re.fullmatch(r'(W/)?"[^"]*"', version):
            yield f"header If-Match is not a version in quotes: {version}"
        if not re.fullmatch(r"Bearer \S+", request.headers.get("Authorization", "")):
            yield "header Authorization holds no token"

    def _sent_faults(self, operation: Operation, request: httpx.Request) -> Iterator[str]:
        sent = operation.content.get("requestBody", {}).get("content", {})
        kind = request.headers.get("Content-Type", "").partition(";")[0]
        if operation.shape in self.files:
            if request.method == "POST" and kind != "multipart/form-data":
                yield f"a file in a body of the type {kind}"
            return
        if sent and not request.content:
            yield "the request has no body"
        if sent and kind not in sent:
            yield f"a body of the type {kind} is not declared"
        if request.content:
            yield from self._body_faults(sent, request.content, "request")

    def _body_faults(self, content: Schema, body: bytes, side: str) -> Iterator[str]:
        if not content:
            yield f"the {side} has a body that is not declared"
            return
        schema = next(value for name, value in content.items() if "json" in name)["schema"]
        for fault in schema_faults(json.loads(body), schema, self._components):
            yield f"{side} {fault}"

    def resolved(self, node: Schema) -> Schema:
        """Give the part of the document that a reference stands for."""
        if "$ref" not in node:
            return node
        kind, _, name = node["$ref"].removeprefix("#/components/").partition("/")
        found: Schema = self._shared[kind][name]
        return found


def nameless(template: str) -> str:
    """Give a path template without the names of its parameters."""
    return re.sub(r"\{[^}]+\}", "{}", template)
