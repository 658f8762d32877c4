"""Unary tests as closures from value and scope to answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from engine.feel import testing
from engine.feel.ast import Node, Range
from engine.feel.compile_order import DIRECT
from engine.feel.operate import kleene
from engine.feel.scope import LocalScope, budget_of
from engine.feel.semantics import Undetermined
from engine.feel.site import Site
from engine.feel.values.range import Range as RangeValue

Run = Callable[[Any], Any]
Test = Callable[[Any, Any], Any]
# Types of which a set finds what FEEL's equality finds.
_HASHED = frozenset((Decimal, str))


class Prepared:
    """One test, compiled: its node, how to run it, and its value or the items of its value where these are constant."""

    __slots__ = ("constant", "is_constant", "items", "node", "run")

    def __init__(self, node: Node, run: Run, constant: tuple[bool, Any], items: tuple[Any, ...] | None) -> None:
        self.node = node
        self.run = run
        self.is_constant, self.constant = constant
        self.items = items


def any_test(node: Node, site: Site, subject: Node, tests: Sequence[Prepared]) -> Test:
    """Whether the value passes one of the tests."""
    nodes = tuple(test.node for test in tests)
    singles = [_one_test(Site(node, site.semantics, subject, test.node), test, nodes) for test in tests]
    general = singles[0] if len(singles) == 1 else _disjunction(Site(node, site.semantics, *nodes), singles)
    wanted = _alternatives(tests)
    return general if wanted is None else _one_of(wanted, general)


def _alternatives(tests: Sequence[Prepared]) -> frozenset[Any] | None:
    """The values asked for, when the tests are nothing but numbers or nothing but strings."""
    if len(tests) == 1 and tests[0].items is not None:
        values = list(tests[0].items)
    elif all(test.is_constant for test in tests):
        values = [test.constant for test in tests]
    else:
        return None
    kinds = {type(value) for value in values}
    return frozenset(values) if len(values) > 1 and len(kinds) == 1 and kinds <= _HASHED else None


def _one_of(wanted: frozenset[Any], general: Test) -> Test:
    kind = type(next(iter(wanted)))

    def test(value: Any, scope: Any) -> Any:
        return value in wanted if type(value) is kind else general(value, scope)

    return test


def _disjunction(site: Site, tests: Sequence[Test]) -> Test:
    def test(value: Any, scope: Any) -> Any:
        return kleene(site, (single(value, scope) for single in tests), True)

    return test


def _one_test(site: Site, test: Prepared, nodes: tuple[Node, ...]) -> Test:
    shape = testing.shape_of(test.node, nodes)
    general = _general(site, shape, test)
    if not test.is_constant or shape.null:
        return general
    if type(test.constant) is RangeValue and isinstance(test.node, Range):
        return _in_range(test.constant, general)
    return _equal_to(test.constant, general) if type(test.constant) in (*DIRECT, bool) else general


def _general(site: Site, shape: testing.Shape, prepared: Prepared) -> Test:
    run = prepared.run
    reads = testing.reads_input(prepared.node)

    def test(value: Any, scope: Any) -> Any:
        inner = LocalScope(scope, {testing.INPUT: value}, budget_of(scope)) if reads else scope
        found = testing.answer(site, shape, value, run(inner))
        if type(found) is bool or type(found) is Undetermined:
            return found
        return kleene(site, (found,), True)

    return test


def _equal_to(constant: Any, general: Test) -> Test:
    kind = type(constant)

    def test(value: Any, scope: Any) -> Any:
        return value == constant if type(value) is kind else general(value, scope)

    return test


def _in_range(among: RangeValue, general: Test) -> Test:
    low, high = among.low, among.high
    kind = type(low if low is not None else high)
    if kind not in DIRECT or among.operator:
        return general
    if high is None:
        return _above(low, kind, among.low_included, general)
    if low is None:
        return _below(high, kind, among.high_included, general)
    return _within(among, kind, general)


def _above(low: Any, kind: type, included: bool, general: Test) -> Test:
    def at_least(value: Any, scope: Any) -> Any:
        return value >= low if type(value) is kind else general(value, scope)

    def more(value: Any, scope: Any) -> Any:
        return value > low if type(value) is kind else general(value, scope)

    return at_least if included else more


def _below(high: Any, kind: type, included: bool, general: Test) -> Test:
    def at_most(value: Any, scope: Any) -> Any:
        return value <= high if type(value) is kind else general(value, scope)

    def less(value: Any, scope: Any) -> Any:
        return value < high if type(value) is kind else general(value, scope)

    return at_most if included else less


def _within(among: RangeValue, kind: type, general: Test) -> Test:
    low, high, from_low, to_high = among.low, among.high, among.low_included, among.high_included

    def closed(value: Any, scope: Any) -> Any:
        return low <= value <= high if type(value) is kind else general(value, scope)

    def open_somewhere(value: Any, scope: Any) -> Any:
        if type(value) is not kind:
            return general(value, scope)
        return (low < value or (from_low and low == value)) and (value < high or (to_high and value == high))

    return closed if from_low and to_high else open_somewhere
