"""A random table in zen-engine, through the door that decides fastest there."""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from typing import Any

import zen

from bench.random_tables import NAMES, NUMBERS, TEXTS, VALUES, Cell, Row, interval_text

KEY = "table"
PATH = ("in", "table", "out")


def zen_engine(rows: Sequence[Row], *, checked: bool = False) -> Any:
    """An engine of zen that has the table under `KEY`, loaded once; if `checked`, its input node refuses what the
    vocabulary of the same table here refuses.

    Its documentation recommends `evaluate` with a loader that gives `ZenDecisionContent`, compiled once. The loader of
    the type `static`, which its interface declares, does the same and takes up to a fifth less. What it shows for a
    first try, `create_decision(…).evaluate`, and also `get_decision(…).evaluate`, compile the table at every call, even
    when they are given `ZenDecisionContent`.
    """
    return zen.ZenEngine({"loader": {"type": "static", "content": {KEY: _graph(rows, checked)}}})


def _graph(rows: Sequence[Row], checked: bool) -> dict[str, Any]:
    """The table as zen's own document, a graph of input, table and output."""
    rules = [
        {"_id": str(i), **dict(zip(NAMES, map(_cell, row.cells), strict=True)), "row": str(i)}
        for i, row in enumerate(rows)
    ]
    content = {
        "hitPolicy": "first",
        "inputs": [{"id": n, "name": n, "field": n} for n in NAMES],
        "outputs": [{"id": "row", "name": "row", "field": "row"}],
        "rules": rules,
    }
    at = {"position": {"x": 0, "y": 0}}
    nodes = [
        {"id": "in", "type": "inputNode", "name": "in", **at, "content": {"schema": SCHEMA} if checked else {}},
        {"id": "table", "type": "decisionTableNode", "name": "table", "content": content, **at},
        {"id": "out", "type": "outputNode", "name": "out", **at},
    ]
    edges = [{"id": f"{a}-{b}", "sourceId": a, "targetId": b, "type": "edge"} for a, b in itertools.pairwise(PATH)]
    return {"nodes": nodes, "edges": edges}


SCHEMA = json.dumps(
    {
        "type": "object",
        "properties": {
            **{n: {"type": ["number", "null"]} for n in NUMBERS},
            **{n: {"enum": [*VALUES, None]} for n in TEXTS},
        },
        "additionalProperties": False,
    }
)


def _cell(cell: Cell) -> str:
    if cell is None:
        return ""
    return interval_text(cell) if isinstance(cell[0], int) else ", ".join(json.dumps(v) for v in cell)
