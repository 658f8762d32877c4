"""The errors of FEEL: a text that is no FEEL (with its places), and a value that cannot be computed. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from greenlane.engine.feel.ast import Span

ErrorKind = Literal["type", "arithmetic", "argument", "limit", "missing"]


class FeelError(Exception):
    """A value could not be computed. FEEL's meaning turns it into null, the strict one into an undetermined value.

    `kind`: "missing" (a null where a value is needed), "type", "arithmetic" (division by zero, overflow), "argument" (a
    value outside of what a function takes) or "limit" (more work than one expression may ask for).
    `en` and `zh` say what is wrong: lower case, no final period. `argument` is the index of the operand or argument at
    fault, None where none can be named. `answer` is set when a function handed over as an argument answered with
    something that is no FEEL value; then that is what the whole call comes to.
    """

    def __init__(self, kind: ErrorKind, en: str, zh: str, argument: int | None = None, answer: object = None) -> None:
        super().__init__(en)
        self.kind: ErrorKind = kind
        self.en = en
        self.zh = zh
        self.argument = argument
        self.answer = answer


def missing(argument: int | None = None) -> FeelError:
    """A null where a value is needed."""
    return FeelError("missing", "a value is needed, got null", "需要一个值，得到的是空值", argument)


class SyntaxCode:
    """The stable codes of syntax diagnostics; docs/diagnostics.md explains each."""

    UNEXPECTED = "GL001"
    UNCLOSED_STRING = "GL002"
    UNCLOSED_BRACKET = "GL003"
    FULL_WIDTH = "GL004"
    FOREIGN_OPERATOR = "GL005"
    QUOTES = "GL006"
    KEYWORD = "GL007"
    TOO_MUCH = "GL008"
    NUMERAL = "GL009"
    ARGUMENTS = "GL010"
    EMPTY = "GL011"
    CHARACTER = "GL012"


@dataclass(frozen=True, slots=True)
class SyntaxDiagnostic:
    """What is wrong with a text, in the text's own coordinates; whoever knows its file makes a `Diagnostic` of it.

    `code` is one of `SyntaxCode` or of docs/diagnostics.md. `message` and `help`: lower case, no final period, input in
    backticks. `span` counts code points of the text.
    """

    code: str
    message: str
    span: Span
    help: str = ""


class FeelSyntaxError(Exception):
    """The text is not FEEL. `diagnostics` holds one at least, each once, in the order of the text."""

    def __init__(self, diagnostics: Iterable[SyntaxDiagnostic]) -> None:
        self.diagnostics = tuple(sorted(set(diagnostics), key=lambda found: (found.span.start, found.code)))
        super().__init__("; ".join(found.message for found in self.diagnostics))
