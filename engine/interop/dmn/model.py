"""DMN models as data: types, the elements of the requirements graph, and models that import each other. Pure, frozen.

The classes are those of the DMN metamodel (chapters 6 and 7), with its attributes: `id` is unique in a model,
`type_ref` names a type, empty for any; `place` is where the XML element begins.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from greenlane.engine.diagnostics import Place
from greenlane.engine.interop.dmn.boxed import BoxedExpression, FunctionDefinition, InformationItem
from greenlane.engine.interop.dmn.xml_tree import SourceText

ElementKey = tuple[str, str]
"""Identifies an element: the namespace of its model and its id."""


@dataclass(frozen=True, slots=True)
class Documentation:
    """The `label` and `description` of an element, each on one line, empty where there is none."""

    label: str
    description: str


UNDOCUMENTED = Documentation("", "")


@dataclass(frozen=True, slots=True)
class FunctionItem:
    """The type of functions with these parameters and this type of result."""

    parameters: tuple[InformationItem, ...]
    result: str


@dataclass(frozen=True, slots=True)
class ItemDefinition:
    """A type, or a component of one.

    `allowed` (`allowedValues`) are unary tests on a value, on each item where `collection`; `constraint`
    (`typeConstraint`) those on the whole.
    """

    name: str
    type_ref: str
    allowed: SourceText | None
    constraint: SourceText | None
    collection: bool
    components: tuple[ItemDefinition, ...]
    function: FunctionItem | None
    place: Place
    documentation: Documentation = UNDOCUMENTED


@dataclass(frozen=True, slots=True)
class ElementReference:
    """An `href`: the namespace of a model and the id of an element there."""

    namespace: str
    id: str
    place: Place


@dataclass(frozen=True, slots=True)
class InputData:
    """An input of the model, from outside of it."""

    id: str
    name: str
    type_ref: str
    place: Place
    documentation: Documentation = UNDOCUMENTED


@dataclass(frozen=True, slots=True)
class DmnDecision:
    """A decision. `requires` are the input data, decisions and functions that its logic may read."""

    id: str
    name: str
    type_ref: str
    requires: tuple[ElementReference, ...]
    logic: BoxedExpression | None
    place: Place
    documentation: Documentation = UNDOCUMENTED


@dataclass(frozen=True, slots=True)
class BusinessKnowledgeModel:
    """A named function. `type_ref` is of the function or, as models before DMN 1.3 have it, of its result."""

    id: str
    name: str
    type_ref: str
    requires: tuple[ElementReference, ...]
    logic: FunctionDefinition | None
    place: Place
    documentation: Documentation = UNDOCUMENTED


@dataclass(frozen=True, slots=True)
class DmnDecisionService:
    """Decisions as a function: its parameters are input data, then decisions whose results are given (`inputs`)."""

    id: str
    name: str
    type_ref: str
    outputs: tuple[ElementReference, ...]
    inputs: tuple[ElementReference, ...]
    place: Place


DrgElement = InputData | DmnDecision | BusinessKnowledgeModel | DmnDecisionService
"""An element of the decision requirements graph."""


@dataclass(frozen=True, slots=True)
class Import:
    """Another model under a name; without a name its types and elements stand among the model's own."""

    name: str
    namespace: str
    place: Place


@dataclass(frozen=True, slots=True)
class Model:
    """One file."""

    path: str
    name: str
    namespace: str
    imports: tuple[Import, ...]
    items: Mapping[str, ItemDefinition]
    by_id: Mapping[str, DrgElement]
    by_name: Mapping[str, DrgElement]


@dataclass(frozen=True, slots=True)
class ModelSet:
    """`main` and all models that it imports, directly or by way of others, by namespace."""

    main: Model
    by_namespace: Mapping[str, Model]

    def resolve(self, reference: ElementReference) -> tuple[Model, DrgElement] | None:
        """The element referred to and its model, None where there is none."""
        model = self.by_namespace.get(reference.namespace)
        element = None if model is None else model.by_id.get(reference.id)
        return None if model is None or element is None else (model, element)

    def prefix(self, model: Model, other: Model) -> str:
        """The name under which the elements of another model stand in this one; empty when among its own."""
        if model is other:
            return ""
        return next((one.name for one in model.imports if one.namespace == other.namespace), "")

    def element(self, model: Model, name: str) -> tuple[Model, DrgElement] | None:
        """The element that the model knows by a name: its own `name`, an imported `import.name`."""
        for other, inner in self._known(model, name, frozenset()):
            if inner in other.by_name:
                return other, other.by_name[inner]
        return None

    def item(self, model: Model, name: str) -> tuple[Model, ItemDefinition] | None:
        """The item definition that the model knows by a name, as in `element`."""
        for other, inner in self._known(model, name, frozenset()):
            if inner in other.items:
                return other, other.items[inner]
        return None

    def _known(self, model: Model, name: str, seen: frozenset[str]) -> Iterator[tuple[Model, str]]:
        yield model, name
        for one in model.imports:
            other = self.by_namespace.get(one.namespace)
            if other is None or one.namespace in seen:
                continue
            if not one.name:
                yield from self._known(other, name, seen | {one.namespace})
            elif name.startswith(f"{one.name}."):
                yield from self._known(other, name[len(one.name) + 1 :], seen | {one.namespace})


def requirements(element: DrgElement) -> tuple[ElementReference, ...]:
    """What the logic of an element may read; nothing for input data and services."""
    return element.requires if isinstance(element, (DmnDecision, BusinessKnowledgeModel)) else ()


def parts_of(part: Any) -> Iterator[Any]:
    """Every dataclass instance in a part of a model, outer ones first; not places, texts and references."""
    if isinstance(part, tuple):
        for item in part:
            yield from parts_of(item)
    elif is_dataclass(part) and not isinstance(part, (Place, SourceText, ElementReference)):
        yield part
        for field in fields(part):
            yield from parts_of(getattr(part, field.name))
