"""The whole shipped policy, in process: every matcher, every level of trace, the fifteen worked cases."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path

from bench.report import section, table
from bench.timing import each, percentile, shown
from greenlane.api.application_fields import application_date
from greenlane.api.json_objects import encode
from greenlane.engine.decide import TraceLevel, compile_ruleset
from greenlane.engine.decide.application import facts_of
from greenlane.engine.decide.matching import MatcherName
from greenlane.engine.json_text import decode
from greenlane.engine.rules.files import read
from greenlane.rule_files import read_files

ROOT = Path(__file__).resolve().parents[1]
MATCHERS: tuple[MatcherName, ...] = ("rete", "bitmap")
CALLS = 1_500


def measure() -> str:
    """The section of the page."""
    text = (
        f"The shipped rules, {CALLS:,} decisions in turn about the applications in `examples/`: from facts to result "
        "in one thread, with the trace as JSON where one is asked for."
    )
    lines = [_measured(matcher, level) for matcher in MATCHERS for level in TraceLevel]
    return section("The whole policy", text, table(["matcher, trace", "median", "p99", "decisions/s"], lines))


def _measured(matcher: MatcherName, level: TraceLevel) -> list[str]:
    works = _decisions(matcher, level)
    each(works)
    times = each(list(itertools.islice(itertools.cycle(works), CALLS)))
    name = f"{matcher}, {level.name.lower()}"
    return [
        name,
        shown(percentile(times, 0.5)),
        shown(percentile(times, 0.99)),
        f"{1e9 * len(times) / sum(times):,.0f}",
    ]


def _decisions(matcher: MatcherName, level: TraceLevel) -> list[Callable[[], object]]:
    ruleset = read(read_files(ROOT / "rules")).ruleset
    if ruleset is None:
        raise ValueError("the shipped rules cannot be read: run `greenlane check`")
    decider = compile_ruleset(ruleset, matcher)

    def work(path: Path) -> Callable[[], object]:
        application = decode(path.read_bytes())
        facts, day = facts_of(application, ruleset.vocabulary), application_date(application)
        if day is None:
            raise ValueError(f"{path} has no date")
        return lambda: encode(decider.decide(facts, day, level).trace)

    return [work(path) for path in sorted((ROOT / "examples" / "applications").glob("*.json"))]
