"""Check of personal data: nothing in an answer repeats a protected value where masking misses it: GL330. Pure.

Masking knows protected values by the names they stand under, and wherever else they are recognisable. It knows nothing
of a choice of a list, a small number or a short text that has got another name. Which row held is told, and so are its
words: that is for the bank to weigh, but words that say who somebody is are asked about.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from greenlane.engine.check.taint import (
    UNTAINTED,
    Taint,
    TaintAnalysis,
    TaintEnvironment,
    asserting_cells,
    output_cells,
)
from greenlane.engine.diagnostics import Diagnostic, Place, Severity
from greenlane.engine.feel import ast
from greenlane.engine.feel.visitor import children
from greenlane.engine.rules.ruleset import Ruleset, masked_names
from greenlane.engine.rules.table import Cell, Row, Table
from greenlane.engine.rules.vocabulary import Fact, FactType, always_recognisable

Facts = Mapping[str, Fact]


def check(ruleset: Ruleset) -> Iterator[Diagnostic]:
    """Values under other names, arguments, and words of rows that repeat a protected value (GL330, a warning)."""
    protected = {n: f for n, f in ruleset.vocabulary.facts.items() if f.protected and f.kind.type != FactType.BOOLEAN}
    if not protected:
        return
    silent = {name: fact for name, fact in protected.items() if not always_recognisable(fact.kind)}
    personal = {name: fact for name, fact in protected.items() if fact.personal}
    sinks = _Sinks(ruleset, masked_names(ruleset), TaintAnalysis(ruleset, silent), silent)
    for decision in ruleset.decisions.values():
        own = {parameter.name: UNTAINTED for parameter in decision.parameters}
        logic = decision.logic
        if isinstance(logic, Table):
            yield from sinks.table(logic, own)
            for row in logic.rows:
                yield from _row(row, personal)
        elif decision.name == ruleset.answer.outcome or decision.name not in sinks.masked:
            yield from sinks.node(logic, logic.node, own)
        else:
            yield from sinks.arguments(logic, own)


@dataclass(frozen=True, slots=True)
class _Sinks:
    """Where values leave a decision: cells, entries and arguments whose names are not in `masked`."""

    ruleset: Ruleset
    masked: Collection[str]
    taint: TaintAnalysis
    facts: Facts

    def table(self, table: Table, names: TaintEnvironment) -> Iterator[Diagnostic]:
        for output in table.outputs:
            for cell in output_cells(table, output.name):
                if len(table.outputs) == 1 or output.name not in self.masked:
                    yield from self.node(cell, cell.node, names)
        for fact in table.asserted:
            for cell in asserting_cells(table, fact) if fact not in self.masked else ():
                yield from self.node(cell, cell.node, names)

    def node(self, cell: Cell, node: ast.Node, names: TaintEnvironment) -> Iterator[Diagnostic]:
        """Tainted values in the value of a node that stand under no name of their own, or one that is not masked."""
        match node:
            case ast.ContextLiteral(entries):
                for key, value in entries:
                    if key not in self.masked:
                        yield from self.node(cell, value, names)
                    names = {**names, key: self.taint.of(value, names)}
            case ast.ListLiteral(items):
                for item in items:
                    yield from self.node(cell, item, names)
            case ast.If(_, then, otherwise):
                yield from self.node(cell, then, names)
                yield from self.node(cell, otherwise, names)
            case ast.For(iterations, body):
                yield from self.node(cell, body, self.taint.within(iterations, names))
            case _:
                for name in sorted(self._unmasked(self.taint.of(node, names))):
                    yield _diagnostic(self.facts[name], _place(cell, node), NAME)
                yield from self._arguments(cell, node, names)

    def arguments(self, cell: Cell, names: TaintEnvironment) -> Iterator[Diagnostic]:
        """Tainted arguments of functions in a cell: traces show them under the parameters' names."""
        yield from self._arguments(cell, cell.node, names)

    def _arguments(self, cell: Cell, node: ast.Node, names: TaintEnvironment) -> Iterator[Diagnostic]:
        if isinstance(node, ast.Call) and isinstance(node.function, ast.Name):
            decision = self.ruleset.decisions.get(node.function.name)
            parameters = [p.name for p in decision.parameters] if decision is not None else []
            for parameter, given in zip(node.names or parameters, node.arguments, strict=False):
                if decision is not None and parameter not in self.masked:
                    for name in sorted(self._unmasked(self.taint.of(given, names))):
                        yield _diagnostic(self.facts[name], _place(cell, given), PARAMETER)
        for inner in children(node):
            yield from self._arguments(cell, inner, names)

    def _unmasked(self, taint: Taint) -> frozenset[str]:
        inner = (self._unmasked(entry) for key, entry in taint.entries.items() if key not in self.masked)
        return taint.own.union(*inner)


NAME = "give it the name of the fact, or tell a class of it, not the value"
PARAMETER = "give the parameter the name of the fact, or let the function read the fact itself"
WORDS = "say what follows from it, not the value"


def _row(row: Row, facts: Facts) -> Iterator[Diagnostic]:
    """Words of a row that repeat the value that it asks a fact to have."""
    pinned = list(_pinned(row, facts))
    for fact, value in pinned:
        if row.text is not None and (_repeats(row.text.zh, value) or _repeats(row.text.en, value)):
            yield _diagnostic(fact, row.place, WORDS)
    for cell in (*row.outputs, *row.asserts.values()):
        if cell is not None and isinstance(cell.node, ast.String):
            for fact, value in pinned:
                if _repeats(cell.node.value, value):
                    yield _diagnostic(fact, cell.place, WORDS)


def _pinned(row: Row, facts: Facts) -> Iterator[tuple[Fact, str]]:
    """The facts for which a row holds with one value only, as far as its cells say so outright."""
    for test in row.tests:
        node = test.cell.node
        if test.fact in facts and isinstance(node, ast.UnaryTests) and len(node.tests) == 1 and not node.negated:
            yield from ((facts[test.fact], value) for value in _literal(node.tests[0]))
    if row.when is not None:
        for part in row.when.node.operands if isinstance(row.when.node, ast.And) else (row.when.node,):
            match part:
                case ast.Comparison("=", ast.Name(name), right) if name in facts:
                    yield from ((facts[name], value) for value in _literal(right))


def _literal(node: ast.Node) -> Iterator[str]:
    match node:
        case ast.String(value):
            yield value
        case ast.Number(number):
            yield str(number)


def _repeats(text: str, value: str) -> bool:
    """Whether a text has a value as a word; Chinese characters may stand next to it."""
    return re.search(rf"(?<![A-Za-z0-9_.]){re.escape(value)}(?![A-Za-z0-9_]|\.\d)", text) is not None


def _diagnostic(fact: Fact, place: Place, help_: str) -> Diagnostic:
    message = f"the value of `{fact.name}` is told here, where it cannot be masked"
    return Diagnostic("GL330", message, place, help_, Severity.WARNING, (fact.place,))


def _place(cell: Cell, node: ast.Node) -> Place:
    return cell.origin.place(cell.text, node.span.start, node.span.end)
