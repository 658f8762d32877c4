"""A YAML file to the trees of its documents. A fault costs the lines it is on, not the rest of the file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from greenlane.engine.diagnostics import Diagnostic, DiagnosticSink, Place
from greenlane.engine.rules.files.yaml_faults import reword
from greenlane.engine.rules.files.yaml_nodes import NotYaml, TooDeep, YamlNode, build

_SEPARATOR = re.compile(r"(?:---|\.\.\.)(?=\s|$)")
_FAULTS_AT_MOST = 50
_CHARACTERS_AT_MOST = 20_000_000


@dataclass(frozen=True, slots=True)
class Document:
    """One document. `root` is None where nothing of it could be read; `damaged` where some lines could not."""

    root: YamlNode | None
    place: Place
    damaged: bool
    first_line: int


def read_documents(path: str, text: str, sink: DiagnosticSink) -> tuple[Document, ...]:
    """The documents that are not empty. Tabs, directives and everything that is not YAML are faults."""
    found = [source.read(sink) for source in sources(path, text)]
    return tuple(document for document in found if document.root is not None or document.damaged)


@dataclass(frozen=True, slots=True)
class Source:
    """The text of one document, and where it stands. `above` is the line of its separator, empty where it has none."""

    path: str
    first_line: int
    above: str
    text: str

    def read(self, sink: DiagnosticSink) -> Document:
        """The document; its `root` is None where it is empty."""
        damaged = _blocked(self, sink)
        return _document(self.path, self.text.split("\n"), self.first_line, damaged, sink)


def sources(path: str, text: str) -> list[Source]:
    """The documents of a file, empty ones as well."""
    lines = text.split("\n")
    return [
        Source(path, start + 1, lines[start - 1] if start else "", "\n".join(lines[start:stop]))
        for start, stop in document_spans(lines)
    ]


def document_spans(lines: list[str]) -> list[tuple[int, int]]:
    """First line and line after the last of each document, counted from 0; the lines with `---` belong to none."""
    bounds = [-1, *(number for number, line in enumerate(lines) if _SEPARATOR.match(line)), len(lines)]
    return [(before + 1, after) for before, after in pairwise(bounds)]


def _blocked(source: Source, sink: DiagnosticSink) -> bool:
    """Whether the separator above the document holds text, which is lost."""
    above = source.above
    rest = above[3:].strip()
    if not rest or rest.startswith("#"):
        return False
    column = above.index(rest, 3) + 1
    place = Place(source.path, source.first_line - 1, column, column + len(rest))
    sink.error("GL111", f"nothing can stand on the line of a `{above[:3]}`", place, "write it on the next line")
    return True


def _document(path: str, lines: list[str], first_line: int, damaged: bool, sink: DiagnosticSink) -> Document:
    damaged |= _without_tabs(path, lines, first_line, sink)
    budget = max(1, min(_FAULTS_AT_MOST, _CHARACTERS_AT_MOST // (1 + sum(map(len, lines)))))
    place = _first_place(path, lines, first_line)
    for _ in range(budget):
        found = DiagnosticSink()
        try:
            root = build(path, lines, first_line, damaged, found)
        except TooDeep as deep:
            at = Place(path, first_line + deep.line, deep.column + 1, deep.column + 2)
            sink.error("GL107", "lists and maps are nested too deeply", at, "nothing in a rule file needs that")
            return Document(None, place, True, first_line)
        except NotYaml as problem:
            fault = _open_quote(found) or _reworded(problem, path, lines, first_line)
            sink.extend((fault,))
            damaged = True
            if not _blank(lines, fault.place.line - first_line):
                break
        else:
            sink.extend(found.sorted())
            return Document(root, place, damaged, first_line)
    return Document(None, place, True, first_line)


def _open_quote(found: DiagnosticSink) -> Diagnostic | None:
    """A quoted value that ran on over several lines before the parser stumbled."""
    return next((fault for fault in found.sorted() if fault.code == "GL106"), None)


def _reworded(problem: NotYaml, path: str, lines: list[str], first_line: int) -> Diagnostic:
    fault = reword(problem.error, problem.brackets, lines)
    column = fault.column + 1
    place = Place(path, first_line + fault.line, column, column + max(1, fault.length))
    return Diagnostic(fault.code, fault.message, place, fault.help)


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
