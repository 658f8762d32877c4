"""Deciding: a ruleset compiled once, then facts in, a result with its reasons and its trace out."""

from __future__ import annotations

from greenlane.engine.decide.compile import compile_ruleset
from greenlane.engine.decide.decider import Decider, TraceLevel
from greenlane.engine.decide.facts import facts_of
from greenlane.engine.decide.memory import Memory
from greenlane.engine.decide.result import Reason, Result, UndeterminedRow

__all__ = ["Decider", "Memory", "Reason", "Result", "TraceLevel", "UndeterminedRow", "compile_ruleset", "facts_of"]
