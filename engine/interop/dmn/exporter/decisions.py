"""Decisions of rule files to elements of a DMN model, each after those that it reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from greenlane.engine.decide.plan import Plan
from greenlane.engine.feel.ast import ContextLiteral
from greenlane.engine.feel.ast import Node as Feel
from greenlane.engine.interop.dmn.exporter.elements import context, function, literal
from greenlane.engine.interop.dmn.exporter.nodes import Node
from greenlane.engine.interop.dmn.exporter.nulls import Names, may_be_null
from greenlane.engine.interop.dmn.exporter.rule_sets import Asserted, RuleSetWriter
from greenlane.engine.interop.dmn.exporter.tables import TableWriter
from greenlane.engine.interop.dmn.exporter.types import Types
from greenlane.engine.interop.dmn.exporter.writer import Scope, Surroundings, Unwritable, Writer
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
    types: Types
    as_of: str
    names: Mapping[str, str]
    entries: Names
    sure: set[str]
    types_of: dict[str, str]
    knowledge: set[str]
    refused: dict[str, Unwritable] = field(default_factory=dict)

    def nodes(self) -> Iterator[Node]:
        """All that can be said in DMN; `refused` tells why of the others."""
        for name in self.plan.order:
            decision = self.ruleset.decisions[name]
            try:
                self._check(decision)
                made = list(self._decision(decision))
            except Unwritable as why:
                self.refused[name] = why
            else:
                yield from made

    def _check(self, decision: Decision) -> None:
        for needed in self.plan.needs(decision.name):
            if needed in self.refused:
                raise Unwritable(f"it reads `{needed}`, which is not exported", decision.place)

    def _decision(self, decision: Decision) -> Iterator[Node]:
        around = self._around(decision)
        if isinstance(decision.logic, Cell):
            logic = _boxed(Writer(decision.logic, around), decision.logic.node, Scope(around.sure))
            yield self._node(decision, logic, "", around, not may_be_null(decision.logic.node, around.sure))
        elif decision.logic.asserted:
            yield from self._rule_set(decision, decision.logic, around)
        else:
            writer = TableWriter(decision.logic, decision.name, around, self.types, self.as_of, self.types_of)
            logic, type_ref = writer.logic()
            yield self._node(decision, logic, type_ref, around, writer.certain())

    def _rule_set(self, decision: Decision, table: Table, around: Surroundings) -> Iterator[Node]:
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

    def _asserted(self, decision: Decision, table: Table, one: Asserted) -> Node:
        about = f"{decision.name}: {_source(decision)}"
        self.types_of[one.name] = one.type_ref
        if one.certain:
            self.sure.add(one.name)
        title = table.asserted[one.fact].title if one.final else None
        return Node("decision", one.name, title, about, one.type_ref, tuple(one.around.reads), one.logic)

    def _around(self, decision: Decision) -> Surroundings:
        parameters = {p.name: p.kind for p in decision.parameters}
        facts = self.ruleset.vocabulary.facts
        # A function is asked of what an application must name.
        given = {name for name in parameters if name in facts and facts[name].required}
        names = {name: new for name, new in self.names.items() if name not in parameters}
        sure = frozenset(self.sure - parameters.keys() | given)
        return Surroundings(sure, names, self.entries, frozenset(parameters))

    def _known(self) -> Names:
        """Every name of the ruleset that any text may read."""
        rules = self.ruleset
        return frozenset((*rules.decisions, *rules.vocabulary.facts, *rules.references, *self.plan.asserted))

    def _node(self, decision: Decision, logic: Element, type_ref: str, around: Surroundings, certain: bool) -> Node:
        name, reads = decision.name, tuple(around.reads)
        about = "\n".join(filter(None, (decision.basis, _source(decision))))
        if certain:
            self.sure.add(name)
        if not decision.parameters:
            self.types_of[name] = type_ref
            return Node("decision", name, decision.title, about, type_ref, reads, logic)
        parameters = [(p.name, self.types.of_kind(p.kind, p.name)) for p in decision.parameters]
        known = {*self._known(), *self.names.values(), self.as_of}
        if not [read for read in reads if read in known and read not in self.knowledge]:
            self.knowledge.add(name)
            made = function(parameters, logic, "encapsulatedLogic")
            return Node("businessKnowledgeModel", name, decision.title, about, "", reads, made)
        return Node("decision", name, decision.title, about, "", reads, function(parameters, logic))


def _boxed(writer: Writer, node: Feel, scope: Scope) -> Element:
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
