"""Random tables of eight columns, applications to decide by them, and the same rows as a ruleset. Pure."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from greenlane.engine.rules.files import read
from greenlane.engine.rules.ruleset import Ruleset

APPLICATIONS = 200
DAY = date(2026, 3, 2)
NUMBERS = ("revenue", "assets", "tenor", "ratio")
TEXTS = ("rating", "sector", "region", "product")
NAMES = (*NUMBERS, *TEXTS)
VALUES = tuple(f"v{i}" for i in range(12))
TOP = 1_000

Cell = tuple[int, int] | tuple[str, ...] | None
Application = Mapping[str, int | str]


@dataclass(frozen=True, slots=True)
class Row:
    """Eight cells: an interval of whole numbers with both ends, a choice of texts, or None for any value."""

    cells: tuple[Cell, ...]

    @property
    def intervals(self) -> list[tuple[str, int, int]]:
        """Name, lowest and highest number of each cell that is an interval."""
        return [(n, int(c[0]), int(c[1])) for n, c in zip(NUMBERS, self.cells[: len(NUMBERS)], strict=True) if c]

    @property
    def choices(self) -> list[tuple[str, list[str]]]:
        """Name and texts of each cell that is a choice."""
        return [(n, [str(v) for v in c]) for n, c in zip(TEXTS, self.cells[len(NUMBERS) :], strict=True) if c]


def random_rows(size: int, seed: int = 1) -> list[Row]:
    """Rows of which few hold for one application; the last one always holds."""
    rand = random.Random(seed)

    def interval() -> Cell:
        low = rand.randrange(TOP)
        return (low, min(TOP, low + rand.randrange(TOP // 2))) if rand.random() < 0.6 else None

    def choice() -> Cell:
        return tuple(rand.sample(VALUES, rand.randrange(1, 4))) if rand.random() < 0.6 else None

    rows = [Row((*(interval() for _ in NUMBERS), *(choice() for _ in TEXTS))) for _ in range(size - 1)]
    return [*rows, Row((None,) * 8)]


def random_applications(seed: int = 2) -> list[Application]:
    """Applications that give every fact."""
    rand = random.Random(seed)
    return [
        {**{n: rand.randrange(TOP) for n in NUMBERS}, **{n: rand.choice(VALUES) for n in TEXTS}}
        for _ in range(APPLICATIONS)
    ]


def facts_of(application: Application) -> dict[str, object]:
    """The application as Greenlane's facts, with exact numbers."""
    return {n: Decimal(v) if isinstance(v, int) else v for n, v in application.items()}


def ruleset_of(rows: Sequence[Row]) -> Ruleset:
    """The rows as the reader of rule files gives them."""
    reading = read(rule_files(rows))
    if reading.ruleset is None:
        raise ValueError(reading.diagnostics[:3])
    return reading.ruleset


def rule_files(rows: Sequence[Row]) -> dict[str, bytes]:
    """The rows as a ruleset of one table: the first row that holds gives its number."""
    facts = [f"  {n}: {{type: number, zh: {n}, en: {n}}}" for n in NUMBERS]
    facts += [f"  {n}: {{type: string, allowed: [{', '.join(VALUES)}], zh: {n}, en: {n}}}" for n in TEXTS]
    lines = [f"  {_line(i, row)}" for i, row in enumerate(rows)]
    return {
        "ruleset.yaml": FRAME.encode(),
        "vocabulary.yaml": "\n".join(["facts:", *facts, ""]).encode(),
        "found.yaml": (TABLE + "\n".join(lines) + "\n").encode(),
    }


FRAME = """ruleset: bench
language: 1
version: 1.0.0
owner: bench
title: {zh: 测量, en: Benchmark}
effective: {from: 2024-01-01}
answer: {outcome: answer, status: word, reasons: codes, referred: REFERRED}
"""
TABLE = f"""decision: answer
title: {{zh: 答案, en: Answer}}
value: "{{row: found}}"
---
decision: word
title: {{zh: 状态, en: Status}}
value: '"DONE"'
---
decision: codes
title: {{zh: 理由, en: Reasons}}
value: "[]"
---
decision: found
title: {{zh: 查找, en: Found}}
hit: first
undetermined: error
outputs: {{row: {{type: number}}}}
rows: |
  id | {" | ".join(NAMES)} | row
"""


def _line(number: int, row: Row) -> str:
    cells = [
        "-" if c is None else interval_text(c) if isinstance(c[0], int) else ", ".join(map(str, c)) for c in row.cells
    ]
    return " | ".join([f"R{number}", *cells, str(number)])


def interval_text(cell: Sequence[object]) -> str:
    """The interval in FEEL, which is its form in zen too."""
    return f"[{cell[0]}..{cell[1]}]"
