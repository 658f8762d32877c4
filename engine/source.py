"""Where a piece of text stands in a file, so that a message can point at it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """A stretch of one line of a file. Lines and columns start at 1 and count code points.

    `end_column` is the column after the last character; it is greater than `column`.
    """

    path: str
    line: int
    column: int
    end_column: int

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a text taken out of a file begins. Each further line of the text begins at the same column."""

    path: str
    line: int
    column: int

    def place(self, text: str, start: int, end: int) -> Place:
        """The place in the file of `text[start:end]`, cut to the line that `start` is on."""
        line_begin = text.rfind("\n", 0, start) + 1
        line_end = text.find("\n", start)
        stop = min(end, line_end) if line_end >= 0 else end
        column = self.column + start - line_begin
        return Place(self.path, self.line + text.count("\n", 0, start), column, max(column + 1, column + stop - start))
