"""The engine behind the services' port."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from api.config import Matcher, Trace
from api.services.ports import Compile, Result, Rules
from engine.diagnostics import RulesetRefused, has_errors
from engine.model.ruleset import Ruleset
from engine.model.vocabulary import Text


@dataclass(frozen=True, slots=True)
class CompiledRules:
    """A ruleset compiled by the engine."""

    ruleset: Ruleset
    decider: Any

    def decide(self, application: Mapping[str, Any], as_of: date, trace: Trace) -> Result:
        """The decision about an application that its schema accepts."""
        from engine.decide.facts import facts_of

        facts = facts_of(application, self.ruleset.vocabulary)
        result: Result = self.decider.decide(facts, as_of, trace)
        return result

    def explain(self, result: Result) -> Sequence[Text]:
        """Ordered sentences about a result that carries a full trace."""
        from engine.explain import explain

        sentences: Sequence[Text] = explain(result, self.ruleset)
        return sentences


def read_ruleset(files: Mapping[str, bytes]) -> Ruleset:
    """The ruleset in rule files. Raises `RulesetRefused` with every fault when there is an error."""
    from engine.rulefile import read

    reading = read(files)
    if reading.ruleset is None or has_errors(reading.diagnostics):
        raise RulesetRefused(reading.diagnostics)
    ruleset: Ruleset = reading.ruleset
    return ruleset


def compiler(matcher: Matcher) -> Compile:
    """Makes rule files into rules that find their rows with `matcher`."""

    def compile_rules(files: Mapping[str, bytes]) -> Rules:
        from engine.decide import compile_ruleset

        ruleset = read_ruleset(files)
        return CompiledRules(ruleset, compile_ruleset(ruleset, matcher))

    return compile_rules
