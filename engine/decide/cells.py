"""Cells that yield values: outputs, asserted facts, referrals and defaults, compiled once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from greenlane.engine.feel import STRICT, compile_expression, evaluate_node, names_read
from greenlane.engine.feel.ast import Call, FunctionLiteral
from greenlane.engine.feel.scope import Scope
from greenlane.engine.feel.visitor import walk
from greenlane.engine.rules.table import Cell, Row, Table

Produce = Callable[[Scope], Any]


def cell_value(cell: Cell | None) -> Produce:
    """The value of a cell in a scope, null for a blank one."""
    if cell is None:
        return _always(None)
    if names_read(cell.node) or any(isinstance(node, Call | FunctionLiteral) for node in walk(cell.node)):
        return compile_expression(cell.node, STRICT)
    return _always(evaluate_node(cell.node, {}, STRICT))


def row_value(table: Table, row: Row) -> Produce:
    """What a row that holds yields: the value of the only output, or a context of all outputs."""
    cells: dict[str, Produce] = {}
    for output, cell in zip(table.outputs, row.outputs, strict=True):
        own = {"id": row.id, "code": row.code}
        cells[output.name] = _always(own[output.name]) if cell is None and output.name in own else cell_value(cell)
    return _yielded(cells)


def referral_value(table: Table, row: Row) -> Produce:
    """What an undetermined row yields: the referral, its own id, and null for everything else."""
    given = table.referral or {}
    cells = {
        output.name: cell_value(given[output.name])
        if output.name in given
        else _always(row.id if output.name == "id" else None)
        for output in table.outputs
    }
    return _yielded(cells)


def default_value(table: Table) -> Produce:
    """What a table with one result yields when no row holds: null without a default."""
    if not table.default:
        return _always(None)
    return _yielded({output.name: cell_value(table.default.get(output.name)) for output in table.outputs})


def _yielded(cells: Mapping[str, Produce]) -> Produce:
    if len(cells) == 1:
        return next(iter(cells.values()))
    if all(isinstance(cell, _Constant) for cell in cells.values()):
        # FEEL never changes a value, so one context serves every decision.
        return _always({name: cell(_NOTHING) for name, cell in cells.items()})
    items = tuple(cells.items())
    return lambda scope: {name: cell(scope) for name, cell in items}


class _Constant:
    """Yields the same in every scope."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value

    def __call__(self, scope: Scope) -> Any:
        return self.value


_NOTHING: dict[str, Any] = {}


def _always(value: Any) -> Produce:
    return _Constant(value)
