"""Three-valued truth: True, False, and None for "cannot be said because a value is missing"."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

Truth = bool | None
Number = Decimal | None


def all_of(*truths: Truth) -> Truth:
    """False if any is False, else None if any is None, else True."""
    if any(t is False for t in truths):
        return False
    return None if any(t is None for t in truths) else True


def any_of(*truths: Truth) -> Truth:
    """True if any is True, else None if any is None, else False."""
    if any(t is True for t in truths):
        return True
    return None if any(t is None for t in truths) else False


def no(truth: Truth) -> Truth:
    """The opposite; None stays None."""
    return None if truth is None else not truth


def equal(value: object, wanted: object) -> Truth:
    """Whether a known value is the wanted one."""
    return None if value is None else value == wanted


def among(value: object, wanted: Iterable[object]) -> Truth:
    """Whether a known value is one of the wanted ones."""
    return None if value is None else value in tuple(wanted)


def above(value: Number, limit: str) -> Truth:
    """`value > limit`."""
    return None if value is None else value > Decimal(limit)


def at_least(value: Number, limit: str) -> Truth:
    """`value >= limit`."""
    return None if value is None else value >= Decimal(limit)


def below(value: Number, limit: str) -> Truth:
    """`value < limit`."""
    return None if value is None else value < Decimal(limit)


def at_most(value: Number, limit: str) -> Truth:
    """`value <= limit`."""
    return None if value is None else value <= Decimal(limit)


def percent(part: Number, whole: Number) -> Number:
    """Part of whole in percent; None when either is missing or the whole is zero."""
    return None if part is None or whole is None or whole == 0 else part / whole * 100


def plus(left: Number, right: Number) -> Number:
    """The sum, None when either is missing."""
    return None if left is None or right is None else left + right
