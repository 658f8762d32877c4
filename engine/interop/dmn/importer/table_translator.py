"""Translates decision tables to tables of rule files, and to values around them where these say less. Pure.

What an input expression is about becomes a column where it has a name, a decision of its own where it can have one, and
else a condition of each row.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from greenlane.engine.diagnostics import Place
from greenlane.engine.feel import ast
from greenlane.engine.feel.visitor import names_read, walk
from greenlane.engine.interop.dmn.boxed import BoxedExpression, DecisionRule, DecisionTable, InputClause
from greenlane.engine.interop.dmn.importer.boxed_translator import BoxedTranslator
from greenlane.engine.interop.dmn.importer.ir import (
    NULL,
    SYNTHETIC,
    DecisionHeader,
    IrDecision,
    TableDecision,
    TableRow,
    ValueDecision,
)
from greenlane.engine.interop.dmn.importer.name_scopes import NameScope
from greenlane.engine.interop.dmn.importer.symbols import rule_name
from greenlane.engine.interop.dmn.importer.table_columns import (
    OutputColumn,
    OutputColumns,
    RowIdentifiers,
    annotations_of,
)
from greenlane.engine.interop.dmn.importer.type_resolution import listed_strings
from greenlane.engine.rules.table import LISTING, Hit
from greenlane.engine.rules.vocabulary import FactKind
from greenlane.engine.text import Text

TakeName = Callable[..., str]
"""`NameAllocator.take`."""
_CONDITIONS = (ast.Comparison, ast.And, ast.Or, ast.In, ast.Between, ast.Quantified, ast.Boolean, ast.InstanceOf)


@dataclass(frozen=True, slots=True)
class _TestedInput:
    """An input and its expression. `column` is its name where it becomes a column."""

    node: ast.Node
    column: str
    input: InputClause


@dataclass(frozen=True, slots=True)
class TableTranslator:
    """Translates tables. `kinds` are those of facts; `take` allocates names for decisions beside a table."""

    expressions: BoxedTranslator
    outputs: OutputColumns
    kinds: Mapping[str, FactKind]
    identifiers: RowIdentifiers
    take: TakeName

    def decisions(
        self, boxed: DecisionTable, scope: NameScope, header: DecisionHeader, result: str, inputs: Sequence[ast.Node]
    ) -> list[IrDecision]:
        """The table and what it needs; the last of them has the header's name.

        `result` is the type of the whole, `inputs` are the translated input expressions.
        """
        made: list[IrDecision] = []
        tested = self._tested(boxed, inputs, scope, header, made)
        results = [[self.expressions.literal(cell, scope) for cell in rule.results] for rule in boxed.rules]
        by_output = [[row[at] for row in results] for at in range(len(boxed.outputs))]
        named = [one.column for one in tested if one.column]
        outputs = replace(self.outputs, kinds={**self.kinds, **dict(header.parameters)})
        columns = outputs.columns(boxed, scope.model, result, header.name, by_output, named)
        table = self._table(boxed, scope, header, tested, columns, results)
        guards = [guard for one in tested if (guard := self._guard(one, scope, header)) is not None]
        if not table.default and table.rows:
            table, guards = replace(table, guard=_conjunction(guards)), []
        # What the value around the table says of its default, the table need not say.
        renamed = len(columns) > 1 and any(column.key != column.name for column in columns)
        empty = bool(table.default) and (table.hit in LISTING or table.hit is Hit.COLLECT_COUNT)
        if table.rows and not (guards or renamed or empty):
            return [*made, table]
        name = self.take(f"{header.name}_rows")
        value = ValueDecision(header, _value_around(table, columns, _read(name, header), guards, renamed, empty))
        inner = replace(table, header=replace(header, name=name), default={} if renamed or empty else table.default)
        return [*made, *([inner] if table.rows else []), value]

    def _tested(
        self,
        boxed: DecisionTable,
        inputs: Sequence[ast.Node],
        scope: NameScope,
        header: DecisionHeader,
        made: list[IrDecision],
    ) -> list[_TestedInput]:
        found: list[_TestedInput] = []
        taken = {output.name for output in boxed.outputs} if len(boxed.outputs) > 1 else set()
        own = {*scope.current_names(), *(name for name, _ in header.parameters)}
        for column, node in zip(boxed.inputs, inputs, strict=True):
            if not isinstance(node, (ast.Name, ast.Null, ast.Boolean)) and not own.intersection(names_read(node)):
                node = self._named(column, node, header, made)
            name = node.name if isinstance(node, ast.Name) else ""
            usable = name not in taken and (name not in own or name in dict(header.parameters))
            found.append(_TestedInput(node, name if usable else "", column))
            taken.add(name)
        return found

    def _named(self, column: InputClause, node: ast.Node, header: DecisionHeader, made: list[IrDecision]) -> ast.Node:
        """A decision for an input expression, so that there is a name for its column."""
        assert column.expression is not None
        text = " ".join(column.expression.text.value.split())
        same = [one for one in made if isinstance(one, ValueDecision) and one.value == node]
        if same:
            return ast.Name(same[0].header.name, SYNTHETIC)
        label = column.label if column.label and column.label != text else text
        name = self.take(rule_name(label)[:40].strip("_"), f"{header.name}_{rule_name(label)[:40].strip('_')}")
        title = Text(label, label)
        made.append(ValueDecision(DecisionHeader(name, title, "", (), column.place), node))
        return ast.Name(name, SYNTHETIC)

    def _table(
        self, boxed: DecisionTable, scope: NameScope, header: DecisionHeader, tested: Sequence[_TestedInput],
        columns: tuple[OutputColumn, ...], results: Sequence[Sequence[ast.Node]],
    ) -> TableDecision:  # fmt: skip
        annotations = self.identifiers.completed(
            [annotations_of(boxed.annotations, rule) for rule in boxed.rules], header.name
        )
        rows = tuple(
            self._row(rule, scope, tested, cells, texts)
            for rule, cells, texts in zip(boxed.rules, results, annotations, strict=True)
        )
        default = {
            column.name: self.expressions.literal(output.default, scope)
            for column, output in zip(columns, boxed.outputs, strict=True)
            if output.default is not None
        }
        hit = boxed.hit
        named = tuple(one.column for one in tested if one.column)
        return TableDecision(header, hit, named, tuple((c.name, c.kind) for c in columns), rows, default)

    def _row(
        self,
        rule: DecisionRule,
        scope: NameScope,
        tested: Sequence[_TestedInput],
        results: Sequence[ast.Node],
        annotations: Mapping[str, str],
    ) -> TableRow:
        tests: list[ast.UnaryTests | None] = []
        conditions: list[ast.Node] = []
        places: list[Place] = []
        for text, one in zip(rule.tests, tested, strict=True):
            test = self.expressions.feel.tests(text, scope)
            if one.column:
                tests.append(test if test.tests else None)
                places.append(text.stripped_place())
            elif test.tests:
                conditions.append(_condition(one.node, test))
        when = _conjunction(conditions)
        cells = tuple(None if isinstance(cell, ast.Null) else cell for cell in results)
        where = (*places, rule.place, *(cell.text.stripped_place() for cell in rule.results))
        return TableRow(tuple(tests), when, cells, annotations, rule.place, where)

    def _guard(self, one: _TestedInput, scope: NameScope, header: DecisionHeader) -> ast.Node | None:
        """The condition that an input is one of its `inputValues`; None where it is a fact that allows no others."""
        if one.input.values is None:
            return None
        tests = self.expressions.feel.tests(one.input.values, scope)
        kind = None if one.column in dict(header.parameters) else self.kinds.get(one.column)
        known = set(kind.allowed or ()) if kind else set()
        if not tests.tests or (known and known <= set(listed_strings(tests))):
            return None
        return _condition(one.node, tests)


def empty_result(boxed: BoxedExpression | None) -> ast.Node | None:
    """What a table is in rule files where no row holds; None where it is null, as in the model, and for no table."""
    if not isinstance(boxed, DecisionTable) or any(output.default is not None for output in boxed.outputs):
        return None
    if boxed.aggregation == "COUNT":
        return ast.Number(Decimal(0), SYNTHETIC)
    listing = boxed.hit in LISTING and boxed.rules
    return ast.ListLiteral((), SYNTHETIC) if listing else None


def _read(name: str, header: DecisionHeader) -> ast.Node:
    """The expression that reads a table with the parameters of the header."""
    parameters = tuple(ast.Name(parameter, SYNTHETIC) for parameter, _ in header.parameters)
    read = ast.Name(name, SYNTHETIC)
    return ast.Call(read, parameters, (), SYNTHETIC) if parameters else read


def _value_around(
    table: TableDecision, columns: tuple[OutputColumn, ...], read: ast.Node, guards: Sequence[ast.Node], renamed: bool,
    empty: bool,
) -> ast.Node:  # fmt: skip
    """The value of `read` with guards, results by their names in the model (`renamed`), and the default (`empty`)."""
    default: ast.Node = NULL
    if table.default:
        values = [(column.key, table.default.get(column.name, NULL)) for column in columns]
        default = values[0][1] if len(values) == 1 else ast.ContextLiteral(tuple(values), SYNTHETIC)
    if not table.rows:
        found = ast.ListLiteral((default,), SYNTHETIC) if table.default and table.hit in LISTING else default
    elif renamed:
        found = _renamed(table, columns, read)
    else:
        found = read
    if empty and table.rows:
        count = table.hit is Hit.COLLECT_COUNT
        nothing = ast.Number(Decimal(0), SYNTHETIC) if count else ast.ListLiteral((), SYNTHETIC)
        otherwise = default if count else ast.ListLiteral((default,), SYNTHETIC)
        found = ast.If(ast.Comparison("=", read, nothing, SYNTHETIC), otherwise, found, SYNTHETIC)
    elif renamed and table.rows and table.hit not in LISTING:
        found = ast.If(ast.Comparison("=", read, NULL, SYNTHETIC), default, found, SYNTHETIC)
    condition = _conjunction(guards)
    return found if condition is None else ast.If(condition, found, NULL, SYNTHETIC)


def _renamed(table: TableDecision, columns: tuple[OutputColumn, ...], read: ast.Node) -> ast.Node:
    """The results with the names that the model gives them."""
    lists = table.hit in LISTING
    row: ast.Node = ast.Name("row", SYNTHETIC) if lists else read
    entries = tuple((column.key, ast.Path(row, column.name, SYNTHETIC)) for column in columns)
    made = ast.ContextLiteral(entries, SYNTHETIC)
    if lists:
        return ast.For((ast.Iteration("row", read, None, SYNTHETIC),), made, SYNTHETIC)
    return made


def _conjunction(conditions: Sequence[ast.Node]) -> ast.Node | None:
    """All conditions at once; None where there are none."""
    if len(conditions) < 2:
        return conditions[0] if conditions else None
    return ast.And(tuple(conditions), SYNTHETIC)


def _condition(node: ast.Node, tests: ast.UnaryTests) -> ast.Node:
    """The condition that the value of the node passes the tests."""
    only = tests.tests[0] if len(tests.tests) == 1 and not tests.negated else None
    true = isinstance(node, ast.Boolean) and node.value
    # Tables of other tools ask `true` for what is a condition by itself.
    if true and isinstance(only, _CONDITIONS) and not any(isinstance(one, ast.InputValue) for one in walk(only)):
        return only
    held = ast.In(node, tests.tests, SYNTHETIC)
    return ast.Call(ast.Name("not", SYNTHETIC), (held,), (), SYNTHETIC) if tests.negated else held
