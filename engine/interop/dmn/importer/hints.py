"""What decision tables tell of the names in their columns: many tools write types and values only there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from greenlane.engine.feel import FeelSyntaxError
from greenlane.engine.interop.dmn.boxed import DecisionTable, Input
from greenlane.engine.interop.dmn.check import parts_of
from greenlane.engine.interop.dmn.importer.elements import Element, Key, requires
from greenlane.engine.interop.dmn.importer.shapes import Plain, Shape, Shapes, Untyped, listed
from greenlane.engine.interop.dmn.library import Library
from greenlane.engine.interop.dmn.model import InputData, KnowledgeModel, Model
from greenlane.engine.rules.vocabulary import FactKind, FactType

Columns = list[tuple[Model, Input]]


def input_columns(library: Library, elements: Iterable[Element]) -> Mapping[Key, Columns]:
    """For each input data the columns of tables that are about it and nothing else."""
    found: dict[Key, Columns] = {}
    for element in elements:
        known = {}
        for href in requires(element.node):
            resolved = library.resolve(href)
            if resolved is not None and isinstance(resolved[1], InputData):
                prefix = library.prefix(element.model, resolved[0])
                known[f"{prefix}.{resolved[1].name}" if prefix else resolved[1].name] = (href.namespace, href.id)
        hidden = parameter_names(element)
        for name, column in columns_of(element):
            if name in known and name not in hidden:
                found.setdefault(known[name], []).append((element.model, column))
    return found


def columns_of(element: Element) -> Iterator[tuple[str, Input]]:
    """The columns of all tables within an element, with the text that each is about."""
    for part in parts_of(getattr(element.node, "logic", None)):
        for column in part.inputs if isinstance(part, DecisionTable) else ():
            if column.expression is not None:
                yield " ".join(column.expression.text.value.split()), column


def parameter_names(element: Element) -> frozenset[str]:
    """The parameters of a function, which hide what it requires."""
    logic = element.node.logic if isinstance(element.node, KnowledgeModel) else None
    return frozenset(parameter.name for parameter in logic.parameters) if logic else frozenset()


def hinted(shapes: Shapes, known: Shape, columns: Columns) -> Shape:
    """The shape with what the columns tell more: the type where none is said, values where all list the same."""
    shape = known
    if isinstance(known, Untyped):
        told = [shapes.of(model, c.expression.type_ref) for model, c in columns if c.expression is not None]
        plain = {one.kind.type: one for one in told if isinstance(one, Plain)}
        if len(plain) != 1:
            return known
        shape = next(iter(plain.values()))
    if not isinstance(shape, Plain) or shape.kind.type is not FactType.STRING or shape.kind.allowed:
        return shape
    values = {_values(shapes, model, column) for model, column in columns}
    only = next(iter(values)) if len(values) == 1 else ()
    return replace(shape, kind=replace(shape.kind, allowed=only)) if only else shape


def parameter_kinds(shapes: Shapes, element: Element) -> Mapping[str, FactKind] | None:
    """The kinds of the parameters of a function; None where one of them is of no kind that a parameter can have."""
    logic = element.node.logic if isinstance(element.node, KnowledgeModel) else None
    columns = [(name, (element.model, column)) for name, column in columns_of(element)]
    found = {}
    for one in logic.parameters if logic else ():
        own = [column for name, column in columns if name == one.name]
        shape = hinted(shapes, shapes.of(element.model, one.type_ref), own)
        if not isinstance(shape, Plain):
            return None
        found[one.name] = FactKind(shape.kind.type, allowed=shape.kind.allowed)
    return found


def _values(shapes: Shapes, model: Model, column: Input) -> tuple[str, ...]:
    if column.values is None:
        return ()
    try:
        return listed(shapes.formulas.tests_tree(column.values, model, frozenset()))
    except FeelSyntaxError:
        return ()
