"""The namespace of a ruleset: which names there are, how they are written, what values they may have. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from greenlane.engine.diagnostics import DiagnosticSink, Place, nearest
from greenlane.engine.feel.errors import FeelError
from greenlane.engine.feel.regex import portable
from greenlane.engine.rules.files.file_schemas import CHECKS, UNIT_SYMBOLS
from greenlane.engine.rules.files.node_reader import MapReader, choice_help, quoted
from greenlane.engine.rules.files.schema import Enumeration
from greenlane.engine.rules.files.yaml_tree import TextNode
from greenlane.engine.rules.vocabulary import FactKind, FactType

_NAME = re.compile(r"[^\W\d]\w*(?:[ \-+*/.']\w+)*")
_SIMPLE = re.compile(r"[^\W\d]\w*")
_MAX_LISTED = 8
KEYWORDS = frozenset(
    (
        *("and", "or", "not", "if", "then", "else", "for", "in", "return", "some", "every", "satisfies", "between"),
        *("instance", "of", "function", "external", "true", "false", "null", "when"),
    )
)
"""Words that no fact, decision or parameter may have as its name."""


@dataclass(frozen=True, slots=True)
class Namespace:
    """Every name that rules may use. `kinds` has None where the values of a name are not known.

    `special` are the names with spaces or operators, which the FEEL parser must know, `members` such names of columns.
    `complete` is False when a file could not be read in full, so that a name that is not here may exist all the same.
    """

    kinds: Mapping[str, FactKind | None]
    special: frozenset[str]
    members: frozenset[str]
    complete: bool

    def with_parameters(self, kinds: Mapping[str, FactKind]) -> Namespace:
        """The names inside of a function: its parameters hide facts of the same name."""
        if not kinds:
            return self
        return Namespace({**self.kinds, **kinds}, self.special | _special(kinds), self.members, self.complete)


@dataclass(slots=True)
class NamespaceBuilder:
    """All names while they are collected; a second declaration of one is an error."""

    sink: DiagnosticSink
    places: dict[str, Place] = field(default_factory=dict)
    kinds: dict[str, FactKind | None] = field(default_factory=dict)

    def declare(self, name: TextNode, kind: FactKind | None) -> None:
        """Record a name, with the kind of its values where that is known."""
        first = self.places.get(name.text)
        if first is not None:
            message = f"the name `{name.text}` is used twice"
            self.sink.error("GL203", message, name.place, "choose another name", (first,))
            return
        self.places[name.text] = name.place
        self.kinds[name.text] = kind

    def build(self, members: Iterable[str], complete: bool) -> Namespace:
        """Everything declared so far; `members` are the names of columns and outputs."""
        return Namespace(dict(self.kinds), _special(self.kinds), _special(members), complete)


def check_name(node: TextNode, sink: DiagnosticSink) -> None:
    """Report a name that FEEL could not read, or that is a keyword."""
    name = node.text
    if name in KEYWORDS:
        sink.error("GL202", f"`{name}` is a word of the rule language", node.place, "choose another name")
    elif not _NAME.fullmatch(name):
        help_ = "letters, digits and `_`, beginning with a letter"
        sink.error("GL202", f"`{name}` cannot be a name", node.place, help_)


def report_unknown(name: str, known: Iterable[str], what: str, place: Place, sink: DiagnosticSink) -> None:
    """Report a name that is not known, with the nearest one that is, or all of them where they are few."""
    known = tuple(known)
    near = nearest(name, known)
    few = f"known: {quoted(known)}" if 0 < len(known) <= _MAX_LISTED else ""
    sink.error("GL201", f"unknown {what} `{name}`", place, f"did you mean `{near}`?" if near else few)


def read_kind(reader: MapReader) -> FactKind | None:
    """What values a fact, output, parameter or column may have; `reader` has a schema with the key `type`.

    None, and an error, without a type. A key that does not go with the type is an error.
    """
    type_ = reader.choice("type", FactType, "type")
    if type_ is None:
        return None
    for key in reader.schema.keys:
        if key.only_for and reader.has(key.name) and type_.value != key.only_for:
            message = f"`{key.name}` does not go with type `{type_.value}`"
            reader.sink.error("GL119", message, reader.place_of(key.name), f"it is for a {key.only_for}")
    if type_ is FactType.NUMBER:
        return _number_kind(reader)
    if type_ is FactType.STRING:
        check = _word(reader, "check", CHECKS, "GL118", "`{}` is no check")
        return FactKind(type_, allowed=_allowed(reader), pattern=_pattern(reader), check=check)
    return FactKind(type_)


def _number_kind(reader: MapReader) -> FactKind:
    low, high = reader.number("min"), reader.number("max")
    if low is not None and high is not None and low > high:
        message = f"`min` {low} is above `max` {high}"
        reader.sink.error("GL118", message, reader.place_of("min"), "swap them or correct one")
        low = high = None
    unit = _word(reader, "unit", UNIT_SYMBOLS, "GL204", "unknown unit `{}`")
    whole = reader.boolean("whole") or False
    return FactKind(FactType.NUMBER, unit=unit or "", minimum=low, maximum=high, whole=whole)


def _word(reader: MapReader, key: str, schema: Enumeration, code: str, message: str) -> str | None:
    """The text under `key`, one of the words of the enumeration; else `message`, with the text in it."""
    node = reader.text(key)
    if node is None or node.text in schema.words:
        return node.text if node else None
    help_ = choice_help(node.text, tuple(schema.words))
    reader.sink.error(code, message.format(node.text), node.place, help_)
    return None


def _allowed(reader: MapReader) -> tuple[str, ...] | None:
    nodes = reader.texts("allowed")
    if nodes is None:
        return None
    sink = reader.sink
    seen: dict[str, TextNode] = {}
    for node in nodes:
        if not node.text:
            sink.error("GL118", "an allowed value is empty", node.place, "write the value, or remove the comma")
        elif node.text in seen:
            first = seen[node.text].place
            sink.error("GL118", f"`{node.text}` is listed twice", node.place, "remove one of them", (first,))
        else:
            seen[node.text] = node
    if not nodes:
        sink.error("GL118", "`allowed` lists no value", reader.place_of("allowed"), "list them, or remove the key")
    return tuple(seen) or None


def _pattern(reader: MapReader) -> str | None:
    node = reader.text("pattern")
    if node is None:
        return None
    try:
        portable.check(node.text)
    except FeelError as error:
        help_ = "write characters and classes like `[A-Z0-9]`, `|`, `( )`, `?`, `*`, `+`, `{2,4}`; `\\` before a sign"
        reader.sink.error("GL118", f"this pattern cannot be used: {error.en}", node.place, help_)
        return None
    return node.text


def _special(names: Iterable[str]) -> frozenset[str]:
    """Those of the names that hold spaces or operators."""
    return frozenset(name for name in names if not _SIMPLE.fullmatch(name))
