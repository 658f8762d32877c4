"""The names that the cells of each decision may read, with their types."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from greenlane.engine.check.clash import Findings, Hiding
from greenlane.engine.check.infer import type_of
from greenlane.engine.check.types import (
    ANY,
    STRING,
    ContextType,
    FunctionType,
    ListType,
    NumberType,
    Type,
    of_kind,
)
from greenlane.engine.decide.plan import plan_of
from greenlane.engine.rules.ruleset import Decision, Ruleset
from greenlane.engine.rules.table import Cell, Hit, Output, Row, Table

_LISTS = {Hit.COLLECT, Hit.RULE_ORDER, Hit.OUTPUT_ORDER}
_NUMBERS = {Hit.COLLECT_SUM, Hit.COLLECT_MIN, Hit.COLLECT_MAX, Hit.COLLECT_COUNT}


class NameTypes(Mapping[str, Type]):
    """Types of all facts, asserted facts, reference tables and decisions of a ruleset.

    A name that depends on itself has the type `any`: cycles are another check's finding.
    """

    def __init__(self, ruleset: Ruleset) -> None:
        self._decisions = ruleset.decisions
        self._known: dict[str, Type] = {n: of_kind(f.kind) for n, f in ruleset.vocabulary.facts.items()}
        for table in ruleset.references.values():
            entries = tuple((c.name, of_kind(c.kind)) for c in table.columns)
            self._known[table.name] = ListType(ContextType(entries))
        for decision in ruleset.decisions.values():
            if isinstance(decision.logic, Table):
                self._known.update({n: of_kind(o.kind) for n, o in decision.logic.asserted.items()})
        # In the order of what they read, however long that chain is.
        for name in plan_of(ruleset).order:
            self[name]

    def __getitem__(self, name: str) -> Type:
        if name not in self._known:
            decision = self._decisions[name]
            self._known[name] = ANY
            self._known[name] = self._of_decision(decision)
        return self._known[name]

    def __contains__(self, name: object) -> bool:
        return name in self._known or name in self._decisions

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys([*self._known, *self._decisions]))

    def __len__(self) -> int:
        return len(set(self._known) | set(self._decisions))

    def within(self, decision: Decision) -> Mapping[str, Type]:
        """The names that the cells of this decision see: its parameters hide what is outside."""
        return {**{n: self[n] for n in self}, **{p.name: of_kind(p.kind) for p in decision.parameters}}

    def _of_decision(self, decision: Decision) -> Type:
        parameters = tuple((p.name, of_kind(p.kind)) for p in decision.parameters)
        logic = decision.logic
        if isinstance(logic, Table):
            result = of_table(logic)
        else:
            names = Hiding(self, dict(parameters))
            result = type_of(Findings(logic, names, {}), logic.node)
        return FunctionType(parameters, result) if parameters else result


def output_type(output: Output) -> Type:
    """The type of an output column; the row's own `id` and `code` are strings."""
    return STRING if output.name in ("id", "code") else of_kind(output.kind)


def of_table(table: Table) -> Type:
    """The type of what the table yields, by its outputs and hit policy."""
    if table.asserted:
        return ContextType(tuple((n, of_kind(o.kind)) for n, o in table.asserted.items()))
    entries = tuple((o.name, output_type(o)) for o in table.outputs)
    single = entries[0][1] if len(entries) == 1 else ContextType(entries)
    if table.hit in _NUMBERS:
        return single if isinstance(single, NumberType) else NumberType()
    return ListType(single) if table.hit in _LISTS else single


def conditions(table: Table, row: Row) -> Iterator[tuple[Cell, str | None]]:
    """The condition cells of a row; with the fact's name where the cell is a test on a fact."""
    for test in row.tests:
        yield test.cell, test.fact
    if row.when is not None:
        yield row.when, None


def values(table: Table, row: Row) -> Iterator[tuple[Cell, Type]]:
    """The cells in which a row gives values, each with the type that its value must have."""
    for output, cell in zip(table.outputs, row.outputs, strict=False):
        if cell is not None:
            yield cell, output_type(output)
    for name, cell in row.asserts.items():
        yield cell, of_kind(table.asserted[name].kind) if name in table.asserted else ANY
