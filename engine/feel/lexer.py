"""FEEL text to tokens. Never fails: what cannot be read becomes a faulty token that says why."""

from __future__ import annotations

import re

from greenlane.engine.feel import faults
from greenlane.engine.feel.ast import Span
from greenlane.engine.feel.faults import Fault
from greenlane.engine.feel.foreign import foreign
from greenlane.engine.feel.tokens import Kind, Token

_SPACE = r"[\s\u180E\u200B\uFEFF]"
_BLANK = re.compile(rf"(?:{_SPACE}+|//[^\n\r]*|/\*.*?\*/)+", re.DOTALL)
# Letters as FEEL lists them, without the punctuation of Chinese text and the full-width forms of signs and digits.
_START = (
    "A-Za-z_\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d\u2070-\u218f\u2c00-\u2fef"
    "\u3005-\u3007\u3021-\ud7ff\uf900-\ufdcf\ufdf0-\ufdff\ufe70-\ufefc\uff21-\uff3a\uff41-\uff5a\uff66-\uffdc\U00010000-\U000effff"
)
_WORD = re.compile(f"[{_START}][{_START}0-9\u00b7\u0300-\u036f\u203f-\u2040]*")
_NUMBER = re.compile(r"(?:[0-9]+(?:\.(?!\.)[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_SYMBOL = re.compile(r"\*\*|\.\.|<=|>=|!=|->|[-+*/=<>()\[\]{},.:?@]")
_STRING = re.compile(r'"((?:[^"\\\n\r]|\\[^\n\r])*)"')
_ESCAPE = re.compile(r"\\(?:(u[0-9A-Fa-f]{4})|(U[0-9A-Fa-f]{6})|(.))", re.DOTALL)
_PLAIN_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "'": "'", "\\": "\\"}
_SURROGATES = re.compile("[\ud800-\udbff][\udc00-\udfff]")


def tokens_of(text: str) -> tuple[Token, ...]:
    """The tokens, the last one of kind END."""
    found: list[Token] = []
    position = 0
    while True:
        blank = _BLANK.match(text, position)
        start = blank.end() if blank else position
        if start >= len(text):
            found.append(Token(Kind.END, "", len(text), len(text), bool(blank)))
            return tuple(found)
        token = _token(text, start, blank is not None)
        found.append(token)
        position = token.end


def _token(text: str, start: int, spaced: bool) -> Token:
    for kind, pattern in ((Kind.WORD, _WORD), (Kind.NUMBER, _NUMBER)):
        if match := pattern.match(text, start):
            return Token(kind, match.group(), start, match.end(), spaced)
    if text[start] == '"':
        return _string(text, start, spaced)
    if fault := foreign(text, start):
        return Token(Kind.FAULTY, text[start : fault.span.end], start, fault.span.end, spaced, fault)
    if text.startswith("/*", start):
        fault = Fault(faults.UNCLOSED_BRACKET, "unclosed comment", Span(start, start + 2), "close it with `*/`")
        return Token(Kind.FAULTY, text[start:], start, len(text), spaced, fault)
    if match := _SYMBOL.match(text, start):
        return Token(Kind.SYMBOL, match.group(), start, match.end(), spaced)
    fault = Fault(faults.CHARACTER, f"unexpected character `{text[start]}`", Span(start, start + 1))
    return Token(Kind.FAULTY, text[start], start, start + 1, spaced, fault)


def _string(text: str, start: int, spaced: bool) -> Token:
    match = _STRING.match(text, start)
    if not match:
        line_end = re.compile(r"[\n\r]|\Z").search(text, start)
        end = line_end.start() if line_end else len(text)
        fault = Fault(faults.UNCLOSED_STRING, "unclosed string", Span(start, end), 'close it with `"` on the same line')
        return Token(Kind.FAULTY, text[start:end], start, end, spaced, fault)
    return Token(Kind.STRING, _unescaped(match.group(1)), start, match.end(), spaced)


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
