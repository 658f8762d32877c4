"""The one way in which evaluating FEEL goes wrong."""

from __future__ import annotations

from typing import Literal

Kind = Literal["type", "arithmetic", "argument", "limit", "missing"]


class FeelError(Exception):
    """A value could not be computed. FEEL's meaning turns it into null, the strict one into an undetermined value.

    `kind`: "missing" (a null where a value is needed), "type", "arithmetic" (division by zero, overflow), "argument" (a
    value outside of what a function takes) or "limit" (more work than one expression may ask for).
    `en` and `zh` say what is wrong: lower case, no final period. `argument` is the index of the operand or argument at
    fault, None where none can be named. `answer` is set when a function handed over as an argument answered with
    something that is no FEEL value; then that is what the whole call comes to.
    """

    def __init__(self, kind: Kind, en: str, zh: str, argument: int | None = None, answer: object = None) -> None:
        super().__init__(en)
        self.kind: Kind = kind
        self.en = en
        self.zh = zh
        self.argument = argument
        self.answer = answer


def missing(argument: int | None = None) -> FeelError:
    """A null where a value is needed."""
    return FeelError("missing", "a value is needed, got null", "需要一个值，得到的是空值", argument)
