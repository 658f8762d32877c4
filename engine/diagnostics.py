"""Diagnostics: what is wrong in a rule file or model, where, and what to do about it. Pure; everything may use it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum

from greenlane.engine.text import display_width


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


class Severity(Enum):
    """An error keeps a ruleset from deciding anything; a warning does not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One error or warning. `message` and `help` are lower case, without a final period, input in backticks.

    `code` is stable (`GL203`) and listed in docs/diagnostics.md. `related` names every other place involved.
    """

    code: str
    message: str
    place: Place
    help: str = ""
    severity: Severity = Severity.ERROR
    related: tuple[Place, ...] = ()


class RulesetError(Exception):
    """The rule files hold at least one error; `diagnostics` lists all that was found, sorted by place."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = sort(diagnostics)
        super().__init__(f"{len(self.diagnostics)} faults in the rule files")


class DiagnosticSink:
    """Collects the diagnostics of a reader, which goes on after each; only grows."""

    def __init__(self) -> None:
        self._found: list[Diagnostic] = []

    def error(self, code: str, message: str, place: Place, help: str = "", related: tuple[Place, ...] = ()) -> None:
        """Record an error."""
        self._add(Diagnostic(code, message, place, help, Severity.ERROR, related))

    def warning(self, code: str, message: str, place: Place, help: str = "") -> None:
        """Record a warning."""
        self._add(Diagnostic(code, message, place, help, Severity.WARNING))

    def extend(self, found: Iterable[Diagnostic]) -> None:
        """Record what was found elsewhere."""
        for diagnostic in found:
            self._add(diagnostic)

    def _add(self, diagnostic: Diagnostic) -> None:
        self._found.append(diagnostic)

    def __len__(self) -> int:
        return len(self._found)

    def in_order(self) -> tuple[Diagnostic, ...]:
        """All of them in the order recorded."""
        return tuple(self._found)

    def sorted(self) -> tuple[Diagnostic, ...]:
        """All of them by place, each once."""
        return sort(self._found)


def sort(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Sorted by place, then code and message; each once."""
    return tuple(
        sorted(
            set(diagnostics),
            key=lambda d: (d.place.path, d.place.line, d.place.column, d.code, d.message),
        )
    )


def has_errors(diagnostics: Iterable[Diagnostic]) -> bool:
    """Whether any of them is an error."""
    return any(d.severity is Severity.ERROR for d in diagnostics)


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name most like `name`, or None when none is alike. The same answer for any order of `known`."""
    by_folded = {k.casefold(): k for k in sorted(known, reverse=True)}
    matches = difflib.get_close_matches(name.casefold(), sorted(by_folded), n=1, cutoff=0.6)
    return by_folded[matches[0]] if matches else None


def render(diagnostics: Iterable[Diagnostic], files: Mapping[str, bytes | str]) -> str:
    """Diagnostics as text for people: message, place, the line with the place underlined, related places, help.

    One block for each, in the order given, a blank line between them; empty when there are none. The underline counts
    wide characters as two columns. A file or line that is not in `files` is left out of the block.
    """
    texts: dict[str, list[str]] = {}
    blocks = [_block(diagnostic, _line(diagnostic.place, files, texts)) for diagnostic in diagnostics]
    return "\n".join(blocks)


def _line(place: Place, files: Mapping[str, bytes | str], texts: dict[str, list[str]]) -> str | None:
    if place.path not in files:
        return None
    if place.path not in texts:
        texts[place.path] = _lines(files[place.path])
    lines = texts[place.path]
    return lines[place.line - 1] if place.line <= len(lines) else None


def _lines(content: bytes | str) -> list[str]:
    """The lines as an editor shows them; bytes that are not UTF-8 become replacement characters."""
    text = content if isinstance(content, str) else content.decode("utf-8-sig", errors="replace")
    return text.replace("\r\n", "\n").split("\n")


def _block(diagnostic: Diagnostic, line: str | None) -> str:
    place = diagnostic.place
    out = [f"{place}: {diagnostic.severity.value} {diagnostic.code}: {diagnostic.message}"]
    if line is not None and line.strip():
        out += _underlined(line, place)
    out += [f"   see {other}" for other in diagnostic.related]
    if diagnostic.help:
        out.append(f"help: {diagnostic.help}")
    return "\n".join(out) + "\n"


def _underlined(line: str, place: Place) -> list[str]:
    shown = "".join(c if c.isprintable() else " " for c in line)
    number = f"{place.line:>5}"
    before = display_width(shown[: place.column - 1]) + max(0, place.column - 1 - len(shown))
    carets = max(1, display_width(shown[place.column - 1 : place.end_column - 1]))
    return [f"{number} | {shown}", f"{' ' * len(number)} | {' ' * before}{'^' * carets}"]
