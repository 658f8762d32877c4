"""Exports a ruleset as a DMN 1.5 model. Pure; bytes out.

Facts become input data, reference tables relations, decisions elements of the requirements graph. Functions of rule
files that FEEL lacks are written as business knowledge models (the prelude).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from xml.etree.ElementTree import Element

from greenlane.engine.decide.plan import plan_of
from greenlane.engine.diagnostics import Diagnostic, Place, Severity, sort
from greenlane.engine.feel.ast import ContextLiteral
from greenlane.engine.feel.printer import string_text
from greenlane.engine.feel.visitor import walk
from greenlane.engine.interop.dmn.diagnostic_codes import NOT_EXPORTED
from greenlane.engine.interop.dmn.exporter.decision_writer import DecisionWriter
from greenlane.engine.interop.dmn.exporter.nullability import Names
from greenlane.engine.interop.dmn.exporter.requirements_graph import GraphNode, RequirementsGraph, diagram
from greenlane.engine.interop.dmn.exporter.xml_elements import (
    Component,
    TypeDefinitions,
    context,
    document,
    element,
    function,
    literal,
    plain_element,
    variable,
)
from greenlane.engine.rules.ruleset import ReferenceTable, Ruleset
from greenlane.engine.rules.table import Cell, Table
from greenlane.engine.rules.vocabulary import Fact, Scalar
from greenlane.engine.text import Text

NAMESPACE = "https://www.omg.org/spec/DMN/20230324/MODEL/"
FEEL = "https://www.omg.org/spec/DMN/20230324/FEEL/"


@dataclass(frozen=True, slots=True)
class ExportedModel:
    """The bytes of the model, and a warning for each decision that is not in it.

    `decisions` are the names of those that are, in the order of the rule files.
    """

    data: bytes
    decisions: tuple[str, ...]
    left_out: tuple[Diagnostic, ...]


def export_model(ruleset: Ruleset) -> ExportedModel:
    """The model of a ruleset that the checks found no error in. The same ruleset always gives the same bytes.

    For an application in which nothing is undetermined every decision in it has the value that the rule files give it;
    docs/dmn-conformance.md says what it has otherwise. Numbers keep the digits they are written with.
    """
    plan, types = plan_of(ruleset), TypeDefinitions()
    taken = {*ruleset.vocabulary.facts, *ruleset.decisions, *ruleset.references, *plan.asserted}
    as_of = _free("as_of", taken)
    inputs = _fact_nodes(ruleset, types, taken)
    references = _reference_nodes(ruleset, types, as_of, taken)
    non_null = {*inputs.non_null, *ruleset.references, as_of}
    types_of = {**inputs.types, **references.types, as_of: "date"}
    entries = _entries(ruleset)
    writer = DecisionWriter(
        ruleset, plan, types, as_of, inputs.names, entries, non_null, types_of, knowledge=set(_PRELUDE)
    )
    day = GraphNode("inputData", as_of, Text("决策日期", "The day that is decided for"), "", "date", (), None)
    made = [day, *inputs.nodes, *references.nodes, *writer.nodes()]
    made += _answer_nodes(ruleset, writer.refused, taken)
    graph = RequirementsGraph([*made, *_prelude_nodes(made)])
    left_out = sort(_left_out(name, error.message, error.place) for name, error in writer.refused.items())
    decisions = tuple(name for name in ruleset.decisions if name not in writer.refused)
    return ExportedModel(document(_definitions(ruleset, types, graph)), decisions, left_out)


def _definitions(ruleset: Ruleset, types: TypeDefinitions, graph: RequirementsGraph) -> Element:
    attributes = {
        "xmlns": NAMESPACE,
        "xmlns:dmndi": "https://www.omg.org/spec/DMN/20230324/DMNDI/",
        "xmlns:dc": "http://www.omg.org/spec/DMN/20180521/DC/",
        "xmlns:di": "http://www.omg.org/spec/DMN/20180521/DI/",
        "id": "definitions",
        "name": ruleset.name,
        "namespace": f"urn:greenlane:{ruleset.name}",
        "expressionLanguage": FEEL,
        "typeLanguage": FEEL,
        "exporter": "Greenlane",
    }
    answer = ruleset.answer
    until = f" – {ruleset.effective_until}" if ruleset.effective_until else " –"
    description = "\n".join((
        f"{ruleset.title.zh} / {ruleset.title.en}", f"{ruleset.owner}, {ruleset.version}",
        f"{ruleset.effective_from}{until}",
        f"outcome: {answer.outcome}, status: {answer.status or '–'}, reasons: {', '.join(answer.reasons) or '–'}",
    ))  # fmt: skip
    elements = [graph.element(node) for node in graph.nodes.values()]
    head = plain_element("description", description)
    return element("definitions", attributes, [head, *types.definitions(), *elements, diagram(graph)])


def _answer_nodes(ruleset: Ruleset, refused: Collection[str], taken: Collection[str]) -> Iterator[GraphNode]:
    """The status of the answer where its decisions are exported: that for referring where it cannot be told, or where a
    requirement is not met.
    """
    answer = ruleset.answer
    reads = tuple(name for name in (answer.status, answer.requires) if name is not None)
    if answer.status is None or answer.referred is None or any(name in refused for name in reads):
        return
    unmet = f" or {answer.requires} = null or count({answer.requires}) > 0" if answer.requires else ""
    text = f"if {answer.status} = null{unmet} then {string_text(answer.referred)} else {answer.status}"
    title = Text("答复的状态", "The status of the answer")
    yield GraphNode("decision", _free("answer_status", taken), title, "", "string", reads, literal(text))


def _prelude_nodes(nodes: Iterable[GraphNode]) -> Iterator[GraphNode]:
    """The functions of the prelude that are called."""
    read = {name for node in nodes for name in node.reads}
    for name, one in _PRELUDE.items():
        if name in read:
            yield GraphNode("businessKnowledgeModel", name, None, one.description, "", (), one.logic())


def _entries(ruleset: Ruleset) -> Names:
    """Every name that a context entry may have."""
    found = {column.name for table in ruleset.references.values() for column in table.columns}
    for decision in ruleset.decisions.values():
        if isinstance(decision.logic, Table):
            found.update(output.name for output in decision.logic.outputs)
            found.update(decision.logic.asserted)
        for cell in _cells(decision.logic):
            found.update(key for n in walk(cell.node) if isinstance(n, ContextLiteral) for key, _ in n.entries)
    return frozenset(found)


def _cells(logic: Table | Cell) -> Iterator[Cell]:
    if isinstance(logic, Cell):
        yield logic
        return
    for row in logic.rows:
        yield from (cell for cell in (row.when, *row.outputs, *row.asserts.values()) if cell is not None)


def _left_out(name: str, message: str, place: Place) -> Diagnostic:
    return Diagnostic(NOT_EXPORTED, f"`{name}` is not in the model: {message}", place, severity=Severity.WARNING)


def _free(name: str, taken: Iterable[str]) -> str:
    while name in taken:
        name += "_"
    return name


@dataclass(frozen=True, slots=True)
class _InputNodes:
    """Graph nodes, the types of names, names that are never null, and names in the model where they differ."""

    nodes: tuple[GraphNode, ...]
    types: Mapping[str, str]
    non_null: frozenset[str]
    names: Mapping[str, str]


def _fact_nodes(ruleset: Ruleset, types: TypeDefinitions, taken: Collection[str]) -> _InputNodes:
    """Every fact as input data; where its absence has a value by policy, also a decision that returns it."""
    nodes, types_of, non_null, names = list[GraphNode](), dict[str, str](), set[str](), dict[str, str]()
    for name, fact in ruleset.vocabulary.facts.items():
        types_of[name] = types.of_kind(fact.kind, name)
        nodes.append(GraphNode("inputData", name, fact.title, _fact_description(fact), types_of[name], (), None))
        if fact.required or fact.absent is not None:
            non_null.add(name)
    for name, fact in ruleset.vocabulary.facts.items():
        if fact.absent is None:
            continue
        known = f"{name}_known"
        while known in taken:
            known += "_"
        names[name], types_of[known] = known, types_of[name]
        text = f"if {name} = null then {_scalar_text(fact.absent)} else {name}"
        description = "the value that policy gives to the absence of the fact"
        nodes.append(GraphNode("decision", known, fact.title, description, types_of[name], (name,), literal(text)))
    return _InputNodes(tuple(nodes), types_of, frozenset(non_null), names)


def _reference_nodes(ruleset: Ruleset, types: TypeDefinitions, as_of: str, taken: Collection[str]) -> _InputNodes:
    """Every reference table as a relation; of a dated one, the rows that are known on the day."""
    nodes, types_of = list[GraphNode](), dict[str, str]()
    for name, table in ruleset.references.items():
        type_ref, columns = types.of_reference(table)
        types_of[name] = type_ref
        if table.dated_by is None:
            nodes.append(
                GraphNode("decision", name, table.title, table.source, type_ref, (), _relation(table, columns))
            )
            continue
        whole = f"{name}_all"
        while whole in taken:
            whole += "_"
        types_of[whole] = type_ref
        nodes.append(GraphNode("decision", whole, table.title, table.source, type_ref, (), _relation(table, columns)))
        day = f"item.{table.dated_by}"
        known = literal(f"{whole}[{day} = null or {day} <= {as_of}]")
        description = "the rows that are known on the day"
        nodes.append(GraphNode("decision", name, table.title, description, type_ref, (whole, as_of), known))
    return _InputNodes(tuple(nodes), types_of, frozenset(), {})


def _scalar_text(value: Scalar) -> str:
    """A literal of FEEL; numbers with the digits they have."""
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
    lines = [element("row", {}, [literal(_scalar_text(value)) for value in row]) for row in rows]
    return element("relation", {}, [*made, *lines])


def _fact_description(fact: Fact) -> str:
    parts = [f"path: {'.'.join(fact.path)}", f"sensitivity: {fact.sensitivity}"]
    kind = fact.kind
    parts += [f"unit: {kind.unit}"] if kind.unit else []
    parts += ["required"] if fact.required else []
    parts += ["whole"] if kind.whole else []
    parts += [f"pattern: {kind.pattern}"] if kind.pattern else []
    parts += [f"check: {kind.check}"] if kind.check else []
    parts += [f"absent: {_scalar_text(fact.absent)}"] if fact.absent is not None else []
    return ", ".join(parts)


@dataclass(frozen=True, slots=True)
class _PreludeFunction:
    """A business knowledge model: parameters with types, entries of a context, its result."""

    parameters: tuple[tuple[str, str], ...]
    entries: tuple[tuple[str, str], ...]
    result: str
    description: str

    def logic(self) -> Element:
        """The function."""
        body = context([(name, literal(text)) for name, text in self.entries], literal(self.result))
        return function(self.parameters, body, "encapsulatedLogic")


_PRELUDE: Mapping[str, _PreludeFunction] = {
    "fixed": _PreludeFunction(
        (("n", "number"), ("places", "number")),
        (
            ("rounded", "decimal(n, places)"),
            ("size", "abs(rounded)"),
            ("whole", "floor(size)"),
            ("fraction", "string(decimal((size - whole) * 10 ** places + 10 ** places, 0))"),
        ),
        '(if rounded < 0 then "-" else "") + string(whole) + (if places = 0 then "" else "." + substring(fraction, 2))',
        "保留固定小数位的文本 / A number as text with exactly that many decimals, rounded half to even",
    ),
    "working day after": _PreludeFunction(
        (("start", "date"), ("days", "number"), ("calendar", "")),
        (
            ("years", "distinct values(for entry in calendar return entry.date.year)"),
            ("last", "2 * (days + count(calendar)) + 14"),
            ("dates", 'for i in 1..last return start + duration("P" + string(i) + "D")'),
            ("on", "for entry in calendar[item.working = true] return string(entry.date)"),
            ("off", "for entry in calendar[item.working = false] return string(entry.date)"),
            (
                "marked",
                "for day in dates return {day: day, text: string(day), working: "
                "if list contains(on, text) and list contains(off, text) then calendar[item.date = day][-1].working "
                "else if list contains(on, text) then true else if list contains(off, text) then false "
                'else not(day of week(day) in ("Saturday", "Sunday"))}',
            ),
            ("due", "if days = 0 then start else marked[item.working = true][days].day"),
            ("covered", "for year in start.year..due.year return list contains(years, year)"),
        ),
        "if every known in covered satisfies known then due else null",
        "第N个工作日 / The date so many working days after the start; exceptions to Monday to Friday are in "
        "the calendar, which gives null when it has none for a year on the way",
    ),
}
