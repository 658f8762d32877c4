"""The logic of decisions compiled before, so that a ruleset like another costs what differs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from greenlane.engine.decide.logic import Logic
from greenlane.engine.decide.matching import MatcherName
from greenlane.engine.lru_cache import LruCache
from greenlane.engine.rules.ruleset import Decision

_LOGICS = 1024

Around = tuple[MatcherName, frozenset[str], frozenset[str]]
"""The matcher, the functions of the ruleset, and the names that its decisions make."""


@dataclass(slots=True)
class Memory:
    """The logic of the latest 1,024 decisions, by the decision as an object. Safe for many threads.

    Logic holds nothing that changes, so rulesets may share it.
    """

    _known: LruCache[tuple[int, Around], Logic] = field(default_factory=lambda: LruCache(_LOGICS))

    def logic(self, decision: Decision, around: Around, make: Callable[[Decision], Logic]) -> Logic:
        """What `make` makes of a decision, made before if it can be."""
        # The logic holds its decision, so no other object can have the same id as long as it is kept.
        key = (id(decision), around)
        known = self._known.get(key)
        if known is None:
            known = make(decision)
            self._known.put(key, known)
        return known
