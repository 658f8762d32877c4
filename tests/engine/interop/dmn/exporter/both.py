"""A ruleset decided twice: by the engine, and by its exported model in our reader of DMN."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from greenlane.engine.decide import Decider, compile_ruleset
from greenlane.engine.diagnostics import Origin
from greenlane.engine.feel import parse_expression
from greenlane.engine.interop.dmn import DmnRuntime, check, read
from greenlane.engine.interop.dmn.exporter import ExportedModel, export_model
from greenlane.engine.rules.ruleset import Decision, Ruleset
from greenlane.engine.rules.table import Cell

EVERYTHING, EACH = "everything", "each"


@dataclass(frozen=True)
class Both:
    """The same decisions, two ways. `names` are those compared."""

    decider: Decider
    program: DmnRuntime
    exported: ExportedModel
    names: tuple[str, ...]

    def values(self, facts: Mapping[str, Any], as_of: date) -> tuple[dict[str, Any], dict[str, Any]]:
        """The value of each decision by the engine, and by the model; null for what is undetermined."""
        ours = self.decider.decide(facts, as_of).outcome
        theirs = self.program.decide(EVERYTHING, {**facts, "as_of": as_of}).value
        return listed(ours)[EACH], listed(theirs)[EACH]

    def differing(self, facts: Mapping[str, Any], as_of: date) -> dict[str, tuple[Any, Any]]:
        """The decisions that have different values, with both."""
        ours, theirs = self.values(facts, as_of)
        return {name: (ours[name], theirs[name]) for name in self.names if not same(ours[name], theirs[name])}


def both(ruleset: Ruleset, calls: Mapping[str, str] | None = None) -> Both:
    """Both ways for the decisions of a ruleset; `calls` has the text that asks each function."""
    asked = {name: (calls or {}).get(name, name) for name in ruleset.decisions}
    whole = _with_everything(ruleset, asked)
    exported = export_model(whole)
    program = program_of(exported)
    return Both(compile_ruleset(whole, "bitmap"), program, exported, tuple(asked))


def program_of(exported: ExportedModel) -> DmnRuntime:
    """The model, read without faults."""
    reading = read({"model.dmn": exported.data}, "model.dmn")
    assert reading.models is not None, reading.diagnostics
    assert not (*reading.diagnostics, *check(reading.models))
    return DmnRuntime(reading.models)


def _with_everything(ruleset: Ruleset, asked: Mapping[str, str]) -> Ruleset:
    """With one more decision, which holds the values of all others and is the outcome."""
    text = f"{{{EACH}: {{" + ", ".join(f'"{name}": {call}' for name, call in asked.items()) + "}}"
    cell = Cell(text, Origin("everything.yaml", 1, 1), parse_expression(text, frozenset(ruleset.decisions)))
    first = next(iter(ruleset.decisions.values()))
    every = Decision(EVERYTHING, first.title, "", (), cell, first.place)
    answer = replace(ruleset.answer, outcome=EVERYTHING)
    return replace(ruleset, decisions={**ruleset.decisions, EVERYTHING: every}, answer=answer)


def listed(value: Any) -> Any:
    """Every sequence as a list."""
    if isinstance(value, dict):
        return {name: listed(item) for name, item in value.items()}
    return [listed(item) for item in value] if isinstance(value, list | tuple) else value


def same(left: Any, right: Any) -> bool:
    """Equal, and of the same types all through: true is not 1."""
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same(left[name], right[name]) for name in left)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same, left, right))
    return bool(left == right) and type(left) is type(right)
