"""Writes tables as DMN decision tables. Pure.

A rule file says what a row does that cannot be decided; DMN has no such row. Where the rule file refers, a rule of its
own yields the referral; where it cannot say the result, the result is null.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from xml.etree.ElementTree import Element

from greenlane.engine.feel.ast import UnaryTests
from greenlane.engine.feel.printer import string_text
from greenlane.engine.feel.unary_tests import writes_null
from greenlane.engine.interop.dmn.exporter.condition_writer import RowConditions, has_conditions, row_conditions
from greenlane.engine.interop.dmn.exporter.expression_writer import ElementScope, ExpressionWriter, NullState
from greenlane.engine.interop.dmn.exporter.nullability import Names, nullable, settled
from greenlane.engine.interop.dmn.exporter.xml_elements import (
    ExportedOutput,
    ExportedRule,
    TypeDefinitions,
    allowed_values,
    annotations_of,
    context,
    decision_table,
    literal,
)
from greenlane.engine.rules.table import AGGREGATING, LISTING, Cell, Hit, OnUndetermined, Output, Row, Table


class UndeterminedHandling(Enum):
    """What becomes of undetermined rows in the model."""

    IGNORED = "they do not hold"
    REFERRED = "they yield the referral"
    STOPPING = "they hold, with nulls as results"
    GUARDED = "the whole result is null"


@dataclass(frozen=True, slots=True)
class TableWriter:
    """Writes one table. `as_of` is the name of the day that is decided for; types are named after `owner`."""

    table: Table
    owner: str
    scope: ElementScope
    types: TypeDefinitions
    as_of: str
    types_of: Mapping[str, str] = field(default_factory=dict)

    def logic(self) -> tuple[Element, str]:
        """The expression of the decision, and its type."""
        conditions = self._conditions()
        handling = self._handling(conditions)
        rules: list[ExportedRule] = []
        for row, cells in zip(self.table.rows, conditions, strict=True):
            rules.append(self._rule(row, cells.holds))
            if cells.undetermined is not None and handling in (
                UndeterminedHandling.REFERRED,
                UndeterminedHandling.STOPPING,
            ):
                rules.append(self._undetermined_rule(row, cells.undetermined, handling))
        columns = [self._column(output) for output in self.table.outputs]
        made, type_ref = self._table(self._hit(), rules, columns), self._type(columns)
        return self._completed(made, handling, conditions, columns), type_ref

    def dated(self, row: Row, cells: Mapping[str, str]) -> dict[str, str]:
        """The cells with one for the days on which the row is in force, where not on all."""
        if row.since is None and row.until is None:
            return dict(cells)
        since, until = (None if day is None else f'date("{day.isoformat()}")' for day in (row.since, row.until))
        span = f">= {since}" if until is None else f"<= {until}" if since is None else f"[{since}..{until}]"
        return {self.scope.read(self.as_of): span, **cells}

    def value(self, cell: Cell | None, non_null: Names) -> str:
        """The text of a result; `non_null` are the names that are not null where it is evaluated."""
        return "null" if cell is None else ExpressionWriter(cell, self.scope).expression(cell.node, NullState(non_null))

    def never_null(self) -> bool:
        """Whether the result is never null."""
        table, conditions = self.table, self._conditions()
        handling = self._handling(conditions)
        if handling in (UndeterminedHandling.GUARDED, UndeterminedHandling.STOPPING):
            return False
        if table.hit in LISTING or table.hit is Hit.COLLECT_COUNT:
            return True
        last = table.rows[-1] if table.rows else None
        open_end = bool(table.default) or (
            last is not None and not has_conditions(last, table) and last.since is None and last.until is None
        )
        if table.hit is not Hit.FIRST or not open_end:
            return False
        return len(table.outputs) > 1 or not any(self._yields_null(row) for row in table.rows)

    def _yields_null(self, row: Row) -> bool:
        cell = row.outputs[0]
        own = self.table.outputs[0].name == "id" or (self.table.outputs[0].name == "code" and row.code is not None)
        return not own if cell is None else nullable(cell.node, self.scope.non_null)

    def _conditions(self) -> list[RowConditions]:
        """The conditions of the rows; under FIRST each may rely on what those before it rule out."""
        non_null, found = self.scope.non_null, []
        # Under `error` a row counts although one before it holds.
        relies = self.table.hit is Hit.FIRST and self.table.undetermined is not OnUndetermined.ERROR
        for row in self.table.rows:
            found.append(row_conditions(self.table, row, self.scope, non_null))
            alone = not row.tests and self.table.sections[row.section].guard is None
            if relies and alone and row.when is not None and row.since is None is row.until:
                non_null |= settled(row.when.node, False, non_null)
        return found

    def _handling(self, conditions: Iterable[RowConditions]) -> UndeterminedHandling:
        table = self.table
        if table.undetermined is OnUndetermined.IGNORE or all(cells.undetermined is None for cells in conditions):
            return UndeterminedHandling.IGNORED
        refers = table.undetermined is OnUndetermined.REFER
        if refers and table.referral and table.hit in LISTING | AGGREGATING:
            return UndeterminedHandling.REFERRED
        if table.hit is Hit.FIRST and refers:
            return UndeterminedHandling.STOPPING
        return UndeterminedHandling.IGNORED if self._null_by_itself() else UndeterminedHandling.GUARDED

    def _null_by_itself(self) -> bool:
        """Whether the result is null where a row is undetermined: no row holds, since all test the same facts."""
        null = not self.table.default and self.table.hit not in LISTING | {Hit.COLLECT_COUNT}
        return null and self._same_tests()

    def _same_tests(self) -> bool:
        tested = [{test.fact for test in row.tests if self._strict(test.cell)} for row in self.table.rows]
        may_be_null = set().union(*tested) - self.scope.non_null
        whens = (row.when is not None or self.table.sections[row.section].guard is not None for row in self.table.rows)
        return not any(whens) and all(may_be_null <= facts for facts in tested)

    def _strict(self, cell: Cell) -> bool:
        return isinstance(cell.node, UnaryTests) and bool(cell.node.tests) and not writes_null(cell.node.tests)

    def _rule(self, row: Row, cells: Mapping[str, str]) -> ExportedRule:
        own = {"id": string_text(row.id), "code": "null" if row.code is None else string_text(row.code)}
        results = [
            own[output.name] if cell is None and output.name in own else self.value(cell, self.scope.non_null)
            for output, cell in zip(self.table.outputs, row.outputs, strict=True)
        ]
        return ExportedRule(self.dated(row, cells), results, annotations_of(row))

    def _undetermined_rule(self, row: Row, cells: Mapping[str, str], handling: UndeterminedHandling) -> ExportedRule:
        given = self.table.referral or {}
        results = ["null"] * len(self.table.outputs)
        if handling is UndeterminedHandling.REFERRED:
            results = [
                self.value(given[o.name], self.scope.non_null) if o.name in given
                else string_text(row.id) if o.name == "id" else "null"
                for o in self.table.outputs
            ]  # fmt: skip
        return ExportedRule(self.dated(row, cells), results, annotations_of(row, undetermined=True))

    def _column(self, output: Output) -> ExportedOutput:
        default = self.table.default.get(output.name)
        single = self.table.hit not in LISTING | AGGREGATING
        text = self.value(default, self.scope.non_null) if self.table.default and single else ""
        return ExportedOutput(output.name, self.types.of_kind(output.kind, self.owner, output.name),
                      allowed_values(output.kind) if output.kind.allowed else "", text)  # fmt: skip

    def _type(self, columns: Sequence[ExportedOutput]) -> str:
        hit = self.table.hit
        if hit is Hit.COLLECT_COUNT:
            return "number"
        one = columns[0].type_ref
        if len(columns) == 1:
            return self.types.of_list(one, self.owner) if hit in LISTING else "" if hit in AGGREGATING else one
        components = [(column.name, column.type_ref) for column in columns]
        return "" if hit in AGGREGATING else self.types.of_context(components, self.owner, is_list=hit in LISTING)

    def _hit(self) -> tuple[str, str]:
        """The hit policy and the aggregator; DMN aggregates a single output only."""
        assert self.table.hit is not None, "a table without a hit policy asserts facts"
        # Collected rules have no order in DMN; in rule files they have that of the rows.
        in_order = self.table.hit is Hit.COLLECT or (self.table.hit in AGGREGATING and len(self.table.outputs) > 1)
        if in_order:
            return "RULE ORDER", ""
        name = self.table.hit.value.upper()
        return ("COLLECT", name.removeprefix("COLLECT ")) if self.table.hit in AGGREGATING else (name, "")

    def _completed(
        self,
        made: Element,
        handling: UndeterminedHandling,
        conditions: Sequence[RowConditions],
        columns: Sequence[ExportedOutput],
    ) -> Element:
        """The table with what DMN's own leaves out: the empty list, the count of nothing, undetermined rows."""
        rows, unknown = self._fresh("matched"), self._fresh("not_known")
        result = self._result(columns, rows)
        if handling is UndeterminedHandling.STOPPING and len(columns) > 1:
            nothing = " and ".join(f"{rows}.{column.name} = null" for column in columns)
            result = f"if {nothing} then null else {rows}"
        if result == rows and handling is not UndeterminedHandling.GUARDED:
            return made
        entries = [(rows, made)]
        if handling is UndeterminedHandling.GUARDED:
            undetermined = [
                ExportedRule(
                    self.dated(row, cells.undetermined), [string_text(row.id)], annotations_of(row, undetermined=True)
                )
                for row, cells in zip(self.table.rows, conditions, strict=True)
                if cells.undetermined is not None
            ]
            table = self._table(("RULE ORDER", ""), undetermined, [ExportedOutput("id", "string")])
            entries.insert(0, (unknown, table))
            result = f"if {unknown} != null then null else {result}"
        return context(entries, literal(result))

    def _result(self, columns: Sequence[ExportedOutput], rows: str) -> str:
        """What the rows that hold make, null where none does."""
        hit = self.table.hit
        if hit in LISTING:
            return f"if {rows} = null then [] else {rows}"
        if hit is Hit.COLLECT_COUNT:
            return f"if {rows} = null then 0 else {rows if len(columns) == 1 else f'count({rows})'}"
        if hit not in AGGREGATING or (len(columns) == 1 and not self.table.default):
            return rows
        function = {Hit.COLLECT_SUM: "sum", Hit.COLLECT_MIN: "min", Hit.COLLECT_MAX: "max"}[hit]
        each = ", ".join(f"{column.name}: {function}({rows}.{column.name})" for column in columns)
        return f"if {rows} = null then {self._default()} else {rows if len(columns) == 1 else f'{{{each}}}'}"

    def _table(self, hit: tuple[str, str], rules: Sequence[ExportedRule], columns: Sequence[ExportedOutput]) -> Element:
        return decision_table(hit, rules, columns, self.as_of, self.types_of)

    def _fresh(self, name: str) -> str:
        """A name for a part of the decision that it does not read yet."""
        while name in self.scope.reads or name in self.scope.own:
            name += "_"
        return name

    def _default(self) -> str:
        given = self.table.default
        if not given:
            return "null"
        texts = {o.name: self.value(given.get(o.name), self.scope.non_null) for o in self.table.outputs}
        if len(texts) == 1:
            return next(iter(texts.values()))
        return "{" + ", ".join(f"{name}: {text}" for name, text in texts.items()) + "}"
