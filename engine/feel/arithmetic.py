"""`+ - * / **` and the minus sign, by the type tables of DMN 10.3.2.3."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal, DecimalException, DivisionByZero
from typing import Any

from greenlane.engine.feel.comparison import cannot, date_time_keys, time_keys
from greenlane.engine.feel.errors import FeelError, missing
from greenlane.engine.feel.values.dates import DAY, Date, DaysTime, YearsMonths, add_months, date_at, days_of
from greenlane.engine.feel.values.number import CONTEXT
from greenlane.engine.feel.values.times import DateTime, Time, at_midnight, date_time_plus, time_plus
from greenlane.engine.feel.values.types import TEXT_LIMIT, ZH, type_name

_Operation = Callable[[Any, Any], Any]
_Table = dict[tuple[str, str], _Operation]
_quotient = CONTEXT.divide


def add(left: Any, right: Any) -> Any:
    """`left + right`: numbers, strings, durations of one kind, a date or time and a duration in either order."""
    return (
        _numbers(CONTEXT.add, left, right) if _both_numbers(left, right) else _apply(_ADD, "add", "相加", left, right)
    )


def subtract(left: Any, right: Any) -> Any:
    """`left - right`: numbers, durations of one kind, two dates or times, a date or time and a duration."""
    if _both_numbers(left, right):
        return _numbers(CONTEXT.subtract, left, right)
    return _apply(_SUBTRACT, "subtract", "相减", left, right)


def multiply(left: Any, right: Any) -> Any:
    """`left * right`: numbers, or a number and a duration in either order (cut to whole months or nanoseconds)."""
    if _both_numbers(left, right):
        return _numbers(CONTEXT.multiply, left, right)
    return _apply(_MULTIPLY, "multiply", "相乘", left, right)


def divide(left: Any, right: Any) -> Any:
    """`left / right`: numbers, a duration by a number, or two durations of one kind."""
    if _both_numbers(left, right):
        return _numbers(_quotient, left, right)
    return _apply(_DIVIDE, "divide", "相除", left, right)


def power(left: Any, right: Any) -> Any:
    """`left ** right`: numbers, correct to 34 digits."""
    if _both_numbers(left, right):
        return _numbers(_power, left, right)
    return _apply({}, "raise", "乘方", left, right)


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


def _apply(table: _Table, en: str, zh: str, left: Any, right: Any) -> Any:
    if left is None or right is None:
        raise missing(0 if left is None else 1)
    operation = table.get((type_name(left), type_name(right)))
    if operation is None:
        raise cannot(en, zh, left, right)
    return operation(left, right)


def _join(left: str, right: str) -> str:
    if len(left) + len(right) > TEXT_LIMIT:
        raise FeelError("limit", "the string is too long", "字符串过长")
    return left + right


def _date_plus(date: Date, duration: DaysTime) -> Date:
    return date_at((days_of(date) * DAY + duration.nanos) // DAY)


def _moved(moment: DateTime, months: int) -> DateTime:
    return replace(moment, date=add_months(moment.date, months))


def _time_between(left: Time, right: Time) -> DaysTime:
    keys = time_keys(left, right)
    if keys is None:
        raise cannot("subtract", "相减", left, right)
    return DaysTime(keys[0] - keys[1])


def _between(left: DateTime, right: DateTime) -> DaysTime:
    keys = date_time_keys(left, right)
    if keys is None:
        raise cannot("subtract", "相减", left, right)
    return DaysTime(keys[0] - keys[1])


def _scaled(amount: int, factor: Decimal, inverse: bool = False) -> int:
    """The amount times the factor, or divided by it, exactly, cut towards zero."""
    numerator, denominator = factor.as_integer_ratio()
    if inverse:
        numerator, denominator = denominator, numerator
        if denominator == 0:
            raise FeelError("arithmetic", "division by zero", "除数为零", 1)
    size = abs(amount * numerator) // abs(denominator)
    return -size if ((amount < 0) ^ (numerator < 0) ^ (denominator < 0)) else size


def _ratio(left: int, right: int) -> Decimal:
    return _numbers(_quotient, Decimal(left), Decimal(right))


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
    (_TIME, _TIME): _time_between,
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
