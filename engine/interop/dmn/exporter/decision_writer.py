"""Writes decisions of rule files as elements of the requirements graph, each after those that it reads. Pure."""

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

    `names` are the names in the model of those that have another there, `entries` all names of context entries,
    `non_null` the names that are never null, which grow as decisions are written, `types_of` the types of names,
    `knowledge` the names of functions that read nothing but their arguments. `refused`: why decisions are left out.
    """

    ruleset: Ruleset
    plan: Plan
    types: TypeDefinitions
    as_of: str
    names: Mapping[str, str]
    entries: Names
    non_null: set[str]
    types_of: dict[str, str]
    knowledge: set[str]
    refused: dict[str, ExportError] = field(default_factory=dict)

    def nodes(self) -> Iterator[GraphNode]:
        """All that DMN can express."""
        for name in self.plan.order:
            decision = self.ruleset.decisions[name]
            try:
                self._check(decision)
                made = list(self._decision(decision))
            except ExportError as error:
                self.refused[name] = error
            else:
                yield from made

    def _check(self, decision: Decision) -> None:
        for needed in self.plan.needs(decision.name):
            if needed in self.refused:
                raise ExportError(f"it reads `{needed}`, which is not exported", decision.place)

    def _decision(self, decision: Decision) -> Iterator[GraphNode]:
        scope = self._scope(decision)
        if isinstance(decision.logic, Cell):
            logic = _boxed(ExpressionWriter(decision.logic, scope), decision.logic.node, NullState(scope.non_null))
            yield self._node(decision, logic, "", scope, not nullable(decision.logic.node, scope.non_null))
        elif decision.logic.asserted:
            yield from self._rule_set(decision, decision.logic, scope)
        else:
            writer = TableWriter(decision.logic, decision.name, scope, self.types, self.as_of, self.types_of)
            logic, type_ref = writer.logic()
            yield self._node(decision, logic, type_ref, scope, writer.never_null())

    def _rule_set(self, decision: Decision, table: Table, scope: ElementScope) -> Iterator[GraphNode]:
        taken = self._known().union(self.names.values(), self.types_of)
        made = RuleSetWriter(decision, table, scope, self.types, self.as_of, self.types_of, taken).tables()
        whole = literal("{" + ", ".join(f"{fact}: {fact}" for fact in table.asserted) + "}")
        finals = {one.fact: one for one in made if one.final}
        if decision.parameters:
            inner = {one.name for one in made}
            for one in made:
                scope.reads.update(dict.fromkeys(name for name in one.scope.reads if name not in inner))
            body = context([(one.name, one.logic) for one in made], whole)
            yield self._node(decision, body, "", scope, True)
            return
        for one in made:
            yield self._asserted(decision, table, one)
        type_ref = self.types.of_context([(fact, one.type_ref) for fact, one in finals.items()], decision.name)
        scope.reads.update(dict.fromkeys(finals))
        whole = context([(fact, literal(fact)) for fact in table.asserted])
        yield self._node(decision, whole, type_ref, scope, True)

    def _asserted(self, decision: Decision, table: Table, one: AssertedTable) -> GraphNode:
        about = f"{decision.name}: {_source(decision)}"
        self.types_of[one.name] = one.type_ref
        if one.never_null:
            self.non_null.add(one.name)
        title = table.asserted[one.fact].title if one.final else None
        return GraphNode("decision", one.name, title, about, one.type_ref, tuple(one.scope.reads), one.logic)

    def _scope(self, decision: Decision) -> ElementScope:
        parameters = {p.name: p.kind for p in decision.parameters}
        facts = self.ruleset.vocabulary.facts
        # A function is asked of what an application must name.
        given = {name for name in parameters if name in facts and facts[name].required}
        names = {name: new for name, new in self.names.items() if name not in parameters}
        non_null = frozenset(self.non_null - parameters.keys() | given)
        return ElementScope(non_null, names, self.entries, frozenset(parameters))

    def _known(self) -> Names:
        """Every name of the ruleset that any text may read."""
        rules = self.ruleset
        return frozenset((*rules.decisions, *rules.vocabulary.facts, *rules.references, *self.plan.asserted))

    def _node(
        self, decision: Decision, logic: Element, type_ref: str, scope: ElementScope, never_null: bool
    ) -> GraphNode:
        name, reads = decision.name, tuple(scope.reads)
        about = "\n".join(filter(None, (decision.basis, _source(decision))))
        if never_null:
            self.non_null.add(name)
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


def _boxed(writer: ExpressionWriter, node: Node, state: NullState) -> Element:
    """A context as a boxed one, anything else as text."""
    if not isinstance(node, ContextLiteral):
        return literal(writer.expression(node, state))
    entries = writer.entries(node.entries, state)
    return context(
        (key, _boxed(writer, value, inner) if isinstance(value, ContextLiteral) else literal(text))
        for key, value, text, inner in entries
    )


def _source(decision: Decision) -> str:
    return f"{decision.place.path}:{decision.place.line}"
