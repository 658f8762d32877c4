"""DMN decision tables as XML: columns, rules, annotations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from greenlane.engine.interop.dmn.exporter.conditions import GUARD, WHEN
from greenlane.engine.interop.dmn.exporter.elements import element, text_element
from greenlane.engine.rules.table import Row

NOTES = ("id", "code", "zh", "en", "basis", "source")


@dataclass(frozen=True, slots=True)
class Rule:
    """A line: its cells by column, its results, its annotations."""

    cells: Mapping[str, str]
    results: Sequence[str]
    notes: Sequence[str]


@dataclass(frozen=True, slots=True)
class Column:
    """An output: name, type, what it may be in order of priority, and its default; empty where there is none."""

    name: str
    type_ref: str
    values: str = ""
    default: str = ""


def decision_table(
    hit: tuple[str, str], rules: Sequence[Rule], outputs: Sequence[Column], as_of: str, types_of: Mapping[str, str]
) -> Element:
    """The element; columns are those that any rule has a cell for, dates first and conditions last."""
    used = dict.fromkeys(column for rule in rules for column in rule.cells)
    facts = [column for column in used if column not in (as_of, GUARD, WHEN)]
    columns = [c for c in (as_of, GUARD, *facts, WHEN) if c in used]
    inputs = [_input(column, types_of) for column in columns]
    made = [_output(output, len(outputs) > 1) for output in outputs]
    names = [element("annotation", {"name": name}) for name in NOTES]
    lines = [_line(rule, columns) for rule in rules]
    attributes = {"hitPolicy": hit[0], "aggregation": hit[1], "preferredOrientation": "Rule-as-Row"}
    return element("decisionTable", attributes, [*inputs, *made, *names, *lines])


def notes(row: Row, doubtful: bool = False) -> list[str]:
    """The annotations of a row, or of the rule for when it cannot be decided."""
    zh, en = ("", "") if row.text is None else (row.text.zh, row.text.en)
    identifier = f"{row.id} undetermined" if doubtful else row.id
    return [identifier, row.code or "", zh, en, row.basis, f"{row.place.path}:{row.place.line}"]


def _input(column: str, types_of: Mapping[str, str]) -> Element:
    stated = column in (GUARD, WHEN)
    type_ref = "boolean" if stated else types_of.get(column, "")
    inner = text_element("inputExpression", "true" if stated else column, {"typeRef": type_ref})
    return element("input", {"label": column}, [inner])


def _output(column: Column, named: bool) -> Element:
    inner = [text_element("outputValues", column.values)] if column.values else []
    if column.default:
        inner.append(text_element("defaultOutputEntry", column.default))
    attributes = {"name": column.name if named else "", "label": "" if named else column.name}
    return element("output", {**attributes, "typeRef": column.type_ref}, inner)


def _line(rule: Rule, columns: Sequence[str]) -> Element:
    cells = [text_element("inputEntry", rule.cells.get(column, "-")) for column in columns]
    results = [text_element("outputEntry", result) for result in rule.results]
    return element("rule", {}, [*cells, *results, *(text_element("annotationEntry", note) for note in rule.notes)])
