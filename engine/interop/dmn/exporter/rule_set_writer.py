"""Writes rule sets that assert facts: the strata in which their rows run, as tables that read one another. Pure.

Each asserted fact is a table under the hit policy ANY, since rows that assert it must agree. A fact that rows of
several strata assert has a decision for each of them: the last has the fact's own name and its default, those before it
say what is known so far, as `value` and `known`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from xml.etree.ElementTree import Element

from greenlane.engine.decide.plan import strata_of
from greenlane.engine.interop.dmn.exporter.condition_writer import row_conditions
from greenlane.engine.interop.dmn.exporter.expression_writer import NOTHING, ElementScope, ExportError
from greenlane.engine.interop.dmn.exporter.nullability import Names, nullable
from greenlane.engine.interop.dmn.exporter.table_writer import TableWriter
from greenlane.engine.interop.dmn.exporter.xml_elements import (
    ANNOTATION_NAMES,
    ExportedOutput,
    ExportedRule,
    TypeDefinitions,
    allowed_values,
    annotations_of,
    context,
    decision_table,
    literal,
)
from greenlane.engine.rules.ruleset import Decision
from greenlane.engine.rules.table import Cell, OnUndetermined, Row, Table


@dataclass(frozen=True, slots=True)
class AssertedTable:
    """A table: the value of a fact after a stratum. `final`: no later stratum asserts the fact."""

    fact: str
    name: str
    type_ref: str
    logic: Element
    scope: ElementScope
    final: bool
    never_null: bool


@dataclass(frozen=True, slots=True)
class _FactStratum:
    """The rows of a stratum, for one of the facts that they assert."""

    fact: str
    number: int
    rows: Sequence[Row]
    final: bool


@dataclass(frozen=True, slots=True)
class _Assertion:
    """The value that a row asserts; `certain` is False where it is undetermined whether the row holds."""

    cells: Mapping[str, str]
    value: str
    certain: bool
    annotations: Sequence[str]


_UNNAMED = ("",) * len(ANNOTATION_NAMES)
_AGREED = "count(told) > 0 and (every claim in matched satisfies claim.value = first)"
_SO_FAR = (
    "if matched = null then {value: null, known: true}\n"
    f"else if {_AGREED} then {{value: first, known: true}}\n"
    "else {value: null, known: false}"
)


@dataclass(frozen=True, slots=True)
class RuleSetWriter:
    """Writes one rule set. `taken` are names that the tables of earlier strata must not have."""

    decision: Decision
    table: Table
    scope: ElementScope
    types: TypeDefinitions
    as_of: str
    types_of: Mapping[str, str]
    taken: Names

    def tables(self) -> list[AssertedTable]:
        """All tables, each after those it reads."""
        if self.table.undetermined is OnUndetermined.ERROR:
            self._check_determined()
        strata = [[row for at, row in enumerate(self.table.rows) if mask >> at & 1] for mask in strata_of(self.table)]
        last = {fact: number for number, rows in enumerate(strata) for row in rows for fact in row.asserts}
        found = list(self._unasserted(last))
        # Before any row has run, a fact that rows assert is null.
        seen, flags = dict.fromkeys(last, NOTHING), dict[str, str]()
        non_null = self.scope.non_null - last.keys() | {one.fact for one in found if one.never_null}
        for number, rows in enumerate(strata):
            scope = replace(self.scope, non_null=non_null, names={**self.scope.names, **seen}, flags=dict(flags))
            made = [
                self._table_of(_FactStratum(fact, number, rows, last[fact] == number), scope) for fact in _facts(rows)
            ]
            found += made
            for one in made:
                seen[one.fact] = one.name if one.final else f"{one.name}.value"
                flags.pop(one.fact, None)
                if not one.final:
                    flags[one.fact] = f"{one.name}.known"
            non_null |= {one.fact for one in made if one.never_null}
        return found

    def _unasserted(self, last: Mapping[str, int]) -> Iterator[AssertedTable]:
        """Facts that no row asserts: their default, or null."""
        for fact, output in self.table.asserted.items():
            if fact not in last:
                scope = replace(self.scope, reads={})
                given = self.table.default.get(fact)
                text = self._writer(scope).value(given, scope.non_null)
                type_ref = self.types.of_kind(output.kind, fact)
                never_null = _never_null(given, scope.non_null)
                yield AssertedTable(fact, fact, type_ref, literal(text), scope, True, never_null)

    def _table_of(self, stratum: _FactStratum, outside: ElementScope) -> AssertedTable:
        fact, scope = stratum.fact, replace(outside, reads={})
        assertions = [*self._carried_over(fact, scope), *self._asserted(stratum, scope)]
        type_ref = self.types.of_kind(self.table.asserted[fact].kind, fact)
        if not stratum.final:
            made = self._listed(fact, assertions, scope, _SO_FAR)
            return AssertedTable(fact, self._interim_name(stratum), "", made, scope, False, False)
        default = self.table.default.get(fact)
        otherwise = "" if default is None else self._writer(scope).value(default, scope.non_null)
        values = [one.value for one in assertions if one.certain]
        if all(one.certain for one in assertions) or len(values) == len(set(values)):
            made = self._agreeing(fact, assertions, scope, otherwise)
        else:
            result = f"if matched = null then {otherwise or NOTHING}\nelse if {_AGREED} then first\nelse null"
            made = self._listed(fact, assertions, scope, result)
        asserted = (row.asserts[fact] for row in stratum.rows if fact in row.asserts)
        never_null = fact not in scope.flags and all(one.certain for one in assertions)
        never_null = never_null and all(_never_null(cell, scope.non_null) for cell in (default, *asserted))
        return AssertedTable(fact, fact, type_ref, made, scope, True, never_null)

    def _asserted(self, stratum: _FactStratum, scope: ElementScope) -> Iterator[_Assertion]:
        """What the rows of the stratum assert."""
        writer = self._writer(scope)
        for row in stratum.rows:
            if stratum.fact not in row.asserts:
                continue
            cells = row_conditions(self.table, row, scope, scope.non_null)
            value = writer.value(row.asserts[stratum.fact], scope.non_null)
            yield _Assertion(writer.dated(row, cells.holds), value, True, annotations_of(row))
            if cells.undetermined is not None and self.table.undetermined is not OnUndetermined.IGNORE:
                yield _Assertion(
                    writer.dated(row, cells.undetermined), value, False, annotations_of(row, undetermined=True)
                )

    def _carried_over(self, fact: str, scope: ElementScope) -> Iterator[_Assertion]:
        """What earlier strata assert."""
        if fact in scope.flags:
            value, flag = scope.read(fact), scope.flags[fact]
            yield _Assertion({value: "not(null)"}, value, True, _UNNAMED)
            yield _Assertion({flag: "false"}, NOTHING, False, _UNNAMED)

    def _agreeing(self, fact: str, assertions: Sequence[_Assertion], scope: ElementScope, default: str) -> Element:
        """A table that is null where assertions differ; one that is not certain differs from all others."""
        rules = [
            ExportedRule(one.cells, [one.value if one.certain else NOTHING], one.annotations) for one in assertions
        ]
        return decision_table(("ANY", ""), rules, [self._column(fact, default)], self.as_of, self.types_of)

    def _listed(self, fact: str, assertions: Sequence[_Assertion], scope: ElementScope, result: str) -> Element:
        """All assertions, certain or not, and `result`, which is made of them."""
        rules = [
            ExportedRule(one.cells, [one.value, "true" if one.certain else "false"], one.annotations)
            for one in assertions
        ]
        columns = [replace(self._column(fact, ""), name="value"), ExportedOutput("known", "boolean")]
        table = decision_table(("RULE ORDER", ""), rules, columns, self.as_of, self.types_of)
        told, first = literal("matched[known = true]"), literal("told[1].value")
        return context([("matched", table), ("told", told), ("first", first)], literal(result))

    def _column(self, fact: str, default: str) -> ExportedOutput:
        kind = self.table.asserted[fact].kind
        return ExportedOutput(
            fact, self.types.of_kind(kind, fact), allowed_values(kind) if kind.allowed else "", default
        )

    def _interim_name(self, stratum: _FactStratum) -> str:
        name = f"{stratum.fact}_{stratum.number + 1}"
        while name in self.taken:
            name += "_"
        return name

    def _writer(self, scope: ElementScope) -> TableWriter:
        return TableWriter(self.table, self.decision.name, scope, self.types, self.as_of, self.types_of)

    def _check_determined(self) -> None:
        for row in self.table.rows:
            if (
                row_conditions(self.table, row, replace(self.scope, reads={}), self.scope.non_null).undetermined
                is not None
            ):
                message = f"a row that cannot be decided makes all of `{self.decision.name}` undetermined"
                raise ExportError(message, row.place)


def _never_null(cell: Cell | None, non_null: Names) -> bool:
    return cell is not None and not nullable(cell.node, non_null)


def _facts(rows: Sequence[Row]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(fact for row in rows for fact in row.asserts))
