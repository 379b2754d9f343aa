"""What a mapping file looks like, how it is read, and how an overlay changes it.

YAML with fewer surprises: only `true` and `false` are yes and no, only plain numbers are numbers (with a
point they are Decimal), and all else stays text as it is written: `no`, `007`, `1e5`, `12:30`, `2026-01-31`.
"""

import re
from collections.abc import Sequence
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from visma_sync.errors import ConfigurationError
from visma_sync.mapping.tree import VALUE_RULE, form_of

REMOVE: Final = "=remove"
WHOLE_NUMBER: Final = "-?(?:0|[1-9][0-9]*)"
RESOLUTION: Final = "Correct the mapping file; include/mappings/README.md explains the language."


class MappingProblemError(ConfigurationError):
    """A mapping file cannot be used: the file, and for each problem its path and what is wrong there."""

    def __init__(self, file: str, problems: Sequence[tuple[str, str]]) -> None:
        sentences = "; ".join(f"{path}: {reason}" if path else reason for path, reason in problems)
        super().__init__(f"{file}: {sentences}.", resolution=RESOLUTION)
        self.problems = tuple(problems)


class Example(BaseModel):
    """One worked example of a mapping: what comes in and what must come out.

    `record` and `gives_part` name some of the fields, `gives` all of them; values are compared with their
    types, numbers by amount, dates as ISO text.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str = Field(min_length=1)
    source: dict[str, Any]
    lists: dict[str, Any] = {}
    settings: dict[str, Any] = {}
    links: dict[str, Any] = {}
    plan: dict[str, Any] = {}
    on: Literal["create", "update"] = "create"
    record: dict[str, Any] | None = None
    gives: dict[str, Any] = {}
    gives_part: dict[str, Any] = {}


class MappingDocument(BaseModel):
    """A whole mapping file; the trees are checked later, against the models that they must fit."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    flow: str
    title: str = Field(min_length=1)
    record: str
    read: dict[str, Any]
    write: dict[str, Any] = {}
    examples: list[Example]


class _PlainLoader(yaml.SafeLoader):
    """Reads YAML as the module says; refuses double keys, anchors and tags that make objects."""

    yaml_implicit_resolvers = {}  # noqa: RUF012  PyYAML's own attribute: no word means anything unless added below

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        event = self.peek_event()  # type: ignore[no-untyped-call]  # PyYAML's stubs leave the parser untyped
        if getattr(event, "anchor", None) is not None:
            raise yaml.MarkedYAMLError(problem="anchors and aliases are not used", problem_mark=event.start_mark)
        return super().compose_node(parent, index)

    def plain_mapping(self, node: yaml.MappingNode) -> dict[str, Any]:
        """Makes a group whose keys are text, as it is written, and there only once."""
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = key_node.value
            if not isinstance(key_node, yaml.ScalarNode) or key in found:
                problem = f"{key} is there twice" if isinstance(key, str) else "a key is not a word"
                raise yaml.MarkedYAMLError(problem=problem, problem_mark=key_node.start_mark)
            found[key] = self.construct_object(value_node, deep=True)
        return found

    def plain_number(self, node: yaml.ScalarNode) -> Decimal:
        """Makes a number with a point, exactly."""
        return Decimal(node.value)


@cache
def _loader() -> type[_PlainLoader]:
    words = {"bool": "true|false", "null": "null|~|", "int": WHOLE_NUMBER, "float": rf"{WHOLE_NUMBER}\.[0-9]+"}
    for kind, pattern in words.items():
        _PlainLoader.add_implicit_resolver(f"tag:yaml.org,2002:{kind}", re.compile(rf"(?:{pattern})\Z"), None)
    _PlainLoader.add_constructor("tag:yaml.org,2002:map", _PlainLoader.plain_mapping)
    _PlainLoader.add_constructor("tag:yaml.org,2002:float", _PlainLoader.plain_number)
    return _PlainLoader


def read_yaml(path: Path) -> dict[str, Any]:
    """Reads one mapping or overlay file as plain data.

    Raises ConfigurationError where the file is missing or is not such YAML.
    """
    try:
        found = yaml.load(path.read_text(encoding="utf-8"), Loader=_loader())
    except OSError:
        raise MappingProblemError(str(path), [("", "the file cannot be read")]) from None
    except UnicodeDecodeError:
        raise MappingProblemError(str(path), [("", "the file is not UTF-8 text")]) from None
    except yaml.YAMLError as error:
        raise MappingProblemError(str(path), [_yaml_problem(error)]) from None
    if not isinstance(found, dict):
        raise MappingProblemError(str(path), [("", "the file is not a list of `key: value` lines")])
    return found


def _yaml_problem(error: yaml.YAMLError) -> tuple[str, str]:
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark is not None:
        return f"line {error.problem_mark.line + 1}", str(error.problem)
    return "", "the file is not YAML"


def with_overlay(document: dict[str, Any], overlay: dict[str, Any], file: str) -> dict[str, Any]:
    """Gives the mapping with the fields of an overlay added, replaced or (`=remove`) taken out.

    The overlay's examples take the place of the mapping's own, which describe the mapping without it.
    Raises ConfigurationError where the overlay removes what is not there.
    """
    changed = {key: value for key, value in overlay.items() if key != "examples"}
    problems: list[tuple[str, str]] = []
    merged: dict[str, Any] = _merged(document, changed, "", problems)
    if problems:
        raise MappingProblemError(file, problems)
    return {**merged, "examples": overlay.get("examples", [])}


def _merged(below: Any, above: Any, path: str, problems: list[tuple[str, str]]) -> Any:
    if not isinstance(above, dict):
        return above
    if _is_rule_only(above, below):
        return {"value": below, **above}
    if _is_inside_rule(above, below):
        return {**below, "value": _merged(below["value"], above, path, problems)}
    found = dict(below) if isinstance(below, dict) and _goes_into(above, below) else {}
    for key, value in above.items():
        place = f"{path}.{key}" if path else key
        if value != REMOVE:
            found[key] = _merged(found.get(key), value, place, problems)
        elif found.pop(key, None) is None:
            problems.append((place, "there is nothing to remove"))
    return found


def _is_rule_only(above: dict[str, Any], below: Any) -> bool:
    """Tells whether an overlay says only how a field is written that the mapping gives without such a rule."""
    if not above or not above.keys() < VALUE_RULE or "value" in above or REMOVE in above.values():
        return False
    if isinstance(below, dict) and form_of(below) is None:
        # A group may have fields with the names of rules; the only rule that is for a group is `on`.
        return above.keys() == {"on"} and "on" not in below
    return below is not None and not _is_ruled(below)


def _is_inside_rule(above: dict[str, Any], below: Any) -> bool:
    """Tells whether an overlay names fields of a group or list to which the mapping gives a rule."""
    if not _is_ruled(below) or above.keys() <= VALUE_RULE:
        return False
    return isinstance(below["value"], dict) and _goes_into(above, below["value"])


def _is_ruled(below: Any) -> bool:
    return isinstance(below, dict) and form_of(below) is VALUE_RULE


def _goes_into(above: dict[str, Any], below: dict[str, Any]) -> bool:
    """Tells whether an overlay's part changes single fields, or else stands in the place of the whole."""
    form = form_of(below)
    return above.keys() <= form if form else form_of(above) is None


def checked_document(found: dict[str, Any], file: str) -> MappingDocument:
    """Checks the outline of a mapping file; raises ConfigurationError for unknown or missing keys."""
    try:
        return MappingDocument.model_validate(found)
    except ValidationError as error:
        problems = [
            (".".join(str(part) for part in problem["loc"]), problem["msg"])
            for problem in error.errors(include_url=False, include_input=False, include_context=False)
        ]
    raise MappingProblemError(file, problems)
