"""FEEL expressions beside those of zen, and what starting costs."""

from __future__ import annotations

import resource
import subprocess
import sys
from decimal import Decimal
from importlib.metadata import version
from statistics import median
from typing import Any

import zen

from bench.random_tables import random_rows, rule_files
from bench.report import Part, section, slower_than, table
from bench.timing import Timing, Work, in_process, per_call, ratio, shown, times
from greenlane import feel
from greenlane.engine.feel import STRICT, compile_expression, parse_expression
from greenlane.engine.json_text import from_python
from greenlane.engine.rules.files import read

EXPRESSIONS = (
    ("amount * rate / 100", "amount * rate / 100"),
    ("amount >= 1000 and tenor <= 60", "amount >= 1000 and tenor <= 60"),
    ('rating in ("AAA", "AA", "A")', 'rating in ["AAA", "AA", "A"]'),
    ("tenor in [12..60]", "tenor in [12..60]"),
    ('if amount > 500 then "large" else "small"', 'amount > 500 ? "large" : "small"'),
    ("sum(flows)", "sum(flows)"),
    ("some f in flows satisfies f < 0", "some(flows, # < 0)"),
    ("flows[item > 100]", "filter(flows, # > 100)"),
    ("for f in flows return f * 2", "map(flows, # * 2)"),
    ('starts with(name, "示例") and upper case(rating) = "AA"', 'startsWith(name, "示例") and upper(rating) == "AA"'),
)
NAMES: dict[str, Any] = {
    "amount": 1200,
    "rate": 3.5,
    "tenor": 48,
    "rating": "AA",
    "name": "示例企业01",
    "flows": [120, -30, 250, 80, 410, 15, -5, 99],
}
STARTS = (
    ("`import greenlane.engine.feel`", "import greenlane.engine.feel"),
    ("import the engine", "import greenlane.engine.decide, greenlane.engine.rules.files, greenlane.engine.check"),
    (
        "import the engine with durable_rules",
        "import greenlane.engine.decide, greenlane.engine.rules.files, greenlane.engine.decide.matching.rete",
    ),
    ("import the service", "import greenlane.api.server.process"),
)
ROWS = 2_000
TURN = 200
ROUNDS = 5


EVALUATE, ZEN_EVALUATE = "`feel.evaluate`", "`zen.evaluate_expression`"
COMPILED, INSIDE, ZEN_COMPILED = "greenlane, compiled", "greenlane, inside", "zen, compiled"
RATIOS = ((ZEN_EVALUATE, EVALUATE), (ZEN_COMPILED, COMPILED), (ZEN_COMPILED, INSIDE))


def told() -> str:
    """What was called how."""
    return (
        "One expression on a Python dictionary of six names, CPU time.\n\n"
        f"- {EVALUATE} is `greenlane.feel.evaluate(text, context)`, the only door to expressions that the library "
        f"documents, and {ZEN_EVALUATE} is that of zen-engine {version('zen-engine')} in its own language: both read "
        "the text at every call.\n"
        f"- `{COMPILED}` is the function that `compile_expression` makes once, called with the dictionary after its "
        "numbers were made decimals of 34 digits, all six names at every call; `zen, compiled` is "
        "`zen.compile_expression(text).evaluate(context)`, which converts all six names too, to decimals of up to 28 "
        "digits.\n"
        f"- `{INSIDE}` is the same function on names that were converted before, as a rule finds them in a decision. "
        "zen has no such call: its time in the last column is mostly that of converting, so that it flatters us.\n\n"
        "All give the same values, compared as floats before anything is measured. **A ratio below 1 says that zen is "
        "faster.** Again: `python -m bench expressions`."
    )


def measure() -> Part:
    """The sections of the page."""
    heads = ["expression", EVALUATE, ZEN_EVALUATE, COMPILED, ZEN_COMPILED, INSIDE, *map(" : ".join, RATIOS)]
    measured = {ours: _expression(ours, theirs) for ours, theirs in EXPRESSIONS}
    page = section("Expressions", told(), table(heads, [_line(ours, found) for ours, found in measured.items()]))
    losses = [
        loss
        for ours, found in measured.items()
        for zen_side, side in RATIOS
        for loss in slower_than(zen_side, f"`{ours}`, {side}", ratio(found[zen_side], found[side]))
    ]
    starts = [[title, shown(_started(code))] for title, code in STARTS]
    starts.append([f"read {ROWS:,} rows of 8 columns from their text", shown(_read())])
    how = (
        "CPU time: the median of several new processes, less that of starting Python; and reading a file. Again: "
        "`python -m bench expressions`."
    )
    return Part(f"{page}\n{section('Starting', how, table(['what', 'time'], starts))}", tuple(losses))


def _expression(ours: str, theirs: str) -> dict[str, Timing]:
    exact = from_python(NAMES)
    run, other = compile_expression(parse_expression(ours, frozenset(NAMES)), STRICT), zen.compile_expression(theirs)
    sides: dict[str, Work] = {
        EVALUATE: lambda: feel.evaluate(ours, NAMES),
        ZEN_EVALUATE: lambda: zen.evaluate_expression(theirs, NAMES),
        COMPILED: lambda: run(from_python(NAMES)),
        ZEN_COMPILED: lambda: other.evaluate(NAMES),
        INSIDE: lambda: run(exact),
    }
    values = {name: _plain(side()) for name, side in sides.items()}
    if any(value != values[EVALUATE] for value in values.values()):
        raise ValueError(f"{ours}: {values}")
    return per_call({name: in_process(side) for name, side in sides.items()}, TURN)


def _line(ours: str, found: dict[str, Timing]) -> list[str]:
    cpu = [shown(found[side].cpu) for side in (EVALUATE, ZEN_EVALUATE, COMPILED, ZEN_COMPILED, INSIDE)]
    return [f"`{ours}`", *cpu, *(times(ratio(found[theirs], found[side])) for theirs, side in RATIOS)]


def _plain(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    return float(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else value


def _started(code: str) -> float:
    """Nanoseconds of CPU that a new process takes for it, less those of starting Python."""

    def once(text: str) -> float:
        start = _children()
        subprocess.run([sys.executable, "-c", text], check=True)
        return _children() - start

    once(code)
    return median(once(code) - once("pass") for _ in range(ROUNDS))


def _children() -> float:
    """Nanoseconds of CPU of all processes that were started here and have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return 1e9 * (used.ru_utime + used.ru_stime)


def _read() -> float:
    files = rule_files(random_rows(ROWS))
    return per_call({"read": in_process(lambda: read(files))}, 1, rounds=3)["read"].cpu
