"""Decision tables of a model to tables of rule files."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from greenlane.engine.diagnostics import Place
from greenlane.engine.feel import ast
from greenlane.engine.feel.visitor import names_read, walk
from greenlane.engine.interop.dmn.boxed import Boxed, DecisionTable, Input, Rule
from greenlane.engine.interop.dmn.importer.boxes import Boxes
from greenlane.engine.interop.dmn.importer.drafts import Draft, Heading, RowDraft, TableDraft, ValueDraft
from greenlane.engine.interop.dmn.importer.names import rule_name
from greenlane.engine.interop.dmn.importer.notes import Given, notes_of
from greenlane.engine.interop.dmn.importer.outputs import Column, Outputs
from greenlane.engine.interop.dmn.importer.scope import Scope
from greenlane.engine.interop.dmn.importer.shapes import listed
from greenlane.engine.interop.dmn.importer.translate import NOWHERE, NULL
from greenlane.engine.interop.dmn.xml_tree import Text as Source
from greenlane.engine.rules.table import Hit
from greenlane.engine.rules.vocabulary import FactKind
from greenlane.engine.text import Text

_HITS: Mapping[tuple[str, str], Hit] = {
    ("UNIQUE", ""): Hit.UNIQUE,
    ("ANY", ""): Hit.ANY,
    ("FIRST", ""): Hit.FIRST,
    ("PRIORITY", ""): Hit.PRIORITY,
    ("RULE ORDER", ""): Hit.RULE_ORDER,
    ("OUTPUT ORDER", ""): Hit.OUTPUT_ORDER,
    ("COLLECT", ""): Hit.COLLECT,
    ("COLLECT", "SUM"): Hit.COLLECT_SUM,
    ("COLLECT", "MIN"): Hit.COLLECT_MIN,
    ("COLLECT", "MAX"): Hit.COLLECT_MAX,
    ("COLLECT", "COUNT"): Hit.COLLECT_COUNT,
}
LISTING = (Hit.RULE_ORDER, Hit.OUTPUT_ORDER, Hit.COLLECT)
Take = Callable[..., str]
_CONDITIONS = (ast.Comparison, ast.And, ast.Or, ast.In, ast.Between, ast.Quantified, ast.Boolean, ast.InstanceOf)


@dataclass(frozen=True, slots=True)
class _Tested:
    """What an input is about. `column` is its name where it is a column of its own."""

    node: ast.Node
    column: str
    input: Input


@dataclass(frozen=True, slots=True)
class Tables:
    """`take` gives names to what a table needs beside it; `kinds` are those of facts."""

    boxes: Boxes
    outputs: Outputs
    kinds: Mapping[str, FactKind]
    given: Given
    take: Take

    def drafts(
        self, boxed: DecisionTable, scope: Scope, heading: Heading, result: str, about: Sequence[ast.Node]
    ) -> list[Draft]:
        """The table and what it needs; the last of them has the heading's name.

        `result` is the type of the whole, `about` what the inputs are about.
        """
        made: list[Draft] = []
        tested = self._tested(boxed, about, scope, heading, made)
        results = [[self.boxes.literal(cell, scope) for cell in rule.results] for rule in boxed.rules]
        by_output = [[row[at] for row in results] for at in range(len(boxed.outputs))]
        named = [one.column for one in tested if one.column]
        outputs = replace(self.outputs, kinds={**self.kinds, **dict(heading.parameters)})
        columns = outputs.columns(boxed, scope.model, result, heading.name, by_output, named)
        table = self._table(boxed, scope, heading, tested, columns, results)
        guards = [guard for one in tested if (guard := self._guard(one, scope, heading)) is not None]
        if not table.default and table.rows:
            table, guards = replace(table, guard=_all(guards)), []
        # What the value around the table says of its default, the table need not say.
        renamed = len(columns) > 1 and any(column.key != column.name for column in columns)
        empty = bool(table.default) and (table.hit in LISTING or table.hit is Hit.COLLECT_COUNT)
        if table.rows and not (guards or renamed or empty):
            return [*made, table]
        name = self.take(f"{heading.name}_rows")
        value = ValueDraft(heading, _around(table, columns, _read(name, heading), guards, renamed, empty))
        inner = replace(table, heading=replace(heading, name=name), default={} if renamed or empty else table.default)
        return [*made, *([inner] if table.rows else []), value]

    def _tested(
        self, boxed: DecisionTable, about: Sequence[ast.Node], scope: Scope, heading: Heading, made: list[Draft]
    ) -> list[_Tested]:
        found: list[_Tested] = []
        taken = {output.name for output in boxed.outputs} if len(boxed.outputs) > 1 else set()
        own = {*scope.written(), *(name for name, _ in heading.parameters)}
        for column, node in zip(boxed.inputs, about, strict=True):
            if not isinstance(node, (ast.Name, ast.Null, ast.Boolean)) and not own.intersection(names_read(node)):
                node = self._named(column, node, heading, made)
            name = node.name if isinstance(node, ast.Name) else ""
            usable = name not in taken and (name not in own or name in dict(heading.parameters))
            found.append(_Tested(node, name if usable else "", column))
            taken.add(name)
        return found

    def _named(self, column: Input, node: ast.Node, heading: Heading, made: list[Draft]) -> ast.Node:
        """A decision for what a column is about, so that it has a name to stand under."""
        assert column.expression is not None
        text = " ".join(column.expression.text.value.split())
        same = [one for one in made if isinstance(one, ValueDraft) and one.value == node]
        if same:
            return ast.Name(same[0].heading.name, NOWHERE)
        label = column.label if column.label and column.label != text else text
        name = self.take(rule_name(label)[:40].strip("_"), f"{heading.name}_{rule_name(label)[:40].strip('_')}")
        title = Text(label, label)
        made.append(ValueDraft(Heading(name, title, "", (), column.place), node))
        return ast.Name(name, NOWHERE)

    def _table(
        self, boxed: DecisionTable, scope: Scope, heading: Heading, tested: Sequence[_Tested],
        columns: tuple[Column, ...], results: Sequence[Sequence[ast.Node]],
    ) -> TableDraft:  # fmt: skip
        notes = self.given.completed([notes_of(boxed.annotations, rule) for rule in boxed.rules], heading.name)
        rows = tuple(
            self._row(rule, scope, tested, cells, note)
            for rule, cells, note in zip(boxed.rules, results, notes, strict=True)
        )
        default = {
            column.name: self.boxes.literal(output.default, scope)
            for column, output in zip(columns, boxed.outputs, strict=True)
            if output.default is not None
        }
        hit = _HITS[boxed.hit_policy, boxed.aggregation]
        named = tuple(one.column for one in tested if one.column)
        return TableDraft(heading, hit, named, tuple((c.name, c.kind) for c in columns), rows, default)

    def _row(
        self, rule: Rule, scope: Scope, tested: Sequence[_Tested], results: Sequence[ast.Node], notes: Mapping[str, str]
    ) -> RowDraft:
        tests: list[ast.UnaryTests | None] = []
        conditions: list[ast.Node] = []
        places: list[Place] = []
        for text, one in zip(rule.tests, tested, strict=True):
            test = self.boxes.translator.tests(text, scope)
            if one.column:
                tests.append(test if test.tests else None)
                places.append(_place(text))
            elif test.tests:
                conditions.append(_asked(one.node, test))
        when = _all(conditions)
        cells = tuple(None if isinstance(cell, ast.Null) else cell for cell in results)
        where = (*places, rule.place, *(_place(cell.text) for cell in rule.results))
        return RowDraft(tuple(tests), when, cells, notes, rule.place, where)

    def _guard(self, one: _Tested, scope: Scope, heading: Heading) -> ast.Node | None:
        """What must hold of an input with values of its own, unless it is a fact that allows no others."""
        if one.input.values is None:
            return None
        tests = self.boxes.translator.tests(one.input.values, scope)
        kind = None if one.column in dict(heading.parameters) else self.kinds.get(one.column)
        known = set(kind.allowed or ()) if kind else set()
        if not tests.tests or (known and known <= set(listed(tests))):
            return None
        return _asked(one.node, tests)


def empty_of(boxed: Boxed | None) -> ast.Node | None:
    """What the result of a table is where no row holds, where that is not null as it is in the model."""
    if not isinstance(boxed, DecisionTable) or any(output.default is not None for output in boxed.outputs):
        return None
    if boxed.aggregation == "COUNT":
        return ast.Number(Decimal(0), NOWHERE)
    listing = _HITS[boxed.hit_policy, boxed.aggregation] in LISTING and boxed.rules
    return ast.ListLiteral((), NOWHERE) if listing else None


def _read(name: str, heading: Heading) -> ast.Node:
    """The expression that reads a table with the parameters of the heading."""
    parameters = tuple(ast.Name(parameter, NOWHERE) for parameter, _ in heading.parameters)
    read = ast.Name(name, NOWHERE)
    return ast.Call(read, parameters, (), NOWHERE) if parameters else read


def _around(
    table: TableDraft, columns: tuple[Column, ...], read: ast.Node, guards: Sequence[ast.Node], renamed: bool,
    empty: bool,
) -> ast.Node:  # fmt: skip
    default: ast.Node = NULL
    if table.default:
        values = [(column.key, table.default.get(column.name, NULL)) for column in columns]
        default = values[0][1] if len(values) == 1 else ast.ContextLiteral(tuple(values), NOWHERE)
    if not table.rows:
        found = ast.ListLiteral((default,), NOWHERE) if table.default and table.hit in LISTING else default
    elif renamed:
        found = _renamed(table, columns, read)
    else:
        found = read
    if empty and table.rows:
        count = table.hit is Hit.COLLECT_COUNT
        nothing = ast.Number(Decimal(0), NOWHERE) if count else ast.ListLiteral((), NOWHERE)
        otherwise = default if count else ast.ListLiteral((default,), NOWHERE)
        found = ast.If(ast.Comparison("=", read, nothing, NOWHERE), otherwise, found, NOWHERE)
    elif renamed and table.rows and table.hit not in LISTING:
        found = ast.If(ast.Comparison("=", read, NULL, NOWHERE), default, found, NOWHERE)
    condition = _all(guards)
    return found if condition is None else ast.If(condition, found, NULL, NOWHERE)


def _renamed(table: TableDraft, columns: tuple[Column, ...], read: ast.Node) -> ast.Node:
    """The results with the names that the model gives them."""
    lists = table.hit in LISTING
    row: ast.Node = ast.Name("row", NOWHERE) if lists else read
    entries = tuple((column.key, ast.Path(row, column.name, NOWHERE)) for column in columns)
    made = ast.ContextLiteral(entries, NOWHERE)
    if lists:
        return ast.For((ast.Iteration("row", read, None, NOWHERE),), made, NOWHERE)
    return made


def _all(conditions: Sequence[ast.Node]) -> ast.Node | None:
    """The one condition, or all of them together; None where there is none."""
    if len(conditions) < 2:
        return conditions[0] if conditions else None
    return ast.And(tuple(conditions), NOWHERE)


def _asked(node: ast.Node, tests: ast.UnaryTests) -> ast.Node:
    """The condition that the value of the node passes the tests."""
    only = tests.tests[0] if len(tests.tests) == 1 and not tests.negated else None
    true = isinstance(node, ast.Boolean) and node.value
    # Tables of other tools ask `true` for what is a condition by itself.
    if true and isinstance(only, _CONDITIONS) and not any(isinstance(one, ast.InputValue) for one in walk(only)):
        return only
    held = ast.In(node, tests.tests, NOWHERE)
    return ast.Call(ast.Name("not", NOWHERE), (held,), (), NOWHERE) if tests.negated else held


def _place(text: Source) -> Place:
    lead = len(text.value) - len(text.value.lstrip())
    return text.place(lead, max(lead + 1, len(text.value.rstrip())))
