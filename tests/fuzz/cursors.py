"""Cursors of lists, made for one place and changed, and what must hold of any text in the place of one."""

from __future__ import annotations

from random import Random

from greenlane.api.ledger.sealing.cursors import CursorKey
from greenlane.api.ledger.sealing.values import UnsealError
from tests.fuzz.damage import Damage

KEY = CursorKey(bytes(range(32)))
PLACES = tuple(f'{{"list":"decisions","place":{number}}}'.encode() for number in range(3))
POSITIONS = (0, 1, 2**40, 2**63)
LONGEST = 200


def cursor(chance: Random) -> bytes:
    """A cursor of one of a few places, mostly changed."""
    made = KEY.seal(chance.choice(PLACES), chance.choice(POSITIONS)).encode()
    return made if chance.random() < 0.05 else Damage(chance, [], [], LONGEST).of(made)


def check_cursor(data: bytes) -> None:
    """Opened only for the place that it was sealed for."""
    text = data.decode("utf-8", "replace")
    for place in PLACES:
        try:
            position = KEY.open(place, text)
        except UnsealError:
            continue
        if KEY.seal(place, position) != text or position not in POSITIONS:
            raise AssertionError(f"{text!r} leads to {position}, and was not sealed")
