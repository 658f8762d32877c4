"""How many examples a property is tried on: those of an ordinary run, or as many times more as a long run asks for."""

from __future__ import annotations

import os

TIMES = int(os.environ.get("GREENLANE_TEST_EXAMPLES", "1"))
"""`make properties` tries twenty times as many."""


def examples(ordinary: int) -> int:
    """The examples to try where an ordinary run tries so many."""
    return ordinary * TIMES
