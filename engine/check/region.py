"""Regions: the set of values of one fact for which a cell holds, as intervals or listed values. Pure.

`region_of` answers None for a cell it cannot read as such a set; every check then abstains from that row.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from greenlane.engine.feel import ast
from greenlane.engine.rules.vocabulary import FactKind, FactType

Bound = Any  # Decimal, date: of one type within one region


@dataclass(frozen=True, slots=True)
class Interval:
    """Values from `low` to `high`; None is unbounded. The flags tell whether an end belongs to it."""

    low: Bound | None
    high: Bound | None
    low_in: bool = True
    high_in: bool = True

    @property
    def empty(self) -> bool:
        if self.low is None or self.high is None:
            return False
        return bool(self.low > self.high or (self.low == self.high and not (self.low_in and self.high_in)))

    def meet(self, other: Interval) -> Interval:
        """The values in both."""
        low = max(self, other, key=_low_key)
        high = min(self, other, key=_high_key)
        return Interval(low.low, high.high, low.low_in, high.high_in)

    def within(self, other: Interval) -> bool:
        """Whether every value of this one is in the other."""
        return _low_key(self) >= _low_key(other) and _high_key(self) <= _high_key(other)


def _low_key(i: Interval) -> tuple[Any, ...]:
    return (0,) if i.low is None else (1, i.low, 0 if i.low_in else 1)


def _high_key(i: Interval) -> tuple[Any, ...]:
    return (1,) if i.high is None else (0, i.high, 1 if i.high_in else 0)


@dataclass(frozen=True, slots=True)
class Region:
    """Values of one fact: `intervals` of an ordered type, or `values` of an unordered one (`negated`: all but them).

    `null` tells whether a missing fact belongs to it.
    """

    intervals: tuple[Interval, ...] | None
    values: frozenset[Any] = frozenset()
    negated: bool = False
    null: bool = False

    @property
    def empty(self) -> bool:
        """Whether no value at all is in it."""
        if self.null:
            return False
        if self.intervals is not None:
            return not self.intervals
        return not self.values and not self.negated

    def meet(self, other: Region) -> Region:
        """The values in both."""
        null = self.null and other.null
        if self.intervals is not None and other.intervals is not None:
            found = [a.meet(b) for a in self.intervals for b in other.intervals]
            return Region(tuple(i for i in found if not i.empty), null=null)
        match self.negated, other.negated:
            case False, False:
                return Region(None, self.values & other.values, False, null)
            case False, True:
                return Region(None, self.values - other.values, False, null)
            case True, False:
                return Region(None, other.values - self.values, False, null)
            case _:
                return Region(None, self.values | other.values, True, null)

    def within(self, other: Region) -> bool:
        """Whether every value of this one is in the other."""
        if self.null and not other.null:
            return False
        if self.intervals is not None and other.intervals is not None:
            return all(any(a.within(b) for b in other.intervals) for a in self.intervals)
        match self.negated, other.negated:
            case False, False:
                return self.values <= other.values
            case False, True:
                return not self.values & other.values
            case True, False:
                return False
            case _:
                return other.values <= self.values


def domain_of(kind: FactKind) -> Region:
    """Every value that a fact of this kind may have, and null."""
    if kind.type is FactType.STRING:
        return Region(None, frozenset(kind.allowed or ()), kind.allowed is None, True)
    if kind.type is FactType.BOOLEAN:
        return Region(None, frozenset({True, False}), False, True)
    if kind.type is FactType.NUMBER:
        return Region((Interval(kind.minimum, kind.maximum),), null=True)
    return Region((Interval(None, None),), null=True)


def region_of(tests: ast.UnaryTests) -> Region | None:
    """The values that the cell holds for, None where it is not made of constants of one type."""
    parts = [_part(t) for t in tests.tests]
    if not parts or any(p is None for p in parts):
        return None
    found = [p for p in parts if p is not None]
    null = any(p.null for p in found)
    ordered = [i for p in found if p.intervals is not None for i in p.intervals if not i.empty]
    listed = frozenset(v for p in found if p.intervals is None for v in p.values)
    if len({type(v) for v in listed}) > 1 or (listed and any(p.intervals is not None for p in found)):
        return None
    if not _one_type(ordered):
        return None
    if listed or all(p.intervals is None for p in found):
        return Region(None, listed, tests.negated, null and not tests.negated)
    region = Region(_merged(ordered), null=null)
    return _complement(region) if tests.negated else region


def _part(node: ast.Node) -> Region | None:
    match node:
        case ast.Null():
            return Region(None, null=True)
        case ast.String(value=value) | ast.Boolean(value=value):
            return Region(None, frozenset({value}))
        case ast.RangeLiteral(low=low, high=high, low_included=low_in, high_included=high_in):
            ends = [None if b is None else constant(b) for b in (low, high)]
            if (low is not None and ends[0] is None) or (high is not None and ends[1] is None):
                return None
            return Region((Interval(ends[0], ends[1], low_in, high_in),))
        case _:
            point = constant(node)
            return None if point is None else Region((Interval(point, point),))


def constant(node: ast.Node) -> Decimal | date | None:
    """The number or date that the node plainly is, else None."""
    match node:
        case ast.Number(value=value):
            return value
        case ast.Negation(operand=ast.Number(value=value)):
            return -value
        case ast.AtLiteral(text=text):
            return _date(text)
        case ast.Call(function=ast.Name(name="date"), arguments=(ast.String(value=text),)):
            return _date(text)
        case _:
            return None


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _one_type(intervals: Iterable[Interval]) -> bool:
    return len({type(b) for i in intervals for b in (i.low, i.high) if b is not None}) <= 1


def _merged(intervals: list[Interval]) -> tuple[Interval, ...]:
    merged: list[Interval] = []
    for i in sorted(intervals, key=_low_key):
        last = merged[-1] if merged else None
        if last is not None and _touch(last, i):
            widest = max(last, i, key=_high_key)
            merged[-1] = Interval(last.low, widest.high, last.low_in, widest.high_in)
        else:
            merged.append(i)
    return tuple(merged)


def _touch(first: Interval, second: Interval) -> bool:
    if first.high is None or second.low is None:
        return True
    return bool(second.low < first.high or (second.low == first.high and (second.low_in or first.high_in)))


def _complement(region: Region) -> Region:
    gaps: list[Interval] = []
    low, low_in = None, True
    for i in region.intervals or ():
        if i.low is not None:
            gaps.append(Interval(low, i.low, low_in, not i.low_in))
        if i.high is None:
            return Region(tuple(g for g in gaps if not g.empty))
        low, low_in = i.high, not i.high_in
    gaps.append(Interval(low, None, low_in, True))
    return Region(tuple(g for g in gaps if not g.empty))
