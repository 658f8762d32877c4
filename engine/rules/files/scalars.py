"""Texts to numbers, dates and booleans: only in the one way each is written."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import TypeVar

from greenlane.engine.diagnostics import DiagnosticSink, Place, nearest
from greenlane.engine.feel.regex import fullmatch
from greenlane.engine.feel.regex.portable import LONGEST
from greenlane.engine.rules.files.form import quoted
from greenlane.engine.rules.files.yaml_nodes import TextNode
from greenlane.engine.rules.vocabulary import FactKind, FactType, Scalar

_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DIGITS_AT_MOST = 34
_Choice = TypeVar("_Choice", bound=Enum)
_Value = TypeVar("_Value")


class Unreadable(ValueError):
    """A text that is not a value of its type. `message` and `help` are those of a diagnostic."""

    def __init__(self, message: str, help: str) -> None:
        super().__init__(message)
        self.message = message
        self.help = help


def number(text: str) -> Decimal:
    """A decimal number without exponent or thousands separators."""
    if not _NUMBER.fullmatch(text):
        raise Unreadable(f"`{text}` is not a number", "write digits, as in `1200` or `-0.5`")
    if sum(c.isdigit() for c in text) > _DIGITS_AT_MOST:
        raise Unreadable("the number is too long", f"{_DIGITS_AT_MOST} digits at most")
    return Decimal(text)


def day(text: str) -> date:
    """A date written YYYY-MM-DD."""
    if not _DATE.fullmatch(text):
        raise Unreadable(f"`{text}` is not a date", "write year, month and day, as in `2026-03-02`")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Unreadable(f"there is no day `{text}`", "check the month and the day") from None


def boolean(text: str) -> bool:
    """`true` or `false`."""
    if text not in ("true", "false"):
        raise Unreadable(f"`{text}` is neither `true` nor `false`", "write `true` or `false`")
    return text == "true"


def scalar(text: str, kind: FactKind) -> Scalar:
    """A value of `kind`: of its type, among its allowed values, within its bounds."""
    match kind.type:
        case FactType.NUMBER:
            return _bounded(number(text), kind)
        case FactType.DATE:
            return day(text)
        case FactType.BOOLEAN:
            return boolean(text)
        case FactType.STRING:
            return _allowed(text, kind)


def _bounded(value: Decimal, kind: FactKind) -> Decimal:
    if kind.whole and value != value.to_integral_value():
        raise Unreadable(f"`{value}` is not a whole number", "write it without decimals")
    if kind.minimum is not None and value < kind.minimum:
        raise Unreadable(f"`{value}` is below `{kind.minimum}`", f"the smallest value is `{kind.minimum}`")
    if kind.maximum is not None and value > kind.maximum:
        raise Unreadable(f"`{value}` is above `{kind.maximum}`", f"the greatest value is `{kind.maximum}`")
    return value


def _allowed(text: str, kind: FactKind) -> str:
    if kind.allowed is not None and text not in kind.allowed:
        raise Unreadable(f"`{text}` is not allowed here", choice_help(text, kind.allowed))
    if kind.pattern is not None and not (len(text) <= LONGEST and fullmatch(kind.pattern, text)):
        raise Unreadable(f"`{text}` does not match the pattern", f"the pattern is `{kind.pattern}`")
    return text


def choice_help(text: str, allowed: Sequence[str]) -> str:
    """What to write instead of `text`: the nearest of the allowed values, or all of them where they are few."""
    near = nearest(text, allowed)
    if near:
        return f"did you mean `{near}`?"
    shown = quoted(allowed[:12])
    return f"allowed: {shown}" + (", …" if len(allowed) > 12 else "")


def read_number(node: TextNode | None, sink: DiagnosticSink) -> Decimal | None:
    """The number in `node`; None, and a fault, where it is none."""
    return _read(node, number, sink)


def read_day(node: TextNode | None, sink: DiagnosticSink) -> date | None:
    """The date in `node`."""
    return _read(node, day, sink)


def read_boolean(node: TextNode | None, sink: DiagnosticSink) -> bool | None:
    """The boolean in `node`."""
    return _read(node, boolean, sink)


def read_scalar(node: TextNode | None, kind: FactKind, sink: DiagnosticSink) -> Scalar:
    """The value of `kind` in `node`."""
    return _read(node, lambda text: scalar(text, kind), sink)


def read_choice(node: TextNode | None, choices: type[_Choice], what: str, sink: DiagnosticSink) -> _Choice | None:
    """The member of an enumeration that `node` names."""
    if node is None:
        return None
    by_text = {str(choice.value): choice for choice in choices}
    if node.text in by_text:
        return by_text[node.text]
    sink.error("GL118", f"`{node.text}` is no {what}", node.place, choice_help(node.text, tuple(by_text)))
    return None


def check_order(since: date | None, until: date | None, place: Place, sink: DiagnosticSink) -> None:
    """A last day before the first is a fault at `place`."""
    if since and until and until < since:
        sink.error(
            "GL403", f"it ends on `{until}`, before it begins on `{since}`", place, "swap the dates or correct one"
        )


def _read(node: TextNode | None, convert: Callable[[str], _Value], sink: DiagnosticSink) -> _Value | None:
    if node is None:
        return None
    try:
        return convert(node.text)
    except Unreadable as error:
        sink.error("GL118", error.message, node.place, error.help)
        return None
