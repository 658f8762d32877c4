"""The page of figures as Markdown: what each part measured, and before it all where Greenlane loses."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bench.timing import shown, times

PAGE = Path(__file__).resolve().parents[1] / "docs" / "benchmarks.md"

MEASURED = (
    "Sides that are compared take turns in blocks of a tenth of a second or more, which go through all inputs, in one "
    "order and then the other; garbage is collected before each block; a ratio is the median of those of the rounds. "
    "Where it says CPU time, waiting does not count, but on a busy machine a call takes up to three times as much of "
    "it, and ratios of two runs differ by up to a third."
)


@dataclass(frozen=True, slots=True)
class Loss:
    """A figure that is worse than another's, or than it should be: what it is, as measured, and what it is held to."""

    what: str
    measured: str
    wanted: str


@dataclass(frozen=True, slots=True)
class Part:
    """What one part of the measurement gives: its sections, and the losses among its own figures."""

    text: str
    losses: tuple[Loss, ...] = ()


def slower_than(peer: str, what: str, ratio: float, aim: float = 1.0) -> list[Loss]:
    """A loss if the peer takes less than `aim` times our CPU time: below 1 the peer is faster, above 1 it is an aim."""
    if ratio >= aim:
        return []
    said = f"{peer} is {times(1 / ratio)} times as fast" if ratio < 1 else f"{times(ratio)} times as fast as {peer}"
    return [Loss(what, said, f"{times(aim)} times as fast as {peer}" if aim > 1 else f"no slower than {peer}")]


def over(what: str, nanoseconds: float, aim: float) -> list[Loss]:
    """A loss if something takes longer than it should."""
    return [Loss(what, shown(nanoseconds), f"at most {shown(aim)}")] if nanoseconds > aim else []


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; the first column is text, the others are figures."""
    lines = [heads, ["---"] + ["---:"] * (len(heads) - 1), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def section(title: str, text: str, body: str) -> str:
    """A section with what was measured, then the figures."""
    return f"## {title}\n\n{text}\n\n{body}\n"


def where_we_lose(losses: Iterable[Loss]) -> str:
    """The section of all losses, in the order of the parts."""
    rows = [[loss.what, loss.measured, loss.wanted] for loss in losses]
    text = (
        "Every figure of this page that is worse than a peer's, or than what this project holds itself to; the program "
        "that measured them put them together."
    )
    return section("Where we lose", text, table(["", "measured", "wanted"], rows) if rows else "Nowhere in this run.")


def write(parts: Sequence[Part], page: Path = PAGE) -> None:
    """Writes the page, what was lost first."""
    machine = f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()}, Python {platform.python_version()}"
    head = (
        "# Benchmarks\n\n"
        f"Written by `make bench` on {date.today()}: {machine}. One run on one machine. {MEASURED} "
        "After `make build && sh scripts/build.sh bench`, `.venv/bin/python -m bench PART …` measures parts alone: "
        "`tables`, `peers`, `policy`, `service`, `swaps`, `proof`, `expressions`. Hardware, versions and rows decide "
        "much: before you choose an engine, measure your own rules.\n"
    )
    lost = where_we_lose(loss for part in parts for loss in part.losses)
    page.write_text("\n".join([head, lost, *(part.text for part in parts)]), encoding="utf-8")
