"""One table of eight columns at growing size: greenlane and zen-engine, by the doors of both."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from typing import Any

from bench import doors
from bench.doors import INSIDE, OURS
from bench.random_tables import DAY, Application, facts_of, random_applications, random_rows, rule_files
from bench.report import Loss, Part, over, section, slower_than, table
from bench.timing import Block, Timing, per_call, ratio, shown, times, turning
from bench.zen_table import KEY, zen_engine
from greenlane.engine.decide import TraceLevel
from greenlane.engine.decide.matching import conditions_of, matcher_of
from greenlane.engine.policy import Policy
from greenlane.engine.rules.ruleset import Ruleset
from greenlane.engine.rules.table import Table

SIZES = (20, 200, 2_000)
# What the project holds itself to inside the engine: nanoseconds of one call, and how many times as fast as zen.
AIMS: Mapping[int, float] = {20: 3_300, 200: 4_100, 2_000: 6_800}
RATIO_AIMS: Mapping[int, float] = {20: 1.7, 200: 1.8, 2_000: 1.8}
TRACE_AIMS: Mapping[int, float] = {20: 3, 200: 5, 2_000: 5}


def index_of(ruleset: Ruleset) -> Callable[[Any], object]:
    """Finding the rows of the table, without making a result of them."""
    found = ruleset.decisions["found"].logic
    if not isinstance(found, Table):
        raise TypeError("a table is expected")
    matcher = matcher_of("bitmap", conditions_of(found))
    every_row = (1 << len(found.rows)) - 1
    return lambda facts: matcher.match(facts, every_row)


def compare(policy: Policy, other: Any, applications: Sequence[Application]) -> None:
    """Raises ValueError if greenlane and an engine of zen do not give the same row, by any door that is measured."""
    ours, theirs = doors.from_json(policy, DAY), _zen_json(other)
    for application in applications:
        body = json.dumps(application).encode()
        wanted = policy.decide(application, DAY).outcome["row"]
        inside = policy.decider.decide(facts_of(application), DAY, TraceLevel.NONE).outcome["row"]
        here = [inside, int(json.loads(ours(body))["row"])]
        there = [other.evaluate(KEY, application)["result"]["row"], json.loads(theirs(body))["row"]]
        if [*here, *there] != [wanted] * 4:
            raise ValueError(f"row {wanted} here, rows {here} and, in zen, {there} by other doors, for {application}")


def measure(sizes: Sequence[int] = SIZES) -> Part:
    """The section of the page."""
    measured = {size: _measured(size) for size in sizes}
    body = "\n\n".join(f"{text}\n\n{_table(sides, measured)}" for text, sides in TABLES)
    losses = [loss for size, found in measured.items() for loss in _losses(size, found)]
    return Part(section("A table: greenlane and zen-engine", told(), body), tuple(losses))


INDEX, FIRED, FULL = "index alone", "greenlane, `fired`", "greenlane, `full`"
OURS_JSON, ZEN_JSON = "greenlane, JSON", "zen, JSON"
ZEN, ZEN_TRACE = "zen", "zen with trace"
ZEN_CHECKED, ZEN_CHECKED_JSON = "zen with a schema", "zen with a schema, JSON"

# What stands before each table, and its columns: what is timed, then what is set against what.
TABLES: tuple[tuple[str, tuple[str | tuple[str, str], ...]], ...] = (
    (
        "A dictionary in, the result as a dictionary out: what a program calls that holds Python values.",
        (OURS, ZEN, ZEN_CHECKED, (ZEN, OURS), (ZEN_CHECKED, OURS)),
    ),
    (
        "JSON bytes in, the result as JSON bytes out.",
        (OURS_JSON, ZEN_JSON, ZEN_CHECKED_JSON, (ZEN_JSON, OURS_JSON), (ZEN_CHECKED_JSON, OURS_JSON)),
    ),
    (
        "Inside the engine, which is no door of the library: `Decider.decide(facts, day, TraceLevel.NONE)` on facts "
        "that were checked and made 34-digit decimals before, and finding the rows alone. zen has no such call: the "
        "last column sets its `evaluate`, which converts a dictionary, against ours, which converts nothing; it "
        "flatters us, and says what our conversion and check cost rather than how the engines compare.",
        (INDEX, INSIDE, ZEN, (ZEN, INSIDE)),
    ),
    (
        "With trace, a dictionary in, the trace as a dictionary out: `decide(application, day, trace)`, `fired` (the "
        "decisions made, the rows that held, what they read) and `full` (also every row that did not hold, with each "
        'of its cells that failed, so it grows with the table); `evaluate(key, application, {"trace": True})`, every '
        "node with its input and output, and of the table the row that held, nothing about the other rows.",
        (FIRED, FULL, ZEN_TRACE, (ZEN_TRACE, FIRED), (ZEN_TRACE, FULL)),
    ),
)


def told() -> str:
    """What was called how."""
    return (
        "One decision by a table of 8 columns (4 numbers, 4 texts; 40 % of the cells are blank), hit policy `first`, "
        "in one process, on 200 applications in turn. Rows and values are random, the last row always holds, and few "
        "others do: in the small tables most applications come to the last. Every fact is given: a missing one makes "
        "rows undetermined here and is no match there. CPU time of all threads. Both give the same row for every "
        "application by every door: compared before anything is measured.\n\n"
        f"- `greenlane`: {doors.DICTIONARY}, and for JSON {doors.JSON}. It checks every application against the "
        "vocabulary (types, allowed values, unknown names), makes exact decimals of its numbers, and gives outcome, "
        "status, reasons and what could not be determined. (`load` refuses rows that earlier ones cover, of which "
        "random rows have many: the policy is made as `load` makes it, without that check.)\n"
        f"- `zen`: zen-engine {version('zen-engine')}, "
        '`ZenEngine({"loader": {"type": "static", "content": {…}}}).evaluate(key, application)`, and for JSON '
        '`json.dumps(engine.evaluate(key, body)["result"]).encode()`, where zen reads the bytes itself. It gives the '
        "outputs of the row. Its [documentation](https://docs.gorules.io/developers/sdks/python) recommends a loader "
        "that gives `ZenDecisionContent`; the static one also compiles the table once and takes up to a fifth less. "
        "`zen with a schema` has a JSON Schema in its input node that refuses what the vocabulary here refuses. "
        "Decimals of up to 28 digits inside, ints and floats at this door.\n\n"
        "A ratio is CPU time of zen : CPU time of greenlane, the median of rounds: **below 1, zen is faster.** Again: "
        "`python -m bench tables`."
    )


def _table(columns: Sequence[str | tuple[str, str]], measured: Mapping[int, Mapping[str, Timing]]) -> str:
    heads = ["rows", *(c if isinstance(c, str) else " : ".join(c) for c in columns)]
    return table(heads, [[f"{size:,}", *(_cell(c, found) for c in columns)] for size, found in measured.items()])


def _cell(column: str | tuple[str, str], found: Mapping[str, Timing]) -> str:
    return shown(found[column].cpu) if isinstance(column, str) else times(ratio(*(found[side] for side in column)))


def _measured(size: int) -> dict[str, Timing]:
    rows, applications = random_rows(size), random_applications()
    policy = doors.unchecked(rule_files(rows))
    zen, checked = zen_engine(rows), zen_engine(rows, checked=True)
    for other in (zen, checked):
        compare(policy, other, applications)
    return per_call(_sides(policy, zen, checked, applications), len(applications))


def _sides(policy: Policy, zen: Any, checked: Any, applications: Sequence[Application]) -> dict[str, Block]:
    facts = [facts_of(application) for application in applications]
    bodies = [json.dumps(application).encode() for application in applications]
    return {
        OURS: turning(doors.from_dictionary(policy, DAY), applications),
        ZEN: turning(lambda a: zen.evaluate(KEY, a)["result"], applications),
        ZEN_CHECKED: turning(lambda a: checked.evaluate(KEY, a)["result"], applications),
        OURS_JSON: turning(doors.from_json(policy, DAY), bodies),
        ZEN_JSON: turning(_zen_json(zen), bodies),
        ZEN_CHECKED_JSON: turning(_zen_json(checked), bodies),
        INSIDE: turning(lambda f: policy.decider.decide(f, DAY, TraceLevel.NONE).outcome, facts),
        INDEX: turning(index_of(policy.ruleset), facts),
        FIRED: turning(doors.from_dictionary(policy, DAY, "fired"), applications),
        FULL: turning(doors.from_dictionary(policy, DAY, "full"), applications),
        ZEN_TRACE: turning(lambda a: zen.evaluate(KEY, a, {"trace": True}), applications),
    }


def _zen_json(engine: Any) -> Callable[[bytes], bytes]:
    return lambda body: json.dumps(engine.evaluate(KEY, body)["result"]).encode()


def _losses(size: int, found: Mapping[str, Timing]) -> list[Loss]:
    rows = f"a table of {size:,} rows"

    def against(theirs: str, what: str, ours: str, aim: float = 1.0) -> list[Loss]:
        return slower_than(theirs, f"{rows}, {what}", ratio(found[theirs], found[ours]), aim)

    return [
        *against(ZEN, "dictionary in and out", OURS),
        *against(ZEN_CHECKED, "dictionary in and out", OURS),
        *against(ZEN_JSON, "JSON in and out", OURS_JSON),
        *against(ZEN_CHECKED_JSON, "JSON in and out", OURS_JSON),
        *against(ZEN, "inside", INSIDE, RATIO_AIMS[size]),
        *over(f"{rows}, inside, CPU", found[INSIDE].cpu, AIMS[size]),
        *against(ZEN_TRACE, "`fired`", FIRED),
        *against(ZEN_TRACE, "`full`", FULL, TRACE_AIMS[size]),
    ]
