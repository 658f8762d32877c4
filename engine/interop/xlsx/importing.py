"""A workbook back to rule files, and every fault of them at its cell."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise

from greenlane.engine.diagnostics import Diagnostic, Place, has_errors, sort
from greenlane.engine.interop.xlsx.book import CONTENTS, CONTENTS_HEADER, JOINT
from greenlane.engine.interop.xlsx.cell_place import CellPlace, cell_place
from greenlane.engine.interop.xlsx.data_rows import read_data_rows
from greenlane.engine.interop.xlsx.from_rows import Flaw, Line, Lines, read_rows
from greenlane.engine.interop.xlsx.workbook_reader import OpenedSheet, open_workbook
from greenlane.engine.interop.xlsx.xlsx_package import Unreadable
from greenlane.engine.rules.files import format_text, read
from greenlane.engine.rules.ruleset import Ruleset

Check = Callable[[Ruleset], Iterable[Diagnostic]]

_PATH = re.compile(r"(?:[\w-][\w.-]*/)*[\w-][\w.-]*\.(?:yaml|csv)")
_SEPARATOR = Line(JOINT.strip(), ())


@dataclass(frozen=True, slots=True)
class Imported:
    """What a workbook holds. `files` are canonical rule files by path, none of them where `diagnostics` has an error.

    The place of a diagnostic is a `CellPlace`.
    """

    files: Mapping[str, str]
    diagnostics: tuple[Diagnostic, ...]


def import_workbook(data: bytes, check: Check = lambda _ruleset: ()) -> Imported:
    """The rule files in an XLSX workbook. Never raises: all that is wrong with it or them is in `diagnostics`, at once.

    `check` is asked for faults beyond the reader's when the files read without error.
    """
    try:
        sheets = open_workbook(data)
    except Unreadable as unreadable:
        place = cell_place(CONTENTS, 0, 0)
        return Imported({}, (Diagnostic(unreadable.code, unreadable.message, place, unreadable.help),))
    book = _Book({sheet.name: sheet for sheet in sheets})
    book.read()
    if has_errors(book.faults):
        return Imported({}, sort(book.faults))
    texts = {path: book.text(path) for path in book.lines}
    reading = read({path: text.encode(errors="surrogatepass") for path, text in texts.items()})
    found = list(reading.diagnostics)
    if reading.ruleset is not None:
        found.extend(check(reading.ruleset))
    located = sort(book.located(diagnostic) for diagnostic in found)
    if has_errors(located):
        return Imported({}, located)
    return Imported({path: format_text(path, text) for path, text in texts.items()}, located)


@dataclass(slots=True)
class _Listed:
    """A row of the contents: part number `index` of `sheet` belongs to the file `path`."""

    path: str
    sheet: str
    row: int
    index: int


@dataclass(slots=True)
class _Book:
    sheets: Mapping[str, OpenedSheet]
    faults: list[Diagnostic] = field(default_factory=list)
    lines: dict[str, list[tuple[str, Line]]] = field(default_factory=dict)
    _rows: dict[str, int] = field(default_factory=dict)

    def read(self) -> None:
        """Every sheet by the contents; flaws of all of them."""
        for sheet in self.sheets.values():
            for flaw in sheet.flaws:
                self._fault(sheet.name, flaw)
        listed = self._contents()
        for name in self.sheets.keys() - {CONTENTS, *(part.sheet for part in listed)}:
            help_ = f"name it in a row of the sheet `{CONTENTS}`, or delete it"
            if listed and any(any(cells) for cells in self.sheets[name].rows):
                self._fault(name, Flaw(0, 0, "XL106", f"the contents do not name the sheet `{name}`", help_))
        documents: dict[str, list[list[Line]]] = {}
        for part in listed:
            if part.sheet in self.sheets and part.sheet not in documents:
                documents[part.sheet] = self._documents(part.path, self.sheets[part.sheet])
        for part in listed:
            if part.sheet in documents:
                self._add(part, documents[part.sheet])
        self._add_rest(listed, documents)

    def _contents(self) -> list[_Listed]:
        contents = self.sheets.get(CONTENTS)
        header = list(CONTENTS_HEADER[:2])
        if contents is None:
            help_ = "import a workbook that `greenlane export` wrote"
            self._fault(CONTENTS, Flaw(0, 0, "XL106", f"there is no sheet `{CONTENTS}`", help_))
            return []
        if not contents.rows or contents.rows[0][:2] != header:
            message = f"the sheet `{CONTENTS}` does not begin with `file` and `sheet`"
            self._fault(CONTENTS, Flaw(0, 0, "XL106", message, f"its first row is {', '.join(CONTENTS_HEADER)}"))
            return []
        listed: list[_Listed] = []
        for row, cells in enumerate(contents.rows[1:], 1):
            if any(cells):
                self._listed(row, [*cells, "", ""], listed)
        return listed

    def _listed(self, row: int, cells: list[str], listed: list[_Listed]) -> None:
        path, sheet = cells[:2]
        if not _PATH.fullmatch(path):
            help_ = "write a name such as `pricing.yaml` or `reference/rates.csv`"
            self._fault(CONTENTS, Flaw(row, 0, "XL106", f"`{path[:60]}` is no name of a rule file", help_))
            return
        if sheet == CONTENTS or sheet not in self.sheets:
            help_ = "give its name, or delete this row: then its rules are gone"
            self._fault(CONTENTS, Flaw(row, 1, "XL106", f"there is no sheet `{sheet[:60]}`", help_))
        if any(part.sheet == sheet and part.path != path for part in listed):
            message = f"the sheet `{sheet}` is part of another file"
            self._fault(CONTENTS, Flaw(row, 1, "XL106", message, "give each file sheets of its own"))
        self._rows.setdefault(path, row)
        index = sum(part.sheet == sheet for part in listed)
        listed.append(_Listed(path, sheet, row, index))

    def _documents(self, path: str, sheet: OpenedSheet) -> list[list[Line]]:
        found: Lines = read_data_rows(sheet.rows) if path.endswith(".csv") else read_rows(sheet.rows)
        for flaw in found.flaws:
            self._fault(sheet.name, flaw)
        bounds = [0, *found.starts, len(found.lines)]
        return [found.lines[start:stop] for start, stop in pairwise(bounds)]

    def _add(self, part: _Listed, documents: list[list[Line]]) -> None:
        if part.index >= len(documents):
            help_ = "add it there under a row `———`, or delete this row"
            message = f"the sheet `{part.sheet}` has only {len(documents)} of the parts listed here"
            self._fault(CONTENTS, Flaw(part.row, 1, "XL106", message, help_))
            return
        lines = self.lines.setdefault(part.path, [])
        if part.path in self._rows and part.row != self._rows[part.path]:
            lines.append((part.sheet, _SEPARATOR))
        lines += [(part.sheet, line) for line in documents[part.index]]

    def _add_rest(self, listed: list[_Listed], documents: Mapping[str, list[list[Line]]]) -> None:
        """Parts added to a sheet that the contents do not list yet come last in its file."""
        for name, parts in documents.items():
            rows = [part for part in listed if part.sheet == name]
            for lines in parts[len(rows) :]:
                own = self.lines.setdefault(rows[0].path, [])
                own += [(name, _SEPARATOR), *((name, line) for line in lines)]

    def _fault(self, sheet: str, flaw: Flaw) -> None:
        self.faults.append(Diagnostic(flaw.code, flaw.message, cell_place(sheet, flaw.row, flaw.column), flaw.help))

    def text(self, path: str) -> str:
        """The file as its sheets say it, not yet laid out."""
        lines = self.lines[path]
        return "".join(line.text + "\n" for _, line in lines)

    def located(self, diagnostic: Diagnostic) -> Diagnostic:
        """The diagnostic with cells for places."""
        related = tuple(self._cell(place) for place in diagnostic.related)
        return replace(diagnostic, place=self._cell(diagnostic.place), related=related)

    def _cell(self, place: Place) -> CellPlace:
        lines = self.lines.get(place.path, [])
        if not lines or place.line > len(lines):
            return cell_place(CONTENTS, self._rows.get(place.path, 0), 0)
        sheet, line = lines[place.line - 1]
        if not line.cells:
            return cell_place(CONTENTS, self._rows.get(place.path, 0), 0)
        before = [cell for cell in line.cells if cell[0] < place.column]
        _, row, column = before[-1] if before else line.cells[0]
        return cell_place(sheet, row, column)
