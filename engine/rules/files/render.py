"""Diagnostics as text for people: message, place, the line's text with the fault underlined, help."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from greenlane.engine.diagnostics import Diagnostic
from greenlane.engine.rules.files.decoding import lines_of
from greenlane.engine.rules.files.display_width import display_width
from greenlane.engine.source import Place


def render(diagnostics: Iterable[Diagnostic], files: Mapping[str, bytes | str]) -> str:
    """One block for each diagnostic, in the order given, a blank line between them; empty when there are none.

    The underline counts wide characters as two columns. A file or line that is not in `files` is left out of the block.
    """
    texts: dict[str, list[str]] = {}
    blocks = [_block(diagnostic, _line(diagnostic.place, files, texts)) for diagnostic in diagnostics]
    return "\n".join(blocks)


def _line(place: Place, files: Mapping[str, bytes | str], texts: dict[str, list[str]]) -> str | None:
    if place.path not in files:
        return None
    if place.path not in texts:
        texts[place.path] = lines_of(files[place.path])
    lines = texts[place.path]
    return lines[place.line - 1] if place.line <= len(lines) else None


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
