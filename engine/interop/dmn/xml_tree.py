"""Parses XML to a tree of elements with places. Pure; document types and entities are refused, size is bounded."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn
from xml.parsers import expat

from greenlane.engine.diagnostics import Diagnostic, Place
from greenlane.engine.interop.dmn.diagnostic_codes import XML, XmlError

MAX_BYTES = 10_000_000
MAX_DEPTH = 100
MAX_ELEMENTS = 200_000


@dataclass(frozen=True, slots=True)
class SourceText:
    """Character data of an element. `pieces` tell where stretches of it stand: offset in the text, line, column."""

    value: str
    path: str
    pieces: tuple[tuple[int, int, int], ...]

    def place(self, start: int, end: int) -> Place:
        """The place of a stretch of the text, cut to the piece it begins in."""
        at = self.pieces[max(0, bisect_right(self.pieces, start, key=lambda piece: piece[0]) - 1)]
        column = at[2] + start - at[0]
        stop = self.value.find("\n", start)
        end = end if stop < 0 else min(end, stop)
        return Place(self.path, at[1], column, max(column + 1, column + end - start))

    def stripped_place(self) -> Place:
        """The place of the text without white space around it, cut to its first line."""
        lead = len(self.value) - len(self.value.lstrip())
        return self.place(lead, max(lead + 1, len(self.value.rstrip())))


@dataclass(frozen=True, slots=True)
class XmlElement:
    """An element: its local name, its attributes without a prefix, its children and its own text."""

    name: str
    namespace: str
    attributes: Mapping[str, str]
    children: tuple[XmlElement, ...]
    text: SourceText
    place: Place

    def get(self, name: str) -> str:
        """An attribute with white space made single; empty when it is not there."""
        return " ".join(self.attributes.get(name, "").split())

    def all(self, *names: str) -> tuple[XmlElement, ...]:
        """The children of these names and of the element's own namespace, in order."""
        return tuple(c for c in self.children if c.name in names and c.namespace == self.namespace)

    def first(self, *names: str) -> XmlElement | None:
        """The first of them."""
        return next(iter(self.all(*names)), None)


class _OpenElement:
    """An element whose end has not been read."""

    def __init__(self, tag: str, attributes: Mapping[str, str], line: int, column: int) -> None:
        self.namespace, _, self.name = tag.rpartition(" ")
        self.attributes = {name: value for name, value in attributes.items() if " " not in name}
        self.line, self.column = line, column
        self.children: list[XmlElement] = []
        self.texts: list[str] = []
        self.pieces: list[tuple[int, int, int]] = []
        self.length = 0


class _TreeBuilder:
    """Handlers of one parse."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.count = 0
        self.stack: list[_OpenElement] = []
        self.root: XmlElement | None = None
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        self.parser.StartDoctypeDeclHandler = self._declared
        self.parser.EntityDeclHandler = self._declared
        self.parser.ExternalEntityRefHandler = self._declared
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters

    def here(self) -> tuple[int, int]:
        """Line and column, both from 1."""
        return self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber + 1

    def refuse(self, message: str, advice: str = "") -> NoReturn:
        """Ends the parse."""
        line, column = self.here()
        raise XmlError(Diagnostic(XML, message, Place(self.path, line, column, column + 1), advice))

    def _declared(self, *_: Any) -> NoReturn:
        self.refuse(
            "document types and entities are not read", "leave the `<!DOCTYPE …>` out; a DMN model does not need one"
        )

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self.count += 1
        if self.count > MAX_ELEMENTS:
            self.refuse(f"the file has more than {MAX_ELEMENTS:,} elements")
        if len(self.stack) >= MAX_DEPTH:
            self.refuse(f"elements are nested more than {MAX_DEPTH} levels deep")
        self.stack.append(_OpenElement(tag, attributes, *self.here()))

    def _characters(self, text: str) -> None:
        top = self.stack[-1]
        top.pieces.append((top.length, *self.here()))
        top.texts.append(text)
        top.length += len(text)

    def _end(self, _tag: str) -> None:
        top = self.stack.pop()
        pieces = tuple(top.pieces) or ((0, top.line, top.column),)
        place = Place(self.path, top.line, top.column, top.column + len(top.name) + 1)
        text = SourceText("".join(top.texts), self.path, pieces)
        made = XmlElement(top.name, top.namespace, top.attributes, tuple(top.children), text, place)
        if self.stack:
            self.stack[-1].children.append(made)
        else:
            self.root = made


def read_xml(path: str, data: bytes) -> XmlElement:
    """The root element. Raises XmlRefused, never reads anything but `data`."""
    builder = _TreeBuilder(path)
    if len(data) > MAX_BYTES:
        builder.refuse(f"the file is too large: {len(data):,} bytes", f"split it: {MAX_BYTES:,} bytes at most")
    try:
        builder.parser.Parse(data, True)
    except expat.ExpatError as error:
        place = Place(path, error.lineno, error.offset + 1, error.offset + 2)
        message = f"the file is not XML: {expat.ErrorString(error.code)}"
        raise XmlError(Diagnostic(XML, message, place)) from None
    except (LookupError, ValueError):
        builder.refuse("the file is in an unknown encoding", "save it as UTF-8")
    if builder.root is None:
        builder.refuse("the file is empty")
    return builder.root
