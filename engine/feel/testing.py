"""What a unary test says of a value: a cell of a table of its input, an item after `in` of what stands before it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from engine.feel.ast import Boolean, Filter, In, InputValue, Node, Null, Range
from engine.feel.operate import kleene, member
from engine.feel.semantics import Semantics, Undetermined
from engine.feel.site import Site
from engine.feel.walk import children, walk

INPUT = "?"


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
    tests. `range`: it is a range, which is null only where it is wrong.
    """

    about_input: bool
    null: bool
    literal: bool
    null_has_meaning: bool
    range: bool


def shape_of(test: Node, tests: Iterable[Node]) -> Shape:
    """The shape of one of the tests."""
    about = not isinstance(test, Range) and reads_input(test)
    return Shape(about, isinstance(test, Null), isinstance(test, Boolean), writes_null(tests), isinstance(test, Range))


def answer(site: Site, shape: Shape, value: Any, tested: Any) -> Any:
    """What the test, whose own value is `tested`, says of the value."""
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
    return member(site, value, tested)


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

    def __call__(self, value: Any) -> Any:
        """True, False, null (SPEC) or an undetermined value (STRICT)."""
        return kleene(self._site, (answer(site, shape, value, tested) for site, shape, tested in self._parts), True)
