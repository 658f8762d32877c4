"""Unified social credit codes, GB 32100-2015."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenlane.engine.decide.application import USCC_ALPHABET, uscc_check_character, violation_of
from greenlane.engine.rules.vocabulary import FactKind, FactType

KIND = FactKind(FactType.STRING, check="uscc")
FIRST = st.text(USCC_ALPHABET, min_size=17, max_size=17)


def is_valid(code: str) -> bool:
    """Whether a fact of this kind may have the value."""
    return violation_of(KIND, code) is None


def test_the_alphabet_is_the_standard_one() -> None:
    """Digits and capitals without I, O, S, V and Z."""
    assert "".join(c for c in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ" if c not in "IOSVZ") == USCC_ALPHABET


@pytest.mark.parametrize(
    ("code", "valid"),
    [
        ("91320500XXXX00019A", True),
        ("91620900XXXX00027X", True),
        ("91370100XXXX000350", True),
        ("91320500XXXX000190", False),
        ("91320500XXXX00019a", False),
        ("91320500XXXX00019", False),
        ("91320500XXXX00019AA", False),
        ("91320500XXXO00019A", False),
        ("", False),
    ],
)
def test_codes(code: str, valid: bool) -> None:
    """Length, alphabet and check character must all be right."""
    assert is_valid(code) is valid


@given(FIRST, st.integers(0, 16), st.sampled_from(USCC_ALPHABET))
def test_any_single_mistake_is_found(first: str, at: int, other: str) -> None:
    """Weights that are not multiples of the prime 31 find every wrong character."""
    code = first + str(uscc_check_character(first))
    assert is_valid(code)
    assert is_valid(code[:at] + other + code[at + 1 :]) is (other == code[at])


@given(FIRST, st.integers(0, 15))
def test_neighbours_exchanged_are_found(first: str, at: int) -> None:
    """Neighbouring weights differ."""
    code = first + str(uscc_check_character(first))
    exchanged = code[:at] + code[at + 1] + code[at] + code[at + 2 :]
    assert is_valid(exchanged) is (exchanged == code)
