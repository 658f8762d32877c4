"""The results as Markdown."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

PAGE = Path(__file__).resolve().parents[1] / "docs" / "benchmarks.md"


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; the first column is text, the others are figures."""
    lines = [heads, ["---"] + ["---:"] * (len(heads) - 1), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def section(title: str, text: str, body: str) -> str:
    """A section with what was measured, then the figures."""
    return f"## {title}\n\n{text}\n\n{body}\n"


def write(sections: Iterable[str], page: Path = PAGE) -> None:
    """Writes the page."""
    machine = f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()}, Python {platform.python_version()}"
    head = (
        "# Benchmarks\n\n"
        f"Written by `make bench` on {date.today()}: {machine}. One run on one machine that others may be using: "
        "the ratios tell more than the times. Each figure is the median of rounds in which the sides take turns.\n"
    )
    page.write_text("\n".join([head, *sections]), encoding="utf-8")
