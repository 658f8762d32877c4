"""A cursor is good for the place it was given out for, on every process of the deployment, and no other text is one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenlane.api.ledger.sealing.cursors import FORM, CursorKey
from greenlane.api.ledger.sealing.values import UnsealError, new_secret

SECRET = bytes(range(32))
KEY = CursorKey(SECRET)
CHARACTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


@given(st.integers(0, 2**63 - 1), st.binary(max_size=200))
def test_it_leads_back(position: int, place: bytes) -> None:
    """Another process with the same secret opens it, and it is the same each time: short, safe in an address."""
    cursor = KEY.seal(place, position)
    assert FORM.fullmatch(cursor)
    assert CursorKey(SECRET).open(place, cursor) == position
    assert CursorKey(SECRET).seal(place, position) == cursor


def test_it_tells_nothing() -> None:
    """Neither the position, nor that two are neighbours, nor that two places have the same one."""
    cursors = [KEY.seal(place, position) for position in range(100) for place in (b"one", b"other")]
    for part in (slice(0, 8), slice(8, 16), slice(16, 24), slice(24, 32)):
        assert len({cursor[part] for cursor in cursors}) == len(cursors)


def test_no_other_place_or_secret() -> None:
    """A cursor of one list, or of one search, is none of another."""
    cursor = KEY.seal(b"one", 7)
    for key, place in ((KEY, b"other"), (KEY, b""), (CursorKey(new_secret()), b"one"), (CursorKey(b""), b"one")):
        with pytest.raises(UnsealError):
            key.open(place, cursor)


def test_no_character_can_be_changed() -> None:
    """Each of the 32, into each other one."""
    cursor = KEY.seal(b"one", 7)
    changed = [cursor[:at] + c + cursor[at + 1 :] for at in range(32) for c in CHARACTERS if c != cursor[at]]
    assert len(changed) == 32 * 63
    for text in changed:
        with pytest.raises(UnsealError):
            KEY.open(b"one", text)


@pytest.mark.parametrize("text", ["", "A" * 31, "A" * 33, "A" * 10**6, "+" * 32, "钥" * 32, "A" * 31 + "\n", "A" * 32])
def test_what_is_no_cursor(text: str) -> None:
    """Texts of other forms are refused by their form."""
    with pytest.raises(UnsealError):
        KEY.open(b"one", text)
