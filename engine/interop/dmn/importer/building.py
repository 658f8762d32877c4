"""A library to drafts of decisions: all elements, each under its new name."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from greenlane.engine.diagnostics import Place
from greenlane.engine.feel import ast
from greenlane.engine.interop.dmn.boxed import Boxed, DecisionTable, FunctionDefinition, LiteralExpression
from greenlane.engine.interop.dmn.faults import Faults
from greenlane.engine.interop.dmn.formulas import Formulas
from greenlane.engine.interop.dmn.importer.boxes import Boxes
from greenlane.engine.interop.dmn.importer.codes import LOGIC
from greenlane.engine.interop.dmn.importer.conversions import converted
from greenlane.engine.interop.dmn.importer.drafts import Draft, Heading, ValueDraft
from greenlane.engine.interop.dmn.importer.elements import Element, elements_of, inner_names
from greenlane.engine.interop.dmn.importer.glossary import Glossary, glossary_of, title_of
from greenlane.engine.interop.dmn.importer.names import Namer
from greenlane.engine.interop.dmn.importer.nested import Surroundings, about_inputs
from greenlane.engine.interop.dmn.importer.notes import Given
from greenlane.engine.interop.dmn.importer.outputs import Outputs
from greenlane.engine.interop.dmn.importer.scope import Scope, rename_parameters, scope_of
from greenlane.engine.interop.dmn.importer.shapes import Shapes
from greenlane.engine.interop.dmn.importer.tables import Tables, empty_of
from greenlane.engine.interop.dmn.importer.translate import NOWHERE, Translator, whole_value
from greenlane.engine.interop.dmn.library import Library
from greenlane.engine.interop.dmn.model import Decision, KnowledgeModel, Node
from greenlane.engine.text import Text


@dataclass(frozen=True, slots=True)
class Built:
    """`groups` are the drafts of each element by its new name, itself last; those without a name are inputs as a whole.

    `decisions` are the new names of the decisions of the main model.
    """

    glossary: Glossary
    groups: tuple[tuple[str, tuple[Draft, ...]], ...]
    decisions: dict[str, str]
    namer: Namer


def build(library: Library, faults: Faults, only: Collection[str] = ()) -> Built:
    """Everything that the library decides, or `only` some elements; what cannot be said is in `faults`, all of it."""
    formulas = Formulas(library)
    shapes = Shapes(library, formulas)
    inner = inner_names(library, formulas)
    elements = elements_of(library, only)
    namer = Namer(inner.all, inner.called)
    glossary = glossary_of(library, elements, shapes, inner, namer, faults)
    rename_parameters(elements, library, glossary, namer)
    translator = Translator(formulas, inner.members, faults)
    for element in elements:
        empty = empty_of(_logic(element.node))
        if empty is not None:
            translator.empties[glossary.names[element.key]] = empty
    builder = _Builder(library, glossary, shapes, namer, translator, faults)
    groups = [(glossary.names[e.key], tuple(builder.element(e))) for e in elements if e.key in glossary.names]
    places = {glossary.names[e.key]: e for e in elements if e.key in glossary.trees}
    wholes = [
        ValueDraft(Heading(name, glossary.groups[name], "", (), places[name].node.place), whole_value(tree, faults))
        for name, tree in translator.asked.items()
    ]
    main = {
        e.node.name: glossary.names[e.key] for e in elements if e.model is library.main and isinstance(e.node, Decision)
    }
    made = [("", tuple(wholes)), *groups]
    return Built(glossary, tuple((name, drafts) for name, drafts in made if drafts), main, namer)


@dataclass(slots=True)
class _Builder:
    library: Library
    glossary: Glossary
    shapes: Shapes
    namer: Namer
    translator: Translator
    faults: Faults
    given: Given = field(default_factory=Given)

    def element(self, element: Element) -> list[Draft]:
        """The drafts of a decision or a function; none for anything else."""
        node = element.node
        if not isinstance(node, (Decision, KnowledgeModel)):
            return []
        scope = scope_of(element, self.library, self.glossary)
        logic = _logic(node)
        title, place = title_of(node.name, node.about), _place_of(logic) or node.place
        made = _Made(self, Heading(self.glossary.names[element.key], title, node.about.description, (), place))
        if isinstance(node, Decision):
            made.decision(node.logic, scope, node.type_ref)
        elif node.logic is None:
            self.faults.error(LOGIC, f"the function `{node.name}` has no logic", node.place, "give it a body")
        else:
            made.function(node.logic, scope, node, element)
        return made.drafts


def _logic(node: Node) -> Boxed | None:
    """What decides a decision, or the body of a function."""
    logic = node.logic if isinstance(node, (Decision, KnowledgeModel)) else None
    return logic.body if isinstance(logic, FunctionDefinition) else logic


def _place_of(logic: Boxed | None) -> Place | None:
    """Where the logic of an element stands: its text, where it is one."""
    if isinstance(logic, LiteralExpression) and logic.text.value.strip():
        lead = len(logic.text.value) - len(logic.text.value.lstrip())
        return logic.text.place(lead, len(logic.text.value.rstrip()))
    return None if logic is None else logic.place


@dataclass(slots=True)
class _Made:
    """The drafts of one element: helpers first, itself last."""

    builder: _Builder
    heading: Heading
    drafts: list[Draft] = field(default_factory=list)

    @property
    def boxes(self) -> Boxes:
        return Boxes(self.builder.translator, self.builder.shapes, self._nested)

    @property
    def _around(self) -> Surroundings:
        return Surroundings(self.boxes, self.builder.shapes, self.builder.namer.take, self.builder.faults)

    def _tables(self) -> Tables:
        builder = self.builder
        kinds = {fact.name: fact.kind for fact in builder.glossary.facts}
        outputs = Outputs(builder.shapes, kinds, builder.faults)
        return Tables(self.boxes, outputs, kinds, builder.given, builder.namer.take)

    def decision(self, logic: Boxed | None, scope: Scope, type_ref: str) -> None:
        """A decision without parameters."""
        if isinstance(logic, DecisionTable):
            about = about_inputs(logic, scope, self.boxes)
            self.drafts += self._tables().drafts(logic, scope, self.heading, type_ref, about)
            return
        value = self.boxes.expression(logic, scope)
        if not isinstance(value, ast.FunctionLiteral):
            value = converted(self.builder.shapes, value, scope.model, type_ref)
        self.drafts.append(ValueDraft(self.heading, value, isinstance(value, ast.FunctionLiteral)))

    def function(self, logic: FunctionDefinition, scope: Scope, node: KnowledgeModel, element: Element) -> None:
        """A function: of its own kind where rule files can say what its parameters are, else a value."""
        if logic.kind != "FEEL":
            self.boxes.function(logic, scope)
            return
        types = {one.name: one.type_ref for one in logic.parameters}
        kinds = self.builder.glossary.kinds.get(element.key)
        if kinds is None:
            value = self.boxes.function(logic, scope)
            self.drafts.append(ValueDraft(self.heading, value, function=True))
            return
        renamed = self.builder.glossary.parameters[element.key]
        parameters = tuple((renamed[name], kind) for name, kind in kinds.items())
        inner = scope.knowing(types, types, renamed)
        heading = Heading(self.heading.name, self.heading.title, self.heading.basis, parameters, self.heading.place)
        if isinstance(logic.body, DecisionTable):
            about = about_inputs(logic.body, inner, self.boxes)
            self.drafts += self._tables().drafts(logic.body, inner, heading, self._result(node, scope), about)
            return
        value = converted(
            self.builder.shapes, self.boxes.expression(logic.body, inner), scope.model, self._result(node, scope)
        )
        self.drafts.append(ValueDraft(heading, value, function=True))

    def _result(self, node: KnowledgeModel, scope: Scope) -> str:
        """The type of what a function gives."""
        found = self.builder.library.item(scope.model, node.type_ref)
        if found is not None and found[1].function is not None:
            return found[1].function.result
        return node.type_ref

    def _nested(self, boxed: DecisionTable, scope: Scope) -> ast.Node:
        """A table inside of an expression: a decision of its own, called with what it reads."""
        taken = self._around.of_table(boxed, scope)
        name = self.builder.namer.take(f"{self.heading.name}_table")
        title = Text(f"{self.heading.title.zh}（表）", f"{self.heading.title.en} (table)")
        heading = Heading(name, title, "", taken.parameters, boxed.place)
        empty = empty_of(boxed)
        if empty is not None:
            self.builder.translator.empties[name] = empty
        inner = scope.knowing(n for n, _ in taken.parameters)
        self.drafts += self._tables().drafts(boxed, inner, heading, "", taken.about)
        read: ast.Node = ast.Name(name, NOWHERE)
        return ast.Call(read, taken.arguments, (), NOWHERE) if taken.parameters else read
