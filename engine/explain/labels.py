"""What the names of a ruleset are called by people, and the units of their values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from greenlane.engine.rules.ruleset import Decision, Ruleset
from greenlane.engine.rules.table import Output, Table
from greenlane.engine.text import Text


@dataclass(frozen=True, slots=True)
class Label:
    """The title of a name, None where the rule files give none, and the unit of its values, empty for none."""

    name: str
    title: Text | None
    unit: str = ""

    @property
    def zh(self) -> str:
        """`流动比率 current_ratio`, or the bare name."""
        return self.name if self.title is None else f"{self.title.zh} {self.name}"

    @property
    def en(self) -> str:
        """`Current ratio (current_ratio)`, or the bare name."""
        return self.name if self.title is None else f"{self.title.en} ({self.name})"


Labels = Mapping[str, Label]


def labels_of(ruleset: Ruleset) -> Labels:
    """Every fact, decision, asserted fact and reference table by name."""
    labels = {name: Label(name, table.title) for name, table in ruleset.references.items()}
    for name, fact in ruleset.vocabulary.facts.items():
        labels[name] = Label(name, fact.title, fact.kind.unit)
    for decision in ruleset.decisions.values():
        labels.update(_decided(decision))
    return labels


def labels_in(labels: Labels, decision: Decision) -> Labels:
    """The labels as one decision sees them: its parameters hide facts of the same name but keep their titles."""
    own = {p.name: Label(p.name, label_of(labels, p.name).title, p.kind.unit) for p in decision.parameters}
    return {**labels, **own} if own else labels


def output_labels(table: Table) -> Labels:
    """The outputs of a table or the facts its rows assert, by name."""
    return {name: _of_output(output) for name, output in _results(table).items()}


def label_of(labels: Labels, name: str) -> Label:
    """The label of a name, of any name."""
    return labels.get(name) or Label(name, None)


def _decided(decision: Decision) -> dict[str, Label]:
    table = decision.logic
    if not isinstance(table, Table):
        return {decision.name: Label(decision.name, decision.title)}
    asserted = {name: _of_output(output) for name, output in table.asserted.items()}
    return {**asserted, decision.name: Label(decision.name, decision.title, _unit(table))}


def _unit(table: Table) -> str:
    return table.outputs[0].kind.unit if len(table.outputs) == 1 else ""


def _results(table: Table) -> Mapping[str, Output]:
    return table.asserted or {output.name: output for output in table.outputs}


def _of_output(output: Output) -> Label:
    return Label(output.name, output.title, output.kind.unit)
