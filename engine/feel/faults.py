"""What is wrong with a FEEL text that cannot be read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from greenlane.engine.feel.ast import Span

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
class Fault:
    """One fault: lower case, without a final period, input in backticks. `span` counts code points of the text read."""

    code: str
    message: str
    span: Span
    help: str = ""


class FeelSyntaxError(Exception):
    """The text is not FEEL. `faults` holds one at least, in the order of the text."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(set(faults), key=lambda fault: (fault.span.start, fault.code)))
        super().__init__("; ".join(fault.message for fault in self.faults))
