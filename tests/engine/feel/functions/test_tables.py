"""Built-in functions and operators, case by case, under FEEL's own meaning of errors."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from greenlane.engine.feel import SPEC, evaluate, evaluate_node, parse_expression
from greenlane.engine.feel.functions import BUILTINS
from greenlane.engine.feel.functions.temporal import same
from tests.engine.feel.text_tables import Case, cases_in

HERE = Path(__file__).parent
FILES = [*sorted(HERE.glob("*.txt")), HERE.parent / "operators.txt"]
CASES = [case for path in FILES for case in cases_in(path)]


def reference(text: str) -> Any:
    """The value by the reference meaning."""
    return evaluate_node(parse_expression(text), {}, SPEC)


def compiled(text: str) -> Any:
    """The value by the door, which compiles."""
    return evaluate(text, {}, SPEC)


@pytest.mark.parametrize("route", [reference, compiled])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.place)
def test_case(case: Case, route: Callable[[str], Any]) -> None:
    """The expression comes to the expected value, by either route."""
    actual, expected = route(case.expression), reference(case.expected)
    assert same(actual, expected), f"{case.expression} is {actual!r}, not {expected!r}: {case.why}"


def test_every_builtin_has_a_case() -> None:
    """No built-in function goes untested, but for those that read what the caller supplies."""
    texts = "\n".join(case.expression for case in CASES)
    assert [name for name in BUILTINS if f"{name}(" not in texts] == ["now", "today"]
