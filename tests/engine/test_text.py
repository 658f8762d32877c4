"""Widths on a fixed-width screen."""

from __future__ import annotations

import pytest

from greenlane.engine.text import display_width, pad

CASES = [
    ("", 0),
    ("abc", 3),
    ("中文", 4),
    ("（）", 4),
    ("≥", 1),
    ("é", 1),
    ("e\u0301", 1),
    ("5Y+ 期限", 8),
    ("😀", 2),
    ("ｱ", 1),
]


@pytest.mark.parametrize(("text", "width"), CASES)
def test_wide_characters_take_two_columns(text: str, width: int) -> None:
    """East Asian wide and full-width characters are two columns, combining marks none."""
    assert display_width(text) == width


def test_padding_counts_columns() -> None:
    """Padded texts are equally wide."""
    assert [pad(text, 5) for text in ("a", "中", "中文")] == ["a    ", "中   ", "中文 "]
