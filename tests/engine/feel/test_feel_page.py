"""docs/feel.md is right and complete."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from greenlane.engine.feel import SPEC, evaluate
from greenlane.engine.feel.functions import BUILTINS, NOW, TODAY, signature
from greenlane.engine.feel.functions.temporal import same

PAGE = (Path(__file__).parents[3] / "docs" / "feel.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"\| `([^`]+)` \| `([^`]+)` \|$", PAGE.partition("## Operators")[2], re.MULTILINE)
CALLER = {
    NOW: evaluate('@"2026-03-02T10:30:00+08:00"', {}, SPEC),
    TODAY: evaluate('@"2026-03-02"', {}, SPEC),
}


@pytest.mark.parametrize(("expression", "result"), EXAMPLES)
def test_example(expression: str, result: str) -> None:
    """An example gives what the page says, and that is a value."""
    expected = evaluate(result, {}, SPEC)
    assert expected is not None
    assert same(evaluate(expression, CALLER, SPEC), expected)


@pytest.mark.parametrize("name", BUILTINS)
def test_function_is_on_the_page(name: str) -> None:
    """Every built-in function stands there with all forms of its call and an example that calls it."""
    shown = [f"`{name}({signature(form)})`" in PAGE for form in BUILTINS[name].overloads]
    assert all(shown)
    assert any(f"{name}(" in expression for expression, _ in EXAMPLES)


def test_no_example_is_left_out() -> None:
    """The pattern above finds every row of the tables of functions and operators."""
    assert len(EXAMPLES) == len(BUILTINS) + 11
