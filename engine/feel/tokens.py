"""What FEEL text is made of before it has a structure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from greenlane.engine.feel.faults import Fault


class Kind(Enum):
    """The sort of a token."""

    NUMBER = "number"
    STRING = "string"
    WORD = "word"
    SYMBOL = "symbol"
    FAULTY = "faulty"
    END = "end"


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the text.

    `text` is as written, except of a string, where it is the string's value. `spaced` tells whether white space or a
    comment stands before it. `fault` says what is wrong with a faulty token, which may still be a part of a known name.
    """

    kind: Kind
    text: str
    start: int
    end: int
    spaced: bool
    fault: Fault | None = None


KEYWORDS = frozenset(
    [
        "if",
        "then",
        "else",
        "for",
        "in",
        "return",
        "some",
        "every",
        "satisfies",
        "and",
        "or",
        "between",
        "instance",
        "of",
        "function",
        "external",
        "true",
        "false",
        "null",
    ]
)
COMPARISONS = frozenset({"=", "!=", "<", "<=", ">", ">="})
# The signs that a name may hold beside letters and digits.
NAME_SIGNS = frozenset({".", "/", "-", "'", "+", "*", "**"})
