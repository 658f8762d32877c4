"""Taint analysis: which facts' values reach the value of an expression unchanged. Pure.

Only copies taint: neither what is computed from a fact nor what it decides (a condition, a row that holds) does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from greenlane.engine.decide.plan import plan_of
from greenlane.engine.feel import ast
from greenlane.engine.rules.ruleset import Decision, Ruleset
from greenlane.engine.rules.table import Cell, Hit, Table
from greenlane.engine.rules.vocabulary import FactType

PROPAGATING = frozenset(
    {
        *("string", "number", "concatenate", "append", "union", "flatten", "distinct values", "reverse", "sort"),
        *("sublist", "insert before", "list replace", "remove", "string join", "min", "max", "fixed", "upper case"),
        *("lower case", "context", "context put", "context merge"),
    }
)
"""Built-in functions whose result holds values of their arguments."""

MAX_CALL_DEPTH = 50
MAX_ENTRIES = 5000


@dataclass(frozen=True, slots=True)
class Taint:
    """The facts that reach a value: `own` itself, and by key those of the entries of a context. A list is as its items.

    `size` is the number of entries of any depth.
    """

    own: frozenset[str] = frozenset()
    entries: Mapping[str, Taint] = field(default_factory=dict)
    size: int = 0

    def key(self) -> tuple[Any, ...]:
        """The same for what is equal, and hashable."""
        return self.own, tuple((name, inner.key()) for name, inner in sorted(self.entries.items()))


UNTAINTED = Taint()
TaintEnvironment = Mapping[str, Taint]
"""The taint of each name that an expression defines itself, or has as a parameter."""


class TaintAnalysis:
    """Follows the facts in `sources` through the decisions of a ruleset.

    What depends on itself, and what is called through more than `MAX_CALL_DEPTH` functions, is taken as untainted.
    """

    def __init__(self, ruleset: Ruleset, sources: Iterable[str]) -> None:
        self._ruleset = ruleset
        self._sources = frozenset(sources)
        self._by_name: dict[str, Taint] = {}
        self._by_call: dict[tuple[Any, ...], Taint] = {}
        self._active: set[str] = set()
        # In the order of what they read, however long that chain is.
        for name in plan_of(ruleset).order:
            self.named(name)

    def of(self, node: ast.Node, names: TaintEnvironment) -> Taint:
        """The taint of a node's value; `names` are those of the expression and of its function."""
        match node:
            case ast.Name(name):
                return names[name] if name in names else self.named(name)
            case ast.ContextLiteral(entries):
                return self._context(entries, names)
            case ast.ListLiteral(items):
                return join(self.of(item, names) for item in items)
            case ast.If(_, then, otherwise):
                return join((self.of(then, names), self.of(otherwise, names)))
            case ast.For(iterations, body):
                return self.of(body, self.within(iterations, names))
            case ast.Filter(source):
                return self.of(source, names)
            case ast.Path(source, name):
                return self.of(source, names).entries.get(name, UNTAINTED)
            case ast.Arithmetic("+", left, right) if self._is_text(left) or self._is_text(right):
                return Taint(join((self.of(left, names), self.of(right, names))).own)
            case ast.Call(ast.Name(name), arguments, keys):
                return self._call(name, arguments, keys, names)
        return UNTAINTED

    def within(self, iterations: Iterable[ast.Iteration], names: TaintEnvironment) -> TaintEnvironment:
        """The names in the body of a loop."""
        for one in iterations:
            names = {**names, one.name: self.of(one.source, names) if one.end is None else UNTAINTED}
        return names

    def named(self, name: str) -> Taint:
        """The taint of a fact, or of the result of a decision without parameters."""
        if name in self._sources:
            return Taint(frozenset({name}))
        if name not in self._by_name and name not in self._active:
            self._active.add(name)
            self._by_name[name] = self._of_name(name)
            self._active.discard(name)
        return self._by_name.get(name, UNTAINTED)

    def _of_name(self, name: str) -> Taint:
        decision = self._ruleset.decisions.get(name)
        if decision is not None:
            return self._decision(decision, {}) if not decision.parameters else UNTAINTED
        tables = (d.logic for d in self._ruleset.decisions.values() if isinstance(d.logic, Table) and not d.parameters)
        return join(self.of(cell.node, {}) for table in tables for cell in asserting_cells(table, name))

    def _decision(self, decision: Decision, names: TaintEnvironment) -> Taint:
        logic = decision.logic
        if not isinstance(logic, Table):
            return self.of(logic.node, names)
        if logic.hit is Hit.COLLECT_COUNT:
            return UNTAINTED
        if logic.asserted:
            found = {n: join(self.of(c.node, names) for c in asserting_cells(logic, n)) for n in logic.asserted}
            return of_context(found)
        by_column = {o.name: join(self.of(c.node, names) for c in output_cells(logic, o.name)) for o in logic.outputs}
        return next(iter(by_column.values())) if len(by_column) == 1 else of_context(by_column)

    def _call(
        self, name: str, arguments: tuple[ast.Node, ...], keys: tuple[str, ...], names: TaintEnvironment
    ) -> Taint:
        decision = self._ruleset.decisions.get(name)
        if decision is None:
            return join(self.of(argument, names) for argument in arguments) if name in PROPAGATING else UNTAINTED
        given = dict(zip(keys or (p.name for p in decision.parameters), arguments, strict=False))
        inside = {p.name: self.of(given[p.name], names) if p.name in given else UNTAINTED for p in decision.parameters}
        if name in self._active or len(self._active) > MAX_CALL_DEPTH:
            return UNTAINTED
        called = (name, *(value.key() for value in inside.values()))
        if called not in self._by_call:
            self._active.add(name)
            self._by_call[called] = self._decision(decision, inside)
            self._active.discard(name)
        return self._by_call[called]

    def _context(self, entries: Iterable[tuple[str, ast.Node]], names: TaintEnvironment) -> Taint:
        found: dict[str, Taint] = {}
        for key, value in entries:
            found[key] = self.of(value, {**names, **found})
        return of_context(found)

    def _is_text(self, node: ast.Node) -> bool:
        match node:
            case ast.String() | ast.Call(ast.Name("string")):
                return True
            case ast.Name(name):
                fact = self._ruleset.vocabulary.facts.get(name)
                return fact is not None and fact.kind.type is FactType.STRING
            case ast.Arithmetic("+", left, right):
                return self._is_text(left) or self._is_text(right)
        return False


def join(taints: Iterable[Taint]) -> Taint:
    """The least upper bound: what reaches any of the values."""
    own: frozenset[str] = frozenset()
    entries: dict[str, Taint] = {}
    for one in taints:
        own |= one.own
        for key, inner in one.entries.items():
            entries[key] = join((entries[key], inner)) if key in entries else inner
    return of_context(entries, own)


def of_context(entries: Mapping[str, Taint], own: frozenset[str] = frozenset()) -> Taint:
    """The taint of a context; of one that is larger than `MAX_ENTRIES` the entries are dropped."""
    size = sum(1 + inner.size for inner in entries.values())
    return Taint(own, entries, size) if size <= MAX_ENTRIES else Taint(own)


def output_cells(table: Table, column: str) -> Iterator[Cell]:
    """The cells that give an output column its values."""
    at = next(index for index, output in enumerate(table.outputs) if output.name == column)
    for row in table.rows:
        cell = row.outputs[at] if at < len(row.outputs) else None
        if cell is not None:
            yield cell
    for cells in (table.default, table.referral or {}):
        if column in cells:
            yield cells[column]


def asserting_cells(table: Table, fact: str) -> Iterator[Cell]:
    """The cells that give an asserted fact its values."""
    for row in table.rows:
        if fact in row.asserts:
            yield row.asserts[fact]
