"""What a row asks for, as the cells of DMN rules: of one that holds where the row does, and of one where it cannot be
told whether it does.
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
from greenlane.engine.feel.testing import reads_input
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
from greenlane.engine.rules.table import Cell, Row, Table

GUARD, WHEN = "for", "when"
_Literal = Number | String | Boolean | AtLiteral


@dataclass(frozen=True, slots=True)
class ConditionCells:
    """One condition of a row, in the column of a fact or in that of conditions.

    `holds`, `open` and `null` are cells that are true where the condition is true, where it is not false, and where it
    cannot be told; `unknown` is the last as an expression. All but the first are empty where it always can be told.
    """

    column: str
    holds: str
    open: str = ""
    null: str = ""
    unknown: str = ""

    @property
    def nullable(self) -> bool:
        """Whether there are applications for which it cannot be told."""
        return bool(self.null)


@dataclass(frozen=True, slots=True)
class RowConditions:
    """The cells of a row by column. `undetermined` are those of the rule that says so, None where it never is."""

    holds: Mapping[str, str]
    undetermined: Mapping[str, str] | None


def conditions(table: Table, row: Row, around: ElementScope, sure: Names) -> RowConditions:
    """The conditions of a row; `sure` are names known not to be null before it is looked at."""
    return _joined(condition_cells(table, row, around, sure))


def condition_cells(table: Table, row: Row, around: ElementScope, sure: Names) -> list[ConditionCells]:
    """The conditions of a row one by one."""
    scope = NullState(sure | {INPUT})
    found: list[ConditionCells] = []
    guard = table.sections[row.section].guard
    if guard is not None:
        found.append(_condition(GUARD, guard, guard.node, around, scope))
        scope = scope.knowing(settled(guard.node, True, scope.sure))
    found.extend(
        _test(test.fact, test.cell, test.cell.node, around, scope)
        for test in row.tests
        if isinstance(test.cell.node, UnaryTests) and test.cell.node.tests
    )
    if row.when is not None:
        found.append(_condition(WHEN, row.when, row.when.node, around, scope))
    return [*(_flagged(flag, around) for flag in _flags(table, row, around)), *found]


def asked_of(row: Row, table: Table) -> bool:
    """Whether the row asks for anything at all."""
    tested = any(isinstance(test.cell.node, UnaryTests) and test.cell.node.tests for test in row.tests)
    return tested or row.when is not None or table.sections[row.section].guard is not None


def _flags(table: Table, row: Row, around: ElementScope) -> list[str]:
    """The names read by the row of which something else tells whether they are known."""
    cells = (table.sections[row.section].guard, row.when, *(test.cell for test in row.tests))
    names = [test.fact for test in row.tests]
    names += [name for cell in cells if cell is not None for name in names_read(cell.node)]
    return [name for name in dict.fromkeys(names) if name in around.flags]


def _flagged(name: str, around: ElementScope) -> ConditionCells:
    around.read(name)
    flag = around.flags[name]
    return ConditionCells(flag, "true", "-", "false", f"not({flag})")


def _joined(found: list[ConditionCells]) -> RowConditions:
    holds = _cells([(part.column, part.holds) for part in found])
    nullable = [part for part in found if part.nullable]
    if not nullable:
        return RowConditions(holds, None)
    if len(nullable) == 1:
        return RowConditions(holds, _cells([(p.column, p.null or p.holds) for p in found]))
    cells = [(part.column, part.open or part.holds) for part in found]
    some = " or ".join(part.unknown for part in nullable)
    return RowConditions(holds, _cells([*cells, (WHEN, some)]))


def _cells(found: list[tuple[str, str]]) -> dict[str, str]:
    """One cell for each column; several conditions in one are joined by `and`."""
    cells: dict[str, str] = {}
    for column, text in found:
        cells[column] = f"({cells[column]}) and ({text})" if column in cells else text
    # A condition that begins with `not(` would be read as the negation of the cell.
    return {c: f"({t})" if c in (GUARD, WHEN) and t.startswith("not") else t for c, t in cells.items()}


def _test(fact: str, cell: Cell, node: UnaryTests, around: ElementScope, scope: NullState) -> ConditionCells:
    writer = ExpressionWriter(cell, around)
    written = around.read(fact)
    texts = ", ".join(writer.part(test, scope) for test in node.tests)
    others = any(nullable(test, scope.sure) for test in node.tests if not isinstance(test, Null))
    asks = any(reads_input(test) for test in node.tests)
    unsure = fact not in scope.sure and not reads_null(node)
    if not others and not unsure:
        return ConditionCells(written, f"not({texts})" if node.negated else texts)
    if others or asks:
        return _test_in_words(written, texts, node, unsure)
    if node.negated:
        return ConditionCells(written, f"not({texts}, null)", f"not({texts})", "null", f"{written} = null")
    return ConditionCells(written, texts, f"null, {texts}", "null", f"{written} = null")


def _test_in_words(name: str, texts: str, node: UnaryTests, unsure: bool) -> ConditionCells:
    """A test that says something else of null than the cell would, as a condition."""
    text = f"{name} in ({texts})"
    if node.negated:
        text = f"not({text})"
    if unsure:
        text = f"if {name} = null then null else {text}"
    return ConditionCells(WHEN, text, f"({text}) = null or ({text})", f"({text}) = null", f"({text}) = null")


def _condition(column: str, cell: Cell, node: Node, around: ElementScope, scope: NullState) -> ConditionCells:
    writer = ExpressionWriter(cell, around)
    exact = writer.expression(node, scope)
    if not nullable(node, scope.sure):
        return ConditionCells(column, exact)
    null = _null(writer, node, exact, scope)
    return ConditionCells(column, _holds(writer, node, scope), f"{null} or ({exact})", null, null)


def _null(writer: ExpressionWriter, node: Node, exact: str, scope: NullState) -> str:
    """That the condition is null."""
    if _leaf(node):
        return " or ".join(f"{name} = null" for name in writer.nullable_names(node, scope))
    return f"({exact}) = null"


def _holds(writer: ExpressionWriter, node: Node, scope: NullState) -> str:
    """The condition without a distinction between false and null, which does not matter to a rule that holds."""
    if isinstance(node, And | Or):
        texts = []
        for operand in node.operands:
            texts.append((operand, _holds(writer, operand, scope)))
            known = non_null_where(operand, True) if isinstance(node, And) else settled(operand, False, scope.sure)
            scope = scope.knowing(known)
        return writer.splice(node, texts)
    if not _leaf(node):
        return writer.expression(node, scope)
    plain = writer.expression(node, replace(scope, plain=True))
    return " and ".join((*(f"{name} != null" for name in _hidden(writer, node, scope)), plain))


def _hidden(writer: ExpressionWriter, node: Node, scope: NullState) -> tuple[str, ...]:
    """The names whose null would make the condition true."""
    names = writer.nullable_names(node, scope)
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
