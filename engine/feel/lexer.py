"""FEEL text to tokens, and the names of several words among them. Pure; reads a text of any content and never fails."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from greenlane.engine.feel.ast import Span
from greenlane.engine.feel.errors import SyntaxCode, SyntaxDiagnostic


class TokenKind(Enum):
    """The sort of a token."""

    NUMBER = "number"
    STRING = "string"
    WORD = "word"
    SYMBOL = "symbol"
    FAULTY = "faulty"
    END = "end"


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the text, `start` to `end` in code points.

    `text` is as written, except of a string, where it is the string's value. `spaced` tells whether white space or a
    comment stands before it. `diagnostic` says what is wrong with a faulty token, which may still be a part of a known
    name.
    """

    kind: TokenKind
    text: str
    start: int
    end: int
    spaced: bool
    diagnostic: SyntaxDiagnostic | None = None


KEYWORDS = frozenset(
    {
        "if", "then", "else", "for", "in", "return", "some", "every", "satisfies", "and", "or", "between", "instance",
        "of", "function", "external", "true", "false", "null",
    }
)  # fmt: skip
COMPARISONS = frozenset({"=", "!=", "<", "<=", ">", ">="})
NAME_SIGNS = frozenset({".", "/", "-", "'", "+", "*", "**"})
"""The signs that a name may hold beside letters and digits (DMN 1.5, 10.3.1.2)."""

_SPACE = r"[\s\u180E\u200B\uFEFF]"
_BLANK = re.compile(rf"(?:{_SPACE}+|//[^\n\r]*|/\*.*?\*/)+", re.DOTALL)
# Letters as FEEL lists them (10.3.1.2), without Chinese punctuation and the full-width forms of signs and digits.
_START = (
    "A-Za-z_\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d\u2070-\u218f\u2c00-\u2fef"
    "\u3005-\u3007\u3021-\ud7ff\uf900-\ufdcf\ufdf0-\ufdff\ufe70-\ufefc\uff21-\uff3a\uff41-\uff5a\uff66-\uffdc\U00010000-\U000effff"
)
_WORD = re.compile(f"[{_START}][{_START}0-9\u00b7\u0300-\u036f\u203f-\u2040]*")
_NUMBER = re.compile(r"(?:[0-9]+(?:\.(?!\.)[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_SYMBOL = re.compile(r"\*\*|\.\.|<=|>=|!=|->|[-+*/=<>()\[\]{},.:?@]")
_STRING = re.compile(r'"((?:[^"\\\n\r]|\\[^\n\r])*)"')
_LINE_END = re.compile(r"[\n\r]|\Z")
_ESCAPE = re.compile(r"\\(?:(u[0-9A-Fa-f]{4})|(U[0-9A-Fa-f]{6})|(.))", re.DOTALL)
_PLAIN_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "'": "'", "\\": "\\"}
_SURROGATES = re.compile("[\ud800-\udbff][\udc00-\udfff]")


def tokens_of(text: str) -> tuple[Token, ...]:
    """The tokens, the last one of kind END. What cannot be read becomes a faulty token that says why."""
    found: list[Token] = []
    position = 0
    while True:
        blank = _BLANK.match(text, position)
        start = blank.end() if blank else position
        if start >= len(text):
            found.append(Token(TokenKind.END, "", len(text), len(text), bool(blank)))
            return tuple(found)
        token = _token(text, start, blank is not None)
        found.append(token)
        position = token.end


def _token(text: str, start: int, spaced: bool) -> Token:
    for kind, pattern in ((TokenKind.WORD, _WORD), (TokenKind.NUMBER, _NUMBER)):
        if match := pattern.match(text, start):
            return Token(kind, match.group(), start, match.end(), spaced)
    if text[start] == '"':
        return _string(text, start, spaced)
    if foreign := _foreign(text, start):
        return _faulty(text, foreign.span.end, spaced, foreign)
    if text.startswith("/*", start):
        span = Span(start, start + 2)
        unclosed = SyntaxDiagnostic(SyntaxCode.UNCLOSED_BRACKET, "unclosed comment", span, "close it with `*/`")
        return _faulty(text, len(text), spaced, unclosed)
    if match := _SYMBOL.match(text, start):
        return Token(TokenKind.SYMBOL, match.group(), start, match.end(), spaced)
    message = f"unexpected character `{text[start]}`"
    return _faulty(text, start + 1, spaced, SyntaxDiagnostic(SyntaxCode.CHARACTER, message, Span(start, start + 1)))


def _faulty(text: str, end: int, spaced: bool, diagnostic: SyntaxDiagnostic) -> Token:
    start = diagnostic.span.start
    return Token(TokenKind.FAULTY, text[start:end], start, end, spaced, diagnostic)


def _string(text: str, start: int, spaced: bool) -> Token:
    match = _STRING.match(text, start)
    if not match:
        line_end = _LINE_END.search(text, start)
        end = line_end.start() if line_end else len(text)
        advice = 'close it with `"` on the same line'
        unclosed = SyntaxDiagnostic(SyntaxCode.UNCLOSED_STRING, "unclosed string", Span(start, end), advice)
        return _faulty(text, end, spaced, unclosed)
    return Token(TokenKind.STRING, _unescaped(match.group(1)), start, match.end(), spaced)


def _unescaped(body: str) -> str:
    if "\\" not in body:
        return body
    value = _ESCAPE.sub(_escape_value, body)
    return _SURROGATES.sub(lambda pair: pair.group().encode("utf-16", "surrogatepass").decode("utf-16"), value)


def _escape_value(escape: re.Match[str]) -> str:
    digits = escape.group(1) or escape.group(2)
    if digits:
        code = int(digits[1:], 16)
        return chr(code) if code <= 0x10FFFF else "\ufffd"
    # The grammar lets a backslash stand for itself before any other character.
    return _PLAIN_ESCAPES.get(escape.group(3), escape.group())


# Signs of other languages and of Chinese keyboards that are taken for FEEL, and what to write instead.
_OPERATORS = {
    "===": "=", "==": "=", "!==": "!=", "&&": "and", "||": "or", "<>": "!=", "=>": ">=", "=<": "<=", "!": "not(…)",
    "&": "and", "|": "or", "%": "modulo(a, b)", "^": "**", ";": ",", "≥": ">=", "≤": "<=", "≠": "!=", "×": "*",
    "÷": "/", "−": "-", "–": "-", "—": "-", "…": "..",
}  # fmt: skip
_CHINESE = {
    "、": ",", "。": ".", "【": "[", "】": "]", "〔": "[", "〕": "]", "〈": "<", "〉": ">", "￥": "", "～": "..",
}  # fmt: skip
_QUOTES = frozenset("'`‘’“”„«»「」『』《》＂＇")


def _foreign(text: str, start: int) -> SyntaxDiagnostic | None:
    """The diagnostic of a sign at `start` that is not FEEL's and is known to be meant for another, or None."""
    character = text[start]
    if character in _QUOTES:
        code = SyntaxCode.QUOTES if character in "'`" else SyntaxCode.FULL_WIDTH
        advice = 'write text between straight double quotes `"`'
        return SyntaxDiagnostic(code, f"`{character}` does not quote text", Span(start, start + 1), advice)
    if character in _CHINESE:
        return _full_width(text, start, start + 1, _CHINESE[character])
    if "\uff01" <= character <= "\uff5e":
        return _full_width_run(text, start)
    for length in (3, 2, 1):
        sign = text[start : start + length]
        # `!=` is FEEL's own; `!==` and what begins with no other sign of FEEL are not.
        if sign in _OPERATORS and (length == 3 or text[start : start + 2] != "!="):
            span, advice = Span(start, start + len(sign)), f"write `{_OPERATORS[sign]}`"
            return SyntaxDiagnostic(SyntaxCode.FOREIGN_OPERATOR, f"`{sign}` is not an operator here", span, advice)
    return None


def _full_width_run(text: str, start: int) -> SyntaxDiagnostic:
    end = start + 1
    if "\uff10" <= text[start] <= "\uff19":
        while end < len(text) and "\uff10" <= text[end] <= "\uff19":
            end += 1
    plain = "".join(chr(ord(character) - 0xFEE0) for character in text[start:end])
    return _full_width(text, start, end, plain)


def _full_width(text: str, start: int, end: int, plain: str) -> SyntaxDiagnostic:
    advice = (
        f"write the ASCII character `{plain}`" if len(plain) == 1 else f"write `{plain}`" if plain else "leave it out"
    )
    message = f"full-width character `{text[start:end]}`"
    return SyntaxDiagnostic(SyntaxCode.FULL_WIDTH, message, Span(start, end), advice)


_Shape = tuple[tuple[str, bool], ...]
_Entry = tuple[_Shape, str]


class KnownNames:
    """The names in scope, matched against tokens, the longest first: they may hold spaces and operators.

    A name is known as often as it was added.
    """

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
        return (first, 1) if self._plain.get(first) and tokens[start].kind is TokenKind.WORD else None


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
        if token.text != text or token.kind is TokenKind.STRING or (offset and token.spaced != spaced):
            return False
    return True
