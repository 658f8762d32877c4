"""Decisions of rule files to elements of a DMN model, each after those that it reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from greenlane.engine.decide.plan import Plan
from greenlane.engine.feel.ast import ContextLiteral, Node
from greenlane.engine.interop.dmn.exporter.expression_writer import (
    ElementScope,
    ExportError,
    ExpressionWriter,
    NullState,
)
from greenlane.engine.interop.dmn.exporter.nullability import Names, nullable
from greenlane.engine.interop.dmn.exporter.requirements_graph import GraphNode
from greenlane.engine.interop.dmn.exporter.rule_set_writer import AssertedTable, RuleSetWriter
from greenlane.engine.interop.dmn.exporter.table_writer import TableWriter
from greenlane.engine.interop.dmn.exporter.xml_elements import TypeDefinitions, context, function, literal
from greenlane.engine.rules.ruleset import Decision, Ruleset
from greenlane.engine.rules.table import Cell, Table


@dataclass(slots=True)
class DecisionWriter:
    """Writes the decisions of a ruleset.

    `names` gives the names in the model of those that have another there, `sure` are the names that are never null and
    grow as decisions are written, `types_of` the types of names, `knowledge` the names of what is a function of its
    arguments alone.
    """

    ruleset: Ruleset
    plan: Plan
    types: TypeDefinitions
    as_of: str
    names: Mapping[str, str]
    entries: Names
    sure: set[str]
    types_of: dict[str, str]
    knowledge: set[str]
    refused: dict[str, ExportError] = field(default_factory=dict)

    def nodes(self) -> Iterator[GraphNode]:
        """All that can be said in DMN; `refused` tells why of the others."""
        for name in self.plan.order:
            decision = self.ruleset.decisions[name]
            try:
                self._check(decision)
                made = list(self._decision(decision))
            except ExportError as why:
                self.refused[name] = why
            else:
                yield from made

    def _check(self, decision: Decision) -> None:
        for needed in self.plan.needs(decision.name):
            if needed in self.refused:
                raise ExportError(f"it reads `{needed}`, which is not exported", decision.place)

    def _decision(self, decision: Decision) -> Iterator[GraphNode]:
        around = self._around(decision)
        if isinstance(decision.logic, Cell):
            logic = _boxed(ExpressionWriter(decision.logic, around), decision.logic.node, NullState(around.sure))
            yield self._node(decision, logic, "", around, not nullable(decision.logic.node, around.sure))
        elif decision.logic.asserted:
            yield from self._rule_set(decision, decision.logic, around)
        else:
            writer = TableWriter(decision.logic, decision.name, around, self.types, self.as_of, self.types_of)
            logic, type_ref = writer.logic()
            yield self._node(decision, logic, type_ref, around, writer.certain())

    def _rule_set(self, decision: Decision, table: Table, around: ElementScope) -> Iterator[GraphNode]:
        taken = self._known().union(self.names.values(), self.types_of)
        made = RuleSetWriter(decision, table, around, self.types, self.as_of, self.types_of, taken).tables()
        whole = literal("{" + ", ".join(f"{fact}: {fact}" for fact in table.asserted) + "}")
        finals = {one.fact: one for one in made if one.final}
        if decision.parameters:
            inner = {one.name for one in made}
            for one in made:
                around.reads.update(dict.fromkeys(name for name in one.around.reads if name not in inner))
            body = context([(one.name, one.logic) for one in made], whole)
            yield self._node(decision, body, "", around, True)
            return
        for one in made:
            yield self._asserted(decision, table, one)
        type_ref = self.types.of_context([(fact, one.type_ref) for fact, one in finals.items()], decision.name)
        around.reads.update(dict.fromkeys(finals))
        whole = context([(fact, literal(fact)) for fact in table.asserted])
        yield self._node(decision, whole, type_ref, around, True)

    def _asserted(self, decision: Decision, table: Table, one: AssertedTable) -> GraphNode:
        about = f"{decision.name}: {_source(decision)}"
        self.types_of[one.name] = one.type_ref
        if one.certain:
            self.sure.add(one.name)
        title = table.asserted[one.fact].title if one.final else None
        return GraphNode("decision", one.name, title, about, one.type_ref, tuple(one.around.reads), one.logic)

    def _around(self, decision: Decision) -> ElementScope:
        parameters = {p.name: p.kind for p in decision.parameters}
        facts = self.ruleset.vocabulary.facts
        # A function is asked of what an application must name.
        given = {name for name in parameters if name in facts and facts[name].required}
        names = {name: new for name, new in self.names.items() if name not in parameters}
        sure = frozenset(self.sure - parameters.keys() | given)
        return ElementScope(sure, names, self.entries, frozenset(parameters))

    def _known(self) -> Names:
        """Every name of the ruleset that any text may read."""
        rules = self.ruleset
        return frozenset((*rules.decisions, *rules.vocabulary.facts, *rules.references, *self.plan.asserted))

    def _node(
        self, decision: Decision, logic: Element, type_ref: str, around: ElementScope, certain: bool
    ) -> GraphNode:
        name, reads = decision.name, tuple(around.reads)
        about = "\n".join(filter(None, (decision.basis, _source(decision))))
        if certain:
            self.sure.add(name)
        if not decision.parameters:
            self.types_of[name] = type_ref
            return GraphNode("decision", name, decision.title, about, type_ref, reads, logic)
        parameters = [(p.name, self.types.of_kind(p.kind, p.name)) for p in decision.parameters]
        known = {*self._known(), *self.names.values(), self.as_of}
        if not [read for read in reads if read in known and read not in self.knowledge]:
            self.knowledge.add(name)
            made = function(parameters, logic, "encapsulatedLogic")
            return GraphNode("businessKnowledgeModel", name, decision.title, about, "", reads, made)
        return GraphNode("decision", name, decision.title, about, "", reads, function(parameters, logic))


def _boxed(writer: ExpressionWriter, node: Node, scope: NullState) -> Element:
    """A context as a boxed one, anything else as text."""
    if not isinstance(node, ContextLiteral):
        return literal(writer.expression(node, scope))
    entries = writer.entries(node.entries, scope)
    return context(
        (key, _boxed(writer, value, inner) if isinstance(value, ContextLiteral) else literal(text))
        for key, value, text, inner in entries
    )


def _source(decision: Decision) -> str:
    return f"{decision.place.path}:{decision.place.line}"
