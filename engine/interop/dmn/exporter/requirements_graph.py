"""Elements of the requirement graph, before they are written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal
from xml.etree.ElementTree import Element

from greenlane.engine.interop.dmn.exporter.xml_elements import bare, element, variable
from greenlane.engine.text import Text

Kind = Literal["inputData", "decision", "businessKnowledgeModel"]
_NOT_IN_ID = re.compile(r"[^\w.-]")


@dataclass(frozen=True, slots=True)
class GraphNode:
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
    of: GraphNode
    required: GraphNode


class RequirementsGraph:
    """All elements, each with an id made of its name."""

    def __init__(self, nodes: Iterable[GraphNode]) -> None:
        self.nodes = {node.name: node for node in nodes}
        self.ids: dict[str, str] = {}
        for name in self.nodes:
            made = f"_{_NOT_IN_ID.sub('_', name)}"
            while made in self.ids.values():
                made += "_"
            self.ids[name] = made

    def required(self, node: GraphNode) -> list[GraphNode]:
        """What an element requires, in the order of the model."""
        reads = set(node.reads) - {node.name}
        return [other for name, other in self.nodes.items() if name in reads]

    def requirements(self, node: GraphNode) -> list[Requirement]:
        """Its requirements, information before knowledge."""
        found = [self._requirement(node, other) for other in self.required(node)]
        return sorted(found, key=lambda one: one.tag != "informationRequirement")

    def element(self, node: GraphNode) -> Element:
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

    def _requirement(self, node: GraphNode, other: GraphNode) -> Requirement:
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


WIDTH, HEIGHT, GAP, LEVEL, IN_A_ROW = 180, 50, 20, 130, 16
Corner = tuple[int, int]


def diagram(graph: RequirementsGraph) -> Element:
    """A shape for each element and an edge for each requirement."""
    corners = _corners(graph)
    shapes = [_shape(graph.ids[name], corners[name]) for name in graph.nodes]
    edges = [
        _edge(one.id, corners[one.required.name], corners[node.name])
        for node in graph.nodes.values()
        for one in graph.requirements(node)
    ]
    return element("dmndi:DMNDI", {}, [element("dmndi:DMNDiagram", {"id": "diagram"}, [*shapes, *edges])])


def _corners(graph: RequirementsGraph) -> dict[str, Corner]:
    """The upper left corner of each shape: rows by how far the element is from what requires nothing."""
    levels: dict[int, list[str]] = {}
    heights: dict[str, int] = {}
    for node in _upwards(graph):
        heights[node.name] = max((heights[other.name] + 1 for other in graph.required(node)), default=0)
        levels.setdefault(heights[node.name], []).append(node.name)
    rows: list[Sequence[str]] = []
    for level in sorted(levels, reverse=True):
        names = levels[level]
        rows += [names[at : at + IN_A_ROW] for at in range(0, len(names), IN_A_ROW)]
    return {
        name: (GAP + column * (WIDTH + GAP), GAP + row * LEVEL)
        for row, names in enumerate(rows)
        for column, name in enumerate(names)
    }


def _upwards(graph: RequirementsGraph) -> list[GraphNode]:
    """Every element after those it requires, without recursion since chains may be long."""
    done: dict[str, GraphNode] = {}
    for start in graph.nodes.values():
        waiting = [start]
        while waiting:
            node = waiting[-1]
            missing = [other for other in graph.required(node) if other.name not in done]
            if missing:
                waiting += missing
            else:
                done.setdefault(node.name, node)
                waiting.pop()
    return list(done.values())


def _shape(identifier: str, corner: Corner) -> Element:
    place = {"x": str(corner[0]), "y": str(corner[1]), "width": str(WIDTH), "height": str(HEIGHT)}
    attributes = {"id": f"shape{identifier}", "dmnElementRef": identifier, "isCollapsed": "false"}
    return element("dmndi:DMNShape", attributes, [element("dc:Bounds", place)])


def _edge(identifier: str, below: Corner, above: Corner) -> Element:
    start, end = (below[0] + WIDTH // 2, below[1]), (above[0] + WIDTH // 2, above[1] + HEIGHT)
    points = [element("di:waypoint", {"x": str(x), "y": str(y)}) for x, y in (start, end)]
    return element("dmndi:DMNEdge", {"id": f"edge{identifier}", "dmnElementRef": identifier}, points)
