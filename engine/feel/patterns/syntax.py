"""Syntax trees of patterns."""

from __future__ import annotations

from dataclasses import dataclass

from greenlane.engine.feel.patterns.classes import Chars


@dataclass(frozen=True, slots=True)
class One:
    """One character of the class."""

    chars: Chars


@dataclass(frozen=True, slots=True)
class Begin:
    """`^`"""


@dataclass(frozen=True, slots=True)
class End:
    """`$`"""


@dataclass(frozen=True, slots=True)
class Back:
    """What the group has matched, once more."""

    group: int


@dataclass(frozen=True, slots=True)
class Group:
    """A capturing group."""

    number: int
    body: Tree


@dataclass(frozen=True, slots=True)
class Sequence:
    """One part after the other."""

    parts: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """The first branch that leads to a match."""

    branches: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """The body `low` to `high` times (None: no limit), as often as possible or, if not `greedy`, as seldom."""

    body: Tree
    low: int
    high: int | None
    greedy: bool


Tree = One | Begin | End | Back | Group | Sequence | Choice | Repeat


def can_be_empty(tree: Tree) -> bool:
    """Whether the tree may match no character; True where that cannot be told."""
    match tree:
        case One():
            return False
        case Group(_, body):
            return can_be_empty(body)
        case Sequence(parts):
            return all(map(can_be_empty, parts))
        case Choice(branches):
            return any(map(can_be_empty, branches))
        case Repeat(body, low, _, _):
            return low == 0 or can_be_empty(body)
        case Begin() | End() | Back():
            return True
