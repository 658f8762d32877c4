"""Texts to values, each in the one way it is written."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from greenlane.engine.rules.files.node_reader import (
    ScalarError,
    choice_help,
    parse_boolean,
    parse_date,
    parse_number,
    parse_scalar,
)
from greenlane.engine.rules.vocabulary import FactKind, FactType

GOOD: list[tuple[Callable[[str], Any], str, Any]] = [
    (parse_number, "0", Decimal(0)),
    (parse_number, "-0.50", Decimal("-0.50")),
    (parse_number, "1234567890123456789012345678901234", Decimal("1234567890123456789012345678901234")),
    (parse_date, "2024-02-29", date(2024, 2, 29)),
    (parse_boolean, "true", True),
    (parse_boolean, "false", False),
]


@pytest.mark.parametrize(("read", "text", "expected"), GOOD)
def test_values_are_read(read: Callable[[str], Any], text: str, expected: Any) -> None:
    """Numbers keep their places."""
    assert read(text) == expected
    assert str(read(text)) == str(expected)


BAD: list[tuple[Callable[[str], Any], str, str]] = [
    (parse_number, "1e3", "`1e3` is not a number"),
    (parse_number, "1,000", "`1,000` is not a number"),
    (parse_number, "012", "`012` is not a number"),
    (parse_number, "１", "`１` is not a number"),
    (parse_number, "+1", "`+1` is not a number"),
    (parse_number, ".5", "`.5` is not a number"),
    (parse_number, "NaN", "`NaN` is not a number"),
    (parse_number, "1" * 35, "the number is too long"),
    (parse_date, "2024-2-1", "`2024-2-1` is not a date"),
    (parse_date, "20240201", "`20240201` is not a date"),
    (parse_date, "2023-02-29", "there is no day `2023-02-29`"),
    (parse_date, "0000-01-01", "there is no day `0000-01-01`"),
    (parse_boolean, "yes", "`yes` is neither `true` nor `false`"),
    (parse_boolean, "True", "`True` is neither `true` nor `false`"),
]


@pytest.mark.parametrize(("read", "text", "message"), BAD)
def test_anything_else_is_refused(read: Callable[[str], Any], text: str, message: str) -> None:
    """The message quotes what was written; the help shows how to write it."""
    with pytest.raises(ScalarError) as caught:
        read(text)
    assert caught.value.message == message
    assert caught.value.help


KINDS = [
    (FactKind(FactType.NUMBER, minimum=Decimal(1)), "0", "`0` is below `1`"),
    (FactKind(FactType.NUMBER, maximum=Decimal(1)), "2", "`2` is above `1`"),
    (FactKind(FactType.NUMBER, whole=True), "1.5", "`1.5` is not a whole number"),
    (FactKind(FactType.STRING, allowed=("a",)), "b", "`b` is not allowed here"),
    (FactKind(FactType.STRING, pattern="[0-9]+"), "1a", "`1a` does not match the pattern"),
]


@pytest.mark.parametrize(("kind", "text", "message"), KINDS)
def test_a_value_keeps_to_its_kind(kind: FactKind, text: str, message: str) -> None:
    """Bounds, whole numbers, allowed values and patterns are asked for."""
    with pytest.raises(ScalarError) as caught:
        parse_scalar(text, kind)
    assert caught.value.message == message


def test_the_nearest_value_is_offered() -> None:
    """Or all of them, up to twelve."""
    assert choice_help("declin", ("decline", "refer")) == "did you mean `decline`?"
    assert choice_help("zzz", ("a", "b")) == "allowed: `a`, `b`"
    assert choice_help("zzz", tuple("abcdefghijklmn")).endswith("`l`, …")
