"""The bytes of a rule file to text, and the text to YAML documents. An error costs only its lines. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from greenlane.engine.diagnostics import Diagnostic, DiagnosticSink, Origin, Place
from greenlane.engine.rules.files.yaml_errors import translate
from greenlane.engine.rules.files.yaml_tree import NestingError, YamlNode, YamlSyntaxError, parse_tree

_MAX_BYTES = 10_000_000
# Control characters, line separators of Unicode, zero-width and bidirectional marks (text that shows other than it is).
_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffe\uffff]")
_MAX_REPORTED_CHARACTERS = 20
_SEPARATOR = re.compile(r"(?:---|\.\.\.)(?=\s|$)")
_MAX_SYNTAX_ERRORS = 50
_MAX_PARSED_CHARACTERS = 20_000_000
"""Bounds the work on a document with many syntax errors: it is parsed again after each of them."""


@dataclass(frozen=True, slots=True)
class Document:
    """One document. `root` is None where nothing of it could be read; `damaged` where some lines could not."""

    root: YamlNode | None
    place: Place
    damaged: bool
    first_line: int


@dataclass(frozen=True, slots=True)
class DocumentSource:
    """The text of one document, and where it stands. `above` is the line of its separator, empty where it has none."""

    path: str
    first_line: int
    above: str
    text: str

    def read(self, sink: DiagnosticSink) -> Document:
        """The document; its `root` is None where it is empty."""
        damaged = _check_separator(self, sink)
        return _parse(self.path, self.text.split("\n"), self.first_line, damaged, sink)


def decode(path: str, data: bytes, sink: DiagnosticSink) -> str | None:
    """The text without byte order mark, every line ended by LF; None when the file cannot be read.

    Forbidden characters are errors and become spaces, so that places stay right.
    """
    if len(data) > _MAX_BYTES:
        help_ = f"split it: {_MAX_BYTES:,} bytes at most"
        sink.error("GL102", f"the file is too large: {len(data):,} bytes", Place(path, 1, 1, 2), help_)
        return None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        sink.error("GL101", "the file is not UTF-8", _undecodable(path, data, error.start), _encoding_help(data))
        return None
    text = text.replace("\r\n", "\n")
    for count, found in enumerate(_FORBIDDEN.finditer(text)):
        if count == _MAX_REPORTED_CHARACTERS:
            break
        place = Origin(path, 1, 1).place(text, found.start(), found.end())
        message = f"the character U+{ord(found[0]):04X} is not allowed"
        sink.error("GL103", message, place, "remove it; it cannot be seen")
    return _FORBIDDEN.sub(" ", text)


def read_documents(path: str, text: str, sink: DiagnosticSink) -> tuple[Document, ...]:
    """The documents that are not empty. Tabs, directives and everything that is not YAML are errors."""
    found = [source.read(sink) for source in split_documents(path, text)]
    return tuple(document for document in found if document.root is not None or document.damaged)


def split_documents(path: str, text: str) -> list[DocumentSource]:
    """The documents of a file, empty ones as well."""
    lines = text.split("\n")
    return [
        DocumentSource(path, start + 1, lines[start - 1] if start else "", "\n".join(lines[start:stop]))
        for start, stop in document_spans(lines)
    ]


def document_spans(lines: list[str]) -> list[tuple[int, int]]:
    """First line and line after the last of each document, counted from 0; the lines with `---` belong to none."""
    bounds = [-1, *(number for number, line in enumerate(lines) if _SEPARATOR.match(line)), len(lines)]
    return [(before + 1, after) for before, after in pairwise(bounds)]


def _undecodable(path: str, data: bytes, offset: int) -> Place:
    before = data[:offset].decode("utf-8-sig", errors="replace")
    return Origin(path, 1, 1).place(before, len(before), len(before) + 1)


def _encoding_help(data: bytes) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "it is UTF-16; save it as UTF-8"
    try:
        data.decode("gb18030")
    except UnicodeDecodeError:
        return "save it as UTF-8"
    return "it looks like GBK; save it as UTF-8"


def _check_separator(source: DocumentSource, sink: DiagnosticSink) -> bool:
    """Whether the separator above the document holds text, which is lost."""
    above = source.above
    rest = above[3:].strip()
    if not rest or rest.startswith("#"):
        return False
    column = above.index(rest, 3) + 1
    place = Place(source.path, source.first_line - 1, column, column + len(rest))
    sink.error("GL111", f"nothing can stand on the line of a `{above[:3]}`", place, "write it on the next line")
    return True


def _parse(path: str, lines: list[str], first_line: int, damaged: bool, sink: DiagnosticSink) -> Document:
    damaged |= _without_tabs(path, lines, first_line, sink)
    budget = max(1, min(_MAX_SYNTAX_ERRORS, _MAX_PARSED_CHARACTERS // (1 + sum(map(len, lines)))))
    place = _first_place(path, lines, first_line)
    for _ in range(budget):
        found = DiagnosticSink()
        try:
            root = parse_tree(path, lines, first_line, damaged, found)
        except NestingError as deep:
            at = Place(path, first_line + deep.line, deep.column + 1, deep.column + 2)
            sink.error("GL107", "lists and maps are nested too deeply", at, "nothing in a rule file needs that")
            return Document(None, place, True, first_line)
        except YamlSyntaxError as error:
            diagnostic = _open_quote(found) or _translated(error, path, lines, first_line)
            sink.extend((diagnostic,))
            damaged = True
            if not _blank(lines, diagnostic.place.line - first_line):
                break
        else:
            sink.extend(found.sorted())
            return Document(root, place, damaged, first_line)
    return Document(None, place, True, first_line)


def _open_quote(found: DiagnosticSink) -> Diagnostic | None:
    """A quoted value that ran on over several lines before the parser stumbled."""
    return next((diagnostic for diagnostic in found.sorted() if diagnostic.code == "GL106"), None)


def _translated(error: YamlSyntaxError, path: str, lines: list[str], first_line: int) -> Diagnostic:
    local = translate(error.error, error.brackets, lines)
    column = local.column + 1
    place = Place(path, first_line + local.line, column, column + max(1, local.length))
    return Diagnostic(local.code, local.message, place, local.help)


def _first_place(path: str, lines: list[str], first_line: int) -> Place:
    for number, line in enumerate(lines):
        text = line.strip()
        if text and not text.startswith("#"):
            return Place(path, first_line + number, 1, len(line.rstrip()) + 1)
    return Place(path, first_line, 1, 2)


def _without_tabs(path: str, lines: list[str], first_line: int, sink: DiagnosticSink) -> bool:
    """Report tabs and directives. A tab becomes a space; a line indented by tabs is left out, and the answer True."""
    damaged = False
    for number, line in enumerate(lines):
        if line.startswith("%"):
            place = Place(path, first_line + number, 1, len(line.rstrip()) + 1)
            sink.error("GL111", "directives (`%…`) are not used here", place, "remove the line")
            lines[number] = ""
        column = line.find("\t")
        if column < 0:
            continue
        indents = not line[:column].strip() and bool(line.strip())
        help_ = "indent with spaces" if indents else "write spaces"
        place = Place(path, first_line + number, column + 1, column + 2)
        sink.error("GL104", "there is a tab in this line", place, help_)
        lines[number] = line.replace("\t", " ")
        if indents:
            lines[number] = ""
            damaged = True
    return damaged


def _blank(lines: list[str], number: int) -> bool:
    """Empty a line and those indented deeper below it. False where it was empty already."""
    number = min(number, len(lines) - 1)
    if number < 0 or not lines[number].strip():
        return False
    depth = _depth(lines[number])
    lines[number] = ""
    for below in range(number + 1, len(lines)):
        if lines[below].strip() and _depth(lines[below]) <= depth:
            break
        lines[below] = ""
    return True


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
