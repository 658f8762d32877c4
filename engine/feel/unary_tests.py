"""Unary tests: what a cell of a table says of its input, or what stands after `in` of what stands before it. Pure.

What the syntax of a test says about its meaning is read once (`UnaryTestTraits`), the rest by the values (`answer`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from greenlane.engine.feel.ast import Boolean, Filter, In, InputValue, Node, Null, RangeLiteral
from greenlane.engine.feel.constant_folding import is_constant
from greenlane.engine.feel.errors import FeelError
from greenlane.engine.feel.functions import BUILTINS
from greenlane.engine.feel.operations import differing, kleene
from greenlane.engine.feel.operators import COMPARED_AT_MOST, equal, in_range
from greenlane.engine.feel.scope import Budget, charge_lists
from greenlane.engine.feel.semantics import ErrorContext, Semantics, Undetermined, undetermined_in
from greenlane.engine.feel.values.types import Range
from greenlane.engine.feel.visitor import children, walk

INPUT = "?"
"""The name under which a scope holds the value that a test is about."""
_CALLED = frozenset(BUILTINS)


def reads_input(node: Node) -> bool:
    """Whether the node reads the `?` of the test that it is, not that of a test inside of it."""
    if isinstance(node, InputValue):
        return True
    return any(reads_input(child) for child in ((node.value,) if isinstance(node, In) else children(node)))


def writes_null(tests: Iterable[Node]) -> bool:
    """Whether the literal `null` is written among the tests, so that a null input has a meaning of its own."""
    return any(isinstance(test, Null) or _compares_null(test) for test in tests)


def _compares_null(test: Node) -> bool:
    if isinstance(test, RangeLiteral | Filter) or not reads_input(test):
        return False
    return any(isinstance(inner, Null) for inner in walk(test))


@dataclass(frozen=True, slots=True)
class UnaryTestTraits:
    """What the syntax of one test says about its meaning.

    `about_input`: it reads `?`, so that its boolean result is the answer. `null`: it is the literal `null`.
    `literal`: it is `true` or `false`, which a value equals or not. `null_has_meaning`: `null` is written among the
    tests. `range`: it is a range, which is null only where it is wrong. `fixed`: all of it is written out.
    """

    about_input: bool
    null: bool
    literal: bool
    null_has_meaning: bool
    range: bool
    fixed: bool


def traits_of(test: Node, tests: Iterable[Node]) -> UnaryTestTraits:
    """The traits of one of the tests."""
    about = not isinstance(test, RangeLiteral) and reads_input(test)
    kinds = isinstance(test, Null), isinstance(test, Boolean), writes_null(tests), isinstance(test, RangeLiteral)
    return UnaryTestTraits(about, *kinds, is_written_out(test))


def is_written_out(test: Node) -> bool:
    """Whether the text of the test has all that it compares with, so that it is not long."""
    return is_constant(test, _CALLED)


def answer(errors: ErrorContext, traits: UnaryTestTraits, value: Any, tested: Any, budget: Budget) -> Any:
    """What the test, whose own value is `tested`, says of the value: True, False, null (SPEC) or undetermined (STRICT).

    Operand 0 of the error context is what the value comes from, 1 the test. Long lists are taken from the budget.
    """
    if traits.about_input and (type(tested) is bool or tested is None):
        return errors.missing(1) if tested is None else tested
    if traits.null:
        return value if type(value) is Undetermined else value is None
    if value is None and errors.semantics.strict:
        return False if traits.null_has_meaning else errors.missing(0)
    if type(value) is Undetermined:
        return value
    if type(tested) is bool and type(value) is not bool and not traits.literal:
        return tested
    if tested is None and (errors.semantics.strict or traits.range):
        return errors.missing(1)
    return member(errors, value, tested, (value,) if traits.fixed else (value, tested), budget)


def member(errors: ErrorContext, value: Any, tested: Any, long: Iterable[Any], budget: Budget) -> Any:
    """Whether the value passes a test: equals it, lies in the range, or is or passes an item of the list.

    `long` are those of the two that are taken from the budget where they are long lists.
    """
    try:
        charge_lists(budget, long)
    except FeelError as error:
        return errors.caught(error)
    if type(tested) is list and type(value) in _PLAIN and _ONLY[type(value)].issuperset(map(type, tested)):
        return value in tested
    undetermined = undetermined_in(value, tested)
    if undetermined is not None:
        return undetermined
    try:
        answer = _passes(errors, value, tested, [0])
    except FeelError as error:
        return errors.caught(error)
    if answer is None:
        return errors.missing(0) if value is None else differing(errors, value, tested)
    return answer


def _passes(errors: ErrorContext, value: Any, tested: Any, asked: list[int]) -> bool | None:
    """`asked` counts the items: lists that share their items can be endless to walk."""
    if isinstance(tested, (list, tuple)):
        asked[0] += len(tested)
        if asked[0] > COMPARED_AT_MOST:
            raise FeelError("limit", "too many items to compare", "需要比较的项过多")
        if isinstance(value, (list, tuple)) and equal(value, tested):
            return True
        answers = [_passes(errors, value, item, asked) for item in tested]
        if True in answers:
            return True
        return None if errors.semantics.strict and None in answers else False
    if type(tested) is Range and type(value) is not Range:
        try:
            return in_range(value, tested)
        except FeelError:
            return None
    return equal(value, tested)


class FixedTests:
    """Whether a value passes one of some tests whose own values are known."""

    __slots__ = ("_errors", "_parts")

    def __init__(
        self, node: Node, semantics: Semantics, subject: Node, tests: tuple[Node, ...], tested: tuple[Any, ...]
    ) -> None:
        self._errors = ErrorContext(node, semantics, *tests)
        self._parts = tuple(
            (ErrorContext(node, semantics, subject, test), traits_of(test, tests), value)
            for test, value in zip(tests, tested, strict=True)
        )

    def __call__(self, value: Any, budget: Budget) -> Any:
        """True, False, null (SPEC) or an undetermined value (STRICT)."""
        answers = (answer(errors, traits, value, tested, budget) for errors, traits, tested in self._parts)
        return kleene(self._errors, answers, True)


# Types whose Python equality is FEEL's.
_PLAIN = (Decimal, str, date)
_ONLY = {kind: frozenset((kind,)) for kind in _PLAIN}
