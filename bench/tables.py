"""One table of eight columns at growing size: greenlane's index and zen-engine, on the same applications."""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import zen

from bench.report import section, table
from bench.timing import per_call, ratio, shown
from greenlane.api.json_objects import encode
from greenlane.engine.decide import TraceLevel, compile_ruleset
from greenlane.engine.decide.matching import conditions_of, matcher_of
from greenlane.engine.rules.files import read
from greenlane.engine.rules.ruleset import Ruleset
from greenlane.engine.rules.table import Table

SIZES = (20, 200, 2_000, 20_000)
APPLICATIONS = 200
NUMBERS = ("revenue", "assets", "tenor", "ratio")
TEXTS = ("rating", "sector", "region", "product")
VALUES = tuple(f"v{i}" for i in range(12))
TOP = 1_000
DAY = date(2026, 3, 2)

Cell = tuple[int, int] | tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Row:
    """Eight cells: an interval of whole numbers with both ends, a choice of texts, or None for any value."""

    cells: tuple[Cell, ...]


def random_rows(size: int, seed: int = 1) -> list[Row]:
    """Rows of which few hold for one application; the last one always holds."""
    rand = random.Random(seed)

    def interval() -> Cell:
        low = rand.randrange(TOP)
        return (low, min(TOP, low + rand.randrange(TOP // 2))) if rand.random() < 0.6 else None

    def choice() -> Cell:
        return tuple(rand.sample(VALUES, rand.randrange(1, 4))) if rand.random() < 0.6 else None

    rows = [Row((*(interval() for _ in NUMBERS), *(choice() for _ in TEXTS))) for _ in range(size - 1)]
    return [*rows, Row((None,) * 8)]


def random_applications(seed: int = 2) -> list[dict[str, int | str]]:
    """Applications that give every fact."""
    rand = random.Random(seed)
    return [
        {**{n: rand.randrange(TOP) for n in NUMBERS}, **{n: rand.choice(VALUES) for n in TEXTS}}
        for _ in range(APPLICATIONS)
    ]


def rule_files(rows: Sequence[Row]) -> dict[str, bytes]:
    """The rows as a ruleset of one table: the first row that holds gives its number."""
    facts = [f"  {n}: {{type: number, zh: {n}, en: {n}}}" for n in NUMBERS]
    facts += [f"  {n}: {{type: string, allowed: [{', '.join(VALUES)}], zh: {n}, en: {n}}}" for n in TEXTS]
    lines = [f"  {_line(i, row)}" for i, row in enumerate(rows)]
    return {
        "ruleset.yaml": FRAME.encode(),
        "vocabulary.yaml": "\n".join(["facts:", *facts, ""]).encode(),
        "found.yaml": (TABLE + "\n".join(lines) + "\n").encode(),
    }


FRAME = """ruleset: bench
language: 1
version: 1.0.0
owner: bench
title: {zh: 测量, en: Benchmark}
effective: {from: 2024-01-01}
answer: {outcome: answer, status: word, reasons: codes, referred: REFERRED}
"""
TABLE = f"""decision: answer
title: {{zh: 答案, en: Answer}}
value: "{{row: found}}"
---
decision: word
title: {{zh: 状态, en: Status}}
value: '"DONE"'
---
decision: codes
title: {{zh: 理由, en: Reasons}}
value: "[]"
---
decision: found
title: {{zh: 查找, en: Found}}
hit: first
undetermined: error
outputs: {{row: {{type: number}}}}
rows: |
  id | {" | ".join((*NUMBERS, *TEXTS))} | row
"""


def _line(number: int, row: Row) -> str:
    cells = ["-" if c is None else _interval(c) if isinstance(c[0], int) else ", ".join(map(str, c)) for c in row.cells]
    return " | ".join([f"R{number}", *cells, str(number)])


def _interval(cell: Sequence[object]) -> str:
    return f"[{cell[0]}..{cell[1]}]"


def zen_engine(rows: Sequence[Row]) -> Any:
    """An engine of zen that has the same table under `KEY`, through the loader that its documentation recommends.

    The content is parsed once, when it is loaded. `create_decision(…).evaluate` and `get_decision(…).evaluate` parse it
    at every call, and so does a loader that is a function: those are doors for trying a rule, not for deciding by it.
    """
    return zen.ZenEngine({"loader": {"type": "static", "content": {KEY: zen_graph(rows)}}})


def zen_graph(rows: Sequence[Row]) -> dict[str, Any]:
    """The table as zen's own document, a graph of input, table and output."""
    names = (*NUMBERS, *TEXTS)
    rules = [
        {"_id": str(i), **dict(zip(names, map(_zen_cell, row.cells), strict=True)), "row": str(i)}
        for i, row in enumerate(rows)
    ]
    content = {
        "hitPolicy": "first",
        "inputs": [{"id": n, "name": n, "field": n} for n in names],
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
    return _interval(cell) if isinstance(cell[0], int) else ", ".join(json.dumps(v) for v in cell)


def ruleset_of(rows: Sequence[Row]) -> Ruleset:
    """The table as the reader gives it."""
    reading = read(rule_files(rows))
    if reading.ruleset is None:
        raise ValueError(reading.diagnostics[:3])
    return reading.ruleset


def index_of(ruleset: Ruleset) -> Callable[[Any], object]:
    """Finding the rows of the table, without making a result of them."""
    found = ruleset.decisions["found"].logic
    if not isinstance(found, Table):
        raise TypeError("a table is expected")
    matcher = matcher_of("bitmap", conditions_of(found))
    every_row = (1 << len(found.rows)) - 1
    return lambda facts: matcher.match(facts, every_row)


def measure(sizes: Sequence[int] = SIZES) -> str:
    """The section of the page."""
    measured = [_measured(size) for size in sizes]
    text = (
        "One decision by a table of 8 columns (4 numbers, 4 texts; 40 % of the cells are blank), hit policy `first`, "
        "in process, on 200 applications in turn, warmed. Figures are CPU time of all threads of the process, since "
        "zen hands part of its work to others; `clock` is that of the wall.\n\n"
        "- `greenlane`: `Decider.decide(facts, day, TraceLevel.NONE)`, bitmap matcher: from facts (34-digit decimals) "
        "to the result with status, reasons, outcome. `index`: finding the rows alone.\n"
        '- `zen`: zen-engine 2.1.3, `ZenEngine({"loader": {"type": "static", "content": {…}}}).evaluate(key, '
        "application)`, its documented door for production, which parses the content once; binary floats. The same "
        "rows and applications, and both give the same rows: compared before anything is measured.\n"
        "- with trace: `TraceLevel.FIRED` written out as JSON bytes here (the rows that held, their inputs, texts and "
        'places), `evaluate(key, application, {"trace": True})` there, a Python dictionary.\n\n'
        "A ratio below 1 says that zen is faster. Again: `python -m bench tables`."
    )
    heads = ["rows", "index", "greenlane", "zen", "zen : greenlane", "clock", "clock of zen"]
    traced = ["rows", "greenlane with trace", "zen with trace", "zen : greenlane"]
    body = "\n\n".join((table(heads, [plain for plain, _ in measured]), table(traced, [more for _, more in measured])))
    return section("A table: greenlane and zen-engine", text, body)


def _measured(size: int) -> tuple[list[str], list[str]]:
    rows, applications = random_rows(size), random_applications()
    ruleset, other = ruleset_of(rows), zen_engine(rows)
    decider = compile_ruleset(ruleset, "bitmap")
    facts = [{n: Decimal(v) if isinstance(v, int) else v for n, v in a.items()} for a in applications]
    for exact, plain in zip(facts, applications, strict=True):
        ours = decider.decide(exact, DAY, TraceLevel.NONE).outcome["row"]
        theirs = other.evaluate(KEY, plain)["result"]["row"]
        if ours != theirs:
            raise ValueError(f"row {ours} here, row {theirs} in zen, for {plain}")
    times = per_call(
        {
            "index": _turning(index_of(ruleset), facts),
            "greenlane": _turning(lambda f: decider.decide(f, DAY, TraceLevel.NONE), facts),
            "zen": _turning(lambda a: other.evaluate(KEY, a), applications),
            "greenlane traced": _turning(lambda f: encode(decider.decide(f, DAY, TraceLevel.FIRED).trace), facts),
            "zen traced": _turning(lambda a: other.evaluate(KEY, a, {"trace": True}), applications),
        }
    )
    zen_times, ours_times = times["zen"], times["greenlane"]
    cpu = [shown(times[side].cpu) for side in ("index", "greenlane", "zen")]
    clock = [shown(ours_times.wall), shown(zen_times.wall)]
    traced = [shown(times[side].cpu) for side in ("greenlane traced", "zen traced")]
    return (
        [f"{size:,}", *cpu, ratio(zen_times, ours_times), *clock],
        [f"{size:,}", *traced, ratio(times["zen traced"], times["greenlane traced"])],
    )


def _turning(call: Any, inputs: Sequence[Mapping[str, object]]) -> Any:
    """A work that takes the next input each time."""
    following = itertools.cycle(inputs).__next__
    return lambda: call(following())
