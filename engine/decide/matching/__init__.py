"""Finding the rows of a table that hold: three ways, one answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from greenlane.engine.decide.matching.bitmap import BitmapMatcher, bits
from greenlane.engine.decide.matching.conditions import Condition, Conditions, Part, conditions_of
from greenlane.engine.decide.matching.linear import LinearMatcher
from greenlane.engine.decide.matching.match import FALSE, TRUE, UNDETERMINED, Match, Matcher

MatcherName = Literal["rete", "bitmap", "linear"]


def matcher_of(name: MatcherName, conditions: Conditions) -> Matcher:
    """A matcher for the conditions. Raises `RuleSetTooLarge` for a row too large for `rete`."""
    return _MATCHERS[name](conditions)


def _rete(conditions: Conditions) -> Matcher:
    # durable_rules is loaded only where it is asked for.
    from greenlane.engine.decide.matching.rete_matcher import ReteMatcher

    return ReteMatcher(conditions)


_MATCHERS: dict[MatcherName, Callable[[Conditions], Matcher]] = {
    "rete": _rete,
    "bitmap": BitmapMatcher,
    "linear": LinearMatcher,
}

__all__ = [
    "FALSE",
    "TRUE",
    "UNDETERMINED",
    "BitmapMatcher",
    "Condition",
    "Conditions",
    "LinearMatcher",
    "Match",
    "Matcher",
    "MatcherName",
    "Part",
    "bits",
    "conditions_of",
    "matcher_of",
]
