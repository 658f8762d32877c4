"""Rule sets that assert facts: the strata in which their rows run, as tables that read one another.

Each asserted fact is a table under the hit policy ANY, since rows that assert it must agree. A fact that rows of
several strata assert has a decision for each of them: the last has the fact's own name and its default, those before it
say what is known so far, as `value` and `known`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from xml.etree.ElementTree import Element

from greenlane.engine.decide.plan import strata_of
from greenlane.engine.interop.dmn.exporter.conditions import conditions
from greenlane.engine.interop.dmn.exporter.expression_writer import NOTHING, ElementScope, ExportError
from greenlane.engine.interop.dmn.exporter.nullability import Names, nullable
from greenlane.engine.interop.dmn.exporter.table_writer import TableWriter
from greenlane.engine.interop.dmn.exporter.xml_elements import (
    NOTES,
    ExportedOutput,
    ExportedRule,
    TypeDefinitions,
    allowed_values,
    context,
    decision_table,
    literal,
    notes,
)
from greenlane.engine.rules.ruleset import Decision
from greenlane.engine.rules.table import Cell, OnUndetermined, Row, Table


@dataclass(frozen=True, slots=True)
class AssertedTable:
    """One table: the fact as it stands after a stratum. `final`: nothing after it asserts the fact."""

    fact: str
    name: str
    type_ref: str
    logic: Element
    around: ElementScope
    final: bool
    certain: bool


@dataclass(frozen=True, slots=True)
class _FactStratum:
    """The rows of a stratum, for one of the facts that they assert."""

    fact: str
    number: int
    rows: Sequence[Row]
    final: bool


@dataclass(frozen=True, slots=True)
class _Assertion:
    """What a row says of a fact; `sure` is False where it cannot be told whether the row holds."""

    cells: Mapping[str, str]
    value: str
    sure: bool
    notes: Sequence[str]


_UNNAMED = ("",) * len(NOTES)
_AGREED = "count(told) > 0 and (every claim in matched satisfies claim.value = first)"
_SO_FAR = (
    "if matched = null then {value: null, known: true}\n"
    f"else if {_AGREED} then {{value: first, known: true}}\n"
    "else {value: null, known: false}"
)


@dataclass(frozen=True, slots=True)
class RuleSetWriter:
    """Writes one rule set. `taken` are names that a table in between must not have."""

    decision: Decision
    table: Table
    around: ElementScope
    types: TypeDefinitions
    as_of: str
    types_of: Mapping[str, str]
    taken: Names

    def tables(self) -> list[AssertedTable]:
        """All tables, each after those it reads."""
        if self.table.undetermined is OnUndetermined.ERROR:
            self._refuse_doubt()
        strata = [[row for at, row in enumerate(self.table.rows) if mask >> at & 1] for mask in strata_of(self.table)]
        last = {fact: stage for stage, rows in enumerate(strata) for row in rows for fact in row.asserts}
        found = list(self._unasserted(last))
        # Before any row has run, a fact that rows assert is null.
        seen, flags = dict.fromkeys(last, NOTHING), dict[str, str]()
        sure = self.around.sure - last.keys() | {one.fact for one in found if one.certain}
        for stage, rows in enumerate(strata):
            around = replace(self.around, sure=sure, names={**self.around.names, **seen}, flags=dict(flags))
            made = [self._stage(_FactStratum(fact, stage, rows, last[fact] == stage), around) for fact in _facts(rows)]
            found += made
            for one in made:
                seen[one.fact] = one.name if one.final else f"{one.name}.value"
                flags.pop(one.fact, None)
                if not one.final:
                    flags[one.fact] = f"{one.name}.known"
            sure |= {one.fact for one in made if one.certain}
        return found

    def _unasserted(self, last: Mapping[str, int]) -> Iterator[AssertedTable]:
        """Facts that no row asserts: their default, or null."""
        for fact, output in self.table.asserted.items():
            if fact not in last:
                around = replace(self.around, reads={})
                given = self.table.default.get(fact)
                text = self._writer(around).value(given, around.sure)
                type_ref = self.types.of_kind(output.kind, fact)
                yield AssertedTable(fact, fact, type_ref, literal(text), around, True, _never_null(given, around.sure))

    def _stage(self, stage: _FactStratum, outside: ElementScope) -> AssertedTable:
        fact, around = stage.fact, replace(outside, reads={})
        claims = [*self._carried(fact, around), *self._claimed(stage, around)]
        type_ref = self.types.of_kind(self.table.asserted[fact].kind, fact)
        if not stage.final:
            made = self._listed(fact, claims, around, _SO_FAR)
            return AssertedTable(fact, self._between(stage), "", made, around, False, False)
        default = self.table.default.get(fact)
        otherwise = "" if default is None else self._writer(around).value(default, around.sure)
        values = [claim.value for claim in claims if claim.sure]
        if all(claim.sure for claim in claims) or len(values) == len(set(values)):
            made = self._agreeing(fact, claims, around, otherwise)
        else:
            result = f"if matched = null then {otherwise or NOTHING}\nelse if {_AGREED} then first\nelse null"
            made = self._listed(fact, claims, around, result)
        asserted = (row.asserts[fact] for row in stage.rows if fact in row.asserts)
        certain = fact not in around.flags and all(claim.sure for claim in claims)
        certain = certain and all(_never_null(cell, around.sure) for cell in (default, *asserted))
        return AssertedTable(fact, fact, type_ref, made, around, True, certain)

    def _claimed(self, stage: _FactStratum, around: ElementScope) -> Iterator[_Assertion]:
        """What the rows of the stratum say."""
        writer = self._writer(around)
        for row in stage.rows:
            if stage.fact not in row.asserts:
                continue
            cells = conditions(self.table, row, around, around.sure)
            value = writer.value(row.asserts[stage.fact], around.sure)
            yield _Assertion(writer.dated(row, cells.holds), value, True, notes(row))
            if cells.undetermined is not None and self.table.undetermined is not OnUndetermined.IGNORE:
                yield _Assertion(writer.dated(row, cells.undetermined), value, False, notes(row, doubtful=True))

    def _carried(self, fact: str, around: ElementScope) -> Iterator[_Assertion]:
        """What the strata before say."""
        if fact in around.flags:
            value, flag = around.read(fact), around.flags[fact]
            yield _Assertion({value: "not(null)"}, value, True, _UNNAMED)
            yield _Assertion({flag: "false"}, NOTHING, False, _UNNAMED)

    def _agreeing(self, fact: str, claims: Sequence[_Assertion], around: ElementScope, default: str) -> Element:
        """A table that is null where claims differ; one that is not sure differs from all others."""
        rules = [ExportedRule(claim.cells, [claim.value if claim.sure else NOTHING], claim.notes) for claim in claims]
        return decision_table(("ANY", ""), rules, [self._column(fact, default)], self.as_of, self.types_of)

    def _listed(self, fact: str, claims: Sequence[_Assertion], around: ElementScope, result: str) -> Element:
        """All claims, sure or not, and what they make."""
        rules = [
            ExportedRule(claim.cells, [claim.value, "true" if claim.sure else "false"], claim.notes) for claim in claims
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

    def _between(self, stage: _FactStratum) -> str:
        name = f"{stage.fact}_{stage.number + 1}"
        while name in self.taken:
            name += "_"
        return name

    def _writer(self, around: ElementScope) -> TableWriter:
        return TableWriter(self.table, self.decision.name, around, self.types, self.as_of, self.types_of)

    def _refuse_doubt(self) -> None:
        for row in self.table.rows:
            if conditions(self.table, row, replace(self.around, reads={}), self.around.sure).undetermined is not None:
                message = f"a row that cannot be decided makes all of `{self.decision.name}` undetermined"
                raise ExportError(message, row.place)


def _never_null(cell: Cell | None, sure: Names) -> bool:
    return cell is not None and not nullable(cell.node, sure)


def _facts(rows: Sequence[Row]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(fact for row in rows for fact in row.asserts))
