"""Equality, order and membership of values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from greenlane.engine.feel.errors import FeelError, missing
from greenlane.engine.feel.values.dates import NANOS, Date
from greenlane.engine.feel.values.times import DateTime, Time, instant, local_nanos, nanos_of_day, time_offset
from greenlane.engine.feel.values.types import ZH, Range, type_name

COMPARED_AT_MOST = 1_000_000


def equal(left: Any, right: Any) -> bool | None:
    """FEEL's `=`. Null equals null and nothing else; None where the two are of different types.

    Times are equal when they name the same second: fractions of a second do not count (DMN 10.3.2.3). Lists and
    contexts are equal when all their items are. Raises FeelError ("limit") for more than a million of them.
    """
    if type(left) is type(right) and type(left) in _PLAIN:
        return bool(left == right)
    if left is None or right is None:
        return left is right
    kind = type_name(left)
    if kind != type_name(right) or kind == "unknown":
        return None
    if kind in _NESTED:
        return _Nested().equal(left, right)
    special = _EQUAL.get(kind)
    return special(left, right) if special else bool(left == right)


def all_true(answers: Iterable[bool | None]) -> bool | None:
    """Conjunction of three-valued answers."""
    result: bool | None = True
    for answer in answers:
        if answer is False:
            return False
        if answer is None:
            result = None
    return result


def compare(left: Any, right: Any) -> int:
    """Negative, zero or positive as `left` comes before, with or after `right`.

    Numbers, strings (by code points), dates, times, dates with times and durations have an order, each among their
    own. Raises FeelError: "missing" for a null, "type" for anything else.
    """
    if type(left) is type(right) and type(left) in _ORDERED:
        return int(left > right) - int(left < right)
    if left is None or right is None:
        raise missing(0 if left is None else 1)
    kind = type_name(left)
    key = _KEYS.get(kind)
    if key is None or kind != type_name(right):
        raise cannot("compare", "比较", left, right)
    first, second = key(left, right)
    return int(first > second) - int(first < second)


def in_range(value: Any, among: Range) -> bool:
    """Whether the value lies in the range; FeelError where it cannot be compared with an end that is given."""
    if among.operator:
        answer = equal(value, among.low)
        if value is None or answer is None:
            raise missing(0) if value is None else cannot("compare", "比较", value, among.low)
        return answer == (among.operator == "=")
    if among.low is not None:
        order = compare(value, among.low)
        if order < 0 or (order == 0 and not among.low_included):
            # The other end still has to be of the right type: a wrong table must not look right for some inputs.
            if among.high is not None:
                compare(value, among.high)
            return False
    if among.high is None:
        return True
    order = compare(value, among.high)
    return order < 0 or (order == 0 and among.high_included)


def cannot(en: str, zh: str, left: Any, right: Any) -> FeelError:
    """The error of an operation that does not exist for these two types."""
    one, other = type_name(left), type_name(right)
    if one == other and one in ("time", "date and time") and en in ("compare", "subtract"):
        return FeelError("type", f"cannot {en} a local {one} and one in a zone", f"有时区与无时区的{ZH[one]}不能{zh}")
    return FeelError("type", f"cannot {en} {one} and {other}", f"{ZH[one]}与{ZH[other]}不能{zh}")


def time_keys(left: Time, right: Time) -> tuple[int, int] | None:
    """Nanoseconds that order two times; None when one is local and the other not, or their zones need a date."""
    first, second = time_offset(left), time_offset(right)
    if first is not None and second is not None:
        return nanos_of_day(left) - first * NANOS, nanos_of_day(right) - second * NANOS
    if first is None and second is None and left.zone == right.zone:
        return nanos_of_day(left), nanos_of_day(right)
    return None


def date_time_keys(left: DateTime, right: DateTime) -> tuple[int, int] | None:
    """Nanoseconds that order two dates with times; None when one is local and the other not."""
    first, second = instant(left), instant(right)
    if first is not None and second is not None:
        return first, second
    if first is None and second is None:
        return local_nanos(left), local_nanos(right)
    return None


def _same_second(keys: tuple[int, int] | None) -> bool:
    return keys is not None and keys[0] // NANOS == keys[1] // NANOS


class _Nested:
    """One comparison of lists, contexts or ranges. It counts: those that share their items can be endless to walk."""

    def __init__(self) -> None:
        self._compared = 0

    def equal(self, left: Any, right: Any) -> bool | None:
        """As the function of that name."""
        kind = type_name(left)
        if kind not in _NESTED or kind != type_name(right):
            return equal(left, right)
        if kind == "list":
            return self._lists(left, right)
        return self._contexts(left, right) if kind == "context" else self._ranges(left, right)

    def _lists(self, left: Sequence[Any], right: Sequence[Any]) -> bool | None:
        if len(left) != len(right):
            return False
        self._count(len(left))
        return all_true(self.equal(one, other) for one, other in zip(left, right, strict=True))

    def _contexts(self, left: Mapping[str, Any], right: Mapping[str, Any]) -> bool | None:
        if left.keys() != right.keys():
            return False
        self._count(len(left))
        return all_true(self.equal(value, right[name]) for name, value in left.items())

    def _ranges(self, left: Range, right: Range) -> bool | None:
        frame = (left.low_included, left.high_included, left.operator)
        if frame != (right.low_included, right.high_included, right.operator):
            return False
        return all_true((self.equal(left.low, right.low), self.equal(left.high, right.high)))

    def _count(self, items: int) -> None:
        self._compared += items
        if self._compared > COMPARED_AT_MOST:
            raise FeelError("limit", "too many items to compare", "需要比较的项过多")


def _ordered_date(value: Date) -> tuple[int, int, int]:
    return value.year, value.month, value.day


def _zoned(keys: tuple[int, int] | None, left: Any, right: Any) -> tuple[int, int]:
    if keys is None:
        raise cannot("compare", "比较", left, right)
    return keys


_PLAIN = frozenset((Decimal, str, bool))
_NESTED = frozenset(("list", "context", "range"))
_ORDERED = frozenset((Decimal, str))
_EQUAL: dict[str, Callable[[Any, Any], bool | None]] = {
    "time": lambda left, right: _same_second(time_keys(left, right)),
    "date and time": lambda left, right: _same_second(date_time_keys(left, right)),
    "function": lambda left, right: True if left is right else None,
}
_KEYS: dict[str, Callable[[Any, Any], tuple[Any, Any]]] = {
    "number": lambda left, right: (left, right),
    "string": lambda left, right: (left, right),
    "date": lambda left, right: (_ordered_date(left), _ordered_date(right)),
    "time": lambda left, right: _zoned(time_keys(left, right), left, right),
    "date and time": lambda left, right: _zoned(date_time_keys(left, right), left, right),
    "years and months duration": lambda left, right: (left.months, right.months),
    "days and time duration": lambda left, right: (left.nanos, right.nanos),
}
