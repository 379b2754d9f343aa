"""Finds, checks and compiles the mapping file of a flow."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel

from visma_sync.mapping import shape
from visma_sync.mapping.document import (
    Example,
    MappingDocument,
    MappingProblemError,
    checked_document,
    read_yaml,
    with_overlay,
)
from visma_sync.mapping.engine import Program, Types, check_formulas
from visma_sync.mapping.expression import Language
from visma_sync.mapping.filling import Cut
from visma_sync.mapping.flow import Document, FlowMapping, MappingExampleError, Written
from visma_sync.mapping.tree import (
    ON_CREATE,
    ON_UPDATE,
    Branch,
    Tree,
    below,
    leaves,
    parsed,
    values,
    with_rights,
)

__all__ = [
    "Cut",
    "Example",
    "FlowMapping",
    "MappingExampleError",
    "MappingProblemError",
    "Written",
    "load_mapping",
]

READING: Final = ("source", "settings", "lists")
WRITING: Final = ("settings", "links", "plan")


def load_mapping(
    flow: str,
    folder: Path,
    *,
    record: type[BaseModel],
    documents: Mapping[str, type[BaseModel]],
    overlays: Sequence[Path] = (),
) -> FlowMapping:
    """Loads the mapping of a flow with a business's own overlays, checked and compiled.

    A mapping is compiled once and again when one of its files changes. Raises ConfigurationError
    (MappingProblemError) naming the file and, for each problem, its path and what is wrong.
    """
    files = (folder / f"{flow}.yaml", *overlays)
    return _load(flow, tuple((file, _stamp(file)) for file in files), record, tuple(documents.items()))


def _stamp(file: Path) -> tuple[int, int]:
    try:
        status = file.stat()
    except OSError:
        raise MappingProblemError(str(file), [("", "the file cannot be read")]) from None
    return status.st_mtime_ns, status.st_size


@lru_cache(maxsize=64)
def _load(
    flow: str,
    files: tuple[tuple[Path, tuple[int, int]], ...],
    record: type[BaseModel],
    documents: tuple[tuple[str, type[BaseModel]], ...],
) -> FlowMapping:
    (path, _), *overlays = files
    found = read_yaml(path)
    document = checked_document(found, str(path))
    problems = [] if document.examples else [("examples", "a mapping needs at least one example")]
    name = str(path)
    for overlay, _ in overlays:
        found = with_overlay(found, read_yaml(overlay), str(overlay))
        name += f" with {overlay}"
        document = checked_document(found, name)
    if document.flow != flow:
        problems.append(("flow", f"this must be {flow}, as the file is called"))
    loaded = _compiled(document, record, dict(documents), problems)
    if problems or loaded is None:
        raise MappingProblemError(name, problems)
    return loaded


def _compiled(
    document: MappingDocument,
    record: type[BaseModel],
    models: Mapping[str, type[BaseModel]],
    problems: list[tuple[str, str]],
) -> FlowMapping | None:
    """Checks and compiles both halves; gives None where there are problems, which it adds to the list."""
    language = Language()
    if document.record in WRITING or not language.is_free_name(document.record):
        problems.append(("record", f"{document.record} cannot be the name of a record"))
    reading_types = dict.fromkeys(READING, Any)
    writing_types = {document.record: record, **dict.fromkeys(WRITING, Any)}
    for name in sorted(models.keys() ^ document.write.keys()):
        reason = "this document is missing" if name in models else f"{document.flow} writes no such document"
        problems.append((below("write", name), reason))
    reading = _tree(document.read, "read", record, language, reading_types, problems)
    _refuse_writing_rules(reading, problems)
    writing = {
        name: _tree(raw, below("write", name), models[name], language, writing_types, problems)
        for name, raw in document.write.items()
        if name in models
    }
    for name, tree in writing.items():
        _check_rights(tree, models[name], below("write", name), problems)
    if problems:
        return None
    return FlowMapping(
        flow=document.flow,
        title=document.title,
        fingerprint=_fingerprint(document),
        record=(document.record, record),
        reading=Program(language, reading, reading_types),
        documents={name: _document(tree, models[name], language, writing_types) for name, tree in writing.items()},
        examples=document.examples,
    )


def _tree(
    raw: Any,
    path: str,
    model: type[BaseModel],
    language: Language,
    types: Types,
    problems: list[tuple[str, str]],
) -> Tree:
    def problem(place: str, reason: str) -> None:
        problems.append((place, reason))

    tree = parsed(raw, path, problem)
    if not isinstance(tree, Branch):
        problem(path, "this must be a group of fields")
        return tree
    check_formulas(tree, language, types, path, problem)
    shape.check(tree, model, path, problem)
    return tree


def _check_rights(tree: Tree, model: type[BaseModel], path: str, problems: list[tuple[str, str]]) -> None:
    """Tells what is missing once fields are left out, and lists that an update would write in part."""

    def problem(place: str, reason: str) -> None:
        problems.append((place, reason))

    created, updated = with_rights(tree, ON_CREATE), with_rights(tree, ON_UPDATE)
    if created is None and any(leaves(tree, path)):
        problem(path, "no field is left to write")
    for place, rights in values(tree, path):
        if rights >= ON_UPDATE:
            problem(place, "a list is written as a whole: its fields cannot be partly update and partly if_empty")
    if created is not None and any("never" in rights for _, rights in values(tree, path)):
        shape.check(created, model, f"{path} (on create)", problem)
    if updated is not None:
        shape.check(updated, model, f"{path} (on update)", problem)


def _refuse_writing_rules(tree: Tree, problems: list[tuple[str, str]]) -> None:
    for path, leaf in leaves(tree, "read"):
        if leaf.cut is not None or leaf.on != "create":
            problems.append((path, "`cut` and `on` are for what is written"))


def _document(tree: Tree, model: type[BaseModel], language: Language, types: Types) -> Document:
    created, updated = with_rights(tree, ON_CREATE), with_rights(tree, ON_UPDATE)
    single = {path for path, _ in leaves(tree, "")}
    return Document(
        model=model,
        create=Program(language, created or Branch({}), types),
        update=None if updated is None else Program(language, updated, types),
        only_if_empty=tuple(path for path, rights in values(tree, "") if "if_empty" in rights),
        following=tuple(path for path, rights in values(tree, "") if "update" in rights and path in single),
    )


def _fingerprint(document: MappingDocument) -> str:
    effective = document.model_dump(include={"flow", "record", "read", "write"})
    return hashlib.sha256(json.dumps(effective, sort_keys=True, default=str).encode()).hexdigest()
