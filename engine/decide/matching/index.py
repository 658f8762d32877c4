"""The index: what the conditions about one name say, by the interval in which its value lies. Pure.

The constants of the conditions cut the values of a type into intervals within which no condition changes its truth.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Context, Decimal
from typing import Any, TypeVar

from greenlane.engine.decide.matching.conditions import Condition, Conditions, code_of
from greenlane.engine.feel import Undetermined
from greenlane.engine.feel.scope import Scope

KINDS: tuple[type, ...] = (Decimal, str, bool, date, type(None), Undetermined)
"""The types of values that are indexed."""

# More digits than any FEEL number has: the neighbour of a number in it lies before the next number of FEEL.
_FINE = Context(prec=60, Emax=999_999, Emin=-999_999)
_DAY = timedelta(days=1)

# Types of whose values no condition tells one from another, with such a value.
_WHOLE: dict[type, Any] = {type(None): None, Undetermined: Undetermined(())}

T = TypeVar("T")
CodeOf = Callable[[Any], int]
Steps = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class IndexedColumn:
    """The conditions of a table about one name, by index, and an axis for each type that its value may have.

    Values of other types are answered by evaluating the conditions.
    """

    name: str
    indices: tuple[int, ...]
    conditions: tuple[Condition, ...]
    axes: Mapping[type, Axis]
    _interval: Mapping[type, Callable[[Any], int]]
    _codes: dict[tuple[type, int], dict[int, int]] = field(default_factory=dict)

    def codes(self, value: Any) -> Mapping[int, int]:
        """The conditions that are true (2) or undetermined (1) for the value, by index."""
        kind = type(value)
        interval_of = self._interval.get(kind)
        if interval_of is None:
            codes = {i: c.code({self.name: value}) for i, c in zip(self.indices, self.conditions, strict=True)}
            return {index: code for index, code in codes.items() if code}
        key = (kind, interval_of(value))
        known = self._codes.get(key)
        if known is None:
            known = self._codes[key] = self._codes_within(*key)
        return known

    def _codes_within(self, kind: type, interval: int) -> dict[int, int]:
        axis = self.axes[kind]
        codes = ((index, axis.code(position, interval)) for position, index in enumerate(self.indices))
        return {index: code for index, code in codes if code}


def columns_of(conditions: Conditions) -> tuple[IndexedColumn, ...]:
    """The columns of the conditions, in the order in which their names are first met."""
    by_name: dict[str, list[int]] = {}
    for index, condition in enumerate(conditions.conditions):
        if condition.name is not None:
            by_name.setdefault(condition.name, []).append(index)
    return tuple(_column(name, indices, conditions.conditions) for name, indices in by_name.items())


def residuals_of(conditions: Conditions) -> Iterator[tuple[int, Condition]]:
    """The conditions that belong to no column, with their indices."""
    return ((index, c) for index, c in enumerate(conditions.conditions) if c.name is None)


def _column(name: str, indices: list[int], every: tuple[Condition, ...]) -> IndexedColumn:
    conditions = tuple(every[index] for index in indices)
    constants = [c.indexed.constants if c.indexed else () for c in conditions]
    ordered = any(c.indexed is not None and c.indexed.ordered for c in conditions)
    codes = [_code_by_value(name, condition) for condition in conditions]
    axes = {kind: axis_of(kind, constants, codes, ordered) for kind in KINDS}
    interval = {kind: axis.reader(range(axis.size)) for kind, axis in axes.items()}
    return IndexedColumn(name, tuple(indices), conditions, axes, interval)


def _code_by_value(name: str, condition: Condition) -> Callable[[Any], int]:
    return lambda value: condition.code({name: value})


def truths_of(
    conditions: Conditions, columns: tuple[IndexedColumn, ...], scope: Scope, known: Mapping[int, Any]
) -> bytes:
    """The truth of every condition in the scope: 0 false, 1 undetermined, 2 true. `known` has the counted ones."""
    truths = bytearray(len(conditions.conditions))
    for column in columns:
        for index, code in column.codes(scope[column.name]).items():
            truths[index] = code
    for index, condition in residuals_of(conditions):
        truths[index] = code_of(known[index]) if index in known else condition.code(scope)
    return bytes(truths)


@dataclass(frozen=True, slots=True)
class Axis:
    """Stretches numbered from 0 to `size` - 1.

    `steps` gives for each condition the intervals at which its code changes: (first interval, code), beginning with 0.
    `breaks` and `side` say how a value finds its interval: `exact` values each have their own (all others the first),
    a `left` or `right` break is passed by values above it or from it on, `both` sides of every break count otherwise.
    """

    side: str
    breaks: tuple[Any, ...]
    size: int
    steps: tuple[Steps, ...]

    def code(self, condition: int, interval: int) -> int:
        """The code of a condition within a interval."""
        steps = self.steps[condition]
        return steps[bisect_right(steps, (interval, 2)) - 1][1]

    def reader(self, answers: Sequence[T]) -> Callable[[Any], T]:
        """A function from a value to the answer of its interval, one of `answers`."""
        find, other = self.lookup(answers)
        return lambda value: find(value, other)

    def lookup(self, answers: Sequence[T]) -> tuple[Callable[[Any, T], T], T]:
        """The same as a function of the value and a second argument, to be given with every value."""
        if self.side == "exact" and self.breaks:
            return dict(zip(self.breaks, answers[1:], strict=True)).get, answers[0]
        if len(self.breaks) == 0:
            return _anywhere, answers[0]
        return _LOOKUPS[self.side](self.breaks, answers), answers[0]


def axis_of(kind: type, constants: Iterable[Sequence[Any]], codes: Sequence[CodeOf], ordered: bool) -> Axis:
    """The axis of a type. Each condition has its `codes` and its own `constants`, of any type."""
    own: list[list[Any]] = [sorted({c for c in values if type(c) is kind}) for values in constants]
    if kind is bool:
        own = [[False, True] for _ in own]
    if kind in _WHOLE:
        own = [[] for _ in own]
    breaks = tuple(sorted({c for values in own for c in values}))
    place = {value: index for index, value in enumerate(breaks)}
    if not ordered or kind is bool or kind in _WHOLE:
        return _exact_axis(kind, breaks, place, own, codes)
    steps = tuple(_steps(_ordered_steps(kind, values, place, code)) for values, code in zip(own, codes, strict=True))
    return _one_sided(breaks, steps)


def _exact_axis(
    kind: type, breaks: tuple[Any, ...], place: dict[Any, int], own: list[list[Any]], codes: Sequence[CodeOf]
) -> Axis:
    other = _WHOLE.get(kind) if kind is bool or kind in _WHOLE else _other(kind, set(breaks))
    steps = []
    for values, code in zip(own, codes, strict=True):
        elsewhere = 0 if kind is bool else code(other)
        found = {0: elsewhere}
        for value in values:
            found[place[value] + 1] = code(value)
            found.setdefault(place[value] + 2, elsewhere)
        steps.append(_steps(sorted(found.items())))
    return Axis("exact", breaks, len(breaks) + 1, tuple(steps))


def _ordered_steps(kind: type, values: list[Any], place: dict[Any, int], code: CodeOf) -> Iterator[tuple[int, int]]:
    """Stretch 2k is below break k, 2k + 1 is the break itself."""
    yield 0, code(_below(values[0]) if values else _other(kind, set()))
    for value in values:
        at = 2 * place[value] + 1
        yield at, code(value)
        yield at + 1, code(_above(value))


def _steps(found: Iterable[tuple[int, int]]) -> Steps:
    """Without those that change nothing."""
    kept: list[tuple[int, int]] = []
    for start, code in found:
        if not kept or kept[-1][1] != code:
            kept.append((start, code))
    return tuple(kept)


def _one_sided(breaks: tuple[Any, ...], steps: tuple[Steps, ...]) -> Axis:
    """With half the intervals, and one comparison less, where only one side of every break counts."""
    used = {start for each in steps for start, _ in each if start}
    if all(start % 2 for start in used):
        side = "right"
    elif not any(start % 2 for start in used):
        side = "left"
    else:
        return Axis("both", breaks, 2 * len(breaks) + 1, steps)
    kept = sorted(used)
    renumbered = {0: 0, **{start: index + 1 for index, start in enumerate(kept)}}
    return Axis(
        side,
        tuple(breaks[(start - 1) // 2] for start in kept),
        len(kept) + 1,
        tuple(tuple((renumbered[start], code) for start, code in each) for each in steps),
    )


def _anywhere(value: Any, other: T) -> T:
    return other


def _left(breaks: tuple[Any, ...], answers: Sequence[T]) -> Callable[[Any, T], T]:
    return lambda value, other: answers[bisect_left(breaks, value)]


def _right(breaks: tuple[Any, ...], answers: Sequence[T]) -> Callable[[Any, T], T]:
    return lambda value, other: answers[bisect_right(breaks, value)]


def _both(breaks: tuple[Any, ...], answers: Sequence[T]) -> Callable[[Any, T], T]:
    end = len(breaks)

    def read(value: Any, other: T) -> T:
        index = bisect_left(breaks, value)
        return answers[index + index + 1 if index < end and breaks[index] == value else index + index]

    return read


_LOOKUPS: dict[str, Callable[[tuple[Any, ...], Sequence[Any]], Callable[[Any, Any], Any]]] = {
    "left": _left,
    "right": _right,
    "both": _both,
}


def _other(kind: type, known: set[Any]) -> Any:
    """A value of the type that is none of the known ones."""
    if kind is date:
        return next(d for d in (date.fromordinal(i) for i in range(1, len(known) + 2)) if d not in known)
    make: Callable[[int], Any] = Decimal if kind is Decimal else str
    return next(value for value in map(make, range(len(known) + 1)) if value not in known)


def _below(value: Any) -> Any:
    """A value just below; the value itself where there is none."""
    if isinstance(value, Decimal):
        return value.next_minus(_FINE)
    if isinstance(value, date):
        return value - _DAY if value > date.min else value
    return ""


def _above(value: Any) -> Any:
    """A value just above; the value itself where there is none."""
    if isinstance(value, Decimal):
        return value.next_plus(_FINE)
    if isinstance(value, date):
        return value + _DAY if value < date.max else value
    return value + "\0"
