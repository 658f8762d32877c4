"""What an expression is evaluated in: the names around it, and what all parts of one evaluation share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from greenlane.engine.diagnostics import Diagnostic, Place, Severity
from greenlane.engine.feel import SPEC
from greenlane.engine.feel.ast import Null, Span
from greenlane.engine.feel.scope import Budget, LocalScope
from greenlane.engine.feel.site import Site
from greenlane.engine.interop.dmn.formulas import Formulas
from greenlane.engine.interop.dmn.library import Library
from greenlane.engine.interop.dmn.model import Model
from greenlane.engine.interop.dmn.types import Types

SITE = Site(Null(Span(0, 0)), SPEC)
"""Where FEEL's operations stand that a boxed expression uses; the specification's meaning never tells the place."""
MAX_NOTES = 100


class Notes:
    """What went wrong on the way to a value, each once, in the order met."""

    def __init__(self) -> None:
        self._found: dict[Diagnostic, None] = {}

    def add(self, code: str, message: str, place: Place, advice: str = "") -> None:
        """Notes a reason for a null."""
        if len(self._found) < MAX_NOTES:
            self._found[Diagnostic(code, message, place, advice, Severity.WARNING)] = None

    def all(self) -> tuple[Diagnostic, ...]:
        """All of them."""
        return tuple(self._found)


@dataclass(frozen=True, slots=True)
class Shared:
    """What all parts of one evaluation share; its work is bounded as that of one FEEL expression is.

    `clock` holds what `now()` and `today()` say; they are null without it.
    """

    library: Library
    formulas: Formulas
    types: Types
    notes: Notes
    budget: Budget
    clock: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Frame:
    """The names in scope, in a model."""

    shared: Shared
    model: Model
    scope: LocalScope
    names: frozenset[str]

    def knowing(self, values: Mapping[str, Any]) -> Frame:
        """With more names, which come before those around them."""
        scope = LocalScope(self.scope, values, self.shared.budget)
        return Frame(self.shared, self.model, scope, self.names.union(values))

    def over(self, scope: LocalScope, *names: str) -> Frame:
        """In a scope that a FEEL operation made of this one, which has these names more."""
        return Frame(self.shared, self.model, scope, self.names.union(names))


def outermost(shared: Shared, model: Model, values: Mapping[str, Any]) -> Frame:
    """With these names alone."""
    return Frame(shared, model, LocalScope(shared.clock, values, shared.budget), frozenset(values))
