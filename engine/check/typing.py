"""Check: every name is known, and no cell mixes types, units or values that cannot meet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from greenlane.engine.check.clash import Findings
from greenlane.engine.check.infer import check_test, type_of
from greenlane.engine.check.scope import NameTypes, conditions, values
from greenlane.engine.check.types import ANY, BOOLEAN, Type, family, unknown
from greenlane.engine.diagnostics import Diagnostic
from greenlane.engine.feel import ast
from greenlane.engine.rules.ruleset import Decision, Ruleset
from greenlane.engine.rules.table import Cell, Row, Table


def check(ruleset: Ruleset) -> Iterator[Diagnostic]:
    """Unknown names, clashing types and units, values that are not allowed, wrong calls: GL210 to GL218."""
    names = NameTypes(ruleset)
    labels = {n: f.title.zh + (f", {f.kind.unit}" if f.kind.unit else "") for n, f in ruleset.vocabulary.facts.items()}
    for decision in ruleset.decisions.values():
        yield from _decision(decision, names.within(decision), labels)


def _decision(decision: Decision, names: Mapping[str, Type], labels: Mapping[str, str]) -> Iterator[Diagnostic]:
    logic = decision.logic
    if not isinstance(logic, Table):
        findings = Findings(logic, names, labels)
        type_of(findings, logic.node)
        yield from findings.faults
        return
    for section in logic.sections:
        if section.guard is not None:
            yield from _boolean(section.guard, names, labels)
    for cell in [*(logic.referral or {}).values(), *logic.default.values()]:
        yield from _value(cell, ANY, names, labels)
    for row in logic.rows:
        yield from _row(logic, row, names, labels)


def _row(table: Table, row: Row, names: Mapping[str, Type], labels: Mapping[str, str]) -> Iterator[Diagnostic]:
    for cell, fact in conditions(table, row):
        if fact is None:
            yield from _boolean(cell, names, labels)
        elif isinstance(cell.node, ast.UnaryTests):
            findings = Findings(cell, names, labels)
            check_test(findings, cell.node, names.get(fact, ANY))
            yield from findings.faults
    for cell, wanted in values(table, row):
        yield from _value(cell, wanted, names, labels)


def _boolean(cell: Cell, names: Mapping[str, Type], labels: Mapping[str, str]) -> Iterator[Diagnostic]:
    findings = Findings(cell, names, labels)
    found = type_of(findings, cell.node)
    if not unknown(found) and found != BOOLEAN:
        findings.fault("GL214", f"a boolean is needed here, this is a {family(found)}", cell.node)
    yield from findings.faults


def _value(cell: Cell, wanted: Type, names: Mapping[str, Type], labels: Mapping[str, str]) -> Iterator[Diagnostic]:
    findings = Findings(cell, names, labels)
    found = type_of(findings, cell.node)
    if not unknown(wanted) and not unknown(found) and family(wanted) != family(found):
        findings.fault("GL218", f"this column holds a {family(wanted)}, not a {family(found)}", cell.node)
    else:
        findings.comparable(wanted, found, cell.node)
    yield from findings.faults
