"""Formulas: a closed part of Jinja's expressions, checked when the mapping is loaded.

A formula can reach the names it is given and nothing else: items of data and fields of records, arithmetic,
comparisons, tests, inline-if, literals and the filters of the list. It cannot call anything, and text in
the data is never looked at as a formula.

Jinja parses and compiles; before compiling, what would be too lenient for a business is replaced: each
access by one that knows its own spelling and fails where the field is missing (but gives `none` before
`default`), `~` by a join that leaves `none` out, `/` and numbers with a point by Decimal.
"""

import inspect
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final

from jinja2 import TemplateSyntaxError, nodes
from jinja2.environment import TemplateExpression
from jinja2.parser import Parser
from jinja2.sandbox import SandboxedEnvironment
from jinja2.visitor import NodeTransformer

from visma_sync.mapping import access, filling
from visma_sync.mapping.filters import FILTERS, JINJA_FILTERS, JINJA_TESTS
from visma_sync.mapping.shape import UnknownFieldError, member

# Names with a blank cannot be written in a formula, so these are ours alone.
TAKE: Final = "take field"
REACH: Final = "reach field"
HAS: Final = "has field"
PART: Final = "part of text or list"
DIVIDE: Final = "divide"
CUT: Final = "cut text"
FILLED_BRANCH: Final = "filled branch"
FILLED_ITEMS: Final = "filled items"
LAZY: Final = frozenset({"map", "rejectattr", "selectattr", "unique"})
RESERVED: Final = frozenset({"self", "super", "loop", "caller", "cuts", "result"})
PLAIN: Final = (
    nodes.Const, nodes.List, nodes.Tuple, nodes.Dict, nodes.Pair, nodes.And, nodes.Or, nodes.Not,
    nodes.Compare, nodes.Operand, nodes.Add, nodes.Sub, nodes.Mul, nodes.Neg, nodes.Keyword,
)  # fmt: skip


class FormulaError(Exception):
    """A formula says something that the language does not have; the text says what."""


class Language(SandboxedEnvironment):
    """Jinja in its most guarded form, with the closed list of filters and tests and no global names at all."""

    def __init__(self) -> None:
        super().__init__(autoescape=False)
        self.globals.clear()
        self.filters = {name: self.filters[name] for name in JINJA_FILTERS}
        self.tests = {name: self.tests[name] for name in JINJA_TESTS}
        self.filters |= FILTERS
        self.filters |= {
            TAKE: access.take,
            REACH: access.reach,
            HAS: access.has,
            PART: access.part,
            DIVIDE: access.divide,
            CUT: filling.cut_text,
            FILLED_BRANCH: filling.filled_branch,
            FILLED_ITEMS: filling.filled_items,
        }

    def getitem(self, obj: Any, argument: Any) -> Any:
        """Gives `map`, `selectattr`, `sort` and their like the field that they are told."""
        return access.take(obj, argument, str(argument))

    def parsed(self, formula: str, types: Mapping[str, Any]) -> nodes.Expr:
        """Reads and checks a formula whose names are those of `types`.

        `types` says for each name which model it is, `Any` where that is unknown. Raises FormulaError.
        """
        closed: nodes.Expr = _Closing(types).visit(self._read(formula))
        return closed

    def kind(self, formula: str, types: Mapping[str, Any]) -> Any:
        """Tells which model or list a formula gives, `Any` where that is unknown."""
        return _Closing(types).known(self._read(formula))

    def is_free_name(self, name: str) -> bool:
        """Tells whether a name can stand for an item: a word that means nothing yet."""
        try:
            found = self._read(name)
        except FormulaError:
            return False
        return isinstance(found, nodes.Name) and found.name == name and name not in RESERVED

    def _read(self, formula: str) -> nodes.Expr:
        try:
            parser = Parser(self, formula, state="variable")
            found = parser.parse_expression()
            at_end = parser.stream.eos
        except TemplateSyntaxError as error:
            raise FormulaError(f"this is not a formula: {error.message}") from None
        if not at_end:
            raise FormulaError(f"this is not one formula: it goes on after {spelled(found)}")
        return found

    def compiled(self, expression: nodes.Expr) -> TemplateExpression:
        """Compiles an expression into a function of its names, given as one dict.

        As Jinja's own `compile_expression` does, which takes nothing but text.
        """
        body: list[nodes.Node] = [nodes.Assign(nodes.Name("result", "store"), expression)]
        template = nodes.Template(body)
        template.set_lineno(1, override=True)
        return TemplateExpression(self.from_string(template), undefined_to_none=False)


def filtered(node: nodes.Expr, name: str, *arguments: nodes.Expr) -> nodes.Filter:
    """Makes the expression `node | name(arguments)`."""
    return nodes.Filter(node, name, list(arguments), [], None, None)


def constant(value: Any) -> nodes.Expr:
    """Makes the expression of a constant; a Decimal is made anew each time, as Jinja knows floats only."""
    if isinstance(value, Decimal):
        return filtered(nodes.Const(format(value, "f")), "number")
    return nodes.Const(value)


def spelled(node: nodes.Expr | None) -> str:
    """Writes a part of a formula for people: `source.Rows`, `settings.vat[order.country]`."""
    if isinstance(node, nodes.Name):
        return node.name
    if isinstance(node, nodes.Getattr):
        return f"{spelled(node.node)}.{node.attr}"
    if isinstance(node, nodes.Getitem):
        return f"{spelled(node.node)}[{spelled(node.arg)}]"
    if isinstance(node, nodes.Const):
        return repr(node.value)
    if isinstance(node, nodes.Filter):
        return f"{spelled(node.node)} | {node.name}"
    return "(…)"


class _Closing(NodeTransformer):
    """Lets through what the language has, replaces what it has in another way, and refuses the rest."""

    def __init__(self, types: Mapping[str, Any]) -> None:
        self._types = types
        self._handlers: dict[type[nodes.Node], Callable[[Any], nodes.Node]] = {
            nodes.Name: self._name,
            nodes.Getattr: self._attribute,
            nodes.Getitem: self._item,
            nodes.Filter: self._filter,
            nodes.Test: self._test,
            nodes.CondExpr: self._choice,
            nodes.Concat: self._concatenation,
            nodes.Div: self._division,
            nodes.Const: self._literal,
        }

    def get_visitor(self, node: nodes.Node) -> Callable[..., Any]:
        handler = self._handlers.get(type(node))
        if handler is None and type(node) in PLAIN:
            return self.generic_visit
        return handler or self._refuse

    def _refuse(self, node: nodes.Node) -> nodes.Node:
        raise FormulaError(f"a formula cannot have this ({type(node).__name__.lower()})")

    def _name(self, node: nodes.Name) -> nodes.Node:
        if node.name not in self._types:
            raise FormulaError(f"there is no {node.name} here, only {', '.join(sorted(self._types))}")
        return node

    def _attribute(self, node: nodes.Getattr) -> nodes.Node:
        self.known(node)
        return filtered(self.visit(node.node), TAKE, nodes.Const(node.attr), nodes.Const(spelled(node)))

    def known(self, node: nodes.Expr) -> Any:
        """Tells which model or list an expression gives, `Any` where unknown; refuses an unknown field."""
        if isinstance(node, nodes.Name):
            return self._types.get(node.name, Any)
        if not isinstance(node, nodes.Getattr):
            return Any
        if node.attr.startswith("_"):
            raise FormulaError(f"{spelled(node)}: names beginning with _ are out of reach")
        try:
            return member(self.known(node.node), node.attr)
        except UnknownFieldError:
            raise FormulaError(f"there is no {spelled(node)}") from None

    def _item(self, node: nodes.Getitem) -> nodes.Node:
        if not isinstance(node.arg, nodes.Slice):
            return filtered(self.visit(node.node), TAKE, self.visit(node.arg), nodes.Const(spelled(node)))
        if node.arg.step is not None:
            raise FormulaError("a part is [from:to], without steps")
        ends = [nodes.Const(None) if end is None else self.visit(end) for end in (node.arg.start, node.arg.stop)]
        return filtered(self.visit(node.node), PART, *ends)

    def _lenient(self, node: nodes.Expr) -> nodes.Expr:
        """The same value, but `none` where a field on the way is missing; own filters pass `none` on."""
        if isinstance(node, nodes.Filter) and node.name in FILTERS and node.node is not None:
            self._check_filter(node)
            arguments = [self.visit(argument) for argument in node.args]
            pairs = [self.visit(pair) for pair in node.kwargs]
            return nodes.Filter(self._lenient(node.node), node.name, arguments, pairs, None, None)
        root, keys = self._chain(node)
        return filtered(root, REACH, keys) if keys.items else root

    def _chain(self, node: nodes.Expr) -> tuple[nodes.Expr, nodes.List]:
        keys: list[nodes.Expr] = []
        while isinstance(node, nodes.Getattr | nodes.Getitem):
            if isinstance(node, nodes.Getattr):
                self.known(node)
                keys.append(nodes.Const(node.attr))
            elif isinstance(node.arg, nodes.Slice):
                break
            else:
                keys.append(self.visit(node.arg))
            node = node.node
        return self.visit(node), nodes.List(keys[::-1])

    def _filter(self, node: nodes.Filter) -> nodes.Node:
        self._check_filter(node)
        if node.name == "default" and node.node is not None:
            return self._lenient(node)
        found: nodes.Expr = self.generic_visit(node)  # type: ignore[assignment]  # typed Node by Jinja
        return filtered(found, "list") if node.name in LAZY else found

    def _check_filter(self, node: nodes.Filter) -> None:
        if node.name not in FILTERS and node.name not in JINJA_FILTERS:
            raise FormulaError(f"there is no filter {node.name}")
        if node.node is None or node.dyn_args is not None or node.dyn_kwargs is not None:
            raise FormulaError(f"the filter {node.name} is not used like that")
        if node.name in FILTERS:
            given = {str(pair.key): None for pair in node.kwargs}
            try:
                inspect.signature(FILTERS[node.name]).bind(None, *(None for _ in node.args), **given)
            except TypeError:
                raise FormulaError(f"the filter {node.name} does not take these arguments") from None
        self._check_named(node)

    def _check_named(self, node: nodes.Filter) -> None:
        """Checks the filter or test that is named in `map("trim")` and `selectattr("Price", "gt", 5)`."""
        names: dict[str, tuple[int, Any]] = {
            "map": (0, (*FILTERS, *JINJA_FILTERS)),
            "selectattr": (1, JINJA_TESTS),
            "rejectattr": (1, JINJA_TESTS),
        }
        place, allowed = names.get(node.name, (len(node.args), ()))
        for argument in node.args[place : place + 1]:
            if not isinstance(argument, nodes.Const) or argument.value not in allowed:
                raise FormulaError(f"the filter {node.name} cannot use {spelled(argument)}")

    def _test(self, node: nodes.Test) -> nodes.Node:
        if node.name not in JINJA_TESTS or node.dyn_args is not None or node.dyn_kwargs is not None:
            raise FormulaError(f"there is no test {node.name}")
        if node.name == "defined":
            return filtered(*self._presence(node.node))
        return self.generic_visit(node)

    def _presence(self, node: nodes.Expr) -> tuple[nodes.Expr, str, nodes.Expr]:
        root, keys = self._chain(node)
        return root, HAS, keys

    def _choice(self, node: nodes.CondExpr) -> nodes.Node:
        if node.expr2 is None:
            node.expr2 = nodes.Const(None)
        return self.generic_visit(node)

    def _concatenation(self, node: nodes.Concat) -> nodes.Node:
        return filtered(nodes.List([self.visit(part) for part in node.nodes]), "join")

    def _division(self, node: nodes.Div) -> nodes.Node:
        return filtered(self.visit(node.left), DIVIDE, self.visit(node.right))

    def _literal(self, node: nodes.Const) -> nodes.Node:
        return constant(Decimal(str(node.value))) if isinstance(node.value, float) else node
