"""Which facts' values an expression passes on unchanged: not what is computed from them, and not what they decide."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from greenlane.engine.decide.plan import plan_of
from greenlane.engine.feel import ast
from greenlane.engine.rules.ruleset import Decision, Ruleset
from greenlane.engine.rules.table import Cell, Hit, Table
from greenlane.engine.rules.vocabulary import FactType

PASSING = frozenset(
    {
        *("string", "number", "concatenate", "append", "union", "flatten", "distinct values", "reverse", "sort"),
        *("sublist", "insert before", "list replace", "remove", "string join", "min", "max", "fixed", "upper case"),
        *("lower case", "context", "context put", "context merge"),
    }
)
"""Built-in functions whose result holds what they are given."""

DEEPEST = 50
LARGEST = 5000


@dataclass(frozen=True, slots=True)
class Carried:
    """What a value passes on: `own` facts, and those in the entries of a context by key. Lists are as their items.

    `size` is how many entries of any depth there are.
    """

    own: frozenset[str] = frozenset()
    entries: Mapping[str, Carried] = field(default_factory=dict)
    size: int = 0

    def key(self) -> tuple[Any, ...]:
        """The same for what is equal, and hashable."""
        return self.own, tuple((name, inner.key()) for name, inner in sorted(self.entries.items()))


NOTHING = Carried()
Names = Mapping[str, Carried]


class Flow:
    """Follows the facts in `watched` through the decisions of a ruleset.

    What waits for itself, and what is called through more than `DEEPEST` functions, is taken to carry nothing.
    """

    def __init__(self, ruleset: Ruleset, watched: Iterable[str]) -> None:
        self._ruleset = ruleset
        self._watched = frozenset(watched)
        self._known: dict[str, Carried] = {}
        self._called: dict[tuple[Any, ...], Carried] = {}
        self._inside: set[str] = set()
        # In the order of what they read, however long that chain is.
        for name in plan_of(ruleset).order:
            self.named(name)

    def of(self, node: ast.Node, names: Names) -> Carried:
        """What the value of a node passes on; `names` are those of the expression and of its function."""
        match node:
            case ast.Name(name):
                return names[name] if name in names else self.named(name)
            case ast.ContextLiteral(entries):
                return self._context(entries, names)
            case ast.ListLiteral(items):
                return merged(self.of(item, names) for item in items)
            case ast.If(_, then, otherwise):
                return merged((self.of(then, names), self.of(otherwise, names)))
            case ast.For(iterations, body):
                return self.of(body, self.within(iterations, names))
            case ast.Filter(source):
                return self.of(source, names)
            case ast.Path(source, name):
                return self.of(source, names).entries.get(name, NOTHING)
            case ast.Arithmetic("+", left, right) if self._is_text(left) or self._is_text(right):
                return Carried(merged((self.of(left, names), self.of(right, names))).own)
            case ast.Call(ast.Name(name), arguments, keys):
                return self._call(name, arguments, keys, names)
        return NOTHING

    def within(self, iterations: Iterable[ast.Iteration], names: Names) -> Names:
        """The names inside of a loop."""
        for one in iterations:
            names = {**names, one.name: self.of(one.source, names) if one.end is None else NOTHING}
        return names

    def named(self, name: str) -> Carried:
        """What a fact, or the result of a decision without parameters, passes on."""
        if name in self._watched:
            return Carried(frozenset({name}))
        if name not in self._known and name not in self._inside:
            self._inside.add(name)
            self._known[name] = self._of_name(name)
            self._inside.discard(name)
        return self._known.get(name, NOTHING)

    def _of_name(self, name: str) -> Carried:
        decision = self._ruleset.decisions.get(name)
        if decision is not None:
            return self._decision(decision, {}) if not decision.parameters else NOTHING
        tables = (d.logic for d in self._ruleset.decisions.values() if isinstance(d.logic, Table) and not d.parameters)
        return merged(self.of(cell.node, {}) for table in tables for cell in asserting(table, name))

    def _decision(self, decision: Decision, names: Names) -> Carried:
        logic = decision.logic
        if not isinstance(logic, Table):
            return self.of(logic.node, names)
        if logic.hit is Hit.COLLECT_COUNT:
            return NOTHING
        if logic.asserted:
            found = {n: merged(self.of(c.node, names) for c in asserting(logic, n)) for n in logic.asserted}
            return holding(found)
        by_column = {o.name: merged(self.of(c.node, names) for c in yielding(logic, o.name)) for o in logic.outputs}
        return next(iter(by_column.values())) if len(by_column) == 1 else holding(by_column)

    def _call(self, name: str, arguments: tuple[ast.Node, ...], keys: tuple[str, ...], names: Names) -> Carried:
        decision = self._ruleset.decisions.get(name)
        if decision is None:
            return merged(self.of(argument, names) for argument in arguments) if name in PASSING else NOTHING
        given = dict(zip(keys or (p.name for p in decision.parameters), arguments, strict=False))
        inside = {p.name: self.of(given[p.name], names) if p.name in given else NOTHING for p in decision.parameters}
        if name in self._inside or len(self._inside) > DEEPEST:
            return NOTHING
        called = (name, *(value.key() for value in inside.values()))
        if called not in self._called:
            self._inside.add(name)
            self._called[called] = self._decision(decision, inside)
            self._inside.discard(name)
        return self._called[called]

    def _context(self, entries: Iterable[tuple[str, ast.Node]], names: Names) -> Carried:
        found: dict[str, Carried] = {}
        for key, value in entries:
            found[key] = self.of(value, {**names, **found})
        return holding(found)

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


def merged(found: Iterable[Carried]) -> Carried:
    """What any of them passes on."""
    own: frozenset[str] = frozenset()
    entries: dict[str, Carried] = {}
    for one in found:
        own |= one.own
        for key, inner in one.entries.items():
            entries[key] = merged((entries[key], inner)) if key in entries else inner
    return holding(entries, own)


def holding(entries: Mapping[str, Carried], own: frozenset[str] = frozenset()) -> Carried:
    """What a context passes on; of one that is larger than `LARGEST` nothing is told by its entries."""
    size = sum(1 + inner.size for inner in entries.values())
    return Carried(own, entries, size) if size <= LARGEST else Carried(own)


def yielding(table: Table, column: str) -> Iterator[Cell]:
    """The cells that give an output column its values."""
    at = next(index for index, output in enumerate(table.outputs) if output.name == column)
    for row in table.rows:
        cell = row.outputs[at] if at < len(row.outputs) else None
        if cell is not None:
            yield cell
    for cells in (table.default, table.referral or {}):
        if column in cells:
            yield cells[column]


def asserting(table: Table, fact: str) -> Iterator[Cell]:
    """The cells that give an asserted fact its values."""
    for row in table.rows:
        if fact in row.asserts:
            yield row.asserts[fact]
