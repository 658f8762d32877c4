"""FEEL cells: text to syntax tree, errors at their place in the file. Pure.

In a column whose values are listed, a word that is one of them is that value, without quotes (a bare word).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Union

from greenlane.engine.diagnostics import DiagnosticSink, Place
from greenlane.engine.feel.ast import Node, Span, String, UnaryTests
from greenlane.engine.feel.errors import FeelSyntaxError, SyntaxDiagnostic
from greenlane.engine.feel.parser import parse_expression, parse_unary_tests
from greenlane.engine.rules.files.namespace import Namespace
from greenlane.engine.rules.files.node_reader import choice_help
from greenlane.engine.rules.files.table_lexer import RawCell
from greenlane.engine.rules.files.yaml_tree import TextNode
from greenlane.engine.rules.table import Cell
from greenlane.engine.rules.vocabulary import FactKind

_NEGATION = re.compile(r"\s*not\s*\((.*)\)\s*", re.DOTALL)
_BARE_WORD = re.compile(r"[^\W_][\w+.&/%-]*")
_FIRST_WORD = re.compile(r"\w+")
_NUMBER = re.compile(r"[0-9.]+")
_CONSTANTS = frozenset(("null", "true", "false"))
_OPENING, _CLOSING = frozenset("([{"), frozenset(")]}")

_Parsed = Union[Node, tuple[SyntaxDiagnostic, ...]]  # noqa: UP007
_Allowed = tuple[str, ...] | None


@dataclass(slots=True)
class CellReader:
    """Reads the cells of decisions that see the same names. Equal texts share one syntax tree."""

    names: Namespace
    sink: DiagnosticSink
    _parsed: dict[tuple[str, str, _Allowed], _Parsed] = field(default_factory=dict)

    def reporting(self, sink: DiagnosticSink) -> CellReader:
        """The same reader, with what it has parsed, that reports to another sink."""
        return CellReader(self.names, sink, self._parsed)

    def expression(self, source: TextNode | RawCell) -> Cell | None:
        """An expression; None, and errors, where it is not FEEL."""
        return self._cell("expression", source, None)

    def value(self, source: TextNode | RawCell, kind: FactKind | None) -> Cell | None:
        """An expression for a value of `kind`, or one of its allowed values as a bare word."""
        return self._cell("value", source, kind.allowed if kind else None)

    def tests(self, source: RawCell, kind: FactKind | None) -> Cell | None:
        """Unary tests on a value of `kind`, whose allowed values may be bare words."""
        return self._cell("tests", source, kind.allowed if kind else None)

    def _cell(self, role: str, source: TextNode | RawCell, allowed: _Allowed) -> Cell | None:
        key = (role, source.text, allowed)
        if key not in self._parsed:
            self._parsed[key] = self._parse(role, source.text, allowed)
        parsed = self._parsed[key]
        if not isinstance(parsed, tuple):
            return Cell(source.text, source.origin, parsed)
        for found in parsed:
            self.sink.error(found.code, found.message, _place(source, found.span), found.help)
        return None

    def _parse(self, role: str, text: str, allowed: _Allowed) -> _Parsed:
        try:
            if role == "tests":
                return self._tests(text, allowed)
            if role == "value" and allowed:
                return self._value(ListItem(text, 0), allowed)
            return parse_expression(text, self.names.special, self.names.members)
        except FeelSyntaxError as error:
            return error.diagnostics

    def _value(self, item: ListItem, allowed: tuple[str, ...]) -> Node:
        if item.text in allowed:
            return String(item.text, item.span)
        self._check_bare(item, allowed)
        return parse_expression(item.text, self.names.special, self.names.members)

    def _tests(self, text: str, allowed: _Allowed) -> Node:
        if not allowed:
            return parse_unary_tests(text, self.names.special, self.names.members)
        inner = negated_span(text)
        items = split_items(text, *inner) if inner else split_items(text)
        if not any(item.text in allowed or _is_bare_word(item.text) for item in items):
            return parse_unary_tests(text, self.names.special, self.names.members)
        tests, found = self._each(items, allowed)
        if found:
            raise FeelSyntaxError(found)
        return UnaryTests(tuple(tests), inner is not None, Span(0, len(text)))

    def _each(self, items: Sequence[ListItem], allowed: tuple[str, ...]) -> tuple[list[Node], list[SyntaxDiagnostic]]:
        """The tests of a cell one by one: bare words, and what FEEL makes of the others."""
        tests: list[Node] = []
        found: list[SyntaxDiagnostic] = []
        for item in items:
            try:
                tests += self._item(item, allowed)
            except FeelSyntaxError as error:
                found += error.diagnostics
        return tests, found

    def _item(self, item: ListItem, allowed: tuple[str, ...]) -> tuple[Node, ...]:
        if item.text in allowed:
            return (String(item.text, item.span),)
        self._check_bare(item, allowed)
        if item.text in ("", "-"):
            missing = SyntaxDiagnostic("GL001", "a value is missing beside the comma", item.span, "remove the comma")
            raise FeelSyntaxError([missing])
        # The spaces before it put the spans of its tree, and of its errors, at their place in the cell.
        read = parse_unary_tests(" " * item.start + item.text, self.names.special, self.names.members)
        if read.negated:
            help_ = "list the values that hold, or those that do not in one `not(…)`"
            raise FeelSyntaxError(
                [SyntaxDiagnostic("GL001", "`not(…)` cannot stand beside other tests", item.span, help_)]
            )
        return read.tests

    def _check_bare(self, item: ListItem, allowed: tuple[str, ...]) -> None:
        if _is_bare_word(item.text) and _first_word(item.text) not in self.names.kinds and self.names.complete:
            message = f"`{item.text}` is not an allowed value"
            raise FeelSyntaxError([SyntaxDiagnostic("GL205", message, item.span, choice_help(item.text, allowed))])


def _place(source: TextNode | RawCell, span: Span) -> Place:
    if isinstance(source, TextNode):
        return source.part(span.start, span.end)
    return source.origin.place(source.text, span.start, span.end)


@dataclass(frozen=True, slots=True)
class ListItem:
    """One of the parts of a text between its commas, without the spaces around it; `start` is its position."""

    text: str
    start: int

    @property
    def span(self) -> Span:
        return Span(self.start, self.start + len(self.text))


def split_items(text: str, start: int = 0, end: int | None = None) -> tuple[ListItem, ...]:
    """The parts of `text[start:end]` between commas that are not within brackets or strings."""
    stop = len(text) if end is None else end
    items: list[ListItem] = []
    depth, begin, position = 0, start, start
    while position < stop:
        character = text[position]
        if character == '"':
            position = _string_end(text, position, stop)
        elif character in _OPENING:
            depth += 1
        elif character in _CLOSING:
            depth -= 1
        elif character == "," and depth <= 0:
            items.append(_item(text, begin, position))
            begin = position + 1
        position += 1
    items.append(_item(text, begin, stop))
    return tuple(items)


def negated_span(text: str) -> tuple[int, int] | None:
    """Where the inside of `not(…)` stands, if that is the whole text."""
    match = _NEGATION.fullmatch(text)
    return match.span(1) if match and _balanced(match[1]) else None


def _is_bare_word(item: str) -> bool:
    """Whether a part reads like a word meant as a value: no number, constant, string, name with operators or call."""
    return bool(_BARE_WORD.fullmatch(item)) and not _NUMBER.fullmatch(item) and item not in _CONSTANTS


def _first_word(item: str) -> str:
    """The word a part begins with: `a` of `a.b` and of `a-1`."""
    match = _FIRST_WORD.match(item)
    return match[0] if match else ""


def _balanced(text: str) -> bool:
    """Whether every bracket in it is closed in it, and opened before."""
    depth, position = 0, 0
    while position < len(text) and depth >= 0:
        character = text[position]
        if character == '"':
            position = _string_end(text, position, len(text))
        depth += (character in _OPENING) - (character in _CLOSING)
        position += 1
    return depth == 0


def _string_end(text: str, start: int, stop: int) -> int:
    position = start + 1
    while position < stop and text[position] != '"':
        position += 2 if text[position] == "\\" else 1
    return position


def _item(text: str, start: int, end: int) -> ListItem:
    inner = text[start:end]
    return ListItem(inner.strip(), start + len(inner) - len(inner.lstrip()) if inner.strip() else start)
