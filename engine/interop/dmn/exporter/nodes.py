"""Elements of the requirement graph, before they are written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal
from xml.etree.ElementTree import Element

from greenlane.engine.interop.dmn.exporter.elements import bare, element, variable
from greenlane.engine.text import Text

Kind = Literal["inputData", "decision", "businessKnowledgeModel"]
_NOT_IN_ID = re.compile(r"[^\w.-]")


@dataclass(frozen=True, slots=True)
class Node:
    """An element by its name; `reads` are the names of what it requires, `logic` is None for input data."""

    kind: Kind
    name: str
    title: Text | None
    about: str
    type_ref: str
    reads: Sequence[str]
    logic: Element | None


@dataclass(frozen=True, slots=True)
class Requirement:
    """An element requires another; `id` is that of the requirement."""

    id: str
    tag: str
    of: Node
    required: Node


class Graph:
    """All elements, each with an id made of its name."""

    def __init__(self, nodes: Iterable[Node]) -> None:
        self.nodes = {node.name: node for node in nodes}
        self.ids: dict[str, str] = {}
        for name in self.nodes:
            made = f"_{_NOT_IN_ID.sub('_', name)}"
            while made in self.ids.values():
                made += "_"
            self.ids[name] = made

    def required(self, node: Node) -> list[Node]:
        """What an element requires, in the order of the model."""
        reads = set(node.reads) - {node.name}
        return [other for name, other in self.nodes.items() if name in reads]

    def requirements(self, node: Node) -> list[Requirement]:
        """Its requirements, information before knowledge."""
        found = [self._requirement(node, other) for other in self.required(node)]
        return sorted(found, key=lambda one: one.tag != "informationRequirement")

    def element(self, node: Node) -> Element:
        """The element as it is written."""
        children = [bare("description", node.about)] if node.about else []
        children.append(variable(node.name, node.type_ref))
        requirements = [self._required(one) for one in self.requirements(node)]
        if node.logic is not None and node.kind == "businessKnowledgeModel":
            children += [node.logic, *requirements]
        else:
            children += requirements if node.logic is None else [*requirements, node.logic]
        label = "" if node.title is None else f"{node.title.zh} / {node.title.en}"
        return element(node.kind, {"id": self.ids[node.name], "name": node.name, "label": label}, children)

    def _requirement(self, node: Node, other: Node) -> Requirement:
        tag = "knowledgeRequirement" if other.kind == "businessKnowledgeModel" else "informationRequirement"
        return Requirement(f"{self.ids[node.name]}.{self.ids[other.name]}", tag, node, other)

    def _required(self, one: Requirement) -> Element:
        inner = _INNER[one.required.kind]
        return element(one.tag, {"id": one.id}, [element(inner, {"href": f"#{self.ids[one.required.name]}"})])


_INNER: Mapping[Kind, str] = {
    "inputData": "requiredInput",
    "decision": "requiredDecision",
    "businessKnowledgeModel": "requiredKnowledge",
}
