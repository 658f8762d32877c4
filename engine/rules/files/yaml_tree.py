"""YAML as a tree of texts, maps and lists at their places; every scalar is its text. Pure; alone runs PyYAML."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Union

import yaml

from greenlane.engine.diagnostics import DiagnosticSink, Origin, Place

_LOADER = getattr(yaml, "CLoader", yaml.SafeLoader)
_MAX_DEPTH = 40
_BLOCK_HEADER = re.compile(r"\|[-+]?(?=\s|$)")
QUOTES = "\"'"


@dataclass(frozen=True, slots=True)
class TextNode:
    """A scalar. `origin` is where the text itself begins: after a quote, on the line after `|`; `place` has the quotes.

    `exact`: the text stands in the file character by character, so that `origin` can find the place of a part of it.
    `block`: written under `|`, its common indentation and last line ends removed.
    """

    text: str
    origin: Origin
    place: Place
    exact: bool = True
    block: bool = False

    def part(self, start: int, end: int) -> Place:
        """The place of `text[start:end]`, or of the whole scalar where it is not exact."""
        return self.origin.place(self.text, start, end) if self.exact else self.place


@dataclass(frozen=True, slots=True)
class MapEntry:
    """A key of a map and its value."""

    key: TextNode
    value: YamlNode


@dataclass(frozen=True, slots=True)
class MapNode:
    """Entries in file order, keys unique. `damaged`: lines that could not be read were left out of the document.

    `stop` is line and column behind the closing bracket of a flow map, None for a block.
    """

    entries: tuple[MapEntry, ...]
    place: Place
    stop: tuple[int, int] | None
    damaged: bool = False

    def get(self, key: str) -> YamlNode | None:
        """The value of `key`, None where there is none."""
        return next((entry.value for entry in self.entries if entry.key.text == key), None)


@dataclass(frozen=True, slots=True)
class ListNode:
    """Items in order; `stop` as in a map."""

    items: tuple[YamlNode, ...]
    place: Place
    stop: tuple[int, int] | None


YamlNode = Union[TextNode, MapNode, ListNode]  # noqa: UP007 (forward references)


class NestingError(Exception):
    """Lists and maps are nested beyond any use; `line` is where, from 0."""

    def __init__(self, line: int, column: int) -> None:
        super().__init__("nested too deeply")
        self.line = line
        self.column = column


class YamlSyntaxError(Exception):
    """The text is not YAML: the parser's error, and the brackets open at that moment as (line, column), from 0."""

    def __init__(self, error: yaml.YAMLError, brackets: tuple[tuple[int, int], ...]) -> None:
        super().__init__("not YAML")
        self.error = error
        self.brackets = brackets


def parse_tree(path: str, lines: list[str], first_line: int, damaged: bool, sink: DiagnosticSink) -> YamlNode | None:
    """The tree of one document whose first line is number `first_line` of the file; None when it is empty.

    Raises YamlSyntaxError and NestingError. Anchors, tags and duplicate keys are errors.
    """
    builder = _YamlTreeBuilder(path, lines, first_line, damaged, sink)
    try:
        return builder.document()
    except yaml.YAMLError as error:
        raise YamlSyntaxError(error, tuple(builder.brackets)) from None


class _YamlTreeBuilder:
    def __init__(self, path: str, lines: list[str], first_line: int, damaged: bool, sink: DiagnosticSink) -> None:
        self._path = path
        self._lines = lines
        self._offset = first_line
        self._damaged = damaged
        self._sink = sink
        self.brackets: list[tuple[int, int]] = []
        self._events: Iterator[yaml.Event] = yaml.parse("\n".join(lines) + "\n", Loader=_LOADER)

    def document(self) -> YamlNode | None:
        node: YamlNode | None = None
        for event in self._events:
            if isinstance(event, yaml.NodeEvent):
                node = self._node(event, 0)
        return node

    def _node(self, event: yaml.Event, depth: int) -> YamlNode:
        if depth > _MAX_DEPTH:
            raise NestingError(*_start(event))
        if getattr(event, "anchor", None) is not None:
            self._anchor(event)
        if getattr(event, "tag", None) is not None:
            self._sink.error(
                "GL109", "tags (`!…`) are not used here", self._place(event), "remove it, or put the value in quotes"
            )
        if not isinstance(event, yaml.CollectionStartEvent):
            return self._text(event)
        line, column = _start(event)
        bracket = event.flow_style and self._lines[line][column] in "[{"  # `[a: b]` holds a map without brackets
        if bracket:
            self.brackets.append((line, column))
        collection = self._map(event, depth) if isinstance(event, yaml.MappingStartEvent) else self._list(event, depth)
        if bracket:
            self.brackets.pop()
        return collection

    def _map(self, start: yaml.CollectionStartEvent, depth: int) -> MapNode:
        entries: dict[str, MapEntry] = {}
        event: yaml.Event
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            key = self._node(event, depth + 1)
            value = self._node(next(self._events), depth + 1)
            if not isinstance(key, TextNode):
                self._sink.error("GL107", "a key is a plain word", key.place, "write `key: value`")
            elif key.text in entries:
                first = entries[key.text].key.place
                message = f"`{key.text}` is given twice"
                self._sink.error("GL110", message, key.place, "remove one of them", (first,))
            else:
                entries[key.text] = MapEntry(key, value)
        stop = self._stop(event) if start.flow_style else None
        return MapNode(tuple(entries.values()), self._opening(start), stop, self._damaged)

    def _list(self, start: yaml.CollectionStartEvent, depth: int) -> ListNode:
        items: list[YamlNode] = []
        event: yaml.Event
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            items.append(self._node(event, depth + 1))
        return ListNode(tuple(items), self._opening(start), self._stop(event) if start.flow_style else None)

    def _text(self, event: yaml.Event) -> TextNode:
        if not isinstance(event, yaml.ScalarEvent):  # an alias
            place = self._place(event)
            return TextNode("", Origin(self._path, place.line, place.column), place)
        if event.style in ("|", ">"):
            return self._block(event)
        place = self._place(event)
        quoted = event.style in ("'", '"')
        if _end(event)[0] != _start(event)[0]:
            self._several_lines(event, place, quoted)
        origin = Origin(self._path, place.line, place.column + quoted)
        raw_length = place.end_column - place.column - 2 * quoted
        return TextNode(event.value, origin, place, exact=raw_length == len(event.value))

    def _several_lines(self, event: yaml.ScalarEvent, place: Place, quoted: bool) -> None:
        if quoted:
            quote = Place(place.path, place.line, place.column, place.column + 1)
            self._sink.error(
                "GL106", "this quote is not closed on its line", quote, f"add `{event.style}` at the end of the value"
            )
        else:
            self._sink.error("GL112", "a value goes on over several lines", place, "write it on one line, or under `|`")

    def _block(self, event: yaml.ScalarEvent) -> TextNode:
        line, column = _start(event)
        place = self._place(event)
        written = self._lines[line][column:]
        if not _BLOCK_HEADER.match(written):
            self._sink.error("GL112", f"`{written.split()[0]}` is not used here", place, "write `|`")
        body, indent = _block_lines(self._lines, line + 1) if event.value.strip() else ([], 0)
        origin = Origin(self._path, self._offset + line + 1, indent + 1)
        if not body:
            origin = Origin(self._path, place.line, place.column)
        return TextNode("\n".join(body), origin, place, block=True)

    def _anchor(self, event: yaml.Event) -> None:
        what = "aliases (`*…`)" if isinstance(event, yaml.AliasEvent) else "anchors (`&…`)"
        self._sink.error(
            "GL108", f"{what} are not used here", self._place(event), "write the value out, or put it in quotes"
        )
        self._damaged = True

    def _place(self, event: yaml.Event) -> Place:
        line, begin = _start(event)
        end_line, end = _end(event)
        stop = end if end_line == line else len(self._lines[line].rstrip())
        return Place(self._path, self._offset + line, begin + 1, max(begin + 2, stop + 1))

    def _stop(self, event: yaml.Event) -> tuple[int, int]:
        line, column = _end(event)
        return self._offset + line, column + 1

    def _opening(self, event: yaml.CollectionStartEvent) -> Place:
        """The bracket of a flow collection, the first line of a block one."""
        line, begin = _start(event)
        stop = begin + 1 if event.flow_style or line >= len(self._lines) else len(self._lines[line].rstrip())
        return Place(self._path, self._offset + line, begin + 1, max(begin + 2, stop + 1))


def _start(event: yaml.Event) -> tuple[int, int]:
    mark = event.start_mark
    return (mark.line, mark.column) if mark else (0, 0)


def _end(event: yaml.Event) -> tuple[int, int]:
    mark = event.end_mark
    return (mark.line, mark.column) if mark else (0, 0)


def _block_lines(lines: list[str], first: int) -> tuple[list[str], int]:
    """The lines under a `|` without their indentation, and how wide that is."""
    indent = -1
    body: list[str] = []
    for line in lines[first:]:
        stripped = line.strip(" ")
        depth = len(line) - len(line.lstrip(" "))
        if stripped and indent < 0:
            indent = depth
            body = [""] * len(body)
        if stripped and depth < indent:
            break
        body.append(line[max(indent, 0) :].rstrip(" ") if stripped else "")
    while body and not body[-1]:
        body.pop()
    return body, max(indent, 0)
