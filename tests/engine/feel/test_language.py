"""What expressions and cells mean, under the specification and under the strict meaning."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from greenlane.engine.feel import (
    SPEC,
    STRICT,
    Cause,
    Undetermined,
    compile_expression,
    evaluate,
    evaluate_node,
    parse_expression,
)
from greenlane.engine.feel import (
    test as run_cell,
)
from greenlane.engine.feel.values import literal_text
from greenlane.engine.text import Text
from tests.engine.feel.text_tables import Case, cases_in

HERE = Path(__file__).parent
GRAMMAR = (HERE.parents[2] / "engine" / "feel" / "grammar.md").read_text(encoding="utf-8")
SCOPE: dict[str, Any] = {
    "a": Decimal(1),
    "b": Decimal(2),
    "n": None,
    "t": "text",
    "low-cost": Decimal(7),
    "monthly payment": Decimal(100),
    "rows": [{"x": Decimal(1), "y": Decimal(2)}, {"x": None, "y": Decimal(3)}],
    "u": Undetermined((Cause("missing", "z", Text("缺", "missing")),)),
}


def fenced(kind: str) -> list[str]:
    """The lines of the grammar's blocks of a kind."""
    blocks = re.findall(rf"```{kind}\n(.*?)```", GRAMMAR, re.DOTALL)
    return [line for block in blocks for line in block.splitlines()]


def shown(value: Any) -> str:
    """A value as an expression, or the causes why there is none."""
    if isinstance(value, Undetermined):
        return ", ".join(f"{cause.kind} {cause.subject}" for cause in value.causes)
    return literal_text(value)


def expected(text: str) -> str:
    """A value written in a table, in canonical form; causes as they are."""
    return (
        text if re.match(r"(missing|type|arithmetic|argument|limit|name) ", text) else shown(evaluate(text, {}, SPEC))
    )


@pytest.mark.parametrize("line", fenced("feel"))
def test_grammar_example(line: str) -> None:
    """An example of the grammar gives what stands after the arrow, whatever errors mean."""
    text, result = line.split(" => ")
    for semantics in (SPEC, STRICT):
        value = evaluate(text, {}, semantics)
        if not isinstance(value, Undetermined):
            assert shown(value) == shown(evaluate(result, {}, SPEC))
    assert shown(evaluate(text, {}, SPEC)) == shown(evaluate(result, {}, SPEC))


@pytest.mark.parametrize("line", fenced("cell"))
def test_grammar_cell(line: str) -> None:
    """A cell of the grammar says what its line says of the value."""
    cell, value, answer = line.split(" | ")
    assert run_cell(cell, evaluate(value)) is (answer == "true")


@pytest.mark.parametrize("case", cases_in(HERE / "language.txt"), ids=lambda case: case.place)
def test_specification(case: Case) -> None:
    """The specification's value."""
    assert shown(evaluate(case.expression, SCOPE, SPEC)) == expected(case.expected), case.why


@pytest.mark.parametrize("case", cases_in(HERE / "specification.txt"), ids=lambda case: case.place)
def test_chapter_10(case: Case) -> None:
    """The specification's value, from the compiler and from the interpreter."""
    node = parse_expression(case.expression)
    assert shown(compile_expression(node, SPEC)({})) == expected(case.expected), case.why
    assert shown(evaluate_node(node, {}, SPEC)) == expected(case.expected), case.why


@pytest.mark.parametrize("case", cases_in(HERE / "strict.txt"), ids=lambda case: case.place)
def test_strict(case: Case) -> None:
    """The value, or all causes why there is none; the same from the interpreter."""
    node = parse_expression(case.expression, SCOPE)
    assert shown(compile_expression(node, STRICT)(SCOPE)) == expected(case.expected), case.why
    assert shown(evaluate_node(node, SCOPE, STRICT)) == expected(case.expected), case.why


@pytest.mark.parametrize("case", cases_in(HERE / "cells.txt"), ids=lambda case: case.place)
def test_cell(case: Case) -> None:
    """What a cell says of a value, under both meanings."""
    value, answers = case.expected.split(" -> ")
    spec, strict = answers.split(", ")
    assert shown(run_cell(case.expression, evaluate(value), SCOPE, SPEC)) == spec, case.why
    found = run_cell(case.expression, evaluate(value), SCOPE, STRICT)
    if strict == "type -":
        assert {cause.kind for cause in found.causes} == {"type"}
    else:
        assert shown(found) == strict, case.why
