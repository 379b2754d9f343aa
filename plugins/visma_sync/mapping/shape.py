"""Does the tree of a mapping fit the model that it must give: checked when the mapping is loaded."""

import types
from collections.abc import Collection, Iterator, Mapping
from functools import cached_property
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from visma_sync.mapping.tree import Branch, Each, Leaf, Problem, Tree, below


class UnknownFieldError(Exception):
    """A model has no field of this name."""


def member(kind: Any, name: str) -> Any:
    """Gives the type of a model's field or property, `Any` where the type is not a model.

    Raises UnknownFieldError where every model that it can be lacks it.
    """
    kinds = list(_kinds(kind))
    if not kinds or not all(_is_model(each) for each in kinds):
        return Any
    for model in kinds:
        if name in model.model_fields:
            return model.model_fields[name].annotation
        if (
            isinstance(getattr(model, name, None), property | cached_property)
            or model.model_config.get("extra") == "allow"
        ):
            return Any
    raise UnknownFieldError(name)


def element(kind: Any) -> Any:
    """Gives the type of the places of a list, `Any` where that is unknown."""
    found = [get_args(each)[0] for each in _kinds(kind) if _is_list(each) and get_args(each)]
    return found[0] if len(found) == 1 else Any


def check(tree: Tree, kind: Any, path: str, problem: Problem, *, strict: bool = False) -> None:
    """Tells every key that the model lacks, every required key that is missing, and every unfit constant.

    `strict` says whether the model refuses a constant of another type even where it could be converted.
    """
    if isinstance(tree, Leaf):
        if not tree.is_formula and (tree.value is not None or tree.keep_null):
            _check_constant(tree, kind, path, problem, strict)
        return
    kinds = list(_kinds(kind))
    if any(each in (Any, object) for each in kinds):
        return
    if isinstance(tree, Branch):
        _check_branch(tree, kinds, path, problem, strict)
    elif not any(_is_list(each) for each in kinds):
        problem(path, "the field does not take a list")
    elif isinstance(tree, Each):
        check(tree.give, element(kind), below(path, "give"), problem, strict=strict)
    else:
        for place, part in enumerate(tree.parts, 1):
            check(part, element(kind), f"{path}[{place}]", problem, strict=strict)


def _check_constant(leaf: Leaf, kind: Any, path: str, problem: Problem, strict: bool) -> None:
    try:
        TypeAdapter(kind).validate_python(leaf.value, strict=strict)
    except ValidationError as error:
        reason = error.errors(include_url=False, include_context=False, include_input=False)[0]["msg"]
        problem(path, f"the constant does not fit: {reason}")


def _check_branch(branch: Branch, kinds: list[Any], path: str, problem: Problem, strict: bool) -> None:
    models = [each for each in kinds if _is_model(each)]
    tables = [each for each in kinds if _is_table(each)]
    if tables or not models:
        if not tables:
            problem(path, "the field has no fields of its own")
        for key, part in branch.parts.items():
            arguments = get_args(tables[0]) if tables else ()
            kind = arguments[1] if len(arguments) == 2 else Any
            check(part, kind, below(path, key), problem, strict=strict)
        return
    model = max(models, key=lambda each: len(branch.parts.keys() & _fields(each).keys()))
    _check_fields(branch, model, path, problem)


def _check_fields(branch: Branch, model: type[BaseModel], path: str, problem: Problem) -> None:
    fields, strict = _fields(model), bool(model.model_config.get("strict"))
    for key, part in branch.parts.items():
        if key in fields:
            check(part, _whole_type(fields[key]), below(path, key), problem, strict=strict)
        elif model.model_config.get("extra") != "allow":
            problem(below(path, key), f"{model.__name__} has no such field")
    named = {id(fields[key]) for key in branch.parts if key in fields}
    for key, field in _keyed(model):
        if field.is_required() and id(field) not in named:
            problem(below(path, key), f"{model.__name__} requires this field")


def _keyed(model: type[BaseModel]) -> Iterator[tuple[str, FieldInfo]]:
    for name, field in model.model_fields.items():
        yield field.validation_alias if isinstance(field.validation_alias, str) else name, field


def _fields(model: type[BaseModel]) -> Mapping[str, FieldInfo]:
    by_name = model.model_config.get("populate_by_name") or model.model_config.get("validate_by_name")
    return {**(model.model_fields if by_name else {}), **dict(_keyed(model))}


def _whole_type(field: FieldInfo) -> Any:
    annotated: Any = Annotated
    return annotated[(field.annotation, *field.metadata)] if field.metadata else field.annotation


def _kinds(kind: Any) -> Iterator[Any]:
    """Gives every type that a value may have, but for `None`: what Annotated, unions and aliases hold."""
    if get_origin(kind) is Annotated:
        yield from _kinds(get_args(kind)[0])
    elif get_origin(kind) in (Union, types.UnionType):
        for each in get_args(kind):
            yield from _kinds(each)
    elif hasattr(kind, "__value__"):
        yield from _kinds(kind.__value__)
    elif kind is not type(None):
        yield kind


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _is_table(kind: Any) -> bool:
    origin = get_origin(kind) or kind
    return isinstance(origin, type) and issubclass(origin, Mapping)


def _is_list(kind: Any) -> bool:
    origin = get_origin(kind) or kind
    return (
        isinstance(origin, type)
        and issubclass(origin, Collection)
        and not issubclass(origin, str | bytes | Mapping | BaseModel)
    )
