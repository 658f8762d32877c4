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
from bench.timing import Timing, in_process, per_call, ratio, shown, times
from greenlane.engine.feel import STRICT, compile_expression, parse_expression
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


def measure() -> Part:
    """The sections of the page."""
    text = (
        "Compiled once, evaluated many times, in CPU time. `greenlane` is the function that `compile_expression` "
        "makes, on names whose values are 34-digit decimals already; `zen` is `zen.compile_expression(…).evaluate` of "
        f"zen-engine {version('zen-engine')} in its own language, with decimals of up to 28 digits. Every call hands "
        "zen the context as a Python dictionary of all six names, which it converts, and its answer comes back as "
        "Python values: much of its time here is the door between two languages, which a program in Rust or a "
        "context with fewer names does not pay. Both give the same values, compared as floats before anything is "
        "measured. A ratio below 1 says that zen is faster. Again: `python -m bench expressions`."
    )
    heads = ["expression", "greenlane", "zen", "zen : greenlane"]
    measured = {ours: _expression(ours, theirs) for ours, theirs in EXPRESSIONS}
    feel = section("Expressions", text, table(heads, [_line(ours, found) for ours, found in measured.items()]))
    losses = [
        loss
        for ours, found in measured.items()
        for loss in slower_than("zen", f"`{ours}`", ratio(found["zen"], found["greenlane"]))
    ]
    starts = [[title, shown(_started(code))] for title, code in STARTS]
    starts.append([f"read {ROWS:,} rows of 8 columns from their text", shown(_read())])
    told = (
        "CPU time: the median of several new processes, less that of starting Python; and reading a file. Again: "
        "`python -m bench expressions`."
    )
    return Part(f"{feel}\n{section('Starting', told, table(['what', 'time'], starts))}", tuple(losses))


def _expression(ours: str, theirs: str) -> dict[str, Timing]:
    exact = {name: _exact(value) for name, value in NAMES.items()}
    run, other = compile_expression(parse_expression(ours, frozenset(NAMES)), STRICT), zen.compile_expression(theirs)
    if _plain(run(exact)) != _plain(other.evaluate(NAMES)):
        raise ValueError(f"{ours}: {run(exact)} here, {other.evaluate(NAMES)} in zen")
    return per_call(
        {"greenlane": in_process(lambda: run(exact)), "zen": in_process(lambda: other.evaluate(NAMES))}, TURN
    )


def _line(ours: str, found: dict[str, Timing]) -> list[str]:
    cpu = [shown(found[side].cpu) for side in ("greenlane", "zen")]
    return [f"`{ours}`", *cpu, times(ratio(found["zen"], found["greenlane"]))]


def _exact(value: Any) -> Any:
    if isinstance(value, list):
        return [_exact(v) for v in value]
    return Decimal(str(value)) if isinstance(value, int | float) else value


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
