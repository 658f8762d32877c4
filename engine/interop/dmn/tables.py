"""Decision tables: which rules hold, and what the hit policy makes of them (DMN 8.2.8, 8.2.11).

The policies themselves are those of rule files (`engine.decide.hit_policy`), with null for whatever goes wrong."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from greenlane.engine.decide.hit_policy import LISTING, OnError, Priority, combined
from greenlane.engine.interop.dmn.boxed import DecisionTable, LiteralExpression, Output, Rule
from greenlane.engine.interop.dmn.faults import HITS, MISMATCH
from greenlane.engine.interop.dmn.frame import Frame
from greenlane.engine.interop.dmn.functions import typed
from greenlane.engine.interop.dmn.xml_tree import Text
from greenlane.engine.rules.table import Hit

Literal = Callable[[LiteralExpression, Frame], Any]
_ORDERED = (Hit.PRIORITY, Hit.OUTPUT_ORDER)
_DIFFER = "rules that hold differ under ANY"


def table(boxed: DecisionTable, frame: Frame, literal: Literal) -> Any:
    """The result of a table; null where an input is not one of its values or the hit policy is violated."""
    inputs = _inputs(boxed, frame, literal)
    if inputs is None:
        return None
    held = [rule for rule in boxed.rules if _holds(rule, inputs, frame)]
    if not held:
        return _default(boxed, frame, literal)
    hit, on_error = hit_of(boxed), _to_null(boxed, frame)
    if hit is Hit.UNIQUE and len(held) > 1:
        # Not even evaluated: what else is wrong with their results does not matter.
        return on_error.violated(hit, held)
    if hit is Hit.FIRST:
        held = held[:1]
    found = [_result(boxed, rule.results, frame, literal) for rule in held]
    return combined(hit, held, found, _priorities(boxed, frame) if hit in _ORDERED else (), on_error)


def hit_of(boxed: DecisionTable) -> Hit:
    """The hit policy with its aggregator, which counts under COLLECT alone."""
    aggregation = boxed.aggregation if boxed.hit_policy == "COLLECT" else ""
    return Hit(f"{boxed.hit_policy} {aggregation}".strip().lower())


def _to_null(boxed: DecisionTable, frame: Frame) -> OnError:
    """Null, with a note of the hit policy that was violated."""

    def violated(hit: Hit, held: Sequence[Rule]) -> None:
        lines = ", ".join(str(rule.place.line) for rule in held)
        said = f"several rules hold under UNIQUE (lines {lines})" if hit is Hit.UNIQUE else _DIFFER
        frame.shared.notes.add(HITS, f"{said}; null instead", boxed.place)

    return OnError(violated, lambda hit, error: None)


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
    return [made] if hit_of(boxed) in LISTING else made


def _priorities(boxed: DecisionTable, frame: Frame) -> list[Priority]:
    """Of every output, the order of its values, with what is none of them at the end."""
    several = len(boxed.outputs) > 1
    return [(output.name if several else "", _place_in(_ranking(output, frame), frame)) for output in boxed.outputs]


def _place_in(tests: Sequence[Callable[[Any, Any], Any]], frame: Frame) -> Callable[[Any], int]:
    return lambda value: next((at for at, test in enumerate(tests) if test(value, frame.scope) is True), len(tests))


def _ranking(output: Output, frame: Frame) -> Sequence[Callable[[Any, Any], Any]]:
    """The tests of the output's values, or of those that its type allows."""
    formulas = frame.shared.formulas
    if output.values is not None:
        return formulas.each_test(output.values, frame.model, frame.names)
    found = frame.shared.library.item(frame.model, output.type_ref)
    if found is None or found[1].allowed is None:
        return ()
    return formulas.each_test(found[1].allowed, found[0], frozenset())
