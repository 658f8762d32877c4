"""Undetermined values that come from how decisions are put together, not from an expression."""

from __future__ import annotations

from typing import Any

from greenlane.engine.feel import Cause, Undetermined
from greenlane.engine.feel.values import type_name
from greenlane.engine.text import Text


def argument(subject: str, message: Text) -> Undetermined:
    """Rows that contradict each other."""
    return Undetermined((Cause("argument", subject, message),))


def wrong_type(subject: str, value: Any) -> Undetermined:
    """A null or a value of another type where a number is needed."""
    if value is None:
        return Undetermined(
            (Cause("missing", subject, Text("需要一个值，得到的是空值", "a value is needed, got null")),)
        )
    kind = type_name(value)
    message = Text(f"需要数值，得到的是 {kind}", f"a number is needed, got a {kind}")
    return Undetermined((Cause("type", subject, message),))


def waiting_for_itself(name: str) -> Undetermined:
    """A decision read while it is being made."""
    message = Text(f"`{name}` 依赖于自身", f"`{name}` waits for itself")
    return Undetermined((Cause("limit", name, message),))


def unknown_name(name: str) -> Undetermined:
    """A name that is neither a fact nor a decision."""
    return Undetermined((Cause("name", name, Text(f"未知名称 `{name}`", f"unknown name `{name}`")),))
