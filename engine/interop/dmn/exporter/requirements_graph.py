"""The decision requirements graph of an exported model (DMN chapter 6), its elements as XML, and its diagram. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal
from xml.etree.ElementTree import Element

from greenlane.engine.interop.dmn.exporter.xml_elements import element, plain_element, variable
from greenlane.engine.text import Text

WIDTH, HEIGHT, GAP, LEVEL, IN_A_ROW = 180, 50, 20, 130, 16
"""Of shapes in the diagram: size and distance in its units, and how many stand side by side."""
ElementKind = Literal["inputData", "decision", "businessKnowledgeModel"]
Corner = tuple[int, int]
_REQUIRED: Mapping[ElementKind, str] = {
    "inputData": "requiredInput",
    "decision": "requiredDecision",
    "businessKnowledgeModel": "requiredKnowledge",
}
_NOT_IN_ID = re.compile(r"[^\w.-]")


@dataclass(frozen=True, slots=True)
class GraphNode:
    """An element. `reads` are the names of what it requires; `logic` is None for input data."""

    kind: ElementKind
    name: str
    title: Text | None
    description: str
    type_ref: str
    reads: Sequence[str]
    logic: Element | None


@dataclass(frozen=True, slots=True)
class Requirement:
    """An information or knowledge requirement, by its `tag`, of one element for another."""

    id: str
    tag: str
    of: GraphNode
    required: GraphNode


class RequirementsGraph:
    """All elements by name; `ids` are made of the names."""

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
        """The requirements of an element, information before knowledge."""
        found = [self._requirement(node, other) for other in self.required(node)]
        return sorted(found, key=lambda one: one.tag != "informationRequirement")

    def element(self, node: GraphNode) -> Element:
        """The element as XML."""
        children = [plain_element("description", node.description)] if node.description else []
        children.append(variable(node.name, node.type_ref))
        requirements = [self._requirement_element(one) for one in self.requirements(node)]
        if node.logic is not None and node.kind == "businessKnowledgeModel":
            children += [node.logic, *requirements]
        else:
            children += requirements if node.logic is None else [*requirements, node.logic]
        label = "" if node.title is None else f"{node.title.zh} / {node.title.en}"
        return element(node.kind, {"id": self.ids[node.name], "name": node.name, "label": label}, children)

    def _requirement(self, node: GraphNode, other: GraphNode) -> Requirement:
        tag = "knowledgeRequirement" if other.kind == "businessKnowledgeModel" else "informationRequirement"
        return Requirement(f"{self.ids[node.name]}.{self.ids[other.name]}", tag, node, other)

    def _requirement_element(self, one: Requirement) -> Element:
        inner = _REQUIRED[one.required.kind]
        return element(one.tag, {"id": one.id}, [element(inner, {"href": f"#{self.ids[one.required.name]}"})])


def diagram(graph: RequirementsGraph) -> Element:
    """The diagram, so that editors show the graph at once: what is required stands below what requires it."""
    corners = _corners(graph)
    shapes = [_shape(graph.ids[name], corners[name]) for name in graph.nodes]
    edges = [
        _edge(one.id, corners[one.required.name], corners[node.name])
        for node in graph.nodes.values()
        for one in graph.requirements(node)
    ]
    return element("dmndi:DMNDI", {}, [element("dmndi:DMNDiagram", {"id": "diagram"}, [*shapes, *edges])])


def _corners(graph: RequirementsGraph) -> dict[str, Corner]:
    """The upper left corner of each shape: rows by the longest way down to an element that requires nothing."""
    levels: dict[int, list[str]] = {}
    heights: dict[str, int] = {}
    for node in _in_topological_order(graph):
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


def _in_topological_order(graph: RequirementsGraph) -> list[GraphNode]:
    """Every element after those that it requires; without recursion, since chains may be long."""
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
