"""Deciding: a ruleset compiled once, then facts in, a result with its reasons and its trace out. Pure."""

from __future__ import annotations

from greenlane.engine.decide.application import facts_of
from greenlane.engine.decide.compile import LogicCache, compile_ruleset
from greenlane.engine.decide.decider import Decider, Reason, Result, TraceLevel, UndeterminedMember, UndeterminedRow
from greenlane.engine.decide.matching import MatcherName, RuleSetTooLargeError, default_matcher

__all__ = [
    "Decider",
    "LogicCache",
    "MatcherName",
    "Reason",
    "Result",
    "RuleSetTooLargeError",
    "TraceLevel",
    "UndeterminedMember",
    "UndeterminedRow",
    "compile_ruleset",
    "default_matcher",
    "facts_of",
]
