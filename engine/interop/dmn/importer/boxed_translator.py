"""Translates boxed expressions to FEEL expressions of rule files that mean the same. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import assert_never

from greenlane.engine.diagnostics import Place
from greenlane.engine.feel import ast, names_read
from greenlane.engine.interop.dmn.boxed import (
    BoxedExpression,
    ChildExpression,
    Conditional,
    ContextEntry,
    ContextExpression,
    DecisionTable,
    FilterExpression,
    FunctionDefinition,
    Invocation,
    IteratorExpression,
    ListExpression,
    LiteralExpression,
    Relation,
)
from greenlane.engine.interop.dmn.diagnostic_codes import NO_RULE_LOGIC
from greenlane.engine.interop.dmn.importer.feel_translator import FeelTranslator
from greenlane.engine.interop.dmn.importer.ir import NULL, SYNTHETIC
from greenlane.engine.interop.dmn.importer.name_scopes import NameScope, SymbolBinding
from greenlane.engine.interop.dmn.importer.type_resolution import TypeResolver, UnknownType, UnsupportedType

LiftTable = Callable[[DecisionTable, NameScope], ast.Node]
_RESULT = "result"
_LISTS = frozenset({
    "append", "concatenate", "distinct values", "flatten", "get entries", "index of", "insert before", "list replace",
    "mode", "remove", "reverse", "sort", "split", "sublist", "union",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class BoxedTranslator:
    """Translates expressions. `lift` makes a nested table a decision and returns the expression that reads it."""

    feel: FeelTranslator
    resolver: TypeResolver
    lift: LiftTable

    def expression(self, boxed: BoxedExpression | None, scope: NameScope) -> ast.Node:
        """The expression, converted to the type that it declares; null where there is none."""
        if boxed is None:
            return NULL
        if isinstance(boxed, FunctionDefinition):
            return self.function(boxed, scope)
        return self.converted(self._unconverted(boxed, scope), scope, boxed.type_ref)

    def _unconverted(self, boxed: BoxedExpression, scope: NameScope) -> ast.Node:
        match boxed:
            case LiteralExpression():
                return self.literal(boxed, scope)
            case ContextExpression(entries):
                return self._context(entries, scope)
            case Invocation():
                return self._invocation(boxed, scope)
            case ListExpression(items):
                return ast.ListLiteral(tuple(self.expression(item, scope) for item in items), SYNTHETIC)
            case Relation():
                return self._relation(boxed, scope)
            case Conditional(condition, then, otherwise):
                used_whole, held, other = (self._child(part, scope) for part in (condition, then, otherwise))
                return ast.If(used_whole, held, other, SYNTHETIC)
            case FilterExpression(source, match):
                return ast.Filter(self._child(source, scope), self._child(match, scope.in_filter()), SYNTHETIC)
            case IteratorExpression():
                return self._iterator(boxed, scope)
            case DecisionTable():
                return self.lift(boxed, scope)
            case FunctionDefinition():
                return self.function(boxed, scope)
            case _:
                assert_never(boxed)

    def literal(self, boxed: LiteralExpression, scope: NameScope) -> ast.Node:
        """The expression of a text before conversion; null where it is blank or no FEEL."""
        if boxed.text.value.strip() and not boxed.is_feel:
            self._error(f"`{boxed.language}` is not FEEL", boxed.place, "write the expression in FEEL")
            return NULL
        return self.feel.expression(boxed.text, scope)

    def function(self, boxed: FunctionDefinition, scope: NameScope) -> ast.Node:
        """A function literal."""
        if boxed.kind != "FEEL":
            self._error(f"a function of kind `{boxed.kind}` cannot be called", boxed.place, "write its body in FEEL")
            return NULL
        compiler = self.feel.compiler
        parameters = tuple(
            (one.name, compiler.type_tree(one.type_ref, scope.model) if one.type_ref else None)
            for one in boxed.parameters
        )
        types = {one.name: one.type_ref for one in boxed.parameters}
        body = self.expression(boxed.body, scope.declaring(types, types))
        return ast.FunctionLiteral(parameters, body, False, SYNTHETIC)

    def converted(self, node: ast.Node, scope: NameScope, type_ref: str) -> ast.Node:
        """The expression with the implicit conversion that is due by its form (DMN 10.3.2.9.4).

        A single value becomes a list of it; a list becomes its one item, null where it has not one.
        """
        resolved = self.resolver.of(scope.model, type_ref)
        function = isinstance(resolved, UnsupportedType) and "function" in resolved.description
        if isinstance(resolved, UnknownType) or function:
            return node
        wants_list = isinstance(resolved, UnsupportedType) and resolved.is_list
        is_list = _is_list(node)
        if wants_list and is_list is False:
            return ast.ListLiteral((node,), SYNTHETIC)
        if not wants_list and is_list is True:
            if isinstance(node, ast.ListLiteral) and len(node.items) == 1:
                return node.items[0]
            return _only(node)
        return node

    def _child(self, child: ChildExpression, scope: NameScope) -> ast.Node:
        return self.converted(self.expression(child.value, scope), scope, child.type_ref)

    def _context(self, boxed: tuple[ContextEntry, ...], scope: NameScope) -> ast.Node:
        entries: list[tuple[str, ast.Node]] = []
        for entry in boxed:
            value = self.converted(self.expression(entry.value, scope), scope, entry.type_ref)
            if not entry.name:
                if not entries:
                    return value
                if isinstance(value, ast.Name) and any(value.name == key for key, _ in entries):
                    return ast.Path(ast.ContextLiteral(tuple(entries), SYNTHETIC), value.name, SYNTHETIC)
                name = _RESULT
                while any(name == key for key, _ in entries):
                    name += "_"
                whole = ast.ContextLiteral((*entries, (name, value)), SYNTHETIC)
                return ast.Path(whole, name, SYNTHETIC)
            entries.append((entry.name, value))
            empty = self.feel.empty_result(value, scope)
            scope = scope.declaring((entry.name,), {entry.name: entry.type_ref})
            if empty is not None:
                scope = replace(scope, empty_results={**scope.empty_results, entry.name: empty})
        return ast.ContextLiteral(tuple(entries), SYNTHETIC)

    def _invocation(self, boxed: Invocation, scope: NameScope) -> ast.Node:
        called = self.expression(boxed.function, scope)
        wanted = self._parameters(boxed.function, scope)
        given = {wanted.get(name, name): self.expression(value, scope) for name, value in boxed.bindings}
        given = {**given, **{name: NULL for name in wanted.values() if name not in given}}
        return ast.Call(called, tuple(given.values()), tuple(given), SYNTHETIC)

    def _parameters(self, function: BoxedExpression | None, scope: NameScope) -> Mapping[str, str]:
        """The parameters of the function that is called, by their names in the model, as far as they are known."""
        if isinstance(function, LiteralExpression):
            bound = scope.bindings.get(" ".join(function.text.value.split()))
            return bound.parameters if isinstance(bound, SymbolBinding) else {}
        return {}

    def _relation(self, boxed: Relation, scope: NameScope) -> ast.Node:
        rows = []
        for row in boxed.rows:
            cells: list[tuple[str, ast.Node]] = []
            for column, cell in zip(boxed.columns, row, strict=True):
                value = self.converted(self.expression(cell, scope), scope, column.type_ref)
                hidden = [name for name, _ in cells if name in names_read(value)]
                if hidden:
                    message = f"the column `{hidden[0]}` would hide what the cell under `{column.name}` reads"
                    self._error(message, column.place, "give the column another name")
                cells.append((column.name, value))
            rows.append(ast.ContextLiteral(tuple(cells), SYNTHETIC))
        return ast.ListLiteral(tuple(rows), SYNTHETIC)

    def _iterator(self, boxed: IteratorExpression, scope: NameScope) -> ast.Node:
        steps = (ast.Iteration(boxed.variable, self._child(boxed.source, scope), None, SYNTHETIC),)
        inner = scope.declaring((boxed.variable,))
        if boxed.kind == "for":
            return ast.For(steps, self._child(boxed.body, inner.declaring(("partial",))), SYNTHETIC)
        return ast.Quantified(boxed.kind == "every", steps, self._child(boxed.body, inner), SYNTHETIC)

    def _error(self, message: str, place: Place, advice: str) -> None:
        self.feel.sink.error(NO_RULE_LOGIC, message, place, advice)


def _only(node: ast.Node) -> ast.Node:
    """The one item of a list, null where there are none or several."""
    found = ast.Name("found", SYNTHETIC)
    count = ast.Call(ast.Name("count", SYNTHETIC), (found,), (), SYNTHETIC)
    one = ast.Number(Decimal(1), SYNTHETIC)
    choice = ast.If(ast.Comparison("=", count, one, SYNTHETIC), ast.Filter(found, one, SYNTHETIC), NULL, SYNTHETIC)
    return ast.Path(ast.ContextLiteral((("found", node), ("only", choice)), SYNTHETIC), "only", SYNTHETIC)


def _is_list(node: ast.Node) -> bool | None:
    """Whether the value is a list, None where its form does not tell."""
    match node:
        case ast.ListLiteral() | ast.For():
            return True
        case ast.Filter(_, condition):
            tests = ast.Comparison | ast.And | ast.Or | ast.In | ast.Between | ast.Quantified | ast.InstanceOf
            return True if isinstance(condition, tests) else None
        case ast.Call(ast.Name(name)):
            return True if name in _LISTS else None
        case ast.If(_, then, otherwise):
            kinds = {_is_list(branch) for branch in (then, otherwise) if not isinstance(branch, ast.Null)}
            return kinds.pop() if len(kinds) == 1 else None
        case ast.Number() | ast.String() | ast.Boolean() | ast.AtLiteral() | ast.ContextLiteral():
            return False
        case ast.Comparison() | ast.And() | ast.Or() | ast.Between() | ast.In() | ast.Quantified():
            return False
    return None
