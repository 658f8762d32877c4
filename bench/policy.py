"""The whole shipped policy, in process: every matcher, every level of trace, the fifteen worked cases."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from bench.report import Loss, Part, over, section, table
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
# What the project holds itself to: nanoseconds of one decision, the median.
AIMS: Mapping[tuple[MatcherName, TraceLevel], float] = {
    ("bitmap", TraceLevel.NONE): 180_000,
    ("rete", TraceLevel.NONE): 250_000,
    ("bitmap", TraceLevel.FIRED): 400_000,
    ("rete", TraceLevel.FIRED): 400_000,
    ("bitmap", TraceLevel.FULL): 1_200_000,
    ("rete", TraceLevel.FULL): 1_200_000,
}


def measure() -> Part:
    """The section of the page."""
    paths = sorted((ROOT / "examples" / "applications").glob("*.json"))
    text = (
        f"The shipped rules, {CALLS:,} decisions in turn about the {len(paths)} applications in `examples/`, each "
        f"about {CALLS // len(paths)} times, so that whatever is remembered from one decision to the next is: from "
        "facts to result in one thread, with the trace as JSON where one is asked for. CPU time. Again: "
        "`python -m bench policy`."
    )
    sides = [(matcher, level) for matcher in MATCHERS for level in TraceLevel]
    measured = {side: _measured(*side, paths) for side in sides}
    lines = [_line(_name(*side), found) for side, found in measured.items()]
    body = table(["matcher, trace", "median", "p99", "decisions in a second of CPU"], lines)
    losses = [loss for side, found in measured.items() for loss in _losses(*side, found)]
    return Part(section("The whole policy", text, body), tuple(losses))


def _measured(matcher: MatcherName, level: TraceLevel, paths: Sequence[Path]) -> list[int]:
    works = _decisions(matcher, level, paths)
    each(works)
    return each(list(itertools.islice(itertools.cycle(works), CALLS)))


def _name(matcher: MatcherName, level: TraceLevel) -> str:
    return f"{matcher}, {level.name.lower()}"


def _line(name: str, found: Sequence[int]) -> list[str]:
    middle, late = shown(percentile(found, 0.5)), shown(percentile(found, 0.99))
    return [name, middle, late, f"{1e9 * len(found) / sum(found):,.0f}"]


def _losses(matcher: MatcherName, level: TraceLevel, found: Sequence[int]) -> list[Loss]:
    return over(f"the whole policy, {_name(matcher, level)}", percentile(found, 0.5), AIMS[matcher, level])


def _decisions(matcher: MatcherName, level: TraceLevel, paths: Sequence[Path]) -> list[Callable[[], object]]:
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

    return [work(path) for path in paths]
