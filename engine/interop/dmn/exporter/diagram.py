"""The requirement graph as a diagram, so that editors show it at once: what is required stands below."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree.ElementTree import Element

from greenlane.engine.interop.dmn.exporter.elements import element
from greenlane.engine.interop.dmn.exporter.nodes import Graph, Node

WIDTH, HEIGHT, GAP, LEVEL, IN_A_ROW = 180, 50, 20, 130, 16
Corner = tuple[int, int]


def diagram(graph: Graph) -> Element:
    """A shape for each element and an edge for each requirement."""
    corners = _corners(graph)
    shapes = [_shape(graph.ids[name], corners[name]) for name in graph.nodes]
    edges = [
        _edge(one.id, corners[one.required.name], corners[node.name])
        for node in graph.nodes.values()
        for one in graph.requirements(node)
    ]
    return element("dmndi:DMNDI", {}, [element("dmndi:DMNDiagram", {"id": "diagram"}, [*shapes, *edges])])


def _corners(graph: Graph) -> dict[str, Corner]:
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


def _upwards(graph: Graph) -> list[Node]:
    """Every element after those it requires, without recursion since chains may be long."""
    done: dict[str, Node] = {}
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
