"""Which patterns for whole texts XPath, JSON Schema and most programming languages read alike. Pure.

The pattern of a fact judges applications here and is published in the API's document, where others judge by it. So it
may only hold what means the same to all: of XPath's regular expressions (Functions and Operators 3.1, 5.6) those
without classes by letter (`\\d`, `\\w`, `\\p{…}` are other characters elsewhere), back references and the subtraction
of classes. What is left takes at most the pattern's size times the text's steps.
"""

from __future__ import annotations

from greenlane.engine.feel.errors import FeelError
from greenlane.engine.feel.regex.program import STEP_LIMIT, compile_whole

LONGEST = 256
"""Characters of a text that every such pattern can judge."""

_OPERATIONS = STEP_LIMIT // (LONGEST + 1) - 1
_CONTROLS = "nrt"


def check(pattern: str) -> None:
    """Raises FeelError ("argument", "limit") for a pattern that is none, is read otherwise elsewhere, or is too large.

    What passes can be asked of texts of at most `LONGEST` characters by `fullmatch`, which then never fails.
    """
    foreign = _foreign(pattern)
    if foreign is not None:
        raise FeelError(
            "argument", f"`{foreign}` does not mean the same to all tools", f"`{foreign}` 在各工具中含义不一"
        )
    if len(compile_whole(pattern).code) > _OPERATIONS:
        raise FeelError("limit", "the pattern is too large", "正则表达式过大")


def _foreign(pattern: str) -> str | None:
    """The first piece that does not mean the same everywhere."""
    inside, at = False, 0
    while at < len(pattern):
        piece = pattern[at : at + 2]
        if piece[0] == "\\" and piece[1:].isalnum() and piece[1:] not in _CONTROLS:
            return piece
        if inside and piece == "-[":
            return piece
        inside = piece[0] == "[" or (inside and piece[0] != "]")
        at += 2 if piece[0] == "\\" else 1
    return None
