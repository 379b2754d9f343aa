"""Runs a tree: compiled into one expression for the head and one for each list rule.

After a failure the tree is gone through leaf by leaf, to name every leaf that failed.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from jinja2 import TemplateError, nodes

from visma_sync.errors import Reason
from visma_sync.mapping import access
from visma_sync.mapping.expression import (
    CUT,
    FILLED_BRANCH,
    FILLED_ITEMS,
    FormulaError,
    Language,
    constant,
    filtered,
)
from visma_sync.mapping.filling import Cut
from visma_sync.mapping.filters import UnfitValueError
from visma_sync.mapping.shape import element
from visma_sync.mapping.tree import Branch, Each, Items, Leaf, Problem, Tree, below

Scope = dict[str, Any]
Types = Mapping[str, Any]

# What a formula can run into on the data of one record; anything else is a bug.
FAILURES: Final = (UnfitValueError, TypeError, ValueError, ArithmeticError, LookupError, TemplateError)
CUTS: Final = "cuts"


class Program:
    """One compiled tree: what it gives for a scope, and after a failure which leaves failed and why."""

    def __init__(self, language: Language, tree: Tree, types: Types) -> None:
        self._language = language
        self._types = types
        self._tree = tree
        self._loops: dict[Each, _Loop] = {}
        self._leaves: dict[Leaf, Program] = {}
        self._evaluate = language.compiled(self._expression(tree, ""))

    def __call__(self, scope: Scope) -> Any:
        """Evaluates the tree; raises one of FAILURES."""
        return self._evaluate(scope)

    def reasons(self, scope: Scope, path: str) -> list[Reason]:
        """Tells every leaf that fails for this scope, by its path and never with a value."""
        return list(self._reasons(self._tree, scope, path))

    def _expression(self, tree: Tree, path: str) -> nodes.Expr:
        if isinstance(tree, Leaf):
            return self._leaf(tree, path)
        if isinstance(tree, Each):
            return self._list_rule(tree, path)
        if isinstance(tree, Items):
            parts = [self._expression(part, f"{path}[{place}]") for place, part in enumerate(tree.parts, 1)]
            return filtered(nodes.List(parts), FILLED_ITEMS)
        pairs, kept = [], []
        for key, part in tree.parts.items():
            pairs.append(nodes.Pair(nodes.Const(key), self._expression(part, below(path, key))))
            if isinstance(part, Leaf) and part.keep_null:
                kept.append(nodes.Const(key))
        return filtered(nodes.Dict(pairs), FILLED_BRANCH, *([nodes.List(list(kept))] if kept else []))

    def _leaf(self, leaf: Leaf, path: str) -> nodes.Expr:
        found = self._language.parsed(str(leaf.value), self._types) if leaf.is_formula else constant(leaf.value)
        if leaf.cut is None:
            return found
        return filtered(found, CUT, nodes.Const(leaf.cut), nodes.Const(path), nodes.Name(CUTS, "load"))

    def _list_rule(self, each: Each, path: str) -> nodes.Expr:
        self._loops[each] = loop = _Loop(self._language, each, self._types, path)
        name = f"list rule {len(self._language.filters)}"
        self._language.filters[name] = loop
        names = [nodes.Pair(nodes.Const(name), nodes.Name(name, "load")) for name in (*self._types, CUTS)]
        return filtered(self._leaf(each.items, path), name, nodes.Dict(names))

    def _reasons(self, tree: Tree, scope: Scope, path: str) -> Iterator[Reason]:
        if isinstance(tree, Leaf):
            yield from self._leaf_reasons(tree, scope, path)
        elif isinstance(tree, Branch):
            for key, part in tree.parts.items():
                yield from self._reasons(part, scope, below(path, key))
        elif isinstance(tree, Items):
            for place, part in enumerate(tree.parts, 1):
                yield from self._reasons(part, scope, f"{path}[{place}]")
        elif problems := list(self._leaf_reasons(tree.items, scope, path)):
            yield from problems
        else:
            yield from self._loops[tree].reasons(self._leaves[tree.items](scope), scope, path)

    def _leaf_reasons(self, leaf: Leaf, scope: Scope, path: str) -> Iterator[Reason]:
        if leaf not in self._leaves:
            self._leaves[leaf] = Program(self._language, leaf, self._types)
        try:
            self._leaves[leaf](scope)
        except UnfitValueError as error:
            named = error.code in (access.MISSING_FIELD, access.UNKNOWN_FIELD)
            yield Reason(error.code, f"{path}: {error.sentence}" + ("" if named else f" (={leaf.value})"))
        except FAILURES:
            yield Reason("not_computable", f"{path}: this cannot be computed for this record (={leaf.value})")


class _Loop:
    """Makes a list: for each item that counts, what the rule gives. Stands in the expression as a filter."""

    def __init__(self, language: Language, each: Each, types: Types, path: str) -> None:
        kind = language.kind(str(each.items.value), types)
        types = {**types, each.name: element(kind)}
        self._name = each.name
        self._path = path
        self._where = None if each.where is None else Program(language, each.where, types)
        self._is_branch = isinstance(each.give, Branch)
        self._give = Program(language, each.give, types)

    def __call__(self, items: Any, scope: Scope) -> list[Any]:
        cuts, found = scope[CUTS], []
        for item in _listed(items):
            inner = {**scope, self._name: item, CUTS: []}
            if self._where is not None and not self._where(inner):
                continue
            given = self._give(inner)
            if self._is_branch or given is not None:
                found.append(given or {} if self._is_branch else given)
            place = f"{self._path}[{len(found)}]"
            cuts += [Cut(below(place, cut.path), cut.before, cut.after) for cut in inner[CUTS]]
        return found

    def reasons(self, items: Any, scope: Scope, path: str) -> list[Reason]:
        """Tells what fails, with the place of the item in the list that the rule makes."""
        found: list[Reason] = []
        place = 1
        try:
            listed = list(_listed(items))
        except UnfitValueError as error:
            return [Reason(error.code, f"{path}: {error.sentence}")]
        for item in listed:
            inner = {**scope, self._name: item, CUTS: []}
            where = f"{path}[{place}]"
            failed = self._where.reasons(inner, below(where, "where")) if self._where is not None else []
            if not failed and (self._where is None or self._where(inner)):
                failed = self._give.reasons(inner, where)
                place += 1
            found += failed
        return found


def _listed(items: Any) -> list[Any] | tuple[Any, ...]:
    if items is None:
        return ()
    if not isinstance(items, list | tuple):
        raise UnfitValueError("not_a_list", "the value is not a list")
    return items


def check_formulas(tree: Tree, language: Language, types: Types, path: str, problem: Problem) -> None:
    """Tells every formula of a tree that the language does not have."""
    if isinstance(tree, Leaf):
        _check_formula(tree, language, types, path, problem)
    elif isinstance(tree, Branch):
        for key, part in tree.parts.items():
            check_formulas(part, language, types, below(path, key), problem)
    elif isinstance(tree, Items):
        for place, part in enumerate(tree.parts, 1):
            check_formulas(part, language, types, f"{path}[{place}]", problem)
    else:
        _check_list_rule(tree, language, types, path, problem)


def _check_formula(leaf: Leaf, language: Language, types: Types, path: str, problem: Problem) -> Any:
    if not leaf.is_formula:
        return Any
    try:
        language.parsed(str(leaf.value), types)
        return language.kind(str(leaf.value), types)
    except FormulaError as error:
        problem(path, f"{error} (={leaf.value})")
        return Any


def _check_list_rule(each: Each, language: Language, types: Types, path: str, problem: Problem) -> None:
    kind = _check_formula(each.items, language, types, below(path, "each"), problem)
    if not language.is_free_name(each.name) or each.name in types:
        problem(below(path, "as"), f"{each.name} cannot be the name of an item here")
        return
    types = {**types, each.name: element(kind)}
    if each.where is not None:
        _check_formula(each.where, language, types, below(path, "where"), problem)
    check_formulas(each.give, language, types, below(path, "give"), problem)
