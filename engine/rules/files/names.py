"""Names: how they may be written, and which there are in a set of rule files."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from greenlane.engine.diagnostics import DiagnosticSink, Place, nearest
from greenlane.engine.rules.files.form import quoted
from greenlane.engine.rules.files.yaml_nodes import TextNode
from greenlane.engine.rules.vocabulary import FactKind

_NAME = re.compile(r"[^\W\d]\w*(?:[ \-+*/.']\w+)*")
_SIMPLE = re.compile(r"[^\W\d]\w*")
KEYWORDS = frozenset(
    (
        *("and", "or", "not", "if", "then", "else", "for", "in", "return", "some", "every", "satisfies", "between"),
        *("instance", "of", "function", "external", "true", "false", "null", "when"),
    )
)
_FEW = 8
COLUMN_WORDS = ("id", "when", "then", "code", "zh", "en", "basis", "from", "until")


@dataclass(frozen=True, slots=True)
class Names:
    """Every name that rules may use. `kinds` has None where the values of a name are not known.

    `special` are those that FEEL reads only when told of them, `members` such names of columns. `complete` is False
    when a file could not be read in full, so that a name that is not here may exist all the same.
    """

    kinds: Mapping[str, FactKind | None]
    special: frozenset[str]
    members: frozenset[str]
    complete: bool

    def with_parameters(self, kinds: Mapping[str, FactKind]) -> Names:
        """The names inside of a function: its parameters hide facts of the same name."""
        if not kinds:
            return self
        return Names({**self.kinds, **kinds}, self.special | special(kinds), self.members, self.complete)


@dataclass(slots=True)
class Registry:
    """All names while they are collected; a second use of one is a fault."""

    sink: DiagnosticSink
    places: dict[str, Place] = field(default_factory=dict)
    kinds: dict[str, FactKind | None] = field(default_factory=dict)

    def declare(self, node: TextNode, kind: FactKind | None) -> None:
        """Record a name, with the kind of its values where that is known."""
        first = self.places.get(node.text)
        if first is not None:
            message = f"the name `{node.text}` is used twice"
            self.sink.error("GL203", message, node.place, "choose another name", (first,))
            return
        self.places[node.text] = node.place
        self.kinds[node.text] = kind

    def names(self, members: Iterable[str], complete: bool) -> Names:
        """Everything declared so far; `members` are the names of columns and outputs."""
        return Names(dict(self.kinds), special(self.kinds), special(members), complete)


def check_name(node: TextNode, sink: DiagnosticSink) -> None:
    """Report a name that FEEL could not read, or that a column of a table already means."""
    name = node.text
    if name in KEYWORDS:
        sink.error("GL202", f"`{name}` is a word of the rule language", node.place, "choose another name")
    elif not _NAME.fullmatch(name):
        help_ = "letters, digits and `_`, beginning with a letter"
        sink.error("GL202", f"`{name}` cannot be a name", node.place, help_)


def unknown(name: str, known: Iterable[str], what: str, place: Place, sink: DiagnosticSink) -> None:
    """Report a name that is not known, with the nearest one that is, or all of them where they are few."""
    known = tuple(known)
    near = nearest(name, known)
    few = f"known: {quoted(known)}" if 0 < len(known) <= _FEW else ""
    sink.error("GL201", f"unknown {what} `{name}`", place, f"did you mean `{near}`?" if near else few)


def special(names: Iterable[str]) -> frozenset[str]:
    """Those of the names that hold spaces or operators."""
    return frozenset(name for name in names if not _SIMPLE.fullmatch(name))
