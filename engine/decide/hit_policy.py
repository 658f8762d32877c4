"""DMN hit policies: how the rows that hold make one result (DMN 8.2.8, 8.2.11). Pure: values in, a value out.

`combined` is what rule files and DMN models share; they differ in what an error means (`OnError`). `TablePolicy` is the
policy of a table of a rule file: with the values that its rows yield, and rows that cannot be decided.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, DecimalException
from typing import Any, assert_never

from greenlane.engine.decide.matching import bits
from greenlane.engine.feel import STRICT, Cause, Undetermined, compile_expression, evaluate_node, names_read
from greenlane.engine.feel.ast import Call, FunctionLiteral
from greenlane.engine.feel.errors import FeelError, missing
from greenlane.engine.feel.operators import compare, equal
from greenlane.engine.feel.scope import Scope, budget_of, charge
from greenlane.engine.feel.semantics import merged
from greenlane.engine.feel.values import CONTEXT, type_name
from greenlane.engine.feel.visitor import walk
from greenlane.engine.rules.table import AGGREGATING, LISTING, Cell, Hit, OnUndetermined, Row, Table
from greenlane.engine.text import Text

_REDUCING = AGGREGATING - {Hit.COLLECT_COUNT}

Produce = Callable[[Scope], Any]
Because = Callable[[int], tuple[Cause, ...]]
Priority = tuple[str, Callable[[Any], int]]
"""The name of an output, empty for the only one, and the place of its values in their order, the best one first."""


@dataclass(frozen=True, slots=True)
class OnError:
    """What a result is that cannot be said: null in the specification's meaning, undetermined in that of rule files.

    `violated`: the rows that hold (as handed to `combined`) are several under UNIQUE, or differ under ANY.
    `failed`: their values have no sum, least or greatest.
    """

    violated: Callable[[Hit, Sequence[Any]], Any]
    failed: Callable[[Hit, FeelError], Any]


def combined(
    hit: Hit, rows: Sequence[Any], values: list[Any], priorities: Sequence[Priority], on_error: OnError
) -> Any:
    """The result of `rows` that hold, at least one, in their order; `values` is what each of them yields.

    `priorities` are those of the outputs that have allowed values, in their order: the first output counts first.
    """
    match hit:
        case Hit.COLLECT | Hit.RULE_ORDER:
            return values
        case Hit.OUTPUT_ORDER:
            return by_priority(values, priorities)
        case Hit.PRIORITY:
            best = by_priority(values, priorities)
            return best if type(best) is Undetermined else best[0]
        case Hit.COLLECT_COUNT:
            return Decimal(len(values))
        case Hit.COLLECT_SUM | Hit.COLLECT_MIN | Hit.COLLECT_MAX:
            return _aggregated(hit, values, on_error)
        case Hit.UNIQUE:
            return values[0] if len(values) == 1 else on_error.violated(hit, rows)
        case Hit.ANY:
            agree = all(same(values[0], value) for value in values[1:])
            return values[0] if agree else on_error.violated(hit, rows)
        case Hit.FIRST:
            return values[0]
        case _:
            assert_never(hit)


def by_priority(values: list[Any], priorities: Sequence[Priority]) -> Any:
    """The values in the order of their outputs' priorities, else in that of the rows.

    `Undetermined` where an output that counts is, unless there is one value only.
    """
    parts = [
        [value.get(name) if name and isinstance(value, dict) else value for name, _ in priorities] for value in values
    ]
    unknown = merged(part for each in parts for part in each)
    if unknown is not None and len(values) > 1:
        return unknown
    keys = [tuple(place(part) for part, (_, place) in zip(each, priorities, strict=True)) for each in parts]
    return [values[i] for i in sorted(range(len(values)), key=keys.__getitem__)]


def same(left: Any, right: Any) -> bool:
    """Whether two results are the same value: of one type and equal, nulls and undetermined values too.

    What is too large to compare is not.
    """
    if isinstance(left, Undetermined) or isinstance(right, Undetermined):
        return bool(left == right)
    try:
        return equal(left, right) is True
    except FeelError:
        return False


def _aggregated(hit: Hit, values: list[Any], on_error: OnError) -> Any:
    unknown = merged(values)
    if unknown is not None:
        return unknown
    try:
        return _sum(values) if hit is Hit.COLLECT_SUM else _extreme(values, -1 if hit is Hit.COLLECT_MIN else 1)
    except FeelError as error:
        return on_error.failed(hit, error)


def _sum(values: list[Any]) -> Decimal:
    total = Decimal(0)
    for value in values:
        if value is None:
            raise missing()
        if type(value) is not Decimal:
            kind = type_name(value)
            raise FeelError("type", f"a number is needed, got a {kind}", f"需要数值，得到的是 {kind}")
        try:
            total = CONTEXT.add(total, value)
        except DecimalException:
            raise FeelError("arithmetic", "the number is too large", "数值溢出") from None
    return total


def _extreme(values: list[Any], sign: int) -> Any:
    """The first of the least (`sign` -1) or greatest (1) values."""
    best = values[0]
    compare(best, best)
    for value in values[1:]:
        if compare(value, best) * sign > 0:
            best = value
    return best


class TablePolicy:
    """The result of a table of a rule file from masks of its rows."""

    def __init__(self, table: Table) -> None:
        assert table.hit is not None, "a table without a hit policy asserts facts"
        self._hit = table.hit
        self._on_undetermined = table.undetermined
        self._rows = tuple(_row_value(table, row) for row in table.rows)
        self._referrals = tuple(_referral_value(table, row) for row in table.rows) if table.referral else ()
        self._default = _default_value(table)
        self._ids = tuple(row.id for row in table.rows)
        self._priorities = tuple(_priorities(table))
        self._on_error = OnError(self._violated, _failed)
        self.certain: Callable[[int, Scope], Any] = self._when_certain()

    def _when_certain(self) -> Callable[[int, Scope], Any]:
        """What the table says when no row is undetermined, or all such are ignored."""
        if self._hit in (Hit.COLLECT, Hit.RULE_ORDER):
            return self._listed
        return self._first if self._hit is Hit.FIRST else lambda held, scope: self._combined(held, {}, scope)

    def _listed(self, held: int, scope: Scope) -> Any:
        rows = self._rows
        return [rows[row](scope) for row in bits(held)] if held else []

    def _first(self, held: int, scope: Scope) -> Any:
        return self._rows[(held & -held).bit_length() - 1](scope) if held else self._default(scope)

    def with_undetermined(self, held: int, undetermined: int, scope: Scope, because: Because) -> Any:
        """What the table says with undetermined rows that are not ignored. `because` gives the causes of such a row."""
        if self._on_undetermined is OnUndetermined.ERROR:
            return _because(undetermined, because)
        if self._hit is Hit.FIRST:
            before = undetermined & ((held & -held) - 1) if held else undetermined
            return _because(before, because) if before else self._first(held, scope)
        if self._hit in LISTING | AGGREGATING and self._referrals:
            return self._combined(held, {row: self._referrals[row] for row in bits(undetermined)}, scope)
        return _because(undetermined, because)

    def _combined(self, held: int, referred: Mapping[int, Produce], scope: Scope) -> Any:
        hit = self._hit
        rows = [*bits(held), *referred]
        if referred:
            rows.sort()
        values = [referred.get(row, self._rows[row])(scope) for row in rows]
        if hit is Hit.ANY and len(values) > 1:
            charge(budget_of(scope), values)
        if not values and hit not in LISTING and hit is not Hit.COLLECT_COUNT:
            return self._default(scope)
        if hit in _REDUCING and isinstance(values[0], dict):
            # Of rows with several outputs each is reduced on its own.
            return {name: self._made(rows, [value[name] for value in values]) for name in values[0]}
        return self._made(rows, values)

    def _made(self, rows: Sequence[int], values: list[Any]) -> Any:
        return combined(self._hit, rows, values, self._priorities, self._on_error)

    def _violated(self, hit: Hit, rows: Sequence[int]) -> Undetermined:
        names = ", ".join(self._ids[row] for row in rows)
        if hit is Hit.UNIQUE:
            return contradiction(names, Text(f"有多行同时成立：{names}", f"several rows hold: {names}"))
        zh, en = f"成立的行给出不同结果：{names}", f"rows that hold yield different results: {names}"
        return contradiction(names, Text(zh, en))


def contradiction(subject: str, message: Text) -> Undetermined:
    """What rows make that contradict each other."""
    return Undetermined((Cause("argument", subject, message),))


def _failed(hit: Hit, error: FeelError) -> Undetermined:
    return Undetermined((Cause(error.kind, hit.value, Text(error.zh, error.en)),))


def _because(rows: int, because: Because) -> Undetermined:
    return Undetermined(tuple(dict.fromkeys(cause for row in bits(rows) for cause in because(row))))


def _priorities(table: Table) -> list[Priority]:
    """Of each output with allowed values: the order of these, with all other values after them."""
    several = len(table.outputs) > 1
    return [
        (output.name if several else "", _place_in(output.kind.allowed))
        for output in table.outputs
        if output.kind.allowed is not None
    ]


def _place_in(allowed: Sequence[Any]) -> Callable[[Any], int]:
    places = {value: place for place, value in enumerate(allowed)}

    def place(value: Any) -> int:
        return len(places) if isinstance(value, list | dict) else places.get(value, len(places))

    return place


def cell_value(cell: Cell | None) -> Produce:
    """The value of a cell in a scope, null for a blank one."""
    if cell is None:
        return _Constant(None)
    if names_read(cell.node) or any(isinstance(node, Call | FunctionLiteral) for node in walk(cell.node)):
        return compile_expression(cell.node, STRICT)
    return _Constant(evaluate_node(cell.node, {}, STRICT))


def _row_value(table: Table, row: Row) -> Produce:
    """What a row that holds yields: the value of the only output, or a context of all outputs."""
    cells: dict[str, Produce] = {}
    for output, cell in zip(table.outputs, row.outputs, strict=True):
        own = {"id": row.id, "code": row.code}
        cells[output.name] = _Constant(own[output.name]) if cell is None and output.name in own else cell_value(cell)
    return _yielded(cells)


def _referral_value(table: Table, row: Row) -> Produce:
    """What an undetermined row yields: the referral, its own id, and null for everything else."""
    given = table.referral or {}
    cells = {
        output.name: cell_value(given[output.name])
        if output.name in given
        else _Constant(row.id if output.name == "id" else None)
        for output in table.outputs
    }
    return _yielded(cells)


def _default_value(table: Table) -> Produce:
    """What a table with one result yields when no row holds: null without a default."""
    if not table.default:
        return _Constant(None)
    return _yielded({output.name: cell_value(table.default.get(output.name)) for output in table.outputs})


def _yielded(cells: Mapping[str, Produce]) -> Produce:
    if len(cells) == 1:
        return next(iter(cells.values()))
    if all(isinstance(cell, _Constant) for cell in cells.values()):
        # FEEL never changes a value, so one context serves every decision.
        return _Constant({name: cell({}) for name, cell in cells.items()})
    items = tuple(cells.items())
    return lambda scope: {name: cell(scope) for name, cell in items}


class _Constant:
    """Yields the same in every scope."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value

    def __call__(self, scope: Scope) -> Any:
        return self.value
