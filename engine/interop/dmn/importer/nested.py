"""What tables take from around them: the parameters of functions, and of tables inside of other expressions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from greenlane.engine.diagnostics import Place
from greenlane.engine.feel import ast, names_read
from greenlane.engine.interop.dmn.boxed import DecisionTable, Input
from greenlane.engine.interop.dmn.faults import Faults
from greenlane.engine.interop.dmn.importer.boxes import Boxes
from greenlane.engine.interop.dmn.importer.codes import FACT_TYPES, TYPE
from greenlane.engine.interop.dmn.importer.drafts import Parameters
from greenlane.engine.interop.dmn.importer.hints import hinted
from greenlane.engine.interop.dmn.importer.names import may_stand, rule_name
from greenlane.engine.interop.dmn.importer.scope import Scope
from greenlane.engine.interop.dmn.importer.shapes import Plain, Shape, Shapes, Structure, Untyped
from greenlane.engine.interop.dmn.importer.tables import Take
from greenlane.engine.interop.dmn.importer.translate import NULL
from greenlane.engine.rules.vocabulary import FactKind, FactType


@dataclass(frozen=True, slots=True)
class Taken:
    """`about` is what the inputs are about inside of the table; `arguments` are given for its `parameters`."""

    about: tuple[ast.Node, ...]
    parameters: Parameters
    arguments: tuple[ast.Node, ...]


def about_inputs(boxed: DecisionTable, scope: Scope, boxes: Boxes) -> tuple[ast.Node, ...]:
    """What the inputs of a table are about."""
    return tuple(NULL if one.expression is None else boxes.literal(one.expression, scope) for one in boxed.inputs)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Finds the kinds of names that are not facts."""

    boxes: Boxes
    shapes: Shapes
    take: Take
    faults: Faults

    def of_table(self, boxed: DecisionTable, scope: Scope) -> Taken:
        """What a table inside of an expression takes: names around it, and inputs that are about more than a name."""
        about: list[ast.Node] = []
        kinds: dict[str, FactKind] = {}
        arguments: dict[str, ast.Node] = {}
        own = scope.written()
        for column, node in zip(boxed.inputs, about_inputs(boxed, scope, self.boxes), strict=True):
            if not own.keys() & set(names_read(node)):
                about.append(node)
                continue
            name, kind = self._column(column, node, scope)
            about.append(ast.Name(name, node.span))
            kinds[name], arguments[name] = kind, node
        for name in self._read_by_rules(boxed, scope):
            if name not in kinds:
                shape = self.shapes.of(scope.model, scope.types.get(own[name], ""))
                kinds[name] = self._kind(shape, name, boxed.place)
                arguments[name] = ast.Name(name, NULL.span)
        return Taken(tuple(about), tuple(kinds.items()), tuple(arguments.values()))

    def _column(self, column: Input, node: ast.Node, scope: Scope) -> tuple[str, FactKind]:
        assert column.expression is not None
        text = " ".join(column.expression.text.value.split())
        shape = self.shapes.of(scope.model, column.expression.type_ref)
        if isinstance(shape, Untyped):
            shape = self._shape(node, scope)
        kind = self._kind(hinted(self.shapes, shape, [(scope.model, column)]), text, column.place)
        if isinstance(node, ast.Name) and may_stand(node.name):
            return node.name, kind
        return self.take(rule_name(text)[:40].strip("_")), kind

    def _shape(self, node: ast.Node, scope: Scope) -> Shape:
        if isinstance(node, ast.Name):
            return self.shapes.of(scope.model, scope.types.get(scope.written().get(node.name, ""), ""))
        outer = self._shape(node.source, scope) if isinstance(node, ast.Path) else None
        if isinstance(node, ast.Path) and isinstance(outer, Structure) and node.name in outer.parts:
            return outer.parts[node.name].shape
        return Untyped()

    def _kind(self, shape: Shape, name: str, place: Place) -> FactKind:
        if isinstance(shape, Plain):
            return FactKind(shape.kind.type, allowed=shape.kind.allowed)
        message = f"the table reads `{name}`, whose type is none that a parameter of a function has"
        advice = FACT_TYPES.replace("a fact", "a parameter") + "; give it a `typeRef`, or make the table a decision"
        self.faults.error(TYPE, message, place, advice)
        return FactKind(FactType.STRING)

    def _read_by_rules(self, boxed: DecisionTable, scope: Scope) -> Iterator[str]:
        """The names around the table that its cells read, in order."""
        found: dict[str, None] = {}
        for rule in boxed.rules:
            for text in rule.tests:
                found.update(dict.fromkeys(names_read(self.boxes.translator.tests(text, scope))))
            for cell in rule.results:
                found.update(dict.fromkeys(names_read(self.boxes.literal(cell, scope))))
        for output in boxed.outputs:
            if output.default is not None:
                found.update(dict.fromkeys(names_read(self.boxes.literal(output.default, scope))))
        yield from (name for name in found if name in scope.written())
