"""Decision tables: which rules hold, and what the hit policy makes of them (DMN 8.2.8, 8.2.11)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, assert_never

from greenlane.engine.feel.comparison import compare, equal
from greenlane.engine.feel.errors import FeelError
from greenlane.engine.feel.functions import BUILTINS
from greenlane.engine.interop.dmn.boxed import DecisionTable, LiteralExpression, Output, Rule
from greenlane.engine.interop.dmn.faults import HITS, MISMATCH
from greenlane.engine.interop.dmn.frame import Frame
from greenlane.engine.interop.dmn.functions import typed
from greenlane.engine.interop.dmn.xml_tree import Text

Literal = Callable[[LiteralExpression, Frame], Any]
_LISTING = ("RULE ORDER", "OUTPUT ORDER", "COLLECT")


def table(boxed: DecisionTable, frame: Frame, literal: Literal) -> Any:
    """The result of a table; null where an input is not one of its values or the hit policy is violated."""
    inputs = _inputs(boxed, frame, literal)
    if inputs is None:
        return None
    held = [rule for rule in boxed.rules if _holds(rule, inputs, frame)]
    if not held:
        return _default(boxed, frame, literal)
    if boxed.hit_policy == "UNIQUE" and len(held) > 1:
        lines = ", ".join(str(rule.place.line) for rule in held)
        frame.shared.notes.add(HITS, f"several rules hold under UNIQUE (lines {lines}); null instead", boxed.place)
        return None
    if boxed.hit_policy in ("UNIQUE", "FIRST"):
        held = held[:1]
    return _combined(boxed, [_result(boxed, rule.results, frame, literal) for rule in held], frame)


def _combined(boxed: DecisionTable, found: list[Any], frame: Frame) -> Any:
    match boxed.hit_policy:
        case "UNIQUE" | "FIRST":
            return found[0]
        case "ANY":
            if all(_same(found[0], other) for other in found[1:]):
                return found[0]
            frame.shared.notes.add(HITS, "rules that hold differ under ANY; null instead", boxed.place)
            return None
        case "PRIORITY":
            return _by_priority(boxed, found, frame)[0]
        case "OUTPUT ORDER":
            return _by_priority(boxed, found, frame)
        case "RULE ORDER":
            return found
        case "COLLECT":
            return _collected(boxed, found)
        case _:
            assert_never(boxed.hit_policy)


def _inputs(boxed: DecisionTable, frame: Frame, literal: Literal) -> list[Any] | None:
    found = []
    for column in boxed.inputs:
        value = None
        if column.expression is not None:
            expression = column.expression
            read = literal(expression, frame)
            value = typed(frame, read, expression.type_ref, expression.text.value.strip(), expression.place)
        if value is not None and column.values is not None and not _passes(column.values, value, frame):
            frame.shared.notes.add(MISMATCH, "an input is none of its values; the table gives null", column.place)
            return None
        found.append(value)
    return found


def _holds(rule: Rule, inputs: Sequence[Any], frame: Frame) -> bool:
    return all(_passes(test, value, frame) for test, value in zip(rule.tests, inputs, strict=True))


def _passes(test: Text, value: Any, frame: Frame) -> bool:
    return frame.shared.formulas.test(test, frame.model, frame.names)(value, frame.scope) is True


def _result(boxed: DecisionTable, cells: Sequence[LiteralExpression], frame: Frame, literal: Literal) -> Any:
    values = [
        typed(frame, literal(cell, frame), output.type_ref, output.name or "the output", cell.place)
        for cell, output in zip(cells, boxed.outputs, strict=True)
    ]
    return _joined(boxed, values)


def _joined(boxed: DecisionTable, values: Sequence[Any]) -> Any:
    """One output is its value; several are a context."""
    if len(boxed.outputs) == 1:
        return values[0]
    return {output.name: value for output, value in zip(boxed.outputs, values, strict=True)}


def _default(boxed: DecisionTable, frame: Frame, literal: Literal) -> Any:
    """What stands where no rule holds: null unless an output has a default."""
    if all(output.default is None for output in boxed.outputs):
        return None
    values = []
    for output in boxed.outputs:
        value = None if output.default is None else literal(output.default, frame)
        values.append(typed(frame, value, output.type_ref, output.name or "the output", output.place))
    made = _joined(boxed, values)
    return [made] if boxed.hit_policy in _LISTING and not boxed.aggregation else made


def _by_priority(boxed: DecisionTable, found: list[Any], frame: Frame) -> list[Any]:
    """In the order of the values of the outputs, the first output first; else in the order of the rules."""
    tests = [_ranking(output, frame) for output in boxed.outputs]

    def rank(value: Any) -> list[int]:
        parts = [value] if len(tests) == 1 else list(value.values())
        return [
            next((at for at, test in enumerate(each) if test(part, frame.scope) is True), len(each))
            for part, each in zip(parts, tests, strict=True)
        ]

    return sorted(found, key=rank)


def _ranking(output: Output, frame: Frame) -> Sequence[Callable[[Any, Any], Any]]:
    """The tests of the output's values, or of those that its type allows."""
    formulas = frame.shared.formulas
    if output.values is not None:
        return formulas.each_test(output.values, frame.model, frame.names)
    found = frame.shared.library.item(frame.model, output.type_ref)
    if found is None or found[1].allowed is None:
        return ()
    return formulas.each_test(found[1].allowed, found[0], frozenset())


def _collected(boxed: DecisionTable, found: list[Any]) -> Any:
    if not boxed.aggregation:
        return found
    if boxed.aggregation == "COUNT":
        return Decimal(len(found))
    try:
        if boxed.aggregation == "SUM":
            return BUILTINS["sum"].call((found,))
        order = [compare(value, found[0]) for value in found]
        best = found[0]
        for value, _ in zip(found, order, strict=True):
            if compare(value, best) < 0 if boxed.aggregation == "MIN" else compare(value, best) > 0:
                best = value
        return best
    except FeelError:
        return None


def _same(left: Any, right: Any) -> bool:
    try:
        return equal(left, right) is True
    except FeelError:
        return False
