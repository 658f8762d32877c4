"""A policy ready to decide: rule files read, checked and compiled. Pure: texts in, decisions out."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from greenlane.engine.check import check
from greenlane.engine.decide import Decider, LogicCache, Result, TraceLevel, compile_ruleset
from greenlane.engine.decide.application import ApplicationError, Validator, facts_of
from greenlane.engine.decide.matching import MatcherName
from greenlane.engine.diagnostics import Diagnostic, RulesetError, Severity, has_errors, sort
from greenlane.engine.explain import Sentence, explain
from greenlane.engine.json_text import from_python
from greenlane.engine.rules.files import ParseCache, read
from greenlane.engine.rules.ruleset import Ruleset


@dataclass(frozen=True, slots=True)
class Policy:
    """A ruleset ready to decide. Safe for many threads."""

    ruleset: Ruleset
    decider: Decider
    validator: Validator

    def decide(self, application: Mapping[str, Any], as_of: date, trace: str = TraceLevel.NONE) -> Result:
        """The decision about an application, nested as the vocabulary's groups say, on a day.

        Numbers may be `int`, `Decimal` or, by their shortest text, `float`; days are `datetime.date` or ISO texts.
        `trace` is `none`, `fired` or `full`.

        Raises `ApplicationError` with everything wrong with the application, and nothing is decided; `ValueError` for
        a day on which the rules are not in force and for a number that is not finite.
        """
        if not self.in_force(as_of):
            raise ValueError(f"the rules are not in force on {as_of}")
        given = from_python(application)
        violations = self.validator.violations(given)
        if violations:
            raise ApplicationError(violations)
        return self.decide_valid(given, as_of, trace)

    def decide_valid(self, application: Mapping[str, Any], as_of: date, trace: str = TraceLevel.NONE) -> Result:
        """The decision about an application in which `validator` found nothing, whether the rules are in force or not.

        For whoever has asked both: the same result as that of `decide`.
        """
        return self.decider.decide(facts_of(application, self.ruleset.vocabulary), as_of, TraceLevel(trace))

    def in_force(self, day: date) -> bool:
        """Whether the ruleset holds on a day."""
        until = self.ruleset.effective_until
        return self.ruleset.effective_from <= day and (until is None or day <= until)

    def explain(self, result: Result) -> Sequence[Sentence]:
        """Ordered sentences about a result that carries a full trace."""
        return explain(result, self.ruleset)


Compile = Callable[[Mapping[str, bytes]], Policy]
"""Rule files to a policy. Raises `RulesetError` when they hold an error."""


@dataclass(frozen=True, slots=True)
class Inspection:
    """What reading and checking rule files found. `ruleset` is None when any fault is an error."""

    ruleset: Ruleset | None
    diagnostics: tuple[Diagnostic, ...]


def read_ruleset(files: Mapping[str, bytes], cache: ParseCache | None = None) -> Ruleset:
    """The ruleset in rule files, as far as it can be read. Raises `RulesetError` with every fault of reading."""
    reading = read(files, cache)
    if reading.ruleset is None or has_errors(reading.diagnostics):
        raise RulesetError(reading.diagnostics)
    return reading.ruleset


def check_ruleset(files: Mapping[str, bytes]) -> Ruleset:
    """The ruleset in rule files that are to decide from now on. Raises `RulesetError` when a check finds an error."""
    ruleset = read_ruleset(files)
    found = check(ruleset)
    if has_errors(found):
        raise RulesetError(found)
    return ruleset


def compiler(matcher: MatcherName | None, most: int | None = None, *, checked: bool = True) -> Compile:
    """Makes rule files into rules that find their rows with `matcher`, None for `default_matcher()`.

    `most` is the work that one decision may do, as for `compile_ruleset`.
    Releases that have decided are compiled with `checked=False`: a check added later must not keep them from a replay.
    The compiler remembers what it made, so that a release like another costs what differs.
    """
    texts, logics = ParseCache(), LogicCache()

    def compile_rules(files: Mapping[str, bytes]) -> Policy:
        ruleset = check_ruleset(files) if checked else read_ruleset(files, texts)
        return Policy(ruleset, compile_ruleset(ruleset, matcher, logics, most), Validator(ruleset.vocabulary))

    return compile_rules


UNKNOWN_NAME = "GL210"


def inspect(files: Mapping[str, bytes], today: date | None = None) -> Inspection:
    """Reads and checks rule files: all faults at once, also of the parts that stand where others cannot be read."""
    reading = read(files)
    found = list(reading.diagnostics)
    if reading.ruleset is not None:
        found.extend(check(reading.ruleset, today))
    elif reading.partial is not None:
        found.extend(d for d in check(reading.partial, today) if _stands(d, reading.unread))
    return Inspection(None if has_errors(found) else reading.ruleset, sort(found))


def _stands(diagnostic: Diagnostic, unread: Collection[str]) -> bool:
    """Whether a fault found in a ruleset read in part is one of the whole: an error, and not that a name is unknown
    which is only unread.
    """
    if diagnostic.severity is not Severity.ERROR:
        return False
    return not (diagnostic.code == UNKNOWN_NAME and any(f"`{name}`" in diagnostic.message for name in unread))
