"""One table of eight columns at growing size: greenlane and zen-engine, each with and without its trace."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from typing import Any

import zen

from bench.random_tables import (
    DAY,
    NAMES,
    Application,
    Cell,
    Row,
    facts_of,
    interval_text,
    random_applications,
    random_rows,
    ruleset_of,
)
from bench.report import Loss, Part, over, section, slower_than, table
from bench.timing import Timing, Work, per_call, ratio, shown, times, turning
from greenlane.api.json_objects import encode
from greenlane.engine.decide import Decider, TraceLevel, compile_ruleset
from greenlane.engine.decide.matching import conditions_of, matcher_of
from greenlane.engine.rules.ruleset import Ruleset
from greenlane.engine.rules.table import Table

SIZES = (20, 200, 2_000, 20_000)
# What the project holds itself to: nanoseconds of one call, and how many times as fast as zen it should be.
AIMS: Mapping[int, float] = {20: 3_300, 200: 4_100, 2_000: 6_800, 20_000: 11_000}
RATIO_AIMS: Mapping[int, float] = {20: 1.7, 200: 1.8, 2_000: 1.8}
TRACE_AIMS: Mapping[int, float] = {20: 3, 200: 5, 2_000: 5, 20_000: 5}


def zen_engine(rows: Sequence[Row]) -> Any:
    """An engine of zen that has the same table under `KEY`, through the loader that its documentation recommends.

    The content is parsed once, when it is loaded. `create_decision(…).evaluate` and `get_decision(…).evaluate` parse it
    at every call, and so does a loader that is a function: those are doors for trying a rule, not for deciding by it.
    """
    return zen.ZenEngine({"loader": {"type": "static", "content": {KEY: zen_graph(rows)}}})


def zen_graph(rows: Sequence[Row]) -> dict[str, Any]:
    """The table as zen's own document, a graph of input, table and output."""
    rules = [
        {"_id": str(i), **dict(zip(NAMES, map(_zen_cell, row.cells), strict=True)), "row": str(i)}
        for i, row in enumerate(rows)
    ]
    content = {
        "hitPolicy": "first",
        "inputs": [{"id": n, "name": n, "field": n} for n in NAMES],
        "outputs": [{"id": "row", "name": "row", "field": "row"}],
        "rules": rules,
    }
    at = {"position": {"x": 0, "y": 0}}
    nodes = [
        {"id": "in", "type": "inputNode", "name": "in", **at},
        {"id": "table", "type": "decisionTableNode", "name": "table", "content": content, **at},
        {"id": "out", "type": "outputNode", "name": "out", **at},
    ]
    edges = [{"id": f"{a}-{b}", "sourceId": a, "targetId": b, "type": "edge"} for a, b in itertools.pairwise(PATH)]
    return {"nodes": nodes, "edges": edges}


KEY = "table"
PATH = ("in", "table", "out")


def _zen_cell(cell: Cell) -> str:
    if cell is None:
        return ""
    return interval_text(cell) if isinstance(cell[0], int) else ", ".join(json.dumps(v) for v in cell)


def index_of(ruleset: Ruleset) -> Callable[[Any], object]:
    """Finding the rows of the table, without making a result of them."""
    found = ruleset.decisions["found"].logic
    if not isinstance(found, Table):
        raise TypeError("a table is expected")
    matcher = matcher_of("bitmap", conditions_of(found))
    every_row = (1 << len(found.rows)) - 1
    return lambda facts: matcher.match(facts, every_row)


def compare(decider: Decider, other: Any, applications: Sequence[Application]) -> None:
    """Raises ValueError if greenlane and an engine of zen do not give the same row for every application."""
    for application in applications:
        ours = decider.decide(facts_of(application), DAY, TraceLevel.NONE).outcome["row"]
        theirs = other.evaluate(KEY, application)["result"]["row"]
        if ours != theirs:
            raise ValueError(f"row {ours} here, row {theirs} in zen, for {application}")


def measure(sizes: Sequence[int] = SIZES) -> Part:
    """The section of the page."""
    measured = {size: _measured(size) for size in sizes}
    plain = table(
        ["rows", "index", "greenlane", "zen", "zen : greenlane", "clock of greenlane", "clock of zen"],
        [_plain(size, found) for size, found in measured.items()],
    )
    traced = table(
        ["rows", "greenlane, `fired`", "greenlane, `full`", "zen with trace", "zen : `fired`", "zen : `full`"],
        [_traced(size, found) for size, found in measured.items()],
    )
    losses = [loss for size, found in measured.items() for loss in _losses(size, found)]
    return Part(section("A table: greenlane and zen-engine", _text(), f"{plain}\n\n{traced}"), tuple(losses))


def _text() -> str:
    return (
        "One decision by a table of 8 columns (4 numbers, 4 texts; 40 % of the cells are blank), hit policy `first`, "
        "in one process, on 200 applications in turn, warmed; rows and values are random. Figures are CPU time of all "
        "threads of the process, as zen hands part of its work to others; `clock` is that of the wall.\n\n"
        "- `greenlane`: `Decider.decide(facts, day, TraceLevel.NONE)`, bitmap matcher: from facts (34-digit decimals, "
        "converted before) to the result with status, reasons, outcome. `index`: finding the rows alone.\n"
        f"- `zen`: zen-engine {version('zen-engine')}, "
        '`ZenEngine({"loader": {"type": "static", "content": {…}}}).evaluate(key, application)`, which parses the '
        "content once; from a Python dictionary to a Python dictionary with the row; numbers of up to 28 "
        "decimal digits inside, ints and floats at this door. The same rows and applications, and both give the same "
        "rows: compared before anything is measured.\n"
        "- with trace: here as JSON bytes, `fired` (the row that held, the inputs read, places) and `full` (also every "
        "row that did not hold, with each of its cells that failed, so it grows with the table); there "
        '`evaluate(key, application, {"trace": True})`, a Python dictionary of every node with its input and output '
        "and the row that held, which says nothing about the other rows.\n\n"
        "The ratios are CPU time of zen : CPU time of greenlane: below 1, zen is faster. Again: "
        "`python -m bench tables`."
    )


def _measured(size: int) -> dict[str, Timing]:
    rows, applications = random_rows(size), random_applications()
    ruleset, other = ruleset_of(rows), zen_engine(rows)
    decider = compile_ruleset(ruleset, "bitmap")
    compare(decider, other, applications)
    facts = [facts_of(application) for application in applications]
    return per_call(
        {
            "index": turning(index_of(ruleset), facts),
            "none": turning(lambda f: decider.decide(f, DAY, TraceLevel.NONE), facts),
            "zen": turning(lambda a: other.evaluate(KEY, a), applications),
            "fired": _with_trace(decider, TraceLevel.FIRED, facts),
            "full": _with_trace(decider, TraceLevel.FULL, facts),
            "zen traced": turning(lambda a: other.evaluate(KEY, a, {"trace": True}), applications),
        }
    )


def _with_trace(decider: Decider, level: TraceLevel, facts: Sequence[Mapping[str, object]]) -> Work:
    return turning(lambda f: encode(decider.decide(f, DAY, level).trace), facts)


def _plain(size: int, found: Mapping[str, Timing]) -> list[str]:
    cpu = [shown(found[side].cpu) for side in ("index", "none", "zen")]
    clock = [shown(found[side].wall) for side in ("none", "zen")]
    return [f"{size:,}", *cpu, times(ratio(found["zen"], found["none"])), *clock]


def _traced(size: int, found: Mapping[str, Timing]) -> list[str]:
    cpu = [shown(found[side].cpu) for side in ("fired", "full", "zen traced")]
    return [f"{size:,}", *cpu, *(times(ratio(found["zen traced"], found[side])) for side in ("fired", "full"))]


def _losses(size: int, found: Mapping[str, Timing]) -> list[Loss]:
    rows, other = f"a table of {size:,} rows", found["zen traced"]
    return [
        *slower_than("zen", rows, ratio(found["zen"], found["none"]), RATIO_AIMS.get(size, 1)),
        *over(f"{rows}, CPU", found["none"].cpu, AIMS[size]),
        *slower_than("zen with trace", f"{rows}, `fired`", ratio(other, found["fired"])),
        *slower_than("zen with trace", f"{rows}, `full`", ratio(other, found["full"]), TRACE_AIMS[size]),
    ]
