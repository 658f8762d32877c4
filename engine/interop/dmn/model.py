"""What a DMN model is: types, input data, decisions, business knowledge models and decision services. All frozen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from greenlane.engine.diagnostics import Place
from greenlane.engine.interop.dmn.boxed import Boxed, FunctionDefinition, Typed
from greenlane.engine.interop.dmn.xml_tree import Text


@dataclass(frozen=True, slots=True)
class About:
    """What a model says of an element for people, on one line each."""

    label: str
    description: str


NOTHING_SAID = About("", "")


@dataclass(frozen=True, slots=True)
class FunctionType:
    """The type of functions with these parameters and this result."""

    parameters: tuple[Typed, ...]
    result: str


@dataclass(frozen=True, slots=True)
class ItemDefinition:
    """A type, or a component of one.

    `allowed` are unary tests on a value, on each item where `collection`; `constraint` those on the whole.
    """

    name: str
    type_ref: str
    allowed: Text | None
    constraint: Text | None
    collection: bool
    components: tuple[ItemDefinition, ...]
    function: FunctionType | None
    place: Place
    about: About = NOTHING_SAID


@dataclass(frozen=True, slots=True)
class Href:
    """A reference to an element: the namespace of its model and its id there."""

    namespace: str
    id: str
    place: Place


@dataclass(frozen=True, slots=True)
class InputData:
    id: str
    name: str
    type_ref: str
    place: Place
    about: About = NOTHING_SAID


@dataclass(frozen=True, slots=True)
class Decision:
    """`requires` are the input data, decisions and functions that its logic may read."""

    id: str
    name: str
    type_ref: str
    requires: tuple[Href, ...]
    logic: Boxed | None
    place: Place
    about: About = NOTHING_SAID


@dataclass(frozen=True, slots=True)
class KnowledgeModel:
    """A business knowledge model: a function with a name.

    `type_ref` is of the function or, in older models, of its result.
    """

    id: str
    name: str
    type_ref: str
    requires: tuple[Href, ...]
    logic: FunctionDefinition | None
    place: Place
    about: About = NOTHING_SAID


@dataclass(frozen=True, slots=True)
class DecisionService:
    """Decisions as a function of input data, then of other decisions' results."""

    id: str
    name: str
    type_ref: str
    outputs: tuple[Href, ...]
    inputs: tuple[Href, ...]
    place: Place


Node = InputData | Decision | KnowledgeModel | DecisionService


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
    by_id: Mapping[str, Node]
    by_name: Mapping[str, Node]
