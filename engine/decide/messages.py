"""Undetermined values that come from how decisions are put together, not from an expression."""

from __future__ import annotations

from greenlane.engine.feel import Cause, Undetermined
from greenlane.engine.text import Text


def argument(subject: str, message: Text) -> Undetermined:
    """Rows that contradict each other."""
    return Undetermined((Cause("argument", subject, message),))


def waiting_for_itself(name: str) -> Undetermined:
    """A decision read while it is being made."""
    message = Text(f"`{name}` 依赖于自身", f"`{name}` waits for itself")
    return Undetermined((Cause("limit", name, message),))


def unknown_name(name: str) -> Undetermined:
    """A name that is neither a fact nor a decision."""
    return Undetermined((Cause("name", name, Text(f"未知名称 `{name}`", f"unknown name `{name}`")),))
