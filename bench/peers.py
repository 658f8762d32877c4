"""The same random tables in other rule engines, beside greenlane."""

from __future__ import annotations

import importlib.util
import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from importlib.metadata import version

from bench import doors
from bench.doors import INSIDE, OURS
from bench.peer_tables import (
    CEL_BLOCK,
    NODE_ENGINE,
    Decide,
    NodeTable,
    business_rules_table,
    cel_expr_table,
    cel_table,
    clips_table,
    rule_engine_table,
)
from bench.random_tables import DAY, Application, Row, facts_of, random_applications, random_rows, rule_files
from bench.report import Part, section, slower_than, table
from bench.timing import Block, Timing, per_call, ratio, shown, times, turning
from greenlane.engine.decide import TraceLevel
from greenlane.engine.policy import Policy

SIZES = (20, 200, 2_000)
NODE = "json-rules-engine"


@dataclass(frozen=True, slots=True)
class Peer:
    """An engine of PyPI: its distribution, its module, its table, and what the page says about how it is called.

    `documentation` is the page of its authors that the call comes from.
    """

    name: str
    module: str
    table: Callable[[Sequence[Row]], Decide]
    documentation: str
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
        "https://clipspy.readthedocs.io/",
        "`template.assert_fact(**application)`, `environment.run()`, `fact.retract()`, and the number of the row from "
        "a global. A rule for each row, loaded once; earlier rows have a higher salience, the first that fires halts. "
        "64-bit integers and binary floats; no hit policies: this is how rules are put in order there.",
    ),
    Peer(
        "rule-engine",
        "rule_engine",
        rule_engine_table,
        "https://zerosteiner.github.io/rule-engine/",
        "`Chain(…).evaluate(application)`, of rules compiled once with the resolver for dictionaries; a chain gives "
        "the value of the first rule that matches. Types are not declared: declared ones are checked at each "
        "evaluation, which is slower. Python's decimals, of 28 digits unless told otherwise. Written in Python.",
    ),
    Peer(
        "business-rules",
        "business_rules",
        business_rules_table,
        "https://github.com/venmo/business-rules",
        "`run_all(rules, variables, actions, stop_on_first_trigger=True)`, with objects for variables and actions made "
        "for each application. There is nothing to compile: rules are dictionaries. Decimals, taken as equal when they "
        "differ by no more than 0.000001. Written in Python.",
    ),
    Peer(
        "common-expression-language",
        "cel",
        cel_table,
        "https://pypi.org/project/common-expression-language/",
        "`cel.compile(text)` once, then `program.execute(cel.Context(application))`, one context for all programs. "
        + CEL_ROWS,
    ),
    Peer(
        "cel-expr-python",
        "cel_expr_python",
        cel_expr_table,
        "https://pypi.org/project/cel-expr-python/",
        "`env.compile(text)` once with declared types, then `expression.eval(env.Activation(application)).value()`, "
        "one activation for all expressions. " + CEL_ROWS,
    ),
)
NODE_DOCUMENTATION = "https://github.com/CacheControl/json-rules-engine/blob/master/docs/engine.md"
NODE_CALL = (
    "`engine.run(application)` on one `Engine`, in a process of its own that measures its own CPU time "
    "(`process.cpuUsage`), in turn with the others; the application is an object of JavaScript already. A priority for "
    "each row and `engine.stop()` at the first success, as rules of one priority are all evaluated; every run is a "
    "promise, as facts may be asynchronous. Binary floats; no hit policies."
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


def rows_of(policy: Policy, applications: Sequence[Application]) -> list[int]:
    """The rows that greenlane gives."""
    return [int(policy.decide(application, DAY).outcome["row"]) for application in applications]


def measure(sizes: Sequence[int] = SIZES) -> Part:
    """The section of the page."""
    peers = [peer for peer in PEERS if peer.installed]
    found = {size: _measured(size, peers) for size in sizes}
    names = [peer.name for peer in peers] + ([] if node_absent() else [NODE])
    rows = [[OURS, *(shown(found[size][OURS].cpu) for size in sizes), *("" for _ in sizes)]]
    for name in [INSIDE, *names]:
        cpu = [shown(found[size][name].cpu) for size in sizes]
        rows.append([name, *cpu, *(times(ratio(found[size][name], found[size][OURS])) for size in sizes)])
    heads = [*(f"{size:,} rows" for size in sizes), *(f"its time : greenlane, {size:,}" for size in sizes)]
    losses = [
        loss
        for size in sizes
        for name in names
        for loss in slower_than(name, f"a table of {size:,} rows", ratio(found[size][name], found[size][OURS]))
    ]
    return Part(section("The same tables in other engines", _text(), table(["engine", *heads], rows)), tuple(losses))


def _text() -> str:
    lines = [
        f"- `{peer.name}` {version(peer.name)} ([documentation]({peer.documentation})): {peer.call}"
        for peer in PEERS
        if peer.installed
    ]
    lines += [f"- `{peer.name}`: not measured, it is not installed here." for peer in PEERS if not peer.installed]
    absent = node_absent()
    lines.append(
        f"- `{NODE}`: not measured, {absent}."
        if absent
        else f"- `{NODE}` {_node_version()} ([documentation]({NODE_DOCUMENTATION})): {NODE_CALL}"
    )
    return (
        "The tables and applications of the section above (whole numbers and texts, every fact given), a dictionary in "
        "and the number of the first row that holds out, no trace, CPU time, warmed; what an engine compiles or loads "
        f"is so before. `{OURS}` is {doors.DICTIONARY}, which also checks the application, as none of the others does "
        f"here, and makes exact decimals of its numbers; `{INSIDE}` is the engine on facts that were checked and "
        "converted before, no door of the library. Every engine gives the same rows as Greenlane: compared before "
        "anything is measured. A table with one answer is what Greenlane is made for and indexes by column. These "
        "engines are made for more, or for something else (chaining, patterns across facts, expressions inside a "
        "program, asynchronous facts), which this does not measure, and all but CLIPS go through the rows in order "
        "here. **A ratio below 1 says that the other engine is faster.** Again: `python -m bench peers`.\n\n"
        + "\n".join(lines)
    )


def _node_version() -> str:
    package = json.loads((NODE_ENGINE / "node_modules" / NODE / "package.json").read_text(encoding="utf-8"))
    return str(package["version"])


def _measured(size: int, peers: Sequence[Peer]) -> Mapping[str, Timing]:
    rows, applications = random_rows(size), random_applications()
    policy = doors.unchecked(rule_files(rows))
    facts, wanted = [facts_of(application) for application in applications], rows_of(policy, applications)
    blocks: dict[str, Block] = {
        OURS: turning(doors.from_dictionary(policy, DAY), applications),
        INSIDE: turning(lambda f: policy.decider.decide(f, DAY, TraceLevel.NONE).outcome, facts),
    }
    for peer in peers:
        decide = peer.table(rows)
        compare(peer.name, [decide(application) for application in applications], wanted)
        blocks[peer.name] = turning(decide, applications)
    if node_absent():
        return per_call(blocks, len(applications))
    with closing(NodeTable(rows, applications)) as node:
        compare(NODE, node.rows, wanted)
        return per_call({**blocks, NODE: node.block}, len(applications))
