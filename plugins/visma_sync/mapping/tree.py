"""The tree of a mapping: branches, lists, list rules and leaves, as plain data."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

LIST_RULE: Final = frozenset({"each", "as", "where", "give"})
VALUE_RULE: Final = frozenset({"value", "on", "cut", "keep_null"})
# The right of a field: written when the document is made, also when it is updated, also when it is updated and
# the target has nothing there, or not at all.
RIGHTS: Final = ("create", "update", "if_empty", "never")
ON_CREATE: Final = frozenset({"create", "update", "if_empty"})
ON_UPDATE: Final = frozenset({"update", "if_empty"})

Scalar = str | int | bool | Decimal | None
Problem = Callable[[str, str], None]  # told the path and what is wrong there


@dataclass(frozen=True, eq=False)
class Leaf:
    """One value: a formula (`=` in the file, kept here without it) or a constant, and the rules for it."""

    value: Scalar
    is_formula: bool
    on: str = "create"
    cut: int | None = None
    keep_null: bool = False


@dataclass(frozen=True, eq=False)
class Branch:
    """Named parts of a record or document."""

    parts: dict[str, "Tree"]


@dataclass(frozen=True, eq=False)
class Items:
    """A list with a fixed number of places."""

    parts: tuple["Tree", ...]


@dataclass(frozen=True, eq=False)
class Each:
    """A list made from a list: for each item, called `name`, for which `where` holds, one `give`."""

    items: Leaf
    name: str
    where: Leaf | None
    give: "Tree"


Tree = Leaf | Branch | Items | Each


def below(path: str, key: str) -> str:
    """Names a part by the path of the whole and its key: `customer.number`."""
    return f"{path}.{key}" if path else key


def form_of(raw: dict[str, Any]) -> frozenset[str] | None:
    """Tells a list rule or a value with rules from an ordinary branch, which gives None."""
    for opening, form in (("each", LIST_RULE), ("value", VALUE_RULE)):
        if opening in raw and raw.keys() <= form:
            return form
    return None


def parsed(raw: Any, path: str, problem: Problem, on: str = "create") -> Tree:
    """Reads the tree of a mapping out of plain data; tells each problem with its path."""
    if isinstance(raw, list):
        return Items(tuple(parsed(part, f"{path}[{n}]", problem, on) for n, part in enumerate(raw, 1)))
    if not isinstance(raw, dict):
        return _leaf(raw, on)
    form = form_of(raw)
    if form is LIST_RULE:
        return _each(raw, path, problem, on)
    if form is VALUE_RULE:
        return _ruled(raw, path, problem, on)
    return Branch({key: parsed(part, below(path, key), problem, on) for key, part in raw.items()})


def _leaf(raw: Scalar, on: str) -> Leaf:
    if isinstance(raw, str) and raw.startswith("=="):
        return Leaf(raw[1:], is_formula=False, on=on)
    if isinstance(raw, str) and raw.startswith("="):
        return Leaf(raw[1:].strip(), is_formula=True, on=on)
    return Leaf(raw, is_formula=False, on=on)


def formula(raw: Any, path: str, problem: Problem) -> Leaf:
    """Reads a value that must be a formula; tells where it is none."""
    leaf = _leaf(raw, "create")
    if not leaf.is_formula:
        problem(path, "this must be a formula, beginning with =")
        return Leaf("none", is_formula=True)
    return leaf


def _each(raw: dict[str, Any], path: str, problem: Problem, on: str) -> Tree:
    for key in ("as", "give"):
        if key not in raw:
            problem(path, f"`each` needs `{key}`")
    where = formula(raw["where"], below(path, "where"), problem) if "where" in raw else None
    return Each(
        items=formula(raw["each"], below(path, "each"), problem),
        name=str(raw.get("as", "item")),
        where=where,
        give=parsed(raw.get("give"), below(path, "give"), problem, on),
    )


def _ruled(raw: dict[str, Any], path: str, problem: Problem, on: str) -> Tree:
    # What a group never writes none of its fields writes, whatever they say themselves.
    right = on if on == "never" else raw.get("on", on)
    cut, keep_null = raw.get("cut"), raw.get("keep_null", False)
    if raw.get("on", "create") not in RIGHTS:
        problem(below(path, "on"), "this must be create, update, if_empty or never")
        right = "create"
    if "cut" in raw and (not isinstance(cut, int) or isinstance(cut, bool) or cut < 1):
        problem(below(path, "cut"), "this must be a whole number above 0")
    if not isinstance(keep_null, bool):
        problem(below(path, "keep_null"), "this must be true or false")
    inner = parsed(raw["value"], path, problem, right)
    if isinstance(inner, Leaf):
        return Leaf(inner.value, inner.is_formula, inner.on, cut, keep_null)
    if "cut" in raw or keep_null:
        problem(path, "`cut` and `keep_null` are for a single value")
    return inner


def leaves(tree: Tree, path: str) -> Iterator[tuple[str, Leaf]]:
    """Gives every value of a tree with its path."""
    if isinstance(tree, Leaf):
        yield path, tree
    elif isinstance(tree, Each):
        yield from leaves(tree.give, below(path, "give"))
    elif isinstance(tree, Items):
        for place, part in enumerate(tree.parts, 1):
            yield from leaves(part, f"{path}[{place}]")
    else:
        for key, part in tree.parts.items():
            yield from leaves(part, below(path, key))


def with_rights(tree: Tree, rights: Collection[str]) -> Tree | None:
    """Gives the part of the tree whose fields have one of these rights, None where there is none."""
    if isinstance(tree, Leaf):
        return tree if tree.on in rights else None
    if isinstance(tree, Each):
        give = with_rights(tree.give, rights)
        return None if give is None else Each(tree.items, tree.name, tree.where, give)
    if isinstance(tree, Items):
        parts = tuple(part for raw in tree.parts if (part := with_rights(raw, rights)) is not None)
        return Items(parts) if parts else None
    named = {key: part for key, raw in tree.parts.items() if (part := with_rights(raw, rights)) is not None}
    return Branch(named) if named else None


def values(tree: Tree, path: str) -> Iterator[tuple[str, frozenset[str]]]:
    """Gives the path of every value as the target counts them, a list as one, with the rights of its fields."""
    if isinstance(tree, Branch):
        for key, part in tree.parts.items():
            yield from values(part, below(path, key))
    else:
        yield path, frozenset(leaf.on for _, leaf in leaves(tree, path))
