"""A set of rule files as the sheets of one workbook: which part of which file stands on which sheet."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass

from greenlane.engine.interop.xlsx.data_rows import data_rows
from greenlane.engine.interop.xlsx.grid import SEPARATOR, Kind, Part, Row, Sheet
from greenlane.engine.interop.xlsx.to_rows import document_rows, raw_rows
from greenlane.engine.rules.files import format_text
from greenlane.engine.rules.files.yaml_documents import document_spans

CONTENTS = "contents"
CONTENTS_HEADER = ("file", "sheet", "decision", "zh", "en")
_NAME_AT_MOST = 31
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\'\s\x00-\x1f]+")
_FIRST = ("ruleset.yaml", "vocabulary.yaml")
JOINT = "\n---\n"


@dataclass(slots=True)
class _Part:
    """A document, or a whole file, with the title that the contents show. `table`: it has a sheet of its own."""

    path: str
    rows: tuple[Row, ...]
    decision: str = ""
    zh: str = ""
    en: str = ""
    table: bool = False
    sheet: str = ""


def sheets_of(files: Mapping[str, str]) -> tuple[Sheet, ...]:
    """The sheets for `files`, the contents first. Texts may be in any form; the sheets hold their canonical one."""
    parts = [part for path in sorted(files, key=_rank) for part in _parts(path, format_text(path, files[path]))]
    names = _Names()
    sheets: dict[str, Sheet] = {}
    for part in parts:
        _place(part, names, sheets)
    listed = [Row((part.path, part.sheet, part.decision, part.zh, part.en), Part.RULE) for part in parts]
    contents = Sheet(CONTENTS, Kind.CONTENTS, (Row(CONTENTS_HEADER, Part.HEADER), *listed))
    return (contents, *sheets.values())


def _rank(path: str) -> tuple[int, str]:
    name = posixpath.basename(path)
    return (_FIRST.index(name) if name in _FIRST else len(_FIRST) + ("/" in path), path)


def _parts(path: str, text: str) -> list[_Part]:
    if path.endswith(".csv"):
        return [_Part(path, data_rows(text))]
    lines = text.removesuffix("\n").split("\n") if text else []
    if not text.endswith("\n") or not all(lines[-1:]):
        return [_Part(path, raw_rows(lines))]
    documents = [lines[start:stop] for start, stop in document_spans(lines)]
    if JOINT.join("\n".join(document) for document in documents) + "\n" != text:
        return [_Part(path, raw_rows(lines))]
    return [_document(path, document) for document in documents]


def _document(path: str, lines: list[str]) -> _Part:
    rows = document_rows(path, lines)
    keys: dict[str, str] = {}
    for row in rows:
        if row.part is Part.KEY and len(row.cells) > 1:
            keys.setdefault(row.cells[0], row.cells[1])
    table = any(row.part is Part.HEADER for row in rows)
    name = keys.get("decision") or keys.get("ruleset", "")
    return _Part(path, rows, name, keys.get("title.zh", ""), keys.get("title.en", ""), table)


def _place(part: _Part, names: _Names, sheets: dict[str, Sheet]) -> None:
    """Give the part a sheet: its own for a table, that of its file otherwise."""
    stem = posixpath.basename(part.path).removesuffix(".yaml")
    if part.table or part.path.endswith(".csv"):
        kind = Kind.TABLE if part.table else Kind.DATA
        part.sheet = names.new(part.decision if part.table else stem)
        sheets[part.sheet] = Sheet(part.sheet, kind, part.rows, part.decision if part.table else "")
        return
    part.sheet = names.of_file(part.path, f"{stem}.values" if part.decision and stem != "ruleset" else stem)
    before = sheets.get(part.sheet)
    rows = (*before.rows, Row((SEPARATOR,), Part.SEPARATOR), *part.rows) if before else part.rows
    sheets[part.sheet] = Sheet(part.sheet, Kind.TEXT, rows)


class _Names:
    """Names of sheets: short, without signs that spreadsheets refuse, each once."""

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
