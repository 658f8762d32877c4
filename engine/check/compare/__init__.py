"""Two rulesets compared row by row and cell by cell: `describe` each, `compare` the descriptions."""

from __future__ import annotations

from greenlane.engine.check.compare.changes import Added, Change, Changed, Moved, Removed, apply, compare
from greenlane.engine.check.compare.describe import describe
from greenlane.engine.check.compare.items import Description, Item, Key

__all__ = [
    "Added",
    "Change",
    "Changed",
    "Description",
    "Item",
    "Key",
    "Moved",
    "Removed",
    "apply",
    "compare",
    "describe",
]
