"""An Excel workbook back to rule files, and every diagnostic of them at its cell. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise

from greenlane.engine.diagnostics import Diagnostic, Place, has_errors, sort
from greenlane.engine.interop.xlsx.worksheet import (
    CONTENTS,
    CONTENTS_HEADER,
    DOCUMENT_END,
    CellPlace,
    cell_place,
)
from greenlane.engine.interop.xlsx.worksheet_reader import (
    SheetLine,
    read_document_rows,
    read_record_rows,
)
from greenlane.engine.interop.xlsx.xlsx_package import WorkbookError
from greenlane.engine.interop.xlsx.xlsx_reader import SheetContent, read_xlsx
from greenlane.engine.rules.files import read
from greenlane.engine.rules.layout.formatting import format_text
from greenlane.engine.rules.ruleset import Ruleset

Check = Callable[[Ruleset], Iterable[Diagnostic]]

_PATH = re.compile(r"(?:[\w-][\w.-]*/)*[\w-][\w.-]*\.(?:yaml|csv)")
_SEPARATOR = SheetLine(DOCUMENT_END, ())


@dataclass(frozen=True, slots=True)
class ImportedWorkbook:
    """What a workbook holds. `files` are canonical rule files by path, none of them where `diagnostics` has an error.

    The place of a diagnostic is a `CellPlace`.
    """

    files: Mapping[str, str]
    diagnostics: tuple[Diagnostic, ...]


def import_workbook(data: bytes, check: Check = lambda _ruleset: ()) -> ImportedWorkbook:
    """The rule files in an XLSX workbook. Never raises: all that is wrong with it or them is in `diagnostics`, at once.

    `check` is asked for diagnostics beyond the reader's when the files read without error.
    """
    try:
        sheets = read_xlsx(data)
    except WorkbookError as error:
        place = cell_place(CONTENTS, 0, 0)
        return ImportedWorkbook({}, (Diagnostic(error.code, error.message, place, error.help),))
    parser = _WorkbookParser({sheet.name: sheet for sheet in sheets})
    parser.read()
    if has_errors(parser.diagnostics):
        return ImportedWorkbook({}, sort(parser.diagnostics))
    texts = {path: parser.text(path) for path in parser.lines}
    reading = read({path: text.encode(errors="surrogatepass") for path, text in texts.items()})
    found = list(reading.diagnostics)
    if reading.ruleset is not None:
        found.extend(check(reading.ruleset))
    located = sort(parser.located(diagnostic) for diagnostic in found)
    if has_errors(located):
        return ImportedWorkbook({}, located)
    return ImportedWorkbook({path: format_text(path, text) for path, text in texts.items()}, located)


@dataclass(slots=True)
class _ContentsRow:
    """Row number `row` of the contents, from 0: document number `index` of `sheet` belongs to the file `path`."""

    path: str
    sheet: str
    row: int
    index: int


@dataclass(slots=True)
class _WorkbookParser:
    """Puts the lines of each file together: `lines` by path, each with the name of its sheet."""

    sheets: Mapping[str, SheetContent]
    diagnostics: list[Diagnostic] = field(default_factory=list)
    lines: dict[str, list[tuple[str, SheetLine]]] = field(default_factory=dict)
    _rows: dict[str, int] = field(default_factory=dict)

    def read(self) -> None:
        """Reads every sheet that the contents list, and collects the diagnostics of all of them."""
        for sheet in self.sheets.values():
            self.diagnostics += sheet.diagnostics
        listed = self._contents()
        for name in self.sheets.keys() - {CONTENTS, *(entry.sheet for entry in listed)}:
            help_ = f"name it in a row of the sheet `{CONTENTS}`, or delete it"
            if listed and any(any(cells) for cells in self.sheets[name].rows):
                self._report(name, 0, 0, f"the contents do not name the sheet `{name}`", help_)
        documents: dict[str, list[list[SheetLine]]] = {}
        for entry in listed:
            if entry.sheet in self.sheets and entry.sheet not in documents:
                documents[entry.sheet] = self._documents(entry.path, self.sheets[entry.sheet])
        for entry in listed:
            if entry.sheet in documents:
                self._add(entry, documents[entry.sheet])
        self._add_rest(listed, documents)

    def _contents(self) -> list[_ContentsRow]:
        contents = self.sheets.get(CONTENTS)
        header = list(CONTENTS_HEADER[:2])
        if contents is None:
            help_ = "import a workbook that `greenlane export` wrote"
            self._report(CONTENTS, 0, 0, f"there is no sheet `{CONTENTS}`", help_)
            return []
        if not contents.rows or contents.rows[0][:2] != header:
            message = f"the sheet `{CONTENTS}` does not begin with `file` and `sheet`"
            self._report(CONTENTS, 0, 0, message, f"its first row is {', '.join(CONTENTS_HEADER)}")
            return []
        listed: list[_ContentsRow] = []
        for row, cells in enumerate(contents.rows[1:], 1):
            if any(cells):
                self._listed(row, [*cells, "", ""], listed)
        return listed

    def _listed(self, row: int, cells: list[str], listed: list[_ContentsRow]) -> None:
        path, sheet = cells[:2]
        if not _PATH.fullmatch(path):
            help_ = "write a name such as `pricing.yaml` or `reference/rates.csv`"
            self._report(CONTENTS, row, 0, f"`{path[:60]}` is no name of a rule file", help_)
            return
        if sheet == CONTENTS or sheet not in self.sheets:
            help_ = "give its name, or delete this row: then its rules are gone"
            self._report(CONTENTS, row, 1, f"there is no sheet `{sheet[:60]}`", help_)
        if any(entry.sheet == sheet and entry.path != path for entry in listed):
            message = f"the sheet `{sheet}` is part of another file"
            self._report(CONTENTS, row, 1, message, "give each file sheets of its own")
        self._rows.setdefault(path, row)
        index = sum(entry.sheet == sheet for entry in listed)
        listed.append(_ContentsRow(path, sheet, row, index))

    def _documents(self, path: str, sheet: SheetContent) -> list[list[SheetLine]]:
        found = read_record_rows(sheet.rows) if path.endswith(".csv") else read_document_rows(sheet.rows, sheet.name)
        self.diagnostics += found.diagnostics
        bounds = [0, *found.starts, len(found.lines)]
        return [found.lines[start:stop] for start, stop in pairwise(bounds)]

    def _add(self, entry: _ContentsRow, documents: list[list[SheetLine]]) -> None:
        if entry.index >= len(documents):
            help_ = "add it there under a row `———`, or delete this row"
            message = f"the sheet `{entry.sheet}` has only {len(documents)} of the parts listed here"
            self._report(CONTENTS, entry.row, 1, message, help_)
            return
        lines = self.lines.setdefault(entry.path, [])
        if entry.path in self._rows and entry.row != self._rows[entry.path]:
            lines.append((entry.sheet, _SEPARATOR))
        lines += [(entry.sheet, line) for line in documents[entry.index]]

    def _add_rest(self, listed: list[_ContentsRow], documents: Mapping[str, list[list[SheetLine]]]) -> None:
        """Documents added to a sheet that the contents do not list yet come last in its file."""
        for name, found in documents.items():
            rows = [entry for entry in listed if entry.sheet == name]
            for lines in found[len(rows) :]:
                own = self.lines.setdefault(rows[0].path, [])
                own += [(name, _SEPARATOR), *((name, line) for line in lines)]

    def _report(self, sheet: str, row: int, column: int, message: str, help_: str) -> None:
        self.diagnostics.append(Diagnostic("XL106", message, cell_place(sheet, row, column), help_))

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
