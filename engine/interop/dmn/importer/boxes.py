"""Boxed expressions to the FEEL expressions that mean the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import assert_never

from greenlane.engine.diagnostics import Place
from greenlane.engine.feel import ast, names_read
from greenlane.engine.interop.dmn.boxed import (
    Boxed,
    Child,
    Conditional,
    ContextExpression,
    DecisionTable,
    Entry,
    FilterExpression,
    FunctionDefinition,
    Invocation,
    Iterator,
    ListExpression,
    LiteralExpression,
    Relation,
)
from greenlane.engine.interop.dmn.importer.codes import LOGIC
from greenlane.engine.interop.dmn.importer.conversions import converted
from greenlane.engine.interop.dmn.importer.scope import Named, Scope
from greenlane.engine.interop.dmn.importer.shapes import Shapes
from greenlane.engine.interop.dmn.importer.translate import NOWHERE, NULL, Translator
from greenlane.engine.interop.dmn.read_boxed import is_feel

_RESULT = "result"
Table = Callable[[DecisionTable, Scope], ast.Node]


@dataclass(frozen=True, slots=True)
class Boxes:
    """`table` makes a decision of its own of a table and gives the expression that reads it."""

    translator: Translator
    shapes: Shapes
    table: Table

    def expression(self, boxed: Boxed | None, scope: Scope) -> ast.Node:
        """The expression, converted to the type that the box declares; null for an empty box."""
        if boxed is None:
            return NULL
        if isinstance(boxed, FunctionDefinition):
            return self.function(boxed, scope)
        return converted(self.shapes, self._plain(boxed, scope), scope.model, boxed.type_ref)

    def _plain(self, boxed: Boxed, scope: Scope) -> ast.Node:
        match boxed:
            case LiteralExpression():
                return self.literal(boxed, scope)
            case ContextExpression(entries):
                return self._context(entries, scope)
            case Invocation():
                return self._invocation(boxed, scope)
            case ListExpression(items):
                return ast.ListLiteral(tuple(self.expression(item, scope) for item in items), NOWHERE)
            case Relation():
                return self._relation(boxed, scope)
            case Conditional(condition, then, otherwise):
                asked, held, other = (self._child(part, scope) for part in (condition, then, otherwise))
                return ast.If(asked, held, other, NOWHERE)
            case FilterExpression(source, match):
                return ast.Filter(self._child(source, scope), self._child(match, scope.filtering()), NOWHERE)
            case Iterator():
                return self._iterator(boxed, scope)
            case DecisionTable():
                return self.table(boxed, scope)
            case FunctionDefinition():
                return self.function(boxed, scope)
            case _:
                assert_never(boxed)

    def literal(self, boxed: LiteralExpression, scope: Scope) -> ast.Node:
        """The expression of a text, null where it is blank."""
        if boxed.text.value.strip() and not is_feel(boxed.language):
            self._fault(f"`{boxed.language}` is not FEEL", boxed.place, "write the expression in FEEL")
            return NULL
        return self.translator.expression(boxed.text, scope)

    def function(self, boxed: FunctionDefinition, scope: Scope) -> ast.Node:
        """A function literal."""
        if boxed.kind != "FEEL":
            self._fault(f"a function of kind `{boxed.kind}` cannot be called", boxed.place, "write its body in FEEL")
            return NULL
        formulas = self.translator.formulas
        parameters = tuple(
            (one.name, formulas.type_tree(one.type_ref, scope.model) if one.type_ref else None)
            for one in boxed.parameters
        )
        types = {one.name: one.type_ref for one in boxed.parameters}
        body = self.expression(boxed.body, scope.knowing(types, types))
        return ast.FunctionLiteral(parameters, body, False, NOWHERE)

    def _child(self, child: Child, scope: Scope) -> ast.Node:
        return converted(self.shapes, self.expression(child.value, scope), scope.model, child.type_ref)

    def _context(self, boxed: tuple[Entry, ...], scope: Scope) -> ast.Node:
        entries: list[tuple[str, ast.Node]] = []
        for entry in boxed:
            value = converted(self.shapes, self.expression(entry.value, scope), scope.model, entry.type_ref)
            if not entry.name:
                if not entries:
                    return value
                if isinstance(value, ast.Name) and any(value.name == key for key, _ in entries):
                    return ast.Path(ast.ContextLiteral(tuple(entries), NOWHERE), value.name, NOWHERE)
                name = _RESULT
                while any(name == key for key, _ in entries):
                    name += "_"
                whole = ast.ContextLiteral((*entries, (name, value)), NOWHERE)
                return ast.Path(whole, name, NOWHERE)
            entries.append((entry.name, value))
            empty = self.translator.empty(value, scope)
            scope = scope.knowing((entry.name,), {entry.name: entry.type_ref})
            if empty is not None:
                scope = replace(scope, tables={**scope.tables, entry.name: empty})
        return ast.ContextLiteral(tuple(entries), NOWHERE)

    def _invocation(self, boxed: Invocation, scope: Scope) -> ast.Node:
        called = self.expression(boxed.function, scope)
        wanted = self._parameters(boxed.function, scope)
        given = {wanted.get(name, name): self.expression(value, scope) for name, value in boxed.bindings}
        given = {**given, **{name: NULL for name in wanted.values() if name not in given}}
        return ast.Call(called, tuple(given.values()), tuple(given), NOWHERE)

    def _parameters(self, function: Boxed | None, scope: Scope) -> Mapping[str, str]:
        """The parameters of the function that is called, as far as they are known: those not given are null."""
        if isinstance(function, LiteralExpression):
            bound = scope.bindings.get(" ".join(function.text.value.split()))
            return bound.parameters if isinstance(bound, Named) else {}
        return {}

    def _relation(self, boxed: Relation, scope: Scope) -> ast.Node:
        rows = []
        for row in boxed.rows:
            cells: list[tuple[str, ast.Node]] = []
            for column, cell in zip(boxed.columns, row, strict=True):
                value = converted(self.shapes, self.expression(cell, scope), scope.model, column.type_ref)
                hidden = [name for name, _ in cells if name in names_read(value)]
                if hidden:
                    message = f"the column `{hidden[0]}` would hide what the cell under `{column.name}` reads"
                    self._fault(message, column.place, "give the column another name")
                cells.append((column.name, value))
            rows.append(ast.ContextLiteral(tuple(cells), NOWHERE))
        return ast.ListLiteral(tuple(rows), NOWHERE)

    def _iterator(self, boxed: Iterator, scope: Scope) -> ast.Node:
        steps = (ast.Iteration(boxed.variable, self._child(boxed.source, scope), None, NOWHERE),)
        inner = scope.knowing((boxed.variable,))
        if boxed.kind == "for":
            return ast.For(steps, self._child(boxed.body, inner.knowing(("partial",))), NOWHERE)
        return ast.Quantified(boxed.kind == "every", steps, self._child(boxed.body, inner), NOWHERE)

    def _fault(self, message: str, place: Place, advice: str) -> None:
        self.translator.faults.error(LOGIC, message, place, advice)
