"""The layout of a YAML document: entries in canonical order with their comments, scalars as they are written. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from greenlane.engine.rules.files.schema import Schema, key_rank, value_schema
from greenlane.engine.rules.files.yaml_tree import ListNode, MapEntry, MapNode, TextNode, YamlNode
from greenlane.engine.rules.layout.table_layout import format_table

_STEP = "  "
FOR_EDITORS = "# yaml-language-server:"
"""A comment that begins so must stay on top of its document."""


class LayoutError(Exception):
    """The document is laid out in a way that is not worth rewriting; it is left as it is."""


@dataclass(frozen=True, slots=True)
class _Fragment:
    """An entry or item laid out: the comments above it, and its lines without indentation."""

    above: tuple[str, ...]
    lines: tuple[str, ...]


def format_document(root: YamlNode, lines: list[str], first_line: int, schema: Schema) -> list[str]:
    """The lines of the document whose line number `first_line` is `lines[0]`. Raises LayoutError."""
    if not isinstance(root, MapNode) or root.stop:
        raise LayoutError
    return _Layout(lines, first_line).document(root, schema)


class _Layout:
    """Lays out one document. `start`, `begin`, `stop` and `end` are half-open ranges of indexes into its lines."""

    def __init__(self, lines: list[str], first_line: int) -> None:
        self._lines = lines
        self._first = first_line

    def document(self, root: MapNode, schema: Schema) -> list[str]:
        fragments, below = self._map(root, 0, len(self._lines), schema)
        return [*_joined(fragments), *_comments(below)]

    def _map(self, node: MapNode, start: int, stop: int, schema: Schema) -> tuple[list[_Fragment], list[str]]:
        """The entries of a block map in canonical order, and the comments below its last entry that are not its own."""
        begins = [self._index(entry.key) for entry in node.entries]
        if any(later <= earlier for earlier, later in pairwise(begins)):
            raise LayoutError
        pending = self._lines[start : begins[0]]
        ranked: list[tuple[int, _Fragment]] = []
        for entry, begin, end in zip(node.entries, begins, [*begins[1:], stop], strict=True):
            lines, left = self._entry(entry, begin, end, schema)
            ranked.append((key_rank(schema, entry.key.text), _Fragment(tuple(_comments(pending)), tuple(lines))))
            pending = left
        return _ordered(ranked), pending

    def _list(self, node: ListNode, start: int, stop: int, schema: Schema) -> tuple[list[_Fragment], list[str]]:
        begins = [item.place.line - self._first for item in node.items]
        if any(later <= earlier for earlier, later in pairwise(begins)):
            raise LayoutError
        pending = self._lines[start : begins[0]]
        fragments: list[_Fragment] = []
        for item, begin, end in zip(node.items, begins, [*begins[1:], stop], strict=True):
            above = tuple(_comments(pending))
            fragment, pending = self._item(item, begin, end, above, schema)
            fragments.append(fragment)
        return fragments, pending

    def _item(
        self, item: YamlNode, begin: int, end: int, above: tuple[str, ...], schema: Schema
    ) -> tuple[_Fragment, list[str]]:
        column = item.place.column - 1
        if self._lines[begin][:column].strip() != "-":
            raise LayoutError
        if isinstance(item, MapNode) and not item.stop:
            fragments, left = self._map(item, begin, end, schema)
            first = fragments[0]
            lines = _joined([_Fragment((), first.lines), *fragments[1:]])
            return _Fragment((*above, *first.above), ("- " + lines[0], *(_indented(lines[1:])))), left
        if isinstance(item, ListNode) and not item.stop:
            raise LayoutError
        lines, left = self._leaf("- ", item, begin, end, schema)
        return _Fragment(above, tuple(lines)), left

    def _entry(self, entry: MapEntry, begin: int, end: int, schema: Schema) -> tuple[list[str], list[str]]:
        """The lines of an entry, and the lines up to `end` that are not part of it."""
        key, value = self._raw(entry.key), entry.value
        if isinstance(value, TextNode) or value.stop:
            return self._leaf(f"{key}: ", value, begin, end, value_schema(schema, entry.key.text), entry.key.text)
        below = value_schema(schema, entry.key.text)
        children = self._map if isinstance(value, MapNode) else self._list
        fragments, left = children(value, begin + 1, end, below)  # type: ignore[arg-type]
        column = value.place.column - 1
        # The dashes of a list may stand right under its key: comments in that column belong to the outer map.
        own, left = _split_by_depth(left, max(column, entry.key.place.column))
        comment = self._comment(begin, entry.key.place.end_column)
        body = [*_joined(fragments), *_comments(own)]
        return [f"{key}:{comment}", *_indented(body)], left

    def _leaf(
        self, prefix: str, value: YamlNode, begin: int, end: int, schema: Schema, key: str = ""
    ) -> tuple[list[str], list[str]]:
        """A scalar or flow collection behind its key or dash."""
        if isinstance(value, TextNode) and value.block:
            return self._block(prefix, value, end, key)
        if isinstance(value, TextNode) and not value.text and value.place.end_column - value.place.column == 1:
            if value.place.line - self._first != begin:
                raise LayoutError
            return [prefix.rstrip() + self._comment(begin, value.place.column)], self._lines[begin + 1 : end]
        line = value.place.line - self._first
        stop_line, stop_column = self._stop(value)
        comment = self._comment(stop_line, stop_column)
        if line != begin:
            raise LayoutError
        if stop_line == line:
            return [f"{prefix}{self._flow(value, schema)}{comment}"], self._lines[begin + 1 : end]
        return self._long_flow(prefix, value, begin, stop_line), self._lines[stop_line + 1 : end]

    def _long_flow(self, prefix: str, value: YamlNode, begin: int, stop: int) -> list[str]:
        """A flow collection over several lines stays as it is, moved with its key."""
        depth = len(self._lines[begin]) - len(self._lines[begin].lstrip(" "))
        first = prefix + self._lines[begin][value.place.column - 1 :].rstrip()
        rest = [line.rstrip() for line in self._lines[begin + 1 : stop + 1]]
        if any(line and len(line) - len(line.lstrip(" ")) <= depth for line in rest):
            raise LayoutError
        return [first, *(line[depth:] for line in rest)]

    def _block(self, prefix: str, value: TextNode, end: int, key: str) -> tuple[list[str], list[str]]:
        header = value.place.line - self._first
        comment = self._comment(header, self._header_stop(header, value.place.column - 1) + 1)
        body = value.text.split("\n") if value.text else []
        own = format_table(value) if key == "rows" and body else [line.rstrip() for line in body]
        after = header + 1 + len(body)
        return [f"{prefix}|{comment}", *_indented(own)], self._lines[after:end]

    def _header_stop(self, line: int, column: int) -> int:
        text = self._lines[line]
        while column < len(text) and text[column] in "|+-":
            column += 1
        return column

    def _flow(self, node: YamlNode, schema: Schema) -> str:
        """A value on one line, maps with their keys in order."""
        if isinstance(node, TextNode):
            return self._raw(node)
        if isinstance(node, ListNode):
            return "[" + ", ".join(self._flow(item, schema) for item in node.items) + "]"
        entries = sorted(node.entries, key=lambda entry: key_rank(schema, entry.key.text))
        return "{" + ", ".join(self._pair(entry, schema) for entry in entries) + "}"

    def _pair(self, entry: MapEntry, schema: Schema) -> str:
        return f"{self._raw(entry.key)}: {self._flow(entry.value, value_schema(schema, entry.key.text))}"

    def _raw(self, node: TextNode) -> str:
        """A scalar as it is written."""
        place = node.place
        if not node.text and place.end_column - place.column == 1:
            raise LayoutError
        return self._lines[place.line - self._first][place.column - 1 : place.end_column - 1]

    def _stop(self, node: YamlNode) -> tuple[int, int]:
        if isinstance(node, TextNode):
            return node.place.line - self._first, node.place.end_column
        assert node.stop is not None
        return node.stop[0] - self._first, node.stop[1]

    def _comment(self, line: int, column: int) -> str:
        """What follows on the line from `column` on, if it is a comment."""
        _, mark, text = self._lines[line][column - 1 :].partition("#")
        return f"  #{text.rstrip()}" if mark else ""

    def _index(self, node: TextNode) -> int:
        return node.place.line - self._first


def _ordered(ranked: list[tuple[int, _Fragment]]) -> list[_Fragment]:
    """By rank. What stands above the first entry and apart from it, or is for editors, stays at the top."""
    _, first = ranked[0]
    head, own = _split_head(first.above)
    ranked[0] = (ranked[0][0], _Fragment(own, first.lines))
    fragments = [fragment for _, fragment in sorted(ranked, key=lambda pair: pair[0])]
    top = fragments[0]
    above = tuple(_without_first_blank([*head, *top.above]))
    return [_Fragment(above, top.lines), *fragments[1:]]


def _split_head(above: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    apart = [index for index, line in enumerate(above) if not line or line.startswith(FOR_EDITORS)]
    cut = apart[-1] + 1 if apart else 0
    return above[:cut], above[cut:]


def _joined(fragments: list[_Fragment]) -> list[str]:
    return [line for fragment in fragments for line in (*fragment.above, *fragment.lines)]


def _comments(lines: list[str]) -> list[str]:
    """Comment lines without indentation, blank lines at most one together. Anything else is not understood."""
    kept: list[str] = []
    for line in lines:
        text = line.strip()
        if text and not text.startswith("#"):
            raise LayoutError
        if text or (not kept or kept[-1]):
            kept.append(text)
    return kept


def _without_first_blank(lines: list[str]) -> list[str]:
    kept = lines[1:] if lines and not lines[0] else lines
    return [line for index, line in enumerate(kept) if line or not index or kept[index - 1]]


def _split_by_depth(lines: list[str], depth: int) -> tuple[list[str], list[str]]:
    """The first lines as long as they are blank or indented by `depth` at least, blank ones at the end left out."""
    count = 0
    for index, line in enumerate(lines):
        if line.strip() and len(line) - len(line.lstrip(" ")) < depth:
            break
        if line.strip():
            count = index + 1
    return lines[:count], lines[count:]


def _indented(lines: list[str]) -> list[str]:
    return [_STEP + line if line else "" for line in lines]
