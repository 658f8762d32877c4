"""Code of unary tests: a cell, or what stands after `in`."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from greenlane.engine.feel import testing
from greenlane.engine.feel.ast import Node, Range
from greenlane.engine.feel.bulk import FREE
from greenlane.engine.feel.folding import constant_items
from greenlane.engine.feel.generate.library import EQUAL, ORDERED, TYPES
from greenlane.engine.feel.generate.work import Local, Names, Operand, Work
from greenlane.engine.feel.values.types import Range as RangeValue

# Types of which a set finds what FEEL's equality finds.
_HASHED = (Decimal, str)
Fixed = Sequence[tuple[bool, Any]]


def any_test(work: Work, node: Node, subject: Node, tests: tuple[Node, ...], value: Operand, names: Names) -> Operand:
    """Whether the value passes one of the tests."""
    writer, fixed = work.writer, [work.fixed(test, names) for test in tests]
    quick = _quick(work, tests, fixed, str(value), names)
    if all(known for known, _ in fixed):
        general = testing.FixedTests(node, work.semantics, subject, tests, tuple(tested for _, tested in fixed))
        slow = f"{writer.constant(general)}({value}, {work.payer(names)})"
        return work.result(slow if quick is None else f"{quick[1]} if {quick[0]} else {slow}")
    if quick is None:
        return _in_turn(work, node, subject, tests, value, names)
    result = writer.variable()
    with writer.block(f"if {quick[0]}"):
        writer.line(f"{result} = {quick[1]}")
    with writer.block("else"):
        writer.line(f"{result} = {_in_turn(work, node, subject, tests, value, names)}")
    return Operand(result)


def _in_turn(work: Work, node: Node, subject: Node, tests: tuple[Node, ...], value: Operand, names: Names) -> Operand:
    """One test after the other, up to the first that the value passes."""
    writer, result = work.writer, work.writer.variable()
    inner = names.over(Local({testing.INPUT: str(value)}), work.budget(names))
    with writer.block("while True"):
        answers = []
        for test in tests:
            tested, site = work.emit(test, inner), work.site(node, subject, test)
            shape = writer.constant(testing.shape_of(test, tests))
            answer = work.result(f"answer({site}, {shape}, {value}, {tested}, {work.payer(inner)})")
            answers.append(str(answer))
            with writer.block(f"if {answer} is True"):
                writer.line(f"{result} = True")
                writer.line("break")
        clear = " and ".join(f"{answer} is False" for answer in answers)
        doubtful = f"kleene({work.site(node, *tests)}, ({', '.join(answers)},), True)"
        writer.line(f"{result} = False if {clear} else {doubtful}")
        writer.line("break")
    return Operand(result)


def _quick(work: Work, tests: tuple[Node, ...], fixed: Fixed, value: str, names: Names) -> tuple[str, str] | None:
    """When Python's own comparison answers, and how."""
    wanted = _alternatives(work, tests, fixed, names)
    if wanted is not None:
        return f"type({value}) is {TYPES[type(next(iter(wanted)))]}", f"{value} in {work.writer.constant(wanted)}"
    if len(tests) > 1 or not fixed[0][0]:
        return None
    tested = fixed[0][1]
    if type(tested) is RangeValue:
        return _in_range(work, tested, value) if isinstance(tests[0], Range) else None
    if type(tested) not in EQUAL:
        return None
    return f"type({value}) is {TYPES[type(tested)]}", f"{value} == {work.writer.constant(tested)}"


def _alternatives(work: Work, tests: tuple[Node, ...], fixed: Fixed, names: Names) -> frozenset[Any] | None:
    """The values asked for, when the tests are nothing but numbers or nothing but strings."""
    items = constant_items(tests[0], work.semantics, names.shadows) if len(tests) == 1 else None
    if items is None and not all(known for known, _ in fixed):
        return None
    values = [value for _, value in fixed] if items is None else list(items)
    if len(values) > FREE and not all(map(testing.is_written_out, tests)):
        return None
    kinds = {type(value) for value in values}
    return frozenset(values) if len(values) > 1 and len(kinds) == 1 and kinds <= {*_HASHED} else None


def _in_range(work: Work, among: RangeValue, value: str) -> tuple[str, str] | None:
    kind = type(among.low if among.low is not None else among.high)
    if kind not in ORDERED or among.operator:
        return None
    parts = []
    if among.low is not None:
        parts.append(f"{work.writer.constant(among.low)} {'<=' if among.low_included else '<'}")
    parts.append(value)
    if among.high is not None:
        parts.append(f"{'<=' if among.high_included else '<'} {work.writer.constant(among.high)}")
    return f"type({value}) is {TYPES[kind]}", " ".join(parts)


def negated(work: Work, answer: Operand) -> Operand:
    """The opposite of an answer that is a boolean."""
    return work.result(f"inverted({answer})")
