"""What is said of text that is no FEEL."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from greenlane.engine.feel import FeelSyntaxError, SyntaxDiagnostic, parse_expression, parse_unary_tests
from greenlane.engine.feel.lexer import KEYWORDS
from tests.examples import examples


def lines() -> list[tuple[str, str, str, str, str]]:
    """Text, code, part at fault, message and help of every line of the table."""
    found = []
    for line in (Path(__file__).parent / "faults.txt").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            text, fault, _ = line.split(" ;; ")
            code, part, message, advice = (piece.strip() for piece in fault.split(" | "))
            found.append((text, code, part, message, advice))
    return found


@pytest.mark.parametrize(("text", "code", "part", "message", "advice"), lines())
def test_fault(text: str, code: str, part: str, message: str, advice: str) -> None:
    """The first fault has the code, the place, the message and the help of the table."""
    with pytest.raises(FeelSyntaxError) as caught:
        parse_expression(text)
    fault = caught.value.diagnostics[0]
    assert (fault.code, text[fault.span.start : fault.span.end], fault.message, fault.help) == (
        code,
        part,
        message,
        advice,
    )


def test_all_full_width_signs_are_told_at_once() -> None:
    """Every sign that is no FEEL has its fault, and nothing that only follows from them has."""
    with pytest.raises(FeelSyntaxError) as caught:
        parse_expression("sum（a，b） ＞ 5")
    assert [fault.message for fault in caught.value.diagnostics] == [
        "full-width character `（`",
        "full-width character `，`",
        "full-width character `）`",
        "full-width character `＞`",
    ]


def test_signs_in_a_known_name_are_no_fault() -> None:
    """A name in scope may hold what is no FEEL elsewhere."""
    parse_expression("driver's age > 18", {"driver's age"})
    with pytest.raises(FeelSyntaxError):
        parse_expression("driver's age > 18")


def test_condition_without_input_is_advised() -> None:
    """`> 1 and < 9` in a cell is told how to write what it means."""
    with pytest.raises(FeelSyntaxError) as caught:
        parse_unary_tests("> 1 and < 9")
    assert caught.value.diagnostics[0].help == "write `?` for the value in each condition: `? > 1 and ? < 9`"


@pytest.mark.parametrize(
    "text",
    [
        "(" * 5000,
        "(" * 5000 + "1" + ")" * 5000,
        "-" * 5000 + "1",
        "[" * 5000,
        "{a:" * 5000,
        "if " * 5000,
        "not(" * 5000 + "true" + ")" * 5000,
        "1" + "+1" * 5000,
        "a" + ".a" * 5000,
        "a" + "[1]" * 5000,
        "f" + "()" * 5000,
        "for x in " * 5000,
        "x instance of " + "list<" * 5000,
        "function() " * 5000 + "1",
        "[1..[" * 12,
        "]" * 5000,
        "[1.." * 3000,
    ],
    ids=lambda text: text[:12],
)
def test_deep_text_is_refused(text: str) -> None:
    """Nesting beyond the bound is a fault, never a crash, and found fast."""
    with pytest.raises(FeelSyntaxError):
        parse_expression(text)
    with pytest.raises(FeelSyntaxError):
        parse_unary_tests(text)


def test_long_text_is_refused() -> None:
    """A text beyond the bound is a fault."""
    with pytest.raises(FeelSyntaxError):
        parse_expression("1" * 100_001)


@settings(max_examples=examples(135), deadline=None)
@given(
    st.lists(
        st.sampled_from([*sorted(KEYWORDS), *"+-*/()[]{},.:?@<>='\"", "..", "**", "a", "1", "not", "（", "item", " "]),
        max_size=12,
    )
)
def test_any_tokens_are_read_or_refused(tokens: list[str]) -> None:
    """No sequence of tokens does anything but give a tree or faults within the text."""
    text = " ".join(tokens)
    for parse in (parse_expression, parse_unary_tests):
        faults = faults_of(parse, text)
        assert faults is None or faults
        assert all(0 <= fault.span.start <= fault.span.end <= max(1, len(text)) for fault in faults or ())


def faults_of(parse: Callable[[str], object], text: str) -> tuple[SyntaxDiagnostic, ...] | None:
    """What is wrong with the text, None where it can be read."""
    try:
        parse(text)
    except FeelSyntaxError as error:
        return error.diagnostics
    return None
