"""Rule files that this process has compiled are not compiled again. Replaces steps of `engine.policy` for a run.

Each step is a function of its arguments alone, and what it makes is shared between threads in production too. Most
tests of the service and the command line start with the shipped rules, which take longer than the rest of the test.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import pytest

from greenlane.engine import policy
from greenlane.engine.decide import Decider, LogicCache
from greenlane.engine.decide.matching import MatcherName
from greenlane.engine.lru_cache import LruCache
from greenlane.engine.rules.files import ParseCache, RulesetReading
from greenlane.engine.rules.ruleset import Ruleset

KEPT = 8
"""Sets of rule files at once: the shipped ones, and what a test makes of them."""


@contextmanager
def compiled_once() -> Iterator[None]:
    """As long as it lasts."""
    read, compile_ruleset = policy.read, policy.compile_ruleset
    readings: LruCache[frozenset[tuple[str, bytes]], RulesetReading] = LruCache(KEPT)
    deciders: LruCache[tuple[int, MatcherName | None, int | None], tuple[Ruleset, Decider]] = LruCache(KEPT)

    def read_once(files: Mapping[str, bytes], cache: ParseCache | None = None) -> RulesetReading:
        key = frozenset(files.items())
        found = readings.get(key)
        if found is None:
            readings.put(key, found := read(files, cache))
        return found

    def compile_once(
        ruleset: Ruleset, matcher: MatcherName | None = None, cache: LogicCache | None = None, most: int | None = None
    ) -> Decider:
        # The ruleset is kept beside what it was compiled to: as long as it lives no other has its identity.
        key = id(ruleset), matcher, most
        kept, decider = deciders.get(key) or (None, None)
        if kept is not ruleset or decider is None:
            decider = compile_ruleset(ruleset, matcher, cache, most)
            deciders.put(key, (ruleset, decider))
        return decider

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(policy, "read", read_once)
        patch.setattr(policy, "compile_ruleset", compile_once)
        yield
