"""Deciding: a ruleset compiled once, then facts in, a result with its reasons and its trace out."""

from __future__ import annotations

from engine.decide.compile import compile_ruleset
from engine.decide.decider import Decider, TraceLevel
from engine.decide.facts import facts_of
from engine.decide.memory import Memory
from engine.decide.result import Reason, Result, UndeterminedRow

__all__ = ["Decider", "Memory", "Reason", "Result", "TraceLevel", "UndeterminedRow", "compile_ruleset", "facts_of"]
