"""What stands on a sheet: rows of texts, each with the part it plays.

A row that begins with a mark stands deeper (`›`) or less deep (`‹`) than the rows around it; `§` begins a section; `|`
holds one line of the file as it is. A label that ends with a colon opens a map; with names behind it, these are the
columns of its entries below. Everything of a file is in visible cells: nothing is kept in colours or comments.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

DEEPER, SHALLOWER, SECTION, RAW, SEPARATOR = "› ", "‹ ", "§ ", "|", "———"
STEP = "  "
COMMENT = "#"
BLOCK = " |"
"""Behind a label: the value stands on lines of its own."""
EXPRESSIONS = ("value", "for")


class Part(Enum):
    """What a row is, for its looks."""

    KEY = "key"
    COLUMNS = "columns"
    ENTRY = "entry"
    SECTION = "section"
    HEADER = "header"
    RULE = "rule"
    COMMENT = "comment"
    RAW = "raw"
    BLANK = "blank"
    SEPARATOR = "separator"


class Kind(Enum):
    """What a sheet holds."""

    CONTENTS = "contents"
    TABLE = "table"
    TEXT = "text"
    DATA = "data"


@dataclass(frozen=True, slots=True)
class Row:
    """The texts of a row from the first column on."""

    cells: tuple[str, ...]
    part: Part


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet to be painted. `decision` is the table's name, empty on other sheets."""

    name: str
    kind: Kind
    rows: tuple[Row, ...]
    decision: str = ""


def mark(depth: int, base: int) -> str:
    """The mark of a row of this depth where rows without a mark have the depth `base`."""
    return DEEPER * (depth - base) if depth >= base else SHALLOWER * (base - depth)


def unmarked(label: str) -> tuple[int, str]:
    """How much deeper than its surroundings a row is, and its label without the mark."""
    depth = 0
    for sign, step in ((DEEPER, 1), (SHALLOWER, -1)):
        while label.startswith(sign.strip()):
            label = label[1:].lstrip(" ")
            depth += step
    return depth, label
