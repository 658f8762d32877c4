"""Comparisons as closures, the common ones without any detour."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from engine.feel.ast import Comparison, Node, Null
from engine.feel.operate import ORDER, equality, inverted, ordered
from engine.feel.site import Site

Run = Callable[[Any], Any]
# Types whose Python order and equality are FEEL's.
DIRECT = frozenset((Decimal, str, datetime.date))
_EQUAL_DIRECTLY = frozenset((Decimal, str, bool, datetime.date))


def comparison(site: Site, node: Comparison, left: Run, right: Run) -> Run:
    """`left < right` and the like, for any operands."""
    if node.operator in ORDER:
        return _ordering(site, node.operator, left, right)
    null_written = _is_null(node.left) or _is_null(node.right)
    return _equality(site, left, right, null_written, node.operator == "!=")


def _is_null(node: Node) -> bool:
    return isinstance(node, Null)


def _ordering(site: Site, operator: str, left: Run, right: Run) -> Run:
    holds = ORDER[operator]
    swapped, strict = operator in (">", ">="), operator in ("<", ">")

    def run(scope: Any) -> Any:
        low, high = left(scope), right(scope)
        kind = type(low)
        if kind is type(high) and kind in DIRECT:
            if swapped:
                return low > high if strict else low >= high
            return low < high if strict else low <= high
        return ordered(site, holds, low, high)

    return run


def _equality(site: Site, left: Run, right: Run, null_written: bool, negated: bool) -> Run:
    def run(scope: Any) -> Any:
        one, other = left(scope), right(scope)
        kind = type(one)
        if kind is type(other) and kind in _EQUAL_DIRECTLY:
            return (one == other) is not negated
        answer = equality(site, one, other, null_written)
        return inverted(answer) if negated else answer

    return run


def name_comparison(operator: str, name: str, constant: Any, general: Run) -> Run | None:
    """`name < constant` and the like, in one step; None where there is none. `general` is the same for any value."""
    if operator in _NAME_STEPS and type(constant) in (_EQUAL_DIRECTLY if operator in ("=", "!=") else DIRECT):
        return _NAME_STEPS[operator](name, constant, type(constant), general)
    return None


def null_comparison(operator: str, name: str, general: Run) -> Run:
    """`name = null` or `name != null` in one step."""
    wanted = operator == "="

    def run(scope: Any) -> Any:
        try:
            value = scope[name]
        except KeyError:
            return general(scope)
        if value is None:
            return wanted
        if type(value) in _EQUAL_DIRECTLY:
            return not wanted
        return general(scope)

    return run


def _less(name: str, constant: Any, kind: type, general: Run) -> Run:
    def run(scope: Any) -> Any:
        try:
            value = scope[name]
        except KeyError:
            return general(scope)
        return value < constant if type(value) is kind else general(scope)

    return run


def _at_most(name: str, constant: Any, kind: type, general: Run) -> Run:
    def run(scope: Any) -> Any:
        try:
            value = scope[name]
        except KeyError:
            return general(scope)
        return value <= constant if type(value) is kind else general(scope)

    return run


def _more(name: str, constant: Any, kind: type, general: Run) -> Run:
    def run(scope: Any) -> Any:
        try:
            value = scope[name]
        except KeyError:
            return general(scope)
        return value > constant if type(value) is kind else general(scope)

    return run


def _at_least(name: str, constant: Any, kind: type, general: Run) -> Run:
    def run(scope: Any) -> Any:
        try:
            value = scope[name]
        except KeyError:
            return general(scope)
        return value >= constant if type(value) is kind else general(scope)

    return run


def _same(name: str, constant: Any, kind: type, general: Run) -> Run:
    def run(scope: Any) -> Any:
        try:
            value = scope[name]
        except KeyError:
            return general(scope)
        return value == constant if type(value) is kind else general(scope)

    return run


def _other(name: str, constant: Any, kind: type, general: Run) -> Run:
    def run(scope: Any) -> Any:
        try:
            value = scope[name]
        except KeyError:
            return general(scope)
        return value != constant if type(value) is kind else general(scope)

    return run


_NAME_STEPS: dict[str, Callable[[str, Any, type, Run], Run]] = {
    "<": _less,
    "<=": _at_most,
    ">": _more,
    ">=": _at_least,
    "=": _same,
    "!=": _other,
}
