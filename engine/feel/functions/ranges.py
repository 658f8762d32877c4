"""Functions that say how points and ranges lie to each other (DMN 10.3.4.8), and a range read from its text. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from greenlane.engine.feel.errors import FeelError
from greenlane.engine.feel.functions.builtin import Builtin, FormalParameter, Overload
from greenlane.engine.feel.operators import compare
from greenlane.engine.feel.values.dates import parse_date, parse_duration
from greenlane.engine.feel.values.number import parse_number
from greenlane.engine.feel.values.times import parse_date_time, parse_time
from greenlane.engine.feel.values.types import Range, parse_at

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
    """The range that a text such as `[1..3]` writes; only literals may stand at its ends.

    Raises FeelError where it is none, mixes types, or ends before it starts.
    """
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


def _starts(one: Range, other: Range) -> int:
    """Order of the two starts; an open-ended range starts before all others."""
    if one.low is None or other.low is None:
        return (other.low is None) - (one.low is None)
    return compare(one.low, other.low)


def _ends(one: Range, other: Range) -> int:
    """Order of the two ends; an open-ended range ends after all others."""
    if one.high is None or other.high is None:
        return (one.high is None) - (other.high is None)
    return compare(one.high, other.high)


def _end_to_start(one: Range, other: Range) -> int:
    """Order of the end of one and the start of the other."""
    return 1 if one.high is None or other.low is None else compare(one.high, other.low)


def _to_start(point: Any, among: Range) -> int:
    return 1 if among.low is None else compare(point, among.low)


def _to_end(point: Any, among: Range) -> int:
    return -1 if among.high is None else compare(point, among.high)


def _point_before_range(point: Any, among: Range) -> bool:
    order = _to_start(point, among)
    return order < 0 or (order == 0 and not among.low_included)


def _range_before_point(among: Range, point: Any) -> bool:
    order = _to_end(point, among)
    return order > 0 or (order == 0 and not among.high_included)


def _before(one: Range, other: Range) -> bool:
    order = _end_to_start(one, other)
    return order < 0 or (order == 0 and not (one.high_included and other.low_included))


def _meets(one: Range, other: Range) -> bool:
    return _end_to_start(one, other) == 0 and one.high_included and other.low_included


def _overlaps_before(one: Range, other: Range) -> bool:
    start, end = _starts(one, other), _ends(one, other)
    first = start < 0 or (start == 0 and one.low_included and not other.low_included)
    last = end < 0 or (end == 0 and (not one.high_included or other.high_included))
    return first and not _before(one, other) and last


def _finishes(one: Range, other: Range) -> bool:
    if _ends(one, other) != 0 or one.high_included != other.high_included:
        return False
    start = _starts(one, other)
    return start > 0 or (start == 0 and (not one.low_included or other.low_included))


def _starts_with(one: Range, other: Range) -> bool:
    if _starts(one, other) != 0 or one.low_included != other.low_included:
        return False
    end = _ends(one, other)
    return end < 0 or (end == 0 and (not one.high_included or other.high_included))


def _includes(one: Range, other: Range) -> bool:
    start, end = _starts(one, other), _ends(one, other)
    first = start < 0 or (start == 0 and (one.low_included or not other.low_included))
    return first and (end > 0 or (end == 0 and (one.high_included or not other.high_included)))


def _coincide(one: Range, other: Range) -> bool:
    ends = (one.low_included, one.high_included) == (other.low_included, other.high_included)
    return ends and _starts(one, other) == 0 and _ends(one, other) == 0


def _holds(among: Range, point: Any) -> bool:
    return not _point_before_range(point, among) and not _range_before_point(among, point)


def _interval(call: Callable[..., bool]) -> Callable[..., bool]:
    """Only ranges with an inside: `(= x)` and `(!= x)` have none."""

    def checked(*values: Any) -> bool:
        for index, value in enumerate(values):
            if isinstance(value, Range) and value.operator:
                raise FeelError("argument", "the range has no start and end", "该区间没有起点和终点", index)
        return call(*values)

    return checked


def _flip(call: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    return lambda one, other: call(other, one)


_POINTS = (
    "number", "string", "date", "time", "date and time", "years and months duration", "days and time duration",
)  # fmt: skip
_KINDS = {"point": _POINTS, "range": ("range",)}


def _form(kinds: str, call: Callable[..., bool]) -> Overload:
    names = kinds.split()
    return Overload(tuple(FormalParameter(name, _KINDS[name.rstrip("12")]) for name in names), _interval(call))


def _relation(name: str, *forms: Overload) -> Builtin:
    return Builtin(name, forms)


_POINT_RANGE, _RANGE_POINT, _RANGES, _TWO_POINTS = "point range", "range point", "range1 range2", "point1 point2"

RANGES: tuple[Builtin, ...] = (
    _relation(
        "before",
        _form(_TWO_POINTS, lambda one, other: compare(one, other) < 0),
        _form(_POINT_RANGE, _point_before_range),
        _form(_RANGE_POINT, _range_before_point),
        _form(_RANGES, _before),
    ),
    _relation(
        "after",
        _form(_TWO_POINTS, lambda one, other: compare(one, other) > 0),
        _form(_POINT_RANGE, _flip(_range_before_point)),
        _form(_RANGE_POINT, _flip(_point_before_range)),
        _form(_RANGES, _flip(_before)),
    ),
    _relation("meets", _form(_RANGES, _meets)),
    _relation("met by", _form(_RANGES, _flip(_meets))),
    _relation("overlaps", _form(_RANGES, lambda one, other: not _before(one, other) and not _before(other, one))),
    _relation("overlaps before", _form(_RANGES, _overlaps_before)),
    _relation("overlaps after", _form(_RANGES, _flip(_overlaps_before))),
    _relation(
        "finishes",
        _form(_POINT_RANGE, lambda point, among: among.high_included and _to_end(point, among) == 0),
        _form(_RANGES, _finishes),
    ),
    _relation(
        "finished by",
        _form(_RANGE_POINT, lambda among, point: among.high_included and _to_end(point, among) == 0),
        _form(_RANGES, _flip(_finishes)),
    ),
    _relation("includes", _form(_RANGE_POINT, _holds), _form(_RANGES, _includes)),
    _relation("during", _form(_POINT_RANGE, _flip(_holds)), _form(_RANGES, _flip(_includes))),
    _relation(
        "starts",
        _form(_POINT_RANGE, lambda point, among: among.low_included and _to_start(point, among) == 0),
        _form(_RANGES, _starts_with),
    ),
    _relation(
        "started by",
        _form(_RANGE_POINT, lambda among, point: among.low_included and _to_start(point, among) == 0),
        _form(_RANGES, _flip(_starts_with)),
    ),
    _relation(
        "coincides",
        _form(_TWO_POINTS, lambda one, other: compare(one, other) == 0),
        _form(_RANGES, _coincide),
    ),
)
