"""The same random tables in other rule engines, beside greenlane."""

from __future__ import annotations

import importlib.util
import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version

from bench.peer_tables import (
    CEL_BLOCK,
    NODE_ENGINE,
    Decide,
    business_rules_table,
    cel_expr_table,
    cel_table,
    clips_table,
    rule_engine_table,
    run_in_node,
)
from bench.random_tables import DAY, Application, Row, facts_of, random_applications, random_rows, ruleset_of
from bench.report import Loss, Part, section, slower_than, table
from bench.timing import Timing, Work, per_call, ratio, shown, times, turning
from greenlane.engine.decide import Decider, TraceLevel, compile_ruleset

SIZES = (20, 200, 2_000)
NODE_ROUNDS = 9
OURS = "greenlane"
NODE = "json-rules-engine"


@dataclass(frozen=True, slots=True)
class Peer:
    """An engine of PyPI: its distribution, its module, its table, and what the page says about how it is called."""

    name: str
    module: str
    table: Callable[[Sequence[Row]], Decide]
    call: str

    @property
    def installed(self) -> bool:
        """Whether it can be measured here."""
        return importlib.util.find_spec(self.module) is not None


CEL_ROWS = (
    f"Conditionals over {CEL_BLOCK} rows each, asked in turn until one gives a row: a much longer one is refused, "
    "and an expression for each row is slower. 64-bit integers and binary floats. A language of expressions: it has no "
    "tables."
)
PEERS = (
    Peer(
        "clipspy",
        "clips",
        clips_table,
        "`template.assert_fact(**application)`, `environment.run()`, `fact.retract()`, and the number of the row from "
        "a global. A rule for each row, loaded once; earlier rows have a higher salience, the first that fires halts. "
        "64-bit integers and binary floats; no hit policies: this is how rules are put in order there.",
    ),
    Peer(
        "rule-engine",
        "rule_engine",
        rule_engine_table,
        "`Chain(…).evaluate(application)`, of rules compiled once with the resolver for dictionaries; a chain gives "
        "the value of the first rule that matches. Types are not declared: declared ones are checked at each "
        "evaluation, which is slower. Python's decimals, of 28 digits unless told otherwise. Written in Python.",
    ),
    Peer(
        "business-rules",
        "business_rules",
        business_rules_table,
        "`run_all(rules, variables, actions, stop_on_first_trigger=True)`, with objects for variables and actions made "
        "for each application. There is nothing to compile: rules are dictionaries. Decimals, taken as equal when they "
        "differ by no more than 0.000001. Written in Python.",
    ),
    Peer(
        "common-expression-language",
        "cel",
        cel_table,
        "`cel.compile(text)` once, then `program.execute(cel.Context(application))`, one context for all programs. "
        + CEL_ROWS,
    ),
    Peer(
        "cel-expr-python",
        "cel_expr_python",
        cel_expr_table,
        "`env.compile(text)` once with declared types, then `expression.eval(env.Activation(application)).value()`, "
        "one activation for all expressions. " + CEL_ROWS,
    ),
)
NODE_CALL = (
    "`engine.run(application)` on one `Engine`, in a process of its own that measures its own CPU time "
    "(`process.cpuUsage`), after and not in turn with the others. A priority for each row and `engine.stop()` at the "
    "first success, as rules of one priority are all evaluated; every run is a promise, as facts may be asynchronous. "
    "Binary floats; no hit policies."
)


def node_absent() -> str:
    """Why json-rules-engine cannot be measured here; empty when it can."""
    if shutil.which("node") is None:
        return "there is no node"
    if not (NODE_ENGINE / "node_modules" / NODE).is_dir():
        return "it is not installed: `npm ci` in bench/json_rules_engine"
    return ""


def compare(name: str, theirs: Sequence[int], ours: Sequence[int]) -> None:
    """Raises ValueError if another engine did not give the same row as greenlane for every application."""
    for number, (row, other) in enumerate(zip(ours, theirs, strict=True)):
        if row != other:
            raise ValueError(f"row {row} here, row {other} in {name}, for application {number}")


def rows_of(decider: Decider, applications: Sequence[Application]) -> list[int]:
    """The rows that greenlane gives."""
    return [decider.decide(facts_of(a), DAY, TraceLevel.NONE).outcome["row"] for a in applications]


def measure(sizes: Sequence[int] = SIZES) -> Part:
    """The section of the page."""
    peers = [peer for peer in PEERS if peer.installed]
    found = {size: _measured(size, peers) for size in sizes}
    names = [peer.name for peer in peers] + ([] if node_absent() else [NODE])
    heads = [f"{size:,} rows" for size in sizes]
    rows = [[OURS, *(shown(found[size][OURS].cpu) for size in sizes), *("" for _ in sizes)]]
    for name in names:
        cpu = [shown(found[size][name].cpu) for size in sizes]
        rows.append([name, *cpu, *(times(ratio(found[size][name], found[size][OURS])) for size in sizes)])
    body = table(["engine", *heads, *(f"its time : ours, {size:,}" for size in sizes)], rows)
    losses = [loss for size in sizes for name in names for loss in _losses(size, name, found[size])]
    return Part(section("The same tables in other engines", _text(), body), tuple(losses))


def _text() -> str:
    lines = [f"- `{peer.name}` {version(peer.name)}: {peer.call}" for peer in PEERS if peer.installed]
    lines += [f"- `{peer.name}`: not measured, it is not installed here." for peer in PEERS if not peer.installed]
    absent = node_absent()
    lines.append(f"- `{NODE}`: not measured, {absent}." if absent else f"- `{NODE}` {_node_version()}: {NODE_CALL}")
    return (
        "The tables and applications of the section above (whole numbers and texts, every fact given), first row that "
        "holds, no trace, CPU time, warmed; what an engine compiles or loads is so before. Every engine gives the same "
        "rows as Greenlane: compared before anything is measured. A table with one answer is what Greenlane is made "
        "for and indexes by column. These engines are made for more, or for something else (chaining, patterns across "
        "facts, expressions inside a program, asynchronous facts), which this does not measure, and all but CLIPS go "
        "through the rows in order here. A ratio below 1 says that the other engine is faster. Again: "
        "`python -m bench peers`.\n\n" + "\n".join(lines)
    )


def _node_version() -> str:
    package = json.loads((NODE_ENGINE / "node_modules" / NODE / "package.json").read_text(encoding="utf-8"))
    return str(package["version"])


def _measured(size: int, peers: Sequence[Peer]) -> Mapping[str, Timing]:
    rows, applications = random_rows(size), random_applications()
    decider = compile_ruleset(ruleset_of(rows), "bitmap")
    facts, wanted = [facts_of(application) for application in applications], rows_of(decider, applications)
    works: dict[str, Work] = {OURS: turning(lambda f: decider.decide(f, DAY, TraceLevel.NONE), facts)}
    for peer in peers:
        decide = peer.table(rows)
        compare(peer.name, [decide(application) for application in applications], wanted)
        works[peer.name] = turning(decide, applications)
    found = per_call(works)
    if not node_absent():
        run = run_in_node(rows, applications, NODE_ROUNDS)
        compare(NODE, run.rows, wanted)
        found[NODE] = Timing(run.cpu or 0.0, run.cpu or 0.0)
    return found


def _losses(size: int, name: str, found: Mapping[str, Timing]) -> list[Loss]:
    return slower_than(name, f"a table of {size:,} rows", ratio(found[name], found[OURS]))
