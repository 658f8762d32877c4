"""Rulesets to deciders: whatever does not depend on the application is prepared here, once. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from greenlane.engine.decide.decider import Decider
from greenlane.engine.decide.evaluation import (
    Logic,
    Making,
    Step,
    asserted_step,
    decision_step,
    function_step,
    reference_step,
    unknown_step,
    waiting_for_itself,
)
from greenlane.engine.decide.logic import ExpressionLogic, RuleSetLogic, TableLogic
from greenlane.engine.decide.matching import (
    Conditions,
    Matcher,
    MatcherName,
    conditions_of,
    default_matcher,
    matcher_of,
)
from greenlane.engine.decide.plan import Plan, plan_of, row_reads, strata_of
from greenlane.engine.feel.functions import BUILTINS
from greenlane.engine.lru_cache import LruCache
from greenlane.engine.rules.ruleset import Decision, Ruleset
from greenlane.engine.rules.table import Cell, Table

_CACHED = 1024
_FEW = 16

Context = tuple[MatcherName, frozenset[str], frozenset[str], frozenset[str]]
"""What the logic of a decision depends on besides the decision: the matcher, the functions of the ruleset, the names
that its decisions make, and its reference tables."""


@dataclass(slots=True)
class LogicCache:
    """An LRU cache of the logic of 1,024 decisions, by the decision as an object. Safe for many threads.

    With one, a ruleset like another costs what differs. Logic holds nothing that changes, so rulesets may share it.
    """

    _cached: LruCache[tuple[int, Context], Logic] = field(default_factory=lambda: LruCache(_CACHED))

    def logic(self, decision: Decision, context: Context, make: Callable[[Decision], Logic]) -> Logic:
        """What `make` makes of a decision, cached."""
        # The logic holds its decision, so no other object can have the same id as long as it is kept.
        key = (id(decision), context)
        cached = self._cached.get(key)
        if cached is None:
            cached = make(decision)
            self._cached.put(key, cached)
        return cached


def compile_ruleset(
    ruleset: Ruleset, matcher: MatcherName | None = None, cache: LogicCache | None = None, most: int | None = None
) -> Decider:
    """A decider for a ruleset that the checks found no error in.

    `matcher` runs the rule sets, None for `default_matcher()`; tables go by bit masks, unless `linear` is asked for,
    which is for comparison only. A `cache` of rulesets compiled before changes nothing but the time it takes. `most` is
    the work that one decision may do, in steps, None for `MAX_STEPS` of `engine.feel.scope`.
    Raises `RuleSetTooLargeError` for a row of a rule set that is too large for `rete`, and `ImportError` where `rete`
    is asked for and durable_rules is not installed.
    """
    plan = plan_of(ruleset)
    compiler = _Compiler(ruleset, plan, matcher or default_matcher())
    cache, context = LogicCache() if cache is None else cache, compiler.context
    logics = {name: cache.logic(decision, context, compiler.logic) for name, decision in ruleset.decisions.items()}
    steps = dict(_steps(ruleset, plan, logics))
    waiting = {name: waiting_for_itself(name) for name in steps}
    return Decider(ruleset, plan, Making(steps, waiting, _deep(plan, logics), most))


def _deep(plan: Plan, logics: Mapping[str, Logic]) -> dict[str, int]:
    """The decisions that others inside of one another have to be made for, and what each counts among calls.

    Few others do not count, as that takes time: Python's stack has room for them.
    """
    below: dict[str, int] = {}
    for name in plan.order:
        waiting = [below.get(needed, _FEW) for needed in plan.needs(name)]
        below[name] = logics[name].cost.depth + max(waiting, default=0)
    return {name: logics[name].cost.depth for name, depth in below.items() if depth > _FEW}


class _Compiler:
    """What compiling one decision needs to know of all others."""

    def __init__(self, ruleset: Ruleset, plan: Plan, matcher: MatcherName) -> None:
        self._matcher = matcher
        self._functions = frozenset(d.name for d in ruleset.decisions.values() if d.parameters)
        self._made = frozenset(ruleset.decisions.keys() | plan.asserted.keys()) - self._functions
        self._references = frozenset(ruleset.references)

    @property
    def context(self) -> Context:
        """Everything that the logic of a decision depends on besides the decision."""
        return self._matcher, self._functions, self._made, self._references

    def logic(self, decision: Decision) -> Logic:
        """How the decision is made."""
        table = decision.logic
        if isinstance(table, Cell):
            return ExpressionLogic(decision, table)
        if table.asserted:
            return self._rule_set(decision, table)
        conditions = conditions_of(table, None, _parameters(decision), self._functions)
        reads = self._awaited(decision, conditions.reads())
        return TableLogic(decision, table, self._matcher_of(table, conditions), reads, self._references)

    def _rule_set(self, decision: Decision, table: Table) -> RuleSetLogic:
        strata = [conditions_of(table, members, frozenset(), self._functions) for members in strata_of(table)]
        reads = tuple(dict.fromkeys(read for conditions in strata for read in conditions.reads()))
        matchers = tuple(self._matcher_of(table, conditions) for conditions in strata)
        reads = self._awaited(decision, reads, *table.asserted)
        return RuleSetLogic(decision, table, matchers, reads, self._references)

    def _matcher_of(self, table: Table, conditions: Conditions) -> Matcher:
        chosen = table.chained or self._matcher == "linear"
        return matcher_of(self._matcher if chosen else "bitmap", conditions)

    def _awaited(self, decision: Decision, reads: tuple[str, ...], *own: str) -> tuple[str, ...]:
        hidden = _parameters(decision).union(own)
        return tuple(name for name in reads if name in self._made and name not in hidden)


def _parameters(decision: Decision) -> frozenset[str]:
    return frozenset(parameter.name for parameter in decision.parameters)


def _steps(ruleset: Ruleset, plan: Plan, logics: Mapping[str, Logic]) -> Iterator[tuple[str, Step]]:
    """How each name that is not a fact gets its value."""
    for name in _unknown_names(ruleset, plan):
        yield name, unknown_step(name)
    for name, table in ruleset.references.items():
        yield name, reference_step(table)
    for fact, rule_set in plan.asserted.items():
        yield fact, asserted_step(fact, rule_set)
    for name, logic in logics.items():
        yield name, function_step(logic) if logic.decision.parameters else decision_step(logic)


def _unknown_names(ruleset: Ruleset, plan: Plan) -> Iterator[str]:
    """Names that columns are about and nothing defines: only an unchecked ruleset has any."""
    known = {*ruleset.vocabulary.facts, *ruleset.references, *ruleset.decisions, *plan.asserted, *BUILTINS}
    for decision in ruleset.decisions.values():
        if isinstance(decision.logic, Table):
            for row in decision.logic.rows:
                yield from (name for name in row_reads(decision.logic, row) if name not in known)
