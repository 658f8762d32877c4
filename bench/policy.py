"""The whole shipped policy, in process: every matcher, every level of trace, the fifteen worked cases."""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from bench import doors
from bench.report import Loss, Part, over, section, table
from bench.timing import Work, each, percentile, shown
from greenlane.api.application_fields import application_date
from greenlane.api.json_objects import encode
from greenlane.engine.decide import TraceLevel
from greenlane.engine.decide.application import facts_of
from greenlane.engine.decide.matching import MatcherName
from greenlane.engine.json_text import decode
from greenlane.engine.policy import Policy, compiler
from greenlane.rule_files import read_files

ROOT = Path(__file__).resolve().parents[1]
MATCHERS: tuple[MatcherName, ...] = ("rete", "bitmap")
CALLS = 1_500
# What the project holds itself to: nanoseconds of one decision, the median.
AIMS: Mapping[tuple[MatcherName, str], float] = {
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
        f"about {CALLS // len(paths)} times, so that whatever is remembered from one decision to the next is: in one "
        "thread, CPU time, one line after another and not in turn. "
        f"`dictionary` is {doors.DICTIONARY}, which checks and converts the application; `JSON` is "
        f"{doors.JSON}. `none`, `fired` and `full` are the engine alone, no door of the library: from facts that were "
        "checked and converted before to the result, with the trace as JSON where one is asked for. Again: "
        "`python -m bench policy`."
    )
    lines, losses = [], []
    for matcher in MATCHERS:
        for name, works in _sides(matcher, paths).items():
            found = _measured(works)
            lines.append(_line(f"{matcher}, {name}", found))
            losses += _losses(matcher, name, found)
    body = table(["matcher, call", "median", "p99", "decisions in a second of CPU"], lines)
    return Part(section("The whole policy", text, body), tuple(losses))


def _sides(matcher: MatcherName, paths: Sequence[Path]) -> dict[str, list[Work]]:
    policy = compiler(matcher)(read_files(ROOT / "rules"))
    bodies = [path.read_bytes() for path in paths]
    return {
        "dictionary": [_decided(policy, body) for body in bodies],
        "JSON": [_answered(policy, body) for body in bodies],
        **{level: [_inside(policy, body, level) for body in bodies] for level in TraceLevel},
    }


def _decided(policy: Policy, body: bytes) -> Work:
    decide, application = doors.from_dictionary(policy, _day(body)), json.loads(body)
    return lambda: decide(application)


def _answered(policy: Policy, body: bytes) -> Work:
    answer = doors.from_json(policy, _day(body))
    return lambda: answer(body)


def _inside(policy: Policy, body: bytes, level: TraceLevel) -> Work:
    facts, day = facts_of(decode(body), policy.ruleset.vocabulary), _day(body)
    if level is TraceLevel.NONE:
        return lambda: policy.decider.decide(facts, day, level).outcome
    return lambda: encode(policy.decider.decide(facts, day, level).trace)


def _day(body: bytes) -> date:
    day = application_date(decode(body))
    if day is None:
        raise ValueError(f"no date in {body[:80]!r}")
    return day


def _measured(works: Sequence[Work]) -> list[int]:
    each(works)
    return each(list(itertools.islice(itertools.cycle(works), CALLS)))


def _line(name: str, found: Sequence[int]) -> list[str]:
    middle, late = shown(percentile(found, 0.5)), shown(percentile(found, 0.99))
    return [name, middle, late, f"{1e9 * len(found) / sum(found):,.0f}"]


def _losses(matcher: MatcherName, name: str, found: Sequence[int]) -> list[Loss]:
    aim = AIMS.get((matcher, name))
    return over(f"the whole policy, {matcher}, {name}", percentile(found, 0.5), aim) if aim else []
