"""Rulesets to deciders: everything that does not depend on the application is prepared here, once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from greenlane.engine.decide.assertion import AssertionLogic
from greenlane.engine.decide.calls import calls_of
from greenlane.engine.decide.decider import Decider
from greenlane.engine.decide.in_force import InForce
from greenlane.engine.decide.layer import Layer
from greenlane.engine.decide.logic import ExpressionLogic, Logic, TableLogic
from greenlane.engine.decide.matching import MatcherName, conditions_of, matcher_of
from greenlane.engine.decide.matching.conditions import reads_of
from greenlane.engine.decide.memory import Around, Memory
from greenlane.engine.decide.messages import unknown_name
from greenlane.engine.decide.plan import Plan, plan_of, row_reads, strata_of
from greenlane.engine.decide.references import reference_step
from greenlane.engine.decide.scope import Evaluation, Step
from greenlane.engine.feel.functions import BUILTINS
from greenlane.engine.rules.ruleset import Decision, Ruleset
from greenlane.engine.rules.table import Cell, Table


def compile_ruleset(ruleset: Ruleset, matcher: MatcherName = "rete", memory: Memory | None = None) -> Decider:
    """A decider for a ruleset that the checks found no error in.

    `matcher` runs the rule sets; tables go by bit masks, unless `linear` is asked for, which is for comparison only.
    A `memory` of rulesets compiled before changes nothing but the time it takes.
    Raises `engine.decide.matching.rete.RuleSetTooLarge` for a row of a rule set that is too large for `rete`.
    """
    plan = plan_of(ruleset)
    compiler = _Compiler(ruleset, plan, matcher)
    known, around = Memory() if memory is None else memory, compiler.around
    logics = {name: known.logic(decision, around, compiler.logic) for name, decision in ruleset.decisions.items()}
    return Decider(ruleset, plan, dict(_steps(ruleset, plan, logics)))


class _Compiler:
    """What compiling one decision needs to know of all others."""

    def __init__(self, ruleset: Ruleset, plan: Plan, matcher: MatcherName) -> None:
        self._matcher = matcher
        self._functions = frozenset(d.name for d in ruleset.decisions.values() if d.parameters)
        self._made = frozenset(ruleset.decisions.keys() | plan.asserted.keys()) - self._functions

    @property
    def around(self) -> Around:
        """Everything that the logic of a decision depends on besides the decision."""
        return self._matcher, self._functions, self._made

    def logic(self, decision: Decision) -> Logic:
        """How the decision is made."""
        table = decision.logic
        if isinstance(table, Cell):
            return ExpressionLogic(decision, table)
        if table.asserted:
            return self._asserting(decision, table)
        conditions = conditions_of(table, None, _parameters(decision), self._functions)
        name = self._matcher if table.chained else self._for_tables()
        return TableLogic(decision, table, matcher_of(name, conditions), self._awaited(decision, reads_of(conditions)))

    def _asserting(self, decision: Decision, table: Table) -> AssertionLogic:
        name = self._matcher if table.chained else self._for_tables()
        in_force = InForce(table)
        layers = tuple(
            Layer(table, matcher_of(name, conditions_of(table, members, frozenset(), self._functions)), in_force)
            for members in strata_of(table)
        )
        reads = tuple(dict.fromkeys(read for layer in layers for read in reads_of(layer.conditions)))
        return AssertionLogic(decision, table, layers, self._awaited(decision, reads, *table.asserted))

    def _for_tables(self) -> MatcherName:
        return "linear" if self._matcher == "linear" else "bitmap"

    def _awaited(self, decision: Decision, reads: tuple[str, ...], *own: str) -> tuple[str, ...]:
        hidden = _parameters(decision).union(own)
        return tuple(name for name in reads if name in self._made and name not in hidden)


def _parameters(decision: Decision) -> frozenset[str]:
    return frozenset(parameter.name for parameter in decision.parameters)


def _steps(ruleset: Ruleset, plan: Plan, logics: Mapping[str, Logic]) -> Iterator[tuple[str, Step]]:
    """How each name that is not a fact gets its value."""
    for name in _unknown_names(ruleset, plan):
        yield name, _constant(unknown_name(name))
    for name, table in ruleset.references.items():
        yield name, reference_step(table)
    for fact, rule_set in plan.asserted.items():
        yield fact, _asserted(fact, rule_set)
    for name, logic in logics.items():
        yield name, calls_of(logic) if logic.decision.parameters else _decision(logic)


def _decision(logic: Logic) -> Step:
    return lambda evaluation: logic.decide(evaluation, evaluation, None)


def _asserted(fact: str, rule_set: str) -> Step:
    def read(evaluation: Evaluation) -> Any:
        facts = evaluation[rule_set]
        return facts[fact] if isinstance(facts, dict) else facts

    return read


def _constant(value: Any) -> Callable[[Evaluation], Any]:
    return lambda evaluation: value


def _unknown_names(ruleset: Ruleset, plan: Plan) -> Iterator[str]:
    """Names that columns are about and nothing defines: only an unchecked ruleset has any."""
    known = {*ruleset.vocabulary.facts, *ruleset.references, *ruleset.decisions, *plan.asserted, *BUILTINS}
    for decision in ruleset.decisions.values():
        if isinstance(decision.logic, Table):
            for row in decision.logic.rows:
                yield from (name for name in row_reads(decision.logic, row) if name not in known)
