"""Functions on numbers (DMN 10.3.4.5), and `fixed`, which is not part of DMN. Pure."""

from __future__ import annotations

from collections.abc import Callable
from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Context,
    Decimal,
    DecimalException,
)
from typing import Any

from greenlane.engine.feel.errors import FeelError
from greenlane.engine.feel.functions.builtin import Builtin, FormalParameter, Overload, whole
from greenlane.engine.feel.operators import negate
from greenlane.engine.feel.values.dates import DaysTime, YearsMonths
from greenlane.engine.feel.values.number import CONTEXT

SCALE_LOW, SCALE_HIGH = -6111, 6176
PLACES_LIMIT = 34
# Wide enough for the exact remainder of any two numbers.
_EXACT = Context(prec=12_500, Emin=-20_000, Emax=20_000)

_NUMBER = ("number",)
_N = FormalParameter("n", _NUMBER)
_SCALE = FormalParameter("scale", _NUMBER)
_OPTIONAL_SCALE = FormalParameter("scale", _NUMBER, optional=True)
_ONE = FormalParameter("number", _NUMBER)


def rounded(number: Decimal, scale: Decimal | None, mode: str) -> Decimal:
    """The number with at most `scale` decimals (tens for -1); FeelError where the scale is not from -6111 to 6176."""
    places = 0 if scale is None else whole(scale)
    if not SCALE_LOW <= places <= SCALE_HIGH:
        raise FeelError("argument", "the scale must be from -6111 to 6176", "小数位数应在 -6111 到 6176 之间", 1)
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and exponent >= -places:
        return number
    return CONTEXT.plus(number.quantize(Decimal((0, (1,), -places)), rounding=mode, context=_EXACT)) + 0


def _rounding(mode: str) -> Callable[[Decimal, Decimal | None], Decimal]:
    return lambda number, scale: rounded(number, scale, mode)


def modulo(dividend: Decimal, divisor: Decimal) -> Decimal:
    """What is left of the dividend; it has the sign of the divisor."""
    if divisor == 0:
        raise FeelError("arithmetic", "division by zero", "除数为零", 1)
    rest = _EXACT.remainder(dividend, divisor)
    if rest != 0 and (rest < 0) != (divisor < 0):
        rest = _EXACT.add(rest, divisor)
    return CONTEXT.plus(rest) + 0


def fixed(number: Decimal, places: Decimal) -> str:
    """The number with exactly that many decimals (0 to 34), rounded half to even: `fixed(2.5, 2)` is "2.50"."""
    count = whole(places)
    if not 0 <= count <= PLACES_LIMIT or places != count:
        raise FeelError("argument", "`places` must be a whole number from 0 to 34", "`places` 应为 0 到 34 的整数", 1)
    exact = rounded(number, places, ROUND_HALF_EVEN)
    digits, _, fraction = format(exact + 0, "f").partition(".")
    return f"{digits}.{fraction.ljust(count, '0')}" if count else digits


def _sized(value: Any) -> Any:
    if isinstance(value, Decimal):
        return value.copy_abs()
    if isinstance(value, YearsMonths):
        return negate(value) if value.months < 0 else value
    return negate(value) if isinstance(value, DaysTime) and value.nanos < 0 else value


def _real(operation: Callable[[Decimal], Decimal]) -> Callable[[Decimal], Decimal]:
    def apply(number: Decimal) -> Decimal:
        try:
            result = operation(number)
        except DecimalException:
            result = Decimal("NaN")
        if not result.is_finite():
            raise FeelError("arithmetic", "the result is not a number in range", "结果超出数字范围")
        return result

    return apply


def _simple(name: str, parameter: FormalParameter, call: Callable[[Any], Any], steps: int = 0) -> Builtin:
    return Builtin(name, (Overload((parameter,), call),), steps=steps)


def _round(name: str, mode: str, scale: FormalParameter) -> Builtin:
    return Builtin(name, (Overload((_N, scale), _rounding(mode)),))


_TWO = Decimal(2)
_SIZED = FormalParameter("n", ("number", "years and months duration", "days and time duration"))

NUMBERS: tuple[Builtin, ...] = (
    _round("decimal", ROUND_HALF_EVEN, _SCALE),
    _round("floor", ROUND_FLOOR, _OPTIONAL_SCALE),
    _round("ceiling", ROUND_CEILING, _OPTIONAL_SCALE),
    _round("round up", ROUND_UP, _SCALE),
    _round("round down", ROUND_DOWN, _SCALE),
    _round("round half up", ROUND_HALF_UP, _SCALE),
    _round("round half down", ROUND_HALF_DOWN, _SCALE),
    _simple("abs", _SIZED, _sized),
    Builtin("modulo", (Overload((FormalParameter("dividend", _NUMBER), FormalParameter("divisor", _NUMBER)), modulo),)),
    _simple("sqrt", _ONE, _real(CONTEXT.sqrt)),
    _simple("log", _ONE, _real(CONTEXT.ln), steps=100),
    _simple("exp", _ONE, _real(CONTEXT.exp), steps=50),
    _simple("odd", _ONE, lambda number: modulo(number, _TWO) == 1),
    _simple("even", _ONE, lambda number: modulo(number, _TWO) == 0),
)

FIXED = Builtin("fixed", (Overload((_N, FormalParameter("places", _NUMBER)), fixed),))
