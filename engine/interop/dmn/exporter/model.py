"""A ruleset to a DMN 1.5 model."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from greenlane.engine.decide.plan import plan_of
from greenlane.engine.diagnostics import Diagnostic, Place, Severity, sort
from greenlane.engine.feel.ast import ContextLiteral
from greenlane.engine.feel.visitor import walk
from greenlane.engine.interop.dmn.exporter.decisions import DecisionWriter
from greenlane.engine.interop.dmn.exporter.diagram import diagram
from greenlane.engine.interop.dmn.exporter.elements import bare, document, element
from greenlane.engine.interop.dmn.exporter.extensions import EXTENSIONS
from greenlane.engine.interop.dmn.exporter.inputs import fact_nodes, reference_nodes
from greenlane.engine.interop.dmn.exporter.nodes import Graph, Node
from greenlane.engine.interop.dmn.exporter.nulls import Names
from greenlane.engine.interop.dmn.exporter.types import Types
from greenlane.engine.rules.ruleset import Ruleset
from greenlane.engine.rules.table import Cell, Table
from greenlane.engine.text import Text

NAMESPACE = "https://www.omg.org/spec/DMN/20230324/MODEL/"
FEEL = "https://www.omg.org/spec/DMN/20230324/FEEL/"
LEFT_OUT = "GL630"


@dataclass(frozen=True, slots=True)
class Exported:
    """The bytes of the model, and a warning for each decision that is not in it.

    `decisions` are the names of those that are, in the order of the rule files.
    """

    data: bytes
    decisions: tuple[str, ...]
    left_out: tuple[Diagnostic, ...]


def export_model(ruleset: Ruleset) -> Exported:
    """The model of a ruleset that the checks found no error in. The same ruleset always gives the same bytes.

    For an application in which nothing is undetermined every decision in it has the value that the rule files give it;
    docs/dmn-conformance.md says what it has otherwise. Numbers keep the digits they are written with.
    """
    plan, types = plan_of(ruleset), Types()
    taken = {*ruleset.vocabulary.facts, *ruleset.decisions, *ruleset.references, *plan.asserted}
    as_of = _free("as_of", taken)
    inputs = fact_nodes(ruleset, types, taken)
    references = reference_nodes(ruleset, types, as_of, taken)
    sure = {*inputs.sure, *ruleset.references, as_of}
    types_of = {**inputs.types, **references.types, as_of: "date"}
    entries = _entries(ruleset)
    writer = DecisionWriter(
        ruleset, plan, types, as_of, inputs.names, entries, sure, types_of, knowledge=set(EXTENSIONS)
    )
    day = Node("inputData", as_of, Text("决策日期", "The day that is decided for"), "", "date", (), None)
    made = [day, *inputs.nodes, *references.nodes, *writer.nodes()]
    graph = Graph([*made, *_extensions(made)])
    left_out = sort(_left_out(name, why.message, why.place) for name, why in writer.refused.items())
    decisions = tuple(name for name in ruleset.decisions if name not in writer.refused)
    return Exported(document(_definitions(ruleset, types, graph)), decisions, left_out)


def _definitions(ruleset: Ruleset, types: Types, graph: Graph) -> Element:
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
    until = f" – {ruleset.effective_until}" if ruleset.effective_until else " –"
    about = "\n".join((
        f"{ruleset.title.zh} / {ruleset.title.en}", f"{ruleset.owner}, {ruleset.version}",
        f"{ruleset.effective_from}{until}",
        f"outcome: {ruleset.answer.outcome}, status: {ruleset.answer.status}, reasons: {ruleset.answer.reasons}",
    ))  # fmt: skip
    elements = [graph.element(node) for node in graph.nodes.values()]
    return element("definitions", attributes,
                   [bare("description", about), *types.definitions(), *elements, diagram(graph)])  # fmt: skip


def _extensions(nodes: Iterable[Node]) -> Iterator[Node]:
    """The functions that FEEL lacks, as far as they are called."""
    read = {name for node in nodes for name in node.reads}
    for name, extension in EXTENSIONS.items():
        if name in read:
            yield Node("businessKnowledgeModel", name, None, extension.about, "", (), extension.logic())


def _entries(ruleset: Ruleset) -> Names:
    """Every name that an entry of a context may have."""
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
    return Diagnostic(LEFT_OUT, f"`{name}` is not in the model: {message}", place, severity=Severity.WARNING)


def _free(name: str, taken: Iterable[str]) -> str:
    while name in taken:
        name += "_"
    return name
