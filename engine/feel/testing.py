"""What a unary test says of a value: a cell of a table of its input, an item after `in` of what stands before it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from greenlane.engine.feel.ast import Boolean, Filter, In, InputValue, Node, Null, Range
from greenlane.engine.feel.constancy import is_constant
from greenlane.engine.feel.functions import BUILTINS
from greenlane.engine.feel.operate import kleene, member
from greenlane.engine.feel.scope import Budget
from greenlane.engine.feel.semantics import Semantics, Undetermined
from greenlane.engine.feel.site import Site
from greenlane.engine.feel.visitor import children, walk

INPUT = "?"
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
    return not isinstance(test, Range | Filter) and reads_input(test) and any(isinstance(n, Null) for n in walk(test))


@dataclass(frozen=True, slots=True)
class Shape:
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


def shape_of(test: Node, tests: Iterable[Node]) -> Shape:
    """The shape of one of the tests."""
    about = not isinstance(test, Range) and reads_input(test)
    kinds = isinstance(test, Null), isinstance(test, Boolean), writes_null(tests), isinstance(test, Range)
    return Shape(about, *kinds, is_written_out(test))


def is_written_out(test: Node) -> bool:
    """Whether the text of the test has all that it compares with, so that it is not long."""
    return is_constant(test, _CALLED)


def answer(site: Site, shape: Shape, value: Any, tested: Any, budget: Budget) -> Any:
    """What the test, whose own value is `tested`, says of the value. Long lists are taken from the budget."""
    if shape.about_input and (type(tested) is bool or tested is None):
        return site.missing(1) if tested is None else tested
    if shape.null:
        return value if type(value) is Undetermined else value is None
    if value is None and site.semantics.strict:
        return False if shape.null_has_meaning else site.missing(0)
    if type(value) is Undetermined:
        return value
    if type(tested) is bool and type(value) is not bool and not shape.literal:
        return tested
    if tested is None and (site.semantics.strict or shape.range):
        return site.missing(1)
    return member(site, value, tested, (value,) if shape.fixed else (value, tested), budget)


class FixedTests:
    """Whether a value passes one of some tests whose own values are known."""

    __slots__ = ("_parts", "_site")

    def __init__(
        self, node: Node, semantics: Semantics, subject: Node, tests: tuple[Node, ...], tested: tuple[Any, ...]
    ) -> None:
        self._site = Site(node, semantics, *tests)
        self._parts = tuple(
            (Site(node, semantics, subject, test), shape_of(test, tests), value)
            for test, value in zip(tests, tested, strict=True)
        )

    def __call__(self, value: Any, budget: Budget) -> Any:
        """True, False, null (SPEC) or an undetermined value (STRICT)."""
        answers = (answer(site, shape, value, tested, budget) for site, shape, tested in self._parts)
        return kleene(self._site, answers, True)
