"""Names that hold spaces or operators, found in tokens: the longest first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from engine.feel.lexer import tokens_of
from engine.feel.tokens import Kind, Token

_Shape = tuple[tuple[str, bool], ...]


class KnownNames:
    """A growing and shrinking set of names, matched against tokens."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._plain: dict[str, int] = {}
        self._shapes: dict[str, list[tuple[_Shape, str]]] = {}
        for name in names:
            self.add(name)

    def add(self, name: str) -> None:
        """Knows the name from now on; once more if it was known."""
        shape = _shape(tokens_of(name))
        if len(shape) <= 1:
            self._plain[name] = self._plain.get(name, 0) + 1
            return
        shapes = self._shapes.setdefault(shape[0][0], [])
        shapes.append((shape, name))
        shapes.sort(key=lambda entry: -len(entry[0]))

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


def _shape(tokens: Sequence[Token]) -> _Shape:
    return tuple((token.text, bool(index) and token.spaced) for index, token in enumerate(tokens[:-1]))


def _fits(shape: _Shape, tokens: Sequence[Token], start: int) -> bool:
    if start + len(shape) >= len(tokens):
        return False
    for offset, (text, spaced) in enumerate(shape):
        token = tokens[start + offset]
        if token.text != text or token.kind is Kind.STRING or (offset and token.spaced != spaced):
            return False
    return True
