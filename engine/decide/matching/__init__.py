"""Finding the rows of a table that hold: three ways, one answer. Pure; `rete` alone needs durable_rules."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
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
    """The matcher of rule sets when none is asked for: `rete` where durable_rules can be used, otherwise `bitmap`.

    Both give the same answers.
    """
    return "rete" if why_no_rete() is None else "bitmap"


def why_no_rete() -> str | None:
    """What keeps `rete` from being used: durable_rules is not installed, or was not built for this Python."""
    try:
        _rete_module()
    except ModuleNotFoundError:
        return "durable_rules is not installed: pip install 'greenlane[rete]'"
    except ImportError as error:
        return f"durable_rules cannot be loaded: {error}"
    return None


def matcher_of(name: MatcherName, conditions: Conditions) -> Matcher:
    """A matcher for the conditions.

    Raises `RuleSetTooLargeError` for a row too large for `rete`, and `ImportError` where `rete` is asked for and
    durable_rules is not installed.
    """
    return _MATCHERS[name](conditions)


def _rete(conditions: Conditions) -> Matcher:
    try:
        matcher: Matcher = _rete_module().ReteMatcher(conditions)
    except ImportError as error:
        raise ImportError(f"the matcher `rete` cannot be used: {why_no_rete()}", name=error.name) from None
    return matcher


def _rete_module() -> ModuleType:
    # durable_rules is loaded only where it may be wanted.
    from greenlane.engine.decide.matching import rete

    return rete


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
    "why_no_rete",
]
