"""How the elements of a model are called in rule files, and which facts its input data are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from greenlane.engine.diagnostics import Place
from greenlane.engine.interop.dmn.faults import Faults
from greenlane.engine.interop.dmn.importer.codes import LEFT_OUT, TYPE
from greenlane.engine.interop.dmn.importer.elements import Element, InnerNames, Key
from greenlane.engine.interop.dmn.importer.hints import hinted, input_columns, parameter_kinds
from greenlane.engine.interop.dmn.importer.names import Namer, rule_name
from greenlane.engine.interop.dmn.importer.shapes import Other, Part, Plain, Shape, Shapes, Structure, Untyped
from greenlane.engine.interop.dmn.library import Library
from greenlane.engine.interop.dmn.model import About, Decision, DecisionService, InputData, KnowledgeModel
from greenlane.engine.rules.vocabulary import FactKind
from greenlane.engine.text import Text


@dataclass(frozen=True, slots=True)
class FactEntry:
    """A fact. `path` is where its value stands in the inputs of the model."""

    name: str
    kind: FactKind
    group: str
    title: Text
    path: tuple[str, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Unsaid:
    """A part of an input that no fact can hold."""

    what: str
    place: Place


@dataclass(frozen=True, slots=True)
class Tree:
    """A structured input: the facts of its components, or trees of them. `whole` names the value of all of it."""

    whole: str
    parts: Mapping[str, str | Tree | Unsaid]


@dataclass(slots=True)
class Glossary:
    """`names` by element; `trees` and `refused` are the input data that are no single fact.

    `kinds` and `parameters` are the kinds and new names of the parameters of functions, by their names in the model;
    functions with parameters of other kinds are in neither.
    """

    names: dict[Key, str] = field(default_factory=dict)
    trees: dict[Key, Tree] = field(default_factory=dict)
    refused: set[Key] = field(default_factory=set)
    kinds: dict[Key, Mapping[str, FactKind]] = field(default_factory=dict)
    parameters: dict[Key, Mapping[str, str]] = field(default_factory=dict)
    facts: list[FactEntry] = field(default_factory=list)
    groups: dict[str, Text] = field(default_factory=dict)


def title_of(name: str, about: About) -> Text:
    """The name in both languages, or name and label where one of them is Chinese and the other is not.

    A label may be in both languages itself: `申请金额 / Amount`.
    """
    label = about.label
    zh, slash, en = label.partition(" / ")
    if slash and _chinese(zh) and en.strip() and not _chinese(en):
        return Text(zh.strip(), en.strip())
    if label and _chinese(label) and not _chinese(name):
        return Text(label, name)
    if label and _chinese(name) and not _chinese(label):
        return Text(name, label)
    return Text(name, name)


def _chinese(text: str) -> bool:
    return any("\u4e00" <= character <= "\u9fff" for character in text)


def glossary_of(
    library: Library, elements: tuple[Element, ...], shapes: Shapes, inner: InnerNames, namer: Namer, faults: Faults
) -> Glossary:
    """Names for all elements; facts for all input data that can be facts, faults for the others."""
    made = Glossary()
    columns = input_columns(library, elements)
    required = {(h.namespace, h.id) for e in elements for h in getattr(e.node, "requires", ())}
    for element in elements:
        if isinstance(element.node, (Decision, KnowledgeModel, InputData)):
            keep = (element.node.name,) if element.node.name in inner.filtering & inner.members else ()
            plain = rule_name("_".join((*element.prefix, element.node.name)))
            made.names[element.key] = namer.take(*keep, plain, original=element.node.name)
        elif isinstance(element.node, DecisionService):
            faults.warning(
                LEFT_OUT, f"the decision service `{element.node.name}` is left out", element.node.place,
                "rule files decide all of its decisions at once; ask for those that it offers",
            )  # fmt: skip
    leaves: list[_Leaf] = []
    for element in elements:
        kinds = parameter_kinds(shapes, element)
        if kinds:
            made.kinds[element.key] = kinds
        if isinstance(element.node, InputData):
            shape = shapes.of(element.model, element.node.type_ref)
            shape = hinted(shapes, shape, columns.get(element.key, []))
            _input(element, element.node, shape, made, leaves, element.key in required, faults)
    _name_leaves(leaves, made, namer)
    order = [element.node.name for element in elements]
    made.facts.sort(key=lambda fact: order.index(fact.path[0]))
    return made


@dataclass(slots=True)
class _Leaf:
    """A component of a structured input that will be a fact; its name goes into `parts` under `key`."""

    group: str
    path: tuple[str, ...]
    part: Part
    kind: FactKind
    parts: dict[str, str | Tree | Unsaid]


def _input(
    element: Element, node: InputData, shape: Shape, made: Glossary, leaves: list[_Leaf], needed: bool, faults: Faults
) -> None:
    name = made.names[element.key]
    title = title_of(node.name, node.about)
    if isinstance(shape, Plain):
        _lost(shape, node.name, faults)
        made.facts.append(FactEntry(name, shape.kind, "", title, (node.name,), node.place))
    elif isinstance(shape, Structure):
        made.groups[name] = title
        made.trees[element.key] = _tree(shape, name, (node.name,), leaves, faults)
    else:
        made.refused.add(element.key)
        what = shape.what if isinstance(shape, Other) else "of no type"
        advice = "a fact is a number, string, boolean or date"
        advice = f"give its variable a `typeRef`: {advice}" if isinstance(shape, Untyped) else advice
        tell = faults.error if needed else faults.warning
        tell(TYPE, f"the input `{node.name}` is {what}, which no fact can be", node.place, advice)


def _tree(shape: Structure, group: str, path: tuple[str, ...], leaves: list[_Leaf], faults: Faults) -> Tree:
    parts: dict[str, str | Tree | Unsaid] = {}
    for name, part in shape.parts.items():
        inner = (*path, name)
        if isinstance(part.shape, Structure):
            parts[name] = _tree(part.shape, group, inner, leaves, faults)
        elif isinstance(part.shape, Plain):
            _lost(part.shape, ".".join(inner), faults)
            parts[name] = ""
            leaves.append(_Leaf(group, inner, part, part.shape.kind, parts))
        else:
            parts[name] = Unsaid(part.shape.what if isinstance(part.shape, Other) else "of no type", part.place)
    return Tree(group, parts)


def _name_leaves(leaves: list[_Leaf], made: Glossary, namer: Namer) -> None:
    """The plain name of a component where no other has it, else with the names of what it is a part of."""
    plain = [rule_name("_".join(leaf.path[1:])) for leaf in leaves]
    for leaf, name in zip(leaves, plain, strict=True):
        full = f"{leaf.group}_{name}"
        # Where such a name would be hidden, the component is read from the whole of the input.
        given = namer.take(*((name,) if plain.count(name) == 1 else ()), full, original=None)
        leaf.parts[leaf.path[-1]] = given
        title = title_of(leaf.path[-1], leaf.part.about)
        made.facts.append(FactEntry(given, leaf.kind, leaf.group, title, leaf.path, leaf.part.place))


def _lost(shape: Plain, name: str, faults: Faults) -> None:
    for text in shape.lost:
        place = text.place(0, len(text.value))
        shown = " ".join(text.value.split())
        faults.warning(
            LEFT_OUT, f"a fact cannot be bound to `{shown}`; `{name}` may have any value of its type", place,
            "add a rule that refers other values",
        )  # fmt: skip
