"""Writes the conditions of a row as input entries: of a rule for where it holds, of one for where it is undetermined.

Pure. A row of a rule file is undetermined where a condition cannot be told, which in the model is null.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from greenlane.engine.feel.ast import (
    And,
    AtLiteral,
    Boolean,
    Call,
    Comparison,
    In,
    InputValue,
    Name,
    Node,
    Null,
    Number,
    Or,
    String,
    UnaryTests,
)
from greenlane.engine.feel.unary_tests import reads_input
from greenlane.engine.feel.visitor import names_read, walk
from greenlane.engine.interop.dmn.exporter.expression_writer import ElementScope, ExpressionWriter, NullState
from greenlane.engine.interop.dmn.exporter.nullability import (
    INPUT,
    Names,
    non_null_where,
    nullable,
    reads_null,
    settled,
)
from greenlane.engine.interop.dmn.exporter.xml_elements import GUARD, WHEN
from greenlane.engine.rules.table import Cell, Row, Table

_Literal = Number | String | Boolean | AtLiteral


@dataclass(frozen=True, slots=True)
class ConditionCells:
    """The input entries of one condition of a row, in the column of a fact or in that of conditions.

    `holds`, `open` and `null` are true where the condition is true, where it is not false, and where it is null;
    `unknown` is the last as an expression. All but the first are empty where it never is null.
    """

    column: str
    holds: str
    open: str = ""
    null: str = ""
    unknown: str = ""

    @property
    def nullable(self) -> bool:
        """Whether the condition is null for some application."""
        return bool(self.null)


@dataclass(frozen=True, slots=True)
class RowConditions:
    """The input entries of a row by column. `undetermined`: of the rule for where it is, None where it never is."""

    holds: Mapping[str, str]
    undetermined: Mapping[str, str] | None


def row_conditions(table: Table, row: Row, scope: ElementScope, non_null: Names) -> RowConditions:
    """The conditions of a row; `non_null` are the names that are known not to be null where it is reached."""
    return _joined(_condition_cells(table, row, scope, non_null))


def has_conditions(row: Row, table: Table) -> bool:
    """Whether the row has any condition, also by its section."""
    tested = any(isinstance(test.cell.node, UnaryTests) and test.cell.node.tests for test in row.tests)
    return tested or row.when is not None or table.sections[row.section].guard is not None


def _condition_cells(table: Table, row: Row, scope: ElementScope, non_null: Names) -> list[ConditionCells]:
    """The conditions of a row one by one: known flags, guard of the section, tests, `when`."""
    state = NullState(non_null | {INPUT})
    found: list[ConditionCells] = []
    guard = table.sections[row.section].guard
    if guard is not None:
        found.append(_condition(GUARD, guard, guard.node, scope, state))
        state = state.assuming(settled(guard.node, True, state.non_null))
    found.extend(
        _test(test.fact, test.cell, test.cell.node, scope, state)
        for test in row.tests
        if isinstance(test.cell.node, UnaryTests) and test.cell.node.tests
    )
    if row.when is not None:
        found.append(_condition(WHEN, row.when, row.when.node, scope, state))
    return [*(_flagged(flag, scope) for flag in _flags(table, row, scope)), *found]


def _flags(table: Table, row: Row, scope: ElementScope) -> list[str]:
    """The names read by the row that have a flag which tells whether they are known."""
    cells = (table.sections[row.section].guard, row.when, *(test.cell for test in row.tests))
    names = [test.fact for test in row.tests]
    names += [name for cell in cells if cell is not None for name in names_read(cell.node)]
    return [name for name in dict.fromkeys(names) if name in scope.flags]


def _flagged(name: str, scope: ElementScope) -> ConditionCells:
    """The condition that a name with a flag is known."""
    scope.read(name)
    flag = scope.flags[name]
    return ConditionCells(flag, "true", "-", "false", f"not({flag})")


def _joined(found: list[ConditionCells]) -> RowConditions:
    holds = _cells([(part.column, part.holds) for part in found])
    unsure = [part for part in found if part.nullable]
    if not unsure:
        return RowConditions(holds, None)
    if len(unsure) == 1:
        return RowConditions(holds, _cells([(p.column, p.null or p.holds) for p in found]))
    cells = [(part.column, part.open or part.holds) for part in found]
    some = " or ".join(part.unknown for part in unsure)
    return RowConditions(holds, _cells([*cells, (WHEN, some)]))


def _cells(found: list[tuple[str, str]]) -> dict[str, str]:
    """One cell for each column; several conditions in one are joined by `and`."""
    cells: dict[str, str] = {}
    for column, text in found:
        cells[column] = f"({cells[column]}) and ({text})" if column in cells else text
    # A condition that begins with `not(` would be read as the negation of the cell.
    return {c: f"({t})" if c in (GUARD, WHEN) and t.startswith("not") else t for c, t in cells.items()}


def _test(fact: str, cell: Cell, node: UnaryTests, scope: ElementScope, state: NullState) -> ConditionCells:
    writer = ExpressionWriter(cell, scope)
    written = scope.read(fact)
    texts = ", ".join(writer.part(test, state) for test in node.tests)
    others = any(nullable(test, state.non_null) for test in node.tests if not isinstance(test, Null))
    asks = any(reads_input(test) for test in node.tests)
    may_be_null = fact not in state.non_null and not reads_null(node)
    if not others and not may_be_null:
        return ConditionCells(written, f"not({texts})" if node.negated else texts)
    if others or asks:
        return _test_as_condition(written, texts, node, may_be_null)
    if node.negated:
        return ConditionCells(written, f"not({texts}, null)", f"not({texts})", "null", f"{written} = null")
    return ConditionCells(written, texts, f"null, {texts}", "null", f"{written} = null")


def _test_as_condition(name: str, texts: str, node: UnaryTests, may_be_null: bool) -> ConditionCells:
    """A test in the column of conditions: as a unary test it would mean something else of null."""
    text = f"{name} in ({texts})"
    if node.negated:
        text = f"not({text})"
    if may_be_null:
        text = f"if {name} = null then null else {text}"
    return ConditionCells(WHEN, text, f"({text}) = null or ({text})", f"({text}) = null", f"({text}) = null")


def _condition(column: str, cell: Cell, node: Node, scope: ElementScope, state: NullState) -> ConditionCells:
    writer = ExpressionWriter(cell, scope)
    exact = writer.expression(node, state)
    if not nullable(node, state.non_null):
        return ConditionCells(column, exact)
    null = _null(writer, node, exact, state)
    return ConditionCells(column, _holds(writer, node, state), f"{null} or ({exact})", null, null)


def _null(writer: ExpressionWriter, node: Node, exact: str, state: NullState) -> str:
    """That the condition is null."""
    if _leaf(node):
        return " or ".join(f"{name} = null" for name in writer.nullable_names(node, state))
    return f"({exact}) = null"


def _holds(writer: ExpressionWriter, node: Node, state: NullState) -> str:
    """The condition without a distinction between false and null, which does not matter to a rule that holds."""
    if isinstance(node, And | Or):
        texts = []
        for operand in node.operands:
            texts.append((operand, _holds(writer, operand, state)))
            known = non_null_where(operand, True) if isinstance(node, And) else settled(operand, False, state.non_null)
            state = state.assuming(known)
        return writer.splice(node, texts)
    if not _leaf(node):
        return writer.expression(node, state)
    plain = writer.expression(node, replace(state, plain=True))
    return " and ".join((*(f"{name} != null" for name in _hidden(writer, node, state)), plain))


def _hidden(writer: ExpressionWriter, node: Node, state: NullState) -> tuple[str, ...]:
    """The names whose null would make the condition true."""
    names = writer.nullable_names(node, state)
    match node:
        case Comparison("!="):
            return names
        case Comparison("=") if len(names) > 1:
            return names
        case Call(_, (Comparison("=") | In(),)):
            return names
        case _:
            return ()


def _leaf(node: Node) -> bool:
    """A condition that is null exactly where a name in it is: a comparison of names and literals, or its negation."""
    match node:
        case Name():
            return True
        case Call(Name("not"), (inner,)):
            return not isinstance(inner, Call) and _leaf(inner)
        case Comparison(_, left, right):
            return not reads_null(node) and isinstance(left, Name | _Literal) and isinstance(right, Name | _Literal)
        case In(Name(), tests):
            fixed = not any(isinstance(part, Name | Call | InputValue) for test in tests for part in walk(test))
            return not reads_null(node) and fixed
        case _:
            return False
