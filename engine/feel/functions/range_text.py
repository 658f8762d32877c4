"""`range("[1..3]")`: a range read from its text. Only literals may stand at its ends."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from greenlane.engine.feel.comparison import compare
from greenlane.engine.feel.errors import FeelError
from greenlane.engine.feel.values.date import parse_date
from greenlane.engine.feel.values.duration import parse_duration
from greenlane.engine.feel.values.number import parse_number
from greenlane.engine.feel.values.range import Range
from greenlane.engine.feel.values.text import parse_at
from greenlane.engine.feel.values.time import parse_date_time, parse_time

_STRING = r'"(?:[^"\\]|\\.)*"'
_END = rf"-?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?|(?:@|[a-z][a-z ]*[a-z]\s*\(\s*)?{_STRING}\s*\)?"
_RANGE = re.compile(rf"\s*([\[(\]])\s*({_END})\s*\.\.\s*({_END})\s*([\])\[])\s*", re.ASCII | re.DOTALL)
_QUOTED = re.compile(
    rf"(?P<name>[a-z][a-z ]*[a-z])?\s*(?P<mark>@|\()?\s*(?P<text>{_STRING})\s*(?P<close>\))?", re.DOTALL
)
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{6})|(.))", re.DOTALL)
_NAMED: dict[str, Callable[[str], Any]] = {
    "date": parse_date,
    "date and time": parse_date_time,
    "time": parse_time,
    "duration": parse_duration,
}
_CONTROLS = {"n": "\n", "r": "\r", "t": "\t"}


def parse_range(text: str) -> Range:
    """The range that the text writes; FeelError where it is none, mixes types, or ends before it starts."""
    found = _RANGE.fullmatch(text) if len(text) <= 1000 else None
    if not found:
        raise _not_a_range(text)
    low, high = _end(found[2], text), _end(found[3], text)
    if compare(low, high) > 0:
        raise FeelError("argument", "the range ends before it starts", "区间终点在起点之前", 0)
    return Range(low, high, found[1] == "[", found[4] == "]")


def _end(source: str, text: str) -> Any:
    if '"' not in source:
        return parse_number(source)
    found = _QUOTED.fullmatch(source)
    if not found:
        raise _not_a_range(text)
    value = _unescaped(found["text"][1:-1])
    shape = (found["name"] is not None, found["mark"], found["close"])
    if shape == (False, None, None):
        return value
    if shape == (False, "@", None):
        return parse_at(value)
    read = _NAMED.get(" ".join((found["name"] or "").split()))
    if shape != (True, "(", ")") or read is None:
        raise _not_a_range(text)
    return read(value)


def _unescaped(text: str) -> str:
    def char(found: re.Match[str]) -> str:
        code = found[1] or found[2]
        return (
            chr(int(code, 16)) if code and int(code, 16) <= 0x10FFFF else _CONTROLS.get(found[3] or "", found[3] or "")
        )

    return _ESCAPE.sub(char, text).encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _not_a_range(text: str) -> FeelError:
    return FeelError("argument", f"`{text[:40]}` is not a range", f"`{text[:40]}` 不是区间", 0)
