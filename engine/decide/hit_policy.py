"""DMN hit policies: how the rows that hold, and those that cannot be decided, make one result."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal, DecimalException
from typing import Any, assert_never

from greenlane.engine.decide.cells import Produce, default_value, referral_value, row_value
from greenlane.engine.decide.matching import bits
from greenlane.engine.decide.messages import argument, wrong_type
from greenlane.engine.feel import Cause, Undetermined
from greenlane.engine.feel.comparison import compare, equal
from greenlane.engine.feel.errors import FeelError
from greenlane.engine.feel.scope import Scope
from greenlane.engine.feel.semantics import merged
from greenlane.engine.feel.values import CONTEXT
from greenlane.engine.rules.table import Hit, OnUndetermined, Table
from greenlane.engine.text import Text

Because = Callable[[int], tuple[Cause, ...]]
LISTING = frozenset((Hit.COLLECT, Hit.RULE_ORDER, Hit.OUTPUT_ORDER))
AGGREGATING = frozenset((Hit.COLLECT_SUM, Hit.COLLECT_MIN, Hit.COLLECT_MAX, Hit.COLLECT_COUNT))


class HitPolicy:
    """The result of a table from masks of its rows."""

    def __init__(self, table: Table) -> None:
        assert table.hit is not None, "a table without a hit policy asserts facts"
        self._hit = table.hit
        self._on_undetermined = table.undetermined
        self._rows = tuple(row_value(table, row) for row in table.rows)
        self._referrals = tuple(referral_value(table, row) for row in table.rows) if table.referral else ()
        self._default = default_value(table)
        self._ids = tuple(row.id for row in table.rows)
        self._ranks = _ranks(table)
        self.certain: Callable[[int, Scope], Any] = self._choice()

    def _choice(self) -> Callable[[int, Scope], Any]:
        """What the table says when no row is undetermined, or all such are ignored."""
        if self._hit in (Hit.COLLECT, Hit.RULE_ORDER):
            return self._listed
        return self._first if self._hit is Hit.FIRST else lambda held, scope: self._combined(held, {}, scope)

    def _listed(self, held: int, scope: Scope) -> Any:
        rows = self._rows
        return [rows[row](scope) for row in bits(held)] if held else []

    def _first(self, held: int, scope: Scope) -> Any:
        return self._rows[(held & -held).bit_length() - 1](scope) if held else self._default(scope)

    def doubtful(self, held: int, undetermined: int, scope: Scope, because: Because) -> Any:
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
        match hit:
            case Hit.COLLECT | Hit.RULE_ORDER:
                return values
            case Hit.OUTPUT_ORDER:
                return self._by_priority(values)
            case Hit.COLLECT_COUNT:
                return Decimal(len(values))
            case _ if not values:
                return self._default(scope)
            case Hit.COLLECT_SUM | Hit.COLLECT_MIN | Hit.COLLECT_MAX:
                return _aggregated(hit, values)
            case Hit.PRIORITY:
                best = self._by_priority(values)
                return best if type(best) is Undetermined else best[0]
            case Hit.UNIQUE:
                return values[0] if len(values) == 1 else self._clash("several rows hold", "有多行同时成立", rows)
            case Hit.ANY:
                if all(same(values[0], value) for value in values[1:]):
                    return values[0]
                return self._clash("rows that hold yield different results", "成立的行给出不同结果", rows)
            case Hit.FIRST:
                return values[0]
            case _:
                assert_never(hit)

    def _clash(self, en: str, zh: str, rows: Iterable[int]) -> Undetermined:
        names = ", ".join(self._ids[row] for row in rows)
        return argument(names, Text(f"{zh}：{names}", f"{en}: {names}"))

    def _by_priority(self, values: list[Any]) -> Any:
        """The values in the order of the allowed values of their outputs, the first output first; else in row order."""
        parts = [_outputs(value, self._ranks) for value in values]
        unknown = merged(part for each in parts for part in each)
        if unknown is not None and len(values) > 1:
            return unknown
        keys = [
            tuple(ranks.get(part, len(ranks)) for part, (_, ranks) in zip(each, self._ranks, strict=True))
            for each in parts
        ]
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


def _because(rows: int, because: Because) -> Undetermined:
    return Undetermined(tuple(dict.fromkeys(cause for row in bits(rows) for cause in because(row))))


def _ranks(table: Table) -> tuple[tuple[str, dict[Any, int]], ...]:
    """By output with allowed values: the place of each."""
    return tuple(
        (output.name if len(table.outputs) > 1 else "", {value: i for i, value in enumerate(output.kind.allowed)})
        for output in table.outputs
        if output.kind.allowed is not None
    )


def _outputs(value: Any, ranks: Sequence[tuple[str, dict[Any, int]]]) -> list[Any]:
    return [value.get(name) if name and isinstance(value, dict) else value for name, _ in ranks]


def _aggregated(hit: Hit, values: list[Any]) -> Any:
    """The sum, least or greatest value; of each output where rows have several."""
    if isinstance(values[0], dict):
        return {name: _aggregated(hit, [value[name] for value in values]) for name in values[0]}
    unknown = merged(values)
    if unknown is not None:
        return unknown
    try:
        if hit is Hit.COLLECT_SUM:
            return _sum(values)
        best = values[0]
        compare(best, best)
        for value in values[1:]:
            order = compare(value, best)
            if order < 0 if hit is Hit.COLLECT_MIN else order > 0:
                best = value
        return best
    except FeelError as error:
        return Undetermined((Cause(error.kind, hit.value, Text(error.zh, error.en)),))
    except DecimalException:
        return Undetermined((Cause("arithmetic", hit.value, Text("数值溢出", "the number is too large")),))


def _sum(values: list[Any]) -> Any:
    total = Decimal(0)
    for value in values:
        if type(value) is not Decimal:
            return wrong_type("collect sum", value)
        total = CONTEXT.add(total, value)
    return total
