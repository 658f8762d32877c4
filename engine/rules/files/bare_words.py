"""Bare words: in a column whose values are listed, a word that is one of them is that value, without quotes."""

from __future__ import annotations

import re
from dataclasses import dataclass

from greenlane.engine.feel.ast import Span

_NEGATION = re.compile(r"\s*not\s*\((.*)\)\s*", re.DOTALL)
_WORD = re.compile(r"[^\W_][\w+.&/%-]*")
_FIRST = re.compile(r"\w+")
_NUMBER = re.compile(r"[0-9.]+")
_CONSTANTS = frozenset(("null", "true", "false"))
_OPENING, _CLOSING = frozenset("([{"), frozenset(")]}")


@dataclass(frozen=True, slots=True)
class Item:
    """One of the parts of a text between its commas, without the spaces around it; `start` is its position."""

    text: str
    start: int

    @property
    def span(self) -> Span:
        return Span(self.start, self.start + len(self.text))


def split_items(text: str, start: int = 0, end: int | None = None) -> tuple[Item, ...]:
    """The parts of `text[start:end]` between commas that are not within brackets or strings."""
    stop = len(text) if end is None else end
    items: list[Item] = []
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


def negated_part(text: str) -> tuple[int, int] | None:
    """Where the inside of `not(…)` stands, if that is the whole text."""
    match = _NEGATION.fullmatch(text)
    return match.span(1) if match and _balanced(match[1]) else None


def looks_bare(item: str) -> bool:
    """Whether a part reads like a word meant as a value: no number, constant, string, name with operators or call."""
    return bool(_WORD.fullmatch(item)) and not _NUMBER.fullmatch(item) and item not in _CONSTANTS


def first_word(item: str) -> str:
    """The word a part begins with: `a` of `a.b` and of `a-1`."""
    match = _FIRST.match(item)
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


def _item(text: str, start: int, end: int) -> Item:
    inner = text[start:end]
    return Item(inner.strip(), start + len(inner) - len(inner.lstrip()) if inner.strip() else start)
