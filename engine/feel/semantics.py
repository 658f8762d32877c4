"""What an error means: null, as the FEEL specification says, or an undetermined value that tells why."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal

from greenlane.engine.feel.ast import Span
from greenlane.engine.text import Text

CauseKind = Literal["missing", "type", "arithmetic", "argument", "limit", "name"]


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a value cannot be said.

    `kind`: "missing" (a null where a value is needed), "type" (an operation that does not exist for the types),
    "arithmetic" (division by zero, overflow), "argument" (outside of what a function takes), "limit" (more work than
    one expression may ask for) or "name" (an unknown name). `subject` is the name or the printed expression at fault,
    `span` its place in the expression's text, None for what comes from outside.
    """

    kind: CauseKind
    subject: str
    message: Text
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Undetermined:
    """A value that cannot be said, and why: one cause at least, each once, in the order met."""

    causes: tuple[Cause, ...]


@dataclass(frozen=True, slots=True)
class Semantics:
    """What errors and nulls mean. `failed` turns a cause, made only when asked for, into a value.

    `strict`: what is not a clear no is not taken for one. A null compared with `=`, tested by a cell or taken as a
    condition is a missing value unless the literal `null` is written there, and so on.
    """

    name: str
    failed: Callable[[Callable[[], Cause]], Any]
    strict: bool


SPEC = Semantics("spec", lambda cause: None, strict=False)
STRICT = Semantics("strict", lambda cause: Undetermined((cause(),)), strict=True)


def merged(values: Iterable[Any]) -> Undetermined | None:
    """All causes of the undetermined values among them, in order; None where none is undetermined.

    Of causes that differ in nothing but their place the first stays.
    """
    found = [value for value in values if type(value) is Undetermined]
    if len(found) < 2:
        return found[0] if found else None
    causes: dict[tuple[str, str, Text], Cause] = {}
    for value in found:
        for cause in value.causes:
            causes.setdefault((cause.kind, cause.subject, cause.message), cause)
    return Undetermined(tuple(causes.values()))
