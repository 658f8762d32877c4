"""The operators of FEEL on values: arithmetic, equality, order and membership of ranges. Pure.

By the type tables of DMN 1.5, 10.3.2.3; FeelError, with the reason, where the specification says null.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal, DecimalException, DivisionByZero
from typing import Any

from greenlane.engine.feel.errors import FeelError, missing
from greenlane.engine.feel.values.dates import DAY, NANOS, Date, DaysTime, YearsMonths, add_months, date_at, days_of
from greenlane.engine.feel.values.number import CONTEXT
from greenlane.engine.feel.values.times import (
    DateTime,
    Time,
    at_midnight,
    date_time_plus,
    instant,
    local_nanos,
    nanos_of_day,
    time_offset,
    time_plus,
)
from greenlane.engine.feel.values.types import TEXT_LIMIT, ZH, Range, type_name
from greenlane.engine.text import Text

COMPARED_AT_MOST = 1_000_000
"""Items of lists and contexts that one comparison looks at."""
# In powers of ten: more than there are nanoseconds in any duration.
_FAR = 40
_Operation = Callable[[Any, Any], Any]
_Table = dict[tuple[str, str], _Operation]
_quotient = CONTEXT.divide
_TO_ADD, _TO_SUBTRACT = Text("相加", "add"), Text("相减", "subtract")
_TO_MULTIPLY, _TO_DIVIDE = Text("相乘", "multiply"), Text("相除", "divide")
_TO_RAISE, _TO_COMPARE = Text("乘方", "raise"), Text("比较", "compare")


def add(left: Any, right: Any) -> Any:
    """`left + right`: numbers, strings, durations of one kind, a date or time and a duration in either order."""
    if _both_numbers(left, right):
        return _numbers(CONTEXT.add, left, right)
    return _apply(_ADD, _TO_ADD, left, right)


def subtract(left: Any, right: Any) -> Any:
    """`left - right`: numbers, durations of one kind, two dates or times, a date or time and a duration."""
    if _both_numbers(left, right):
        return _numbers(CONTEXT.subtract, left, right)
    return _apply(_SUBTRACT, _TO_SUBTRACT, left, right)


def multiply(left: Any, right: Any) -> Any:
    """`left * right`: numbers, or a number and a duration in either order (cut to whole months or nanoseconds)."""
    if _both_numbers(left, right):
        return _numbers(CONTEXT.multiply, left, right)
    return _apply(_MULTIPLY, _TO_MULTIPLY, left, right)


def divide(left: Any, right: Any) -> Any:
    """`left / right`: numbers, a duration by a number, or two durations of one kind."""
    if _both_numbers(left, right):
        return _numbers(_quotient, left, right)
    return _apply(_DIVIDE, _TO_DIVIDE, left, right)


def power(left: Any, right: Any) -> Any:
    """`left ** right`: numbers, correct to 34 digits."""
    if _both_numbers(left, right):
        return _numbers(_power, left, right)
    return _apply({}, _TO_RAISE, left, right)


def negate(operand: Any) -> Any:
    """`-operand`: a number or a duration."""
    kind = type_name(operand)
    if kind == "number":
        return CONTEXT.minus(operand)
    if kind == "years and months duration":
        return YearsMonths(-operand.months)
    if kind == "days and time duration":
        return DaysTime(-operand.nanos)
    if kind == "null":
        raise missing(0)
    raise FeelError("type", f"a {kind} has no negative", f"{ZH[kind]}不能取负", 0)


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
        raise _cannot(_TO_COMPARE, left, right)
    first, second = key(left, right)
    return int(first > second) - int(first < second)


def in_range(value: Any, among: Range) -> bool:
    """Whether the value lies in the range; FeelError where it cannot be compared with an end that is given."""
    if among.operator:
        answer = equal(value, among.low)
        if value is None or answer is None:
            raise missing(0) if value is None else _cannot(_TO_COMPARE, value, among.low)
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


def _both_numbers(left: Any, right: Any) -> bool:
    return type(left) is Decimal and type(right) is Decimal


def _numbers(operation: Callable[[Decimal, Decimal], Decimal], left: Decimal, right: Decimal) -> Decimal:
    try:
        return operation(left, right)
    except DivisionByZero:
        raise FeelError("arithmetic", "division by zero", "除数为零", 1) from None
    except DecimalException:
        if operation is _quotient and right == 0:
            raise FeelError("arithmetic", "division by zero", "除数为零", 1) from None
        raise FeelError("arithmetic", "the result is not a number in range", "结果超出数字范围") from None


def _power(base: Decimal, exponent: Decimal) -> Decimal:
    if base == 0 and exponent < 0:
        raise DivisionByZero
    # As IEEE 754 has it, on which numbers of FEEL rest.
    return Decimal(1) if base == 0 and exponent == 0 else CONTEXT.power(base, exponent)


def _apply(table: _Table, verb: Text, left: Any, right: Any) -> Any:
    if left is None or right is None:
        raise missing(0 if left is None else 1)
    operation = table.get((type_name(left), type_name(right)))
    if operation is None:
        raise _cannot(verb, left, right)
    return operation(left, right)


def _cannot(verb: Text, left: Any, right: Any) -> FeelError:
    """The error of an operation that does not exist for these two types."""
    one, other = type_name(left), type_name(right)
    return FeelError("type", f"cannot {verb.en} {one} and {other}", f"{ZH[one]}与{ZH[other]}不能{verb.zh}")


def _mixed_zones(verb: Text, moment: Time | DateTime) -> FeelError:
    """The error of an operation on two times, or dates with times, of which one is local and the other is not."""
    kind = type_name(moment)
    return FeelError(
        "type", f"cannot {verb.en} a local {kind} and one in a zone", f"有时区与无时区的{ZH[kind]}不能{verb.zh}"
    )


def _join(left: str, right: str) -> str:
    if len(left) + len(right) > TEXT_LIMIT:
        raise FeelError("limit", "the string is too long", "字符串过长")
    return left + right


def _date_plus(date: Date, duration: DaysTime) -> Date:
    return date_at((days_of(date) * DAY + duration.nanos) // DAY)


def _moved(moment: DateTime, months: int) -> DateTime:
    return replace(moment, date=add_months(moment.date, months))


def _between(left: DateTime, right: DateTime) -> DaysTime:
    return _apart(date_time_keys(left, right), left)


def _apart(keys: tuple[int, int] | None, moment: Time | DateTime) -> DaysTime:
    if keys is None:
        raise _mixed_zones(_TO_SUBTRACT, moment)
    return DaysTime(keys[0] - keys[1])


def _scaled(amount: int, factor: Decimal, inverse: bool = False) -> int:
    """The amount times the factor, or divided by it, exactly, cut towards zero."""
    if factor and amount:
        # Exact fractions of numbers far from one are long, and what comes of them is nothing or out of range.
        size = -factor.adjusted() if inverse else factor.adjusted()
        if size < -_FAR:
            return 0
        if size > _FAR:
            raise FeelError("arithmetic", "the duration is out of range", "时长超出范围")
    numerator, denominator = factor.as_integer_ratio()
    if inverse:
        numerator, denominator = denominator, numerator
        if denominator == 0:
            raise FeelError("arithmetic", "division by zero", "除数为零", 1)
    size = abs(amount * numerator) // abs(denominator)
    return -size if ((amount < 0) ^ (numerator < 0) ^ (denominator < 0)) else size


def _ratio(left: int, right: int) -> Decimal:
    return _numbers(_quotient, Decimal(left), Decimal(right))


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
        return self._all_equal(zip(left, right, strict=True), len(left))

    def _contexts(self, left: Mapping[str, Any], right: Mapping[str, Any]) -> bool | None:
        if left.keys() != right.keys():
            return False
        return self._all_equal(((value, right[name]) for name, value in left.items()), len(left))

    def _ranges(self, left: Range, right: Range) -> bool | None:
        frame = (left.low_included, left.high_included, left.operator)
        if frame != (right.low_included, right.high_included, right.operator):
            return False
        return self._all_equal(((left.low, right.low), (left.high, right.high)), 2)

    def _all_equal(self, pairs: Iterable[tuple[Any, Any]], items: int) -> bool | None:
        """Conjunction of three-valued answers."""
        self._count(items)
        result: bool | None = True
        for one, other in pairs:
            answer = self.equal(one, other)
            if answer is False:
                return False
            if answer is None:
                result = None
        return result

    def _count(self, items: int) -> None:
        self._compared += items
        if self._compared > COMPARED_AT_MOST:
            raise FeelError("limit", "too many items to compare", "需要比较的项过多")


def _ordered_date(value: Date) -> tuple[int, int, int]:
    return value.year, value.month, value.day


def _ordering(keys: tuple[int, int] | None, moment: Time | DateTime) -> tuple[int, int]:
    if keys is None:
        raise _mixed_zones(_TO_COMPARE, moment)
    return keys


_NUMBER, _STRING, _DATE, _TIME, _MOMENT = "number", "string", "date", "time", "date and time"
_MONTHS, _SPAN = "years and months duration", "days and time duration"

_ADD: _Table = {
    (_STRING, _STRING): _join,
    (_MONTHS, _MONTHS): lambda left, right: YearsMonths(left.months + right.months),
    (_SPAN, _SPAN): lambda left, right: DaysTime(left.nanos + right.nanos),
    (_DATE, _MONTHS): lambda left, right: add_months(left, right.months),
    (_DATE, _SPAN): _date_plus,
    (_MOMENT, _MONTHS): lambda left, right: _moved(left, right.months),
    (_MOMENT, _SPAN): lambda left, right: date_time_plus(left, right.nanos),
    (_TIME, _SPAN): lambda left, right: time_plus(left, right.nanos),
}
_SUBTRACT: _Table = {
    (_MONTHS, _MONTHS): lambda left, right: YearsMonths(left.months - right.months),
    (_SPAN, _SPAN): lambda left, right: DaysTime(left.nanos - right.nanos),
    (_DATE, _MONTHS): lambda left, right: add_months(left, -right.months),
    (_DATE, _SPAN): lambda left, right: _date_plus(left, DaysTime(-right.nanos)),
    (_MOMENT, _MONTHS): lambda left, right: _moved(left, -right.months),
    (_MOMENT, _SPAN): lambda left, right: date_time_plus(left, -right.nanos),
    (_TIME, _SPAN): lambda left, right: time_plus(left, -right.nanos),
    (_TIME, _TIME): lambda left, right: _apart(time_keys(left, right), left),
    (_MOMENT, _MOMENT): _between,
    (_MOMENT, _DATE): lambda left, right: _between(left, at_midnight(right)),
    (_DATE, _MOMENT): lambda left, right: _between(at_midnight(left), right),
    (_DATE, _DATE): lambda left, right: DaysTime((days_of(left) - days_of(right)) * DAY),
}
_MULTIPLY: _Table = {
    (_MONTHS, _NUMBER): lambda left, right: YearsMonths(_scaled(left.months, right)),
    (_SPAN, _NUMBER): lambda left, right: DaysTime(_scaled(left.nanos, right)),
}
_DIVIDE: _Table = {
    (_MONTHS, _NUMBER): lambda left, right: YearsMonths(_scaled(left.months, right, inverse=True)),
    (_SPAN, _NUMBER): lambda left, right: DaysTime(_scaled(left.nanos, right, inverse=True)),
    (_MONTHS, _MONTHS): lambda left, right: _ratio(left.months, right.months),
    (_SPAN, _SPAN): lambda left, right: _ratio(left.nanos, right.nanos),
}


def _mirrored(operation: _Operation) -> _Operation:
    return lambda left, right: operation(right, left)


for _table in (_ADD, _MULTIPLY):
    _table.update({(two, one): _mirrored(rule) for (one, two), rule in _table.items() if one != two})

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
    "time": lambda left, right: _ordering(time_keys(left, right), left),
    "date and time": lambda left, right: _ordering(date_time_keys(left, right), left),
    "years and months duration": lambda left, right: (left.months, right.months),
    "days and time duration": lambda left, right: (left.nanos, right.nanos),
}
