"""The layout of a table of rules: its columns under one another, by display width. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from greenlane.engine.diagnostics import DiagnosticSink
from greenlane.engine.rules.files.table_lexer import HeaderCell, lex_row, lex_table
from greenlane.engine.rules.files.yaml_tree import TextNode
from greenlane.engine.text import display_width, pad


def format_table(node: TextNode) -> list[str]:
    """The lines of the table, columns aligned by display width. A table with errors is left as it is."""
    lines = [line.strip() for line in node.text.split("\n")]
    sink = DiagnosticSink()
    table = lex_table(node, sink)
    if table is None or any(found.code != "GL120" for found in sink.sorted()) or _nameless(table.header):
        return [line.rstrip() for line in node.text.split("\n")]
    grid: list[list[str] | str] = []
    for line in lines:
        if not line or line.startswith("#"):
            grid.append(line)
        elif not any(isinstance(row, list) for row in grid):
            grid.append([_header(cell) for cell in table.header])
        else:
            grid.append([cell.text for cell in lex_row(line, table.header)])
    return _aligned(_single_blanks(grid))


def _nameless(header: Sequence[HeaderCell]) -> bool:
    """Whether a column has no name: a first line that begins with spaces would move all others."""
    return not all(cell.cell.text for cell in header)


def _header(cell: HeaderCell) -> str:
    return f"{cell.name} ({cell.unit})" if cell.unit else cell.cell.text


def _single_blanks(grid: Sequence[list[str] | str]) -> list[list[str] | str]:
    """Without blank lines at the ends, and no two of them together."""
    kept: list[list[str] | str] = []
    for row in grid:
        if row or (kept and kept[-1]):
            kept.append(row)
    while kept and not kept[-1]:
        kept.pop()
    return kept


def _aligned(grid: Sequence[list[str] | str]) -> list[str]:
    rows = [row for row in grid if isinstance(row, list)]
    widths = [max(display_width(cell) for cell in column) for column in zip(*rows, strict=True)]
    return [row if isinstance(row, str) else _line(row, widths) for row in grid]


def _line(row: list[str], widths: list[int]) -> str:
    padded = [pad(cell, width) for cell, width in zip(row, widths, strict=True)]
    return " | ".join(padded).rstrip()
