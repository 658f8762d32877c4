"""The unified social credit code of a Chinese organisation, GB 32100-2015."""

from __future__ import annotations

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""The 31 characters of a code in the order of their values: digits and capitals without I, O, S, V and Z."""

LENGTH = 18
WEIGHTS = tuple(pow(3, position, 31) for position in range(LENGTH - 1))


def check_character(first: str) -> str | None:
    """The check character of the first 17 characters, or None when they are not 17 characters of the alphabet."""
    if len(first) != LENGTH - 1 or any(c not in ALPHABET for c in first):
        return None
    total = sum(ALPHABET.index(c) * weight for c, weight in zip(first, WEIGHTS, strict=True))
    return ALPHABET[-total % 31]


def is_valid(code: str) -> bool:
    """Whether `code` is 18 characters of the alphabet, the last being the check character of the others."""
    return len(code) == LENGTH and check_character(code[:-1]) == code[-1]
