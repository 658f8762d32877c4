"""Names that hold spaces or operators, found in tokens: the longest first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

from greenlane.engine.feel.lexer import tokens_of
from greenlane.engine.feel.tokens import Kind, Token

_Shape = tuple[tuple[str, bool], ...]
_Entry = tuple[_Shape, str]


class KnownNames:
    """A growing and shrinking set of names, matched against tokens."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        # Parsing a cell begins here, nearly always with the same names: their tokens are looked at once.
        plain, shapes = _table(frozenset(names))
        self._plain = dict.fromkeys(plain, 1)
        self._shapes = {first: list(entries) for first, entries in shapes}

    def add(self, name: str) -> None:
        """Knows the name from now on; once more if it was known."""
        shape = _shape(name)
        if len(shape) <= 1:
            self._plain[name] = self._plain.get(name, 0) + 1
            return
        shapes = self._shapes.setdefault(shape[0][0], [])
        shapes.append((shape, name))
        shapes.sort(key=_longest_first)

    def remove(self, name: str) -> None:
        """Takes one `add` back."""
        if name in self._plain:
            self._plain[name] -= 1
            return
        shapes = self._shapes[tokens_of(name)[0].text]
        del shapes[next(index for index, entry in enumerate(shapes) if entry[1] == name)]

    def match(self, tokens: Sequence[Token], start: int) -> tuple[str, int] | None:
        """The longest known name that begins at the token, and the number of its tokens."""
        first = tokens[start].text
        for shape, name in self._shapes.get(first, ()):
            if _fits(shape, tokens, start):
                return name, len(shape)
        return (first, 1) if self._plain.get(first) and tokens[start].kind is Kind.WORD else None


@lru_cache(maxsize=4096)
def _shape(name: str) -> _Shape:
    tokens = tokens_of(name)
    return tuple((token.text, bool(index) and token.spaced) for index, token in enumerate(tokens[:-1]))


def _longest_first(entry: _Entry) -> tuple[int, str]:
    return -len(entry[0]), entry[1]


@lru_cache(maxsize=256)
def _table(names: frozenset[str]) -> tuple[tuple[str, ...], tuple[tuple[str, tuple[_Entry, ...]], ...]]:
    """The names of one token, and the others by their first token."""
    shaped = sorted(((_shape(name), name) for name in names), key=_longest_first)
    several: dict[str, tuple[_Entry, ...]] = {}
    for entry in shaped:
        if len(entry[0]) > 1:
            several[entry[0][0][0]] = (*several.get(entry[0][0][0], ()), entry)
    return tuple(name for shape, name in shaped if len(shape) <= 1), tuple(several.items())


def _fits(shape: _Shape, tokens: Sequence[Token], start: int) -> bool:
    if start + len(shape) >= len(tokens):
        return False
    for offset, (text, spaced) in enumerate(shape):
        token = tokens[start + offset]
        if token.text != text or token.kind is Kind.STRING or (offset and token.spaced != spaced):
            return False
    return True
