"""Undetermined values that come from how decisions are put together, not from an expression."""

from __future__ import annotations

from typing import Any

from engine.feel import Cause, Undetermined
from engine.feel.semantics import Message
from engine.feel.values import type_name


def argument(subject: str, message: Message) -> Undetermined:
    """Rows that contradict each other."""
    return Undetermined((Cause("argument", subject, message),))


def wrong_type(subject: str, value: Any) -> Undetermined:
    """A null or a value of another type where a number is needed."""
    if value is None:
        return Undetermined(
            (Cause("missing", subject, Message("需要一个值，得到的是空值", "a value is needed, got null")),)
        )
    kind = type_name(value)
    message = Message(f"需要数值，得到的是 {kind}", f"a number is needed, got a {kind}")
    return Undetermined((Cause("type", subject, message),))


def waiting_for_itself(name: str) -> Undetermined:
    """A decision read while it is being made."""
    message = Message(f"`{name}` 依赖于自身", f"`{name}` waits for itself")
    return Undetermined((Cause("limit", name, message),))


def unknown_name(name: str) -> Undetermined:
    """A name that is neither a fact nor a decision."""
    return Undetermined((Cause("name", name, Message(f"未知名称 `{name}`", f"unknown name `{name}`")),))
