"""A random table in other rule engines, each by the calls that its own documentation gives for deciding many times.

What can be compiled or loaded is so once, in the function that makes the table; the function that comes back decides.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.random_tables import NUMBERS, TEXTS, Application, Row

Decide = Callable[[Application], int]
NODE_ENGINE = Path(__file__).resolve().parent / "json_rules_engine"
# So many rows go into one expression of CEL: both implementations refuse a conditional that is nested much deeper.
CEL_BLOCK = 20


def clips_table(rows: Sequence[Row]) -> Decide:
    """A rule for each row in an environment of CLIPS: earlier rows have a higher salience, and the first one halts."""
    import clips

    environment = clips.Environment()
    slots = [*(f"(slot {n} (type INTEGER))" for n in NUMBERS), *(f"(slot {n} (type STRING))" for n in TEXTS)]
    environment.build(f"(deftemplate application {' '.join(slots)})")
    environment.build("(defglobal ?*row* = -1)")
    for i, row in enumerate(rows):
        tests = [f"({n} ?{n}&:(<= {low} ?{n} {high}))" for n, low, high in row.intervals]
        tests += [f"({n} {'|'.join(map(json.dumps, texts))})" for n, texts in row.choices]
        pattern = f"(application {' '.join(tests)})"
        environment.build(
            f"(defrule row-{i} (declare (salience {len(rows) - i})) {pattern} => (bind ?*row* {i}) (halt))"
        )
    environment.reset()
    template, answer = environment.find_template("application"), environment.find_global("row")

    def decide(application: Application) -> int:
        fact = template.assert_fact(**application)
        environment.run()
        fact.retract()
        return int(answer.value)

    return decide


def rule_engine_table(rows: Sequence[Row]) -> Decide:
    """A chain of rules: the value of the first that matches."""
    import rule_engine

    context = rule_engine.Context(resolver=rule_engine.resolve_item)
    texts = [" and ".join(_comparisons(row, "and")) or "true" for row in rows]
    return rule_engine.Chain(zip(texts, range(len(rows)), strict=True), context=context).evaluate


def business_rules_table(rows: Sequence[Row]) -> Decide:
    """Rules as dictionaries, run until the first is triggered; its action notes the row."""
    from business_rules import run_all
    from business_rules.actions import BaseActions, rule_action
    from business_rules.fields import FIELD_NUMERIC

    class Actions(BaseActions):  # type: ignore[misc]
        row = -1

        @rule_action(params={"row": FIELD_NUMERIC})  # type: ignore[misc]
        def take(self, row: int) -> None:
            self.row = row

    variables = _business_variables()
    rules = [
        {"conditions": {"all": _business_conditions(row)}, "actions": [{"name": "take", "params": {"row": i}}]}
        for i, row in enumerate(rows)
    ]

    def decide(application: Application) -> int:
        actions = Actions()
        run_all(rules, variables(application), actions, stop_on_first_trigger=True)
        return int(actions.row)

    return decide


def _business_variables() -> Callable[[Application], Any]:
    """The class whose methods are the names of an application, typed."""
    from business_rules.variables import BaseVariables, numeric_rule_variable, string_rule_variable

    def start(self: Any, application: Application) -> None:
        self.application = application

    def variable(name: str, kind: Callable[[], Callable[..., Any]]) -> Any:
        def value(self: Any) -> Any:
            return self.application[name]

        value.__name__ = name
        return kind()(value)

    methods = {n: variable(n, numeric_rule_variable) for n in NUMBERS}
    methods |= {n: variable(n, string_rule_variable) for n in TEXTS}
    return type("Variables", (BaseVariables,), {"__init__": start, **methods})


def _business_conditions(row: Row) -> list[Mapping[str, object]]:
    """At least one condition: a row without any has one that always holds."""
    found: list[Mapping[str, object]] = []
    for name, low, high in row.intervals:
        found.append({"name": name, "operator": "greater_than_or_equal_to", "value": low})
        found.append({"name": name, "operator": "less_than_or_equal_to", "value": high})
    for name, texts in row.choices:
        found.append({"any": [{"name": name, "operator": "equal_to", "value": text} for text in texts]})
    return found or [{"name": NUMBERS[0], "operator": "greater_than_or_equal_to", "value": 0}]


def cel_table(rows: Sequence[Row]) -> Decide:
    """Compiled programs of common-expression-language; the application is made a context once and asked by each."""
    import cel

    programs = [cel.compile(text) for text in cel_expressions(rows)]

    def decide(application: Application) -> int:
        context = cel.Context(application)
        return next(row for program in programs if (row := program.execute(context)) >= 0)

    return decide


def cel_expr_table(rows: Sequence[Row]) -> Decide:
    """Compiled expressions of cel-expr-python with declared types; the application is one activation for all."""
    from cel_expr_python import cel

    types = {**dict.fromkeys(NUMBERS, cel.Type.INT), **dict.fromkeys(TEXTS, cel.Type.STRING)}
    environment = cel.NewEnv(variables=types)
    expressions = [environment.compile(text) for text in cel_expressions(rows)]

    def decide(application: Application) -> int:
        activation = environment.Activation(application)
        return next(row for each in expressions if (row := each.eval(activation).value()) >= 0)

    return decide


def cel_expressions(rows: Sequence[Row]) -> Iterator[str]:
    """Blocks of rows as conditionals of CEL: the number of the first row that holds, -1 when none of the block does."""
    for start in range(0, len(rows), CEL_BLOCK):
        block = rows[start : start + CEL_BLOCK]
        tests = [" && ".join(_comparisons(row, "&&")) or "true" for row in block]
        yield "".join(f"{test} ? {start + i} : " for i, test in enumerate(tests)) + "-1"


def _comparisons(row: Row, conjunction: str) -> list[str]:
    """The cells as comparisons that CEL and rule-engine write alike, but for the word between two of them."""
    intervals = [f"{n} >= {low} {conjunction} {n} <= {high}" for n, low, high in row.intervals]
    return intervals + [f"{n} in {json.dumps(texts)}" for n, texts in row.choices]


class NodeTable:
    """The table in json-rules-engine, in a process of its own, warmed: the rows found, and blocks that it measures."""

    def __init__(self, rows: Sequence[Row], applications: Sequence[Application], warm_seconds: float = 1.0) -> None:
        rules = [
            {
                "conditions": {"all": _node_conditions(row)},
                "event": {"type": "row", "params": {"row": i}},
                "priority": len(rows) - i,
            }
            for i, row in enumerate(rows)
        ]
        self._process = subprocess.Popen(
            ["node", "--expose-gc", "run.mjs"],
            cwd=NODE_ENGINE,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.rows: list[int] = self._ask(
            {"rules": rules, "applications": applications, "warmSeconds": warm_seconds},
        )

    def block(self, calls: int) -> float:
        """Makes so many calls, after collecting garbage, and gives the nanoseconds of CPU of one of them."""
        return float(self._ask(calls))

    def close(self) -> None:
        """Ends the process."""
        self._process.communicate()

    def _ask(self, message: object) -> Any:
        told, answers = self._process.stdin, self._process.stdout
        if told is None or answers is None:
            raise TypeError("pipes are expected")
        told.write(json.dumps(message) + "\n")
        told.flush()
        return json.loads(answers.readline())


def _node_conditions(row: Row) -> list[Mapping[str, object]]:
    found: list[Mapping[str, object]] = []
    for name, low, high in row.intervals:
        found.append({"fact": name, "operator": "greaterThanInclusive", "value": low})
        found.append({"fact": name, "operator": "lessThanInclusive", "value": high})
    return found + [{"fact": name, "operator": "in", "value": texts} for name, texts in row.choices]
