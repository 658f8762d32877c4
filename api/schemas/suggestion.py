"""The nearest known name, within what a request may cost."""

from __future__ import annotations

from collections.abc import Iterable

from greenlane.engine.suggest import nearest

LONGEST = 64
"""Characters of a text for which a suggestion is looked for: no known name or value is longer."""


def suggestion(given: str, known: Iterable[str]) -> str | None:
    """The known text most like `given`, or None when none is alike or `given` is too long to be a slip."""
    return nearest(given, known) if len(given) <= LONGEST else None
