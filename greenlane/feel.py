"""FEEL expressions for Python: `greenlane.feel.evaluate`. Stands on the engine alone; touches nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from greenlane.engine import feel as _feel
from greenlane.engine.feel import Cause, FeelSyntaxError
from greenlane.engine.feel.semantics import holds_undetermined, undetermined_in
from greenlane.engine.json_text import from_python

__all__ = ["Cause", "FeelSyntaxError", "UndeterminedError", "evaluate"]


class UndeterminedError(Exception):
    """An expression has no value, or holds a part that has none; `value` is what was found, `causes` say why."""

    def __init__(self, value: Any) -> None:
        self.value = value
        found = undetermined_in(value)
        self.causes: tuple[Cause, ...] = found.causes if found is not None else ()
        super().__init__("; ".join(f"{c.subject}: {c.message.en}" for c in self.causes))


def evaluate(text: str, context: Mapping[str, Any] | None = None) -> Any:
    """The value of a FEEL expression (DMN 1.5), whose names are those of the context.

    Numbers are decimals of 34 digits: `int` and `Decimal` are taken as they are, `float` by its shortest text. Contexts
    are dicts, lists are lists, dates are `datetime.date`; other kinds are the values of `greenlane.engine.feel.values`.

    Raises `FeelSyntaxError` for a text that is not FEEL, with every fault; `UndeterminedError` where a value cannot be
    told, since an error is never null; `ValueError` for a number in the context that is not finite.
    """
    value = _feel.evaluate(text, {name: from_python(item) for name, item in (context or {}).items()})
    if holds_undetermined((value,)):
        raise UndeterminedError(value)
    return value
