"""What decisions start from: facts as input data, reference tables as relations."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from xml.etree.ElementTree import Element

from greenlane.engine.feel.printer import string_text
from greenlane.engine.interop.dmn.exporter.elements import element, literal, variable
from greenlane.engine.interop.dmn.exporter.nodes import Node
from greenlane.engine.interop.dmn.exporter.types import Component, Types
from greenlane.engine.rules.ruleset import ReferenceTable, Ruleset
from greenlane.engine.rules.vocabulary import Fact, Scalar


@dataclass(frozen=True, slots=True)
class Given:
    """Nodes, the types of their names, the names that are never null, and new names where one differs."""

    nodes: tuple[Node, ...]
    types: Mapping[str, str]
    sure: frozenset[str]
    names: Mapping[str, str]


def fact_nodes(ruleset: Ruleset, types: Types, taken: Collection[str]) -> Given:
    """Every fact as input data; one whose absence has a value by policy also as a decision that gives it."""
    nodes, types_of, sure, names = list[Node](), dict[str, str](), set[str](), dict[str, str]()
    for name, fact in ruleset.vocabulary.facts.items():
        types_of[name] = types.of_kind(fact.kind, name)
        nodes.append(Node("inputData", name, fact.title, _about(fact), types_of[name], (), None))
        if fact.required or fact.absent is not None:
            sure.add(name)
    for name, fact in ruleset.vocabulary.facts.items():
        if fact.absent is None:
            continue
        known = f"{name}_known"
        while known in taken:
            known += "_"
        names[name], types_of[known] = known, types_of[name]
        text = f"if {name} = null then {scalar_text(fact.absent)} else {name}"
        about = "the value that policy gives to the absence of the fact"
        nodes.append(Node("decision", known, fact.title, about, types_of[name], (name,), literal(text)))
    return Given(tuple(nodes), types_of, frozenset(sure), names)


def reference_nodes(ruleset: Ruleset, types: Types, as_of: str, taken: Collection[str]) -> Given:
    """Every reference table as a relation; a dated one as what of it is known on the day."""
    nodes, types_of = list[Node](), dict[str, str]()
    for name, table in ruleset.references.items():
        type_ref, columns = types.of_reference(table)
        types_of[name] = type_ref
        if table.dated_by is None:
            nodes.append(Node("decision", name, table.title, table.source, type_ref, (), _relation(table, columns)))
            continue
        whole = f"{name}_all"
        while whole in taken:
            whole += "_"
        types_of[whole] = type_ref
        nodes.append(Node("decision", whole, table.title, table.source, type_ref, (), _relation(table, columns)))
        day = f"item.{table.dated_by}"
        known = literal(f"{whole}[{day} = null or {day} <= {as_of}]")
        about = "the rows that are known on the day"
        nodes.append(Node("decision", name, table.title, about, type_ref, (whole, as_of), known))
    return Given(tuple(nodes), types_of, frozenset(), {})


def scalar_text(value: Scalar) -> str:
    """A value as FEEL; numbers with the digits they have."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    return f'date("{value.isoformat()}")' if isinstance(value, date) else string_text(value)


def _relation(table: ReferenceTable, columns: Collection[Component]) -> Element:
    rows = list(table.rows)
    if table.dated_by is not None:
        position = [column.name for column in table.columns].index(table.dated_by)
        rows.sort(key=lambda row: (row[position] is not None, row[position] or date.min))
    made = [variable(name, type_ref, "column") for name, type_ref in columns]
    lines = [element("row", {}, [literal(scalar_text(value)) for value in row]) for row in rows]
    return element("relation", {}, [*made, *lines])


def _about(fact: Fact) -> str:
    parts = [f"path: {'.'.join(fact.path)}", f"sensitivity: {fact.sensitivity}"]
    kind = fact.kind
    parts += [f"unit: {kind.unit}"] if kind.unit else []
    parts += ["required"] if fact.required else []
    parts += ["whole"] if kind.whole else []
    parts += [f"pattern: {kind.pattern}"] if kind.pattern else []
    parts += [f"check: {kind.check}"] if kind.check else []
    parts += [f"absent: {scalar_text(fact.absent)}"] if fact.absent is not None else []
    return ", ".join(parts)
