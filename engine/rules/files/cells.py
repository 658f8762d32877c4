"""FEEL cells: text to syntax tree, every fault at its place in the file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Union

from greenlane.engine.diagnostics import DiagnosticSink, Place
from greenlane.engine.feel.ast import Node, Span, String, UnaryTests
from greenlane.engine.feel.errors import FeelSyntaxError, SyntaxDiagnostic
from greenlane.engine.feel.parser import parse_expression, parse_unary_tests
from greenlane.engine.rules.files.bare_words import Item, first_word, looks_bare, negated_part, split_items
from greenlane.engine.rules.files.names import Names
from greenlane.engine.rules.files.scalars import choice_help
from greenlane.engine.rules.files.table_text import RawCell
from greenlane.engine.rules.files.yaml_nodes import TextNode
from greenlane.engine.rules.table import Cell
from greenlane.engine.rules.vocabulary import FactKind

_Parsed = Union[Node, tuple[SyntaxDiagnostic, ...]]  # noqa: UP007
_Allowed = tuple[str, ...] | None


@dataclass(slots=True)
class CellReader:
    """Reads the cells of decisions that see the same names. Equal texts share one tree."""

    names: Names
    sink: DiagnosticSink
    _read: dict[tuple[str, str, _Allowed], _Parsed] = field(default_factory=dict)

    def reporting(self, sink: DiagnosticSink) -> CellReader:
        """The same reader, which tells its faults to someone else."""
        return CellReader(self.names, sink, self._read)

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
        if key not in self._read:
            self._read[key] = self._parse(role, source.text, allowed)
        parsed = self._read[key]
        if not isinstance(parsed, tuple):
            return Cell(source.text, source.origin, parsed)
        for fault in parsed:
            self.sink.error(fault.code, fault.message, _place(source, fault.span), fault.help)
        return None

    def _parse(self, role: str, text: str, allowed: _Allowed) -> _Parsed:
        try:
            if role == "tests":
                return self._tests(text, allowed)
            if role == "value" and allowed:
                return self._value(Item(text, 0), allowed)
            return parse_expression(text, self.names.special, self.names.members)
        except FeelSyntaxError as error:
            return error.diagnostics

    def _value(self, item: Item, allowed: tuple[str, ...]) -> Node:
        if item.text in allowed:
            return String(item.text, item.span)
        self._check_bare(item, allowed)
        return parse_expression(item.text, self.names.special, self.names.members)

    def _tests(self, text: str, allowed: _Allowed) -> Node:
        if not allowed:
            return parse_unary_tests(text, self.names.special, self.names.members)
        inner = negated_part(text)
        items = split_items(text, *inner) if inner else split_items(text)
        if not any(item.text in allowed or looks_bare(item.text) for item in items):
            return parse_unary_tests(text, self.names.special, self.names.members)
        tests, found = self._each(items, allowed)
        if found:
            raise FeelSyntaxError(found)
        return UnaryTests(tuple(tests), inner is not None, Span(0, len(text)))

    def _each(self, items: Sequence[Item], allowed: tuple[str, ...]) -> tuple[list[Node], list[SyntaxDiagnostic]]:
        """The tests of a cell one by one: bare words, and what FEEL makes of the others."""
        tests: list[Node] = []
        found: list[SyntaxDiagnostic] = []
        for item in items:
            try:
                tests += self._item(item, allowed)
            except FeelSyntaxError as error:
                found += error.diagnostics
        return tests, found

    def _item(self, item: Item, allowed: tuple[str, ...]) -> tuple[Node, ...]:
        if item.text in allowed:
            return (String(item.text, item.span),)
        self._check_bare(item, allowed)
        if item.text in ("", "-"):
            fault = SyntaxDiagnostic("GL001", "a value is missing beside the comma", item.span, "remove the comma")
            raise FeelSyntaxError([fault])
        # The spaces before it put the spans of its tree, and of its errors, at their place in the cell.
        read = parse_unary_tests(" " * item.start + item.text, self.names.special, self.names.members)
        if read.negated:
            help_ = "list the values that hold, or those that do not in one `not(…)`"
            raise FeelSyntaxError(
                [SyntaxDiagnostic("GL001", "`not(…)` cannot stand beside other tests", item.span, help_)]
            )
        return read.tests

    def _check_bare(self, item: Item, allowed: tuple[str, ...]) -> None:
        if looks_bare(item.text) and first_word(item.text) not in self.names.kinds and self.names.complete:
            message = f"`{item.text}` is not an allowed value"
            raise FeelSyntaxError([SyntaxDiagnostic("GL205", message, item.span, choice_help(item.text, allowed))])


def _place(source: TextNode | RawCell, span: Span) -> Place:
    if isinstance(source, TextNode):
        return source.part(span.start, span.end)
    return source.origin.place(source.text, span.start, span.end)
