"""Check of types: known names, no cell that mixes types, units or values, an answer of the right types. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from greenlane.engine.check.inference import check_condition, check_test, type_of
from greenlane.engine.check.mismatch import InnerScope, TypingContext
from greenlane.engine.check.types import (
    ANY,
    STRING,
    CallableType,
    ContextType,
    ListType,
    NumberType,
    StringType,
    Type,
    family,
    of_kind,
    unknown,
)
from greenlane.engine.decide.plan import plan_of
from greenlane.engine.diagnostics import Diagnostic
from greenlane.engine.feel import ast
from greenlane.engine.rules.ruleset import Decision, Ruleset
from greenlane.engine.rules.table import AGGREGATING, Cell, Hit, Output, Row, Table


def check(ruleset: Ruleset) -> Iterator[Diagnostic]:
    """Unknown names, mismatching types and units, values that are not allowed, wrong calls: GL210 to GL218.

    Decisions that the answer names and that give values of another type than it has there: GL314.
    """
    environment = TypeEnvironment(ruleset)
    labels = {n: f.title.zh + (f", {f.kind.unit}" if f.kind.unit else "") for n, f in ruleset.vocabulary.facts.items()}
    for decision in ruleset.decisions.values():
        yield from _DecisionChecker(environment.within(decision), labels).decision(decision)
    yield from _answer(ruleset, environment)


def _answer(ruleset: Ruleset, types: Mapping[str, Type]) -> Iterator[Diagnostic]:
    """Decisions that give no context, text or list of texts where the answer has one (GL314)."""
    answer = ruleset.answer
    named = [("outcome", answer.outcome, "context"), *(("reasons", name, "list") for name in answer.reasons)]
    for key, name, wanted in [*named, *([("status", answer.status, "string")] if answer.status else [])]:
        decision = ruleset.decisions.get(name)
        if decision is None or decision.parameters:
            continue
        found = types[name]
        if not unknown(found) and family(found) != wanted:
            message = f"`{key}` names `{name}`, which gives a {family(found)}, not a {wanted}"
            yield Diagnostic("GL314", message, answer.place, _MADE[key])
        elif isinstance(found, ListType) and not unknown(found.item) and not isinstance(found.item, StringType):
            message = f"`{key}` names `{name}`, which lists values of the type {family(found.item)}, not codes"
            yield Diagnostic("GL314", message, answer.place, _MADE[key])


_MADE = {
    "outcome": "an outcome is a context, as in `{rate: rate}`, or a table with several outputs",
    "status": "a status is a text",
    "reasons": "reasons are a list of the codes of rows",
}


class _DecisionChecker:
    """Checks the cells of one decision, whose names have the types `names`."""

    def __init__(self, names: Mapping[str, Type], labels: Mapping[str, str]) -> None:
        self._names = names
        self._labels = labels

    def decision(self, decision: Decision) -> Iterator[Diagnostic]:
        logic = decision.logic
        if not isinstance(logic, Table):
            yield from self._value(logic, ANY)
            return
        for section in logic.sections:
            if section.guard is not None:
                yield from self._condition(section.guard)
        for cell in [*(logic.referral or {}).values(), *logic.default.values()]:
            yield from self._value(cell, ANY)
        for row in logic.rows:
            yield from self._row(logic, row)

    def _row(self, table: Table, row: Row) -> Iterator[Diagnostic]:
        for test in row.tests:
            yield from self._test(test.cell, test.fact)
        if row.when is not None:
            yield from self._condition(row.when)
        for output, cell in zip(table.outputs, row.outputs, strict=False):
            if cell is not None:
                yield from self._value(cell, _type_of_output(output))
        for name, cell in row.asserts.items():
            yield from self._value(cell, of_kind(table.asserted[name].kind) if name in table.asserted else ANY)

    def _test(self, cell: Cell, fact: str) -> Iterator[Diagnostic]:
        if isinstance(cell.node, ast.UnaryTests):
            context = self._context(cell)
            check_test(context, cell.node, self._names.get(fact, ANY))
            yield from context.diagnostics

    def _condition(self, cell: Cell) -> Iterator[Diagnostic]:
        context = self._context(cell)
        check_condition(context, cell.node)
        yield from context.diagnostics

    def _value(self, cell: Cell, wanted: Type) -> Iterator[Diagnostic]:
        context = self._context(cell)
        found = type_of(context, cell.node)
        if not unknown(wanted) and not unknown(found) and family(wanted) != family(found):
            context.report("GL218", f"this column holds a {family(wanted)}, not a {family(found)}", cell.node)
        else:
            context.comparable(wanted, found, cell.node)
        yield from context.diagnostics

    def _context(self, cell: Cell) -> TypingContext:
        return TypingContext(cell, self._names, self._labels)


class TypeEnvironment(Mapping[str, Type]):
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
        """The names that the cells of this decision see: its parameters shadow what is outside."""
        return {**{n: self[n] for n in self}, **{p.name: of_kind(p.kind) for p in decision.parameters}}

    def _of_decision(self, decision: Decision) -> Type:
        parameters = tuple((p.name, of_kind(p.kind)) for p in decision.parameters)
        logic = decision.logic
        if isinstance(logic, Table):
            result = _type_of_table(logic)
        else:
            names = InnerScope(self, dict(parameters))
            result = type_of(TypingContext(logic, names, {}), logic.node)
        return CallableType(parameters, result) if parameters else result


def _type_of_table(table: Table) -> Type:
    """The type of what the table yields, by its outputs and hit policy."""
    if table.asserted:
        return ContextType(tuple((n, of_kind(o.kind)) for n, o in table.asserted.items()))
    entries = tuple((o.name, _type_of_output(o)) for o in table.outputs)
    single = entries[0][1] if len(entries) == 1 else ContextType(entries)
    if table.hit in AGGREGATING:
        return single if isinstance(single, NumberType) else NumberType()
    return ListType(single) if table.hit in _LISTS else single


def _type_of_output(output: Output) -> Type:
    """The type of an output column; the row's own `id` and `code` are strings."""
    return STRING if output.name in ("id", "code") else of_kind(output.kind)


_LISTS = {Hit.COLLECT, Hit.RULE_ORDER, Hit.OUTPUT_ORDER}
