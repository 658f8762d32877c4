"""Reading unary tests: the cells of tables and the right side of `in`."""

from __future__ import annotations

from greenlane.engine.feel.ast import Comparison, InputValue, Node, Range, Span, UnaryTests
from greenlane.engine.feel.precedence import SUM
from greenlane.engine.feel.reader import Reader, Stop
from greenlane.engine.feel.tokens import COMPARISONS, Kind


def cell(reader: Reader) -> UnaryTests:
    """Reads a whole cell."""
    whole = Span(0, len(reader.text))
    if reader.token.kind is Kind.END:
        return UnaryTests((), False, whole)
    if reader.is_symbol("-") and reader.following().kind is Kind.END:
        reader.take()
        return UnaryTests((), False, whole)
    if negated := _negated(reader):
        return UnaryTests(negated, True, whole)
    tests = [test(reader, 0)]
    while reader.skip(","):
        tests.append(test(reader, 0))
    if reader.is_word("and", "or", "between", "in") and isinstance(tests[-1], Range | Comparison):
        raise Stop(reader.unexpected("write `?` for the value in each condition: `? > 1 and ? < 9`"))
    return UnaryTests(tuple(tests), False, whole)


def _negated(reader: Reader) -> tuple[Node, ...] | None:
    """The tests inside of a `not(…)` that is the whole cell."""
    if not (reader.is_word("not") and reader.following().text == "("):
        return None
    mark = reader.mark()
    reader.take()
    tests = reader.parenthesised(tests=True)
    if reader.token.kind is Kind.END:
        return tests
    reader.rewind(mark)
    return None


def test(reader: Reader, lowest: int) -> Node:
    """Reads one test: an operator and an end point, or an expression."""
    start = reader.token.start
    if not reader.is_symbol(*COMPARISONS):
        return reader.expression(lowest)
    operator = reader.take().text
    end = reader.expression(SUM)
    span = reader.span_from(start)
    if operator in ("=", "!="):
        return Comparison(operator, InputValue(Span(start, start)), end, span)
    below = operator in ("<", "<=")
    included = operator in ("<=", ">=")
    return Range(None if below else end, end if below else None, included and not below, included and below, span)
