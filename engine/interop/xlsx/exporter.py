"""Rule files to an Excel workbook: which document of which file stands on which worksheet. Writing needs openpyxl."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from greenlane.engine.diagnostics import DiagnosticSink, RulesetError
from greenlane.engine.interop.xlsx.worksheet import (
    CONTENTS,
    CONTENTS_HEADER,
    DOCUMENT_END,
    SEPARATOR,
    RowKind,
    Sheet,
    SheetKind,
    SheetRow,
)
from greenlane.engine.interop.xlsx.worksheet_writer import document_rows, raw_rows, record_rows
from greenlane.engine.rules.files import read
from greenlane.engine.rules.files.yaml_documents import decode, document_spans
from greenlane.engine.rules.layout.formatting import format_text
from greenlane.engine.rules.ruleset import Ruleset
from greenlane.engine.text import Text


class OpenpyxlMissingError(ModuleNotFoundError):
    """openpyxl, which writes workbooks, is not installed. `text` says in both languages how to install it."""

    def __init__(self) -> None:
        install = "pip install 'greenlane[excel]'"
        self.text = Text(
            zh=f"写 Excel 工作簿需要 openpyxl，目前没有安装：{install}",
            en=f"writing an Excel workbook needs openpyxl, which is not installed: {install}",
        )
        super().__init__(self.text.en, name="openpyxl")


def export_workbook(files: Mapping[str, str]) -> bytes:
    """The XLSX workbook of rule files, by path: the same bytes for the same texts.

    `import_workbook` gives the canonical form of every file back. Files with faults are exported too, but those with
    characters that no rule file may hold: for them raises `RulesetError`. Raises `OpenpyxlMissingError` where the
    extra `excel` is not installed.
    """
    write_xlsx = _xlsx_writer()
    sink = DiagnosticSink()
    data = {path: text.encode(errors="surrogatepass") for path, text in files.items()}
    texts = {path: decode(path, data[path], sink) or "" for path in files}
    if len(sink):
        raise RulesetError(sink.sorted())
    reading = read(data)
    return write_xlsx(sheets_of(texts), reading.ruleset or reading.partial)


def _xlsx_writer() -> Callable[[Iterable[Sheet], Ruleset | None], bytes]:
    """The function that writes workbooks; openpyxl is imported here, and only when a workbook is asked for."""
    try:
        from greenlane.engine.interop.xlsx.xlsx_writer import write_xlsx
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "openpyxl":
            raise
        raise OpenpyxlMissingError from None
    return write_xlsx


def sheets_of(files: Mapping[str, str]) -> tuple[Sheet, ...]:
    """The sheets for `files`, the contents first. Texts may be in any form; the sheets hold their canonical one."""
    documents = [
        document for path in sorted(files, key=_rank) for document in _documents(path, format_text(path, files[path]))
    ]
    names = _SheetNames()
    sheets: dict[str, Sheet] = {}
    for document in documents:
        _assign_sheet(document, names, sheets)
    listed = [SheetRow((d.path, d.sheet, d.decision, d.zh, d.en), RowKind.RULE) for d in documents]
    contents = Sheet(CONTENTS, SheetKind.CONTENTS, (SheetRow(CONTENTS_HEADER, RowKind.HEADER), *listed))
    return (contents, *sheets.values())


@dataclass(slots=True)
class _Document:
    """A document of a file, or a whole file, as the contents list it. `table`: it has a sheet of its own."""

    path: str
    rows: tuple[SheetRow, ...]
    decision: str = ""
    zh: str = ""
    en: str = ""
    table: bool = False
    sheet: str = ""


def _rank(path: str) -> tuple[int, str]:
    name = posixpath.basename(path)
    return (_FIRST.index(name) if name in _FIRST else len(_FIRST) + ("/" in path), path)


def _documents(path: str, text: str) -> list[_Document]:
    if path.endswith(".csv"):
        return [_Document(path, record_rows(text))]
    lines = text.removesuffix("\n").split("\n") if text else []
    if not text.endswith("\n") or not all(lines[-1:]):
        return [_Document(path, raw_rows(lines))]
    documents = [lines[start:stop] for start, stop in document_spans(lines)]
    if _JOINT.join("\n".join(document) for document in documents) + "\n" != text:
        return [_Document(path, raw_rows(lines))]
    return [_document(path, document) for document in documents]


def _document(path: str, lines: list[str]) -> _Document:
    rows = document_rows(path, lines)
    keys: dict[str, str] = {}
    for row in rows:
        if row.kind is RowKind.KEY and len(row.cells) > 1:
            keys.setdefault(row.cells[0], row.cells[1])
    table = any(row.kind is RowKind.HEADER for row in rows)
    name = keys.get("decision") or keys.get("ruleset", "")
    return _Document(path, rows, name, keys.get("title.zh", ""), keys.get("title.en", ""), table)


def _assign_sheet(document: _Document, names: _SheetNames, sheets: dict[str, Sheet]) -> None:
    """Gives the document a sheet: its own for a table, that of its file otherwise."""
    stem = posixpath.basename(document.path).removesuffix(".yaml")
    if document.table or document.path.endswith(".csv"):
        kind = SheetKind.TABLE if document.table else SheetKind.DATA
        document.sheet = names.new(document.decision if document.table else stem)
        sheets[document.sheet] = Sheet(document.sheet, kind, document.rows, document.decision if document.table else "")
        return
    document.sheet = names.of_file(document.path, f"{stem}.values" if document.decision and stem != "ruleset" else stem)
    before = sheets.get(document.sheet)
    rows = (*before.rows, SheetRow((SEPARATOR,), RowKind.SEPARATOR), *document.rows) if before else document.rows
    sheets[document.sheet] = Sheet(document.sheet, SheetKind.TEXT, rows)


class _SheetNames:
    """Unique names of sheets: at most 31 characters, without those that spreadsheets refuse."""

    def __init__(self) -> None:
        self._taken = {CONTENTS, "history"}
        self._files: dict[str, str] = {}

    def new(self, wanted: str) -> str:
        plain = _NOT_IN_NAMES.sub("_", wanted)[:_NAME_AT_MOST] or "sheet"
        name, count = plain, 1
        while name.lower() in self._taken:
            count += 1
            name = f"{plain[: _NAME_AT_MOST - len(str(count)) - 1]}~{count}"
        self._taken.add(name.lower())
        return name

    def of_file(self, path: str, wanted: str) -> str:
        if path not in self._files:
            self._files[path] = self.new(wanted)
        return self._files[path]


_NAME_AT_MOST = 31
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\'\s\x00-\x1f]+")
_FIRST = ("ruleset.yaml", "vocabulary.yaml")
_JOINT = f"\n{DOCUMENT_END}\n"
