"""Where a fault stands in a workbook."""

from __future__ import annotations

from dataclasses import dataclass

from greenlane.engine.diagnostics import Place


@dataclass(frozen=True, slots=True)
class CellPlace(Place):
    """A cell: `path` is the name of its sheet, `line` its row, `column` its column. Shown as `pricing!B7`."""

    def __str__(self) -> str:
        return f"{self.path}!{letters(self.column)}{self.line}"


def cell_place(sheet: str, row: int, column: int) -> CellPlace:
    """The place of the cell with this row and column, counted from 0."""
    return CellPlace(sheet, row + 1, column + 1, column + 2)


def letters(column: int) -> str:
    """The name of a column: 1 is A, 27 is AA."""
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def numbers(reference: str) -> tuple[int, int] | None:
    """Row and column of a cell by its name (`B7`), counted from 0; None where it is no name of a cell."""
    name = reference.rstrip("0123456789")
    digits = reference[len(name) :]
    if not (1 <= len(name) <= 3 and name.isascii() and name.isalpha() and 1 <= len(digits) <= 7) or int(digits) == 0:
        return None
    column = 0
    for letter in name.upper():
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(digits) - 1, column - 1
