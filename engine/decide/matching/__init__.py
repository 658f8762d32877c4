"""Finding the rows of a table that hold: three ways, one answer. Pure; `rete` alone needs durable_rules."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from typing import Literal

from greenlane.engine.decide.matching.bitmap import BitmapMatcher
from greenlane.engine.decide.matching.conditions import (
    FALSE,
    TRUE,
    UNDETERMINED,
    Condition,
    Conditions,
    MatchedRows,
    Matcher,
    RowCondition,
    bits,
    conditions_of,
)
from greenlane.engine.decide.matching.linear import LinearMatcher
from greenlane.engine.decide.matching.rete_groups import RuleSetTooLargeError

MatcherName = Literal["rete", "bitmap", "linear"]


MATCHERS: tuple[MatcherName, ...] = ("rete", "bitmap", "linear")


def default_matcher() -> MatcherName:
    """The matcher of rule sets when none is asked for: `rete` where durable_rules is installed, otherwise `bitmap`.

    Both give the same answers.
    """
    return "rete" if find_spec("durable_rules_engine") is not None else "bitmap"


def matcher_of(name: MatcherName, conditions: Conditions) -> Matcher:
    """A matcher for the conditions.

    Raises `RuleSetTooLargeError` for a row too large for `rete`, and `ImportError` where `rete` is asked for and
    durable_rules is not installed.
    """
    return _MATCHERS[name](conditions)


def _rete(conditions: Conditions) -> Matcher:
    # durable_rules is loaded only where it is asked for.
    try:
        from greenlane.engine.decide.matching.rete import ReteMatcher
    except ModuleNotFoundError as missing:
        text = "the matcher `rete` needs durable_rules: pip install 'greenlane[rete]'"
        raise ModuleNotFoundError(text, name=missing.name) from None

    return ReteMatcher(conditions)


_MATCHERS: dict[MatcherName, Callable[[Conditions], Matcher]] = {
    "rete": _rete,
    "bitmap": BitmapMatcher,
    "linear": LinearMatcher,
}

__all__ = [
    "FALSE",
    "MATCHERS",
    "TRUE",
    "UNDETERMINED",
    "BitmapMatcher",
    "Condition",
    "Conditions",
    "LinearMatcher",
    "MatchedRows",
    "Matcher",
    "MatcherName",
    "RowCondition",
    "RuleSetTooLargeError",
    "bits",
    "conditions_of",
    "default_matcher",
    "matcher_of",
]
