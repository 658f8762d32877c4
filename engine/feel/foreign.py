"""Signs of other languages and of Chinese keyboards that are taken for FEEL, and what to write instead."""

from __future__ import annotations

from greenlane.engine.feel import faults
from greenlane.engine.feel.ast import Span
from greenlane.engine.feel.faults import Fault

_OPERATORS = {
    "===": "=",
    "==": "=",
    "!==": "!=",
    "&&": "and",
    "||": "or",
    "<>": "!=",
    "=>": ">=",
    "=<": "<=",
    "!": "not(…)",
    "&": "and",
    "|": "or",
    "%": "modulo(a, b)",
    "^": "**",
    ";": ",",
    "≥": ">=",
    "≤": "<=",
    "≠": "!=",
    "×": "*",
    "÷": "/",
    "−": "-",
    "–": "-",
    "—": "-",
    "…": "..",
}
_QUOTES = frozenset("'`‘’“”„«»「」『』《》＂＇")
_CHINESE = {
    "、": ",",
    "。": ".",
    "【": "[",
    "】": "]",
    "〔": "[",
    "〕": "]",
    "〈": "<",
    "〉": ">",
    "￥": "",
    "～": "..",
}


def foreign(text: str, start: int) -> Fault | None:
    """The fault of a sign at `start` that is not FEEL's and is known to be meant for another, or None."""
    character = text[start]
    if character in _QUOTES:
        return _quote(text, start)
    if character in _CHINESE:
        return _full_width(text, start, start + 1, _CHINESE[character])
    if "\uff01" <= character <= "\uff5e":
        return _full_width_run(text, start)
    for length in (3, 2, 1):
        sign = text[start : start + length]
        # `!=` and `<>` apart, FEEL's own two-character signs never begin one of these.
        if sign in _OPERATORS and text[start : start + 2] != "!=":
            message = f"`{sign}` is not an operator here"
            return Fault(
                faults.FOREIGN_OPERATOR, message, Span(start, start + len(sign)), f"write `{_OPERATORS[sign]}`"
            )
    if text.startswith("!==", start):
        return Fault(faults.FOREIGN_OPERATOR, "`!==` is not an operator here", Span(start, start + 3), "write `!=`")
    return None


def _quote(text: str, start: int) -> Fault:
    code = faults.QUOTES if text[start] in "'`" else faults.FULL_WIDTH
    return Fault(
        code,
        f"`{text[start]}` does not quote text",
        Span(start, start + 1),
        'write text between straight double quotes `"`',
    )


def _full_width_run(text: str, start: int) -> Fault:
    end = start + 1
    if "\uff10" <= text[start] <= "\uff19":
        while end < len(text) and "\uff10" <= text[end] <= "\uff19":
            end += 1
    plain = "".join(chr(ord(character) - 0xFEE0) for character in text[start:end])
    return _full_width(text, start, end, plain)


def _full_width(text: str, start: int, end: int, plain: str) -> Fault:
    wrong = text[start:end]
    advice = (
        f"write the ASCII character `{plain}`" if len(plain) == 1 else f"write `{plain}`" if plain else "leave it out"
    )
    return Fault(faults.FULL_WIDTH, f"full-width character `{wrong}`", Span(start, end), advice)
