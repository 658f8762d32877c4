"""What boxed expressions are evaluated in: names in scope, and functions as FEEL values. Pure.

Arguments, results and values are coerced to the types that the model declares (DMN 10.3.2.9.4). What cannot be is null
and reported.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from greenlane.engine.diagnostics import DiagnosticSink, Place
from greenlane.engine.feel import SPEC
from greenlane.engine.feel.ast import Null, Span
from greenlane.engine.feel.cost import CallCost
from greenlane.engine.feel.scope import Budget, LocalScope, charge_walk
from greenlane.engine.feel.semantics import ErrorContext
from greenlane.engine.feel.values import FeelFunction, type_name
from greenlane.engine.interop.dmn.boxed import InformationItem
from greenlane.engine.interop.dmn.diagnostic_codes import FOREIGN, MISMATCH
from greenlane.engine.interop.dmn.expression_compiler import ExpressionCompiler
from greenlane.engine.interop.dmn.model import Model, ModelSet
from greenlane.engine.interop.dmn.model_types import ModelTypes

ERRORS = ErrorContext(Null(Span(0, 0)), SPEC)
"""The error context of FEEL's operations in boxed expressions; under the specification's meaning nobody reads it."""
_NO_NAMES: Any = {}
Parameter = tuple[Model, InformationItem]
"""A parameter, and the model that its type is of."""


@dataclass(frozen=True, slots=True)
class Execution:
    """What all parts of one evaluation share. `budget` bounds its work as that of one decision of rule files.

    `sink` gets the causes of nulls. `clock` holds what `now()` and `today()` return; without it they are null.
    """

    models: ModelSet
    compiler: ExpressionCompiler
    types: ModelTypes
    sink: DiagnosticSink
    budget: Budget
    clock: Mapping[str, Any]

    def environment(self, model: Model, values: Mapping[str, Any]) -> Environment:
        """An environment of these names alone."""
        return Environment(self, model, LocalScope(self.clock, values, self.budget), frozenset(values))

    def mismatch(self, what: str, value: Any, type_ref: str, place: Place) -> None:
        """Reports a value that is not of its type."""
        kind = type_name(value)
        self.sink.warning(MISMATCH, f"`{what}` is not of the type `{type_ref}`: a {kind}; null instead", place)

    def result_type(self, model: Model, type_ref: str) -> tuple[Model, str]:
        """The type of a function's results, from that of the function or, as older models have it, of the results."""
        found = self.types.signature(model, type_ref)
        return (model, type_ref) if found is None else (found[0], found[1].result)

    def coerced(self, value: Any, model: Model, type_ref: str) -> tuple[bool, Any]:
        """Whether the value can be of the type, and as what. FeelError ("limit") where that takes too long to tell."""
        if type_ref:
            charge_walk(self.budget, value)
        return self.types.coerced(value, model, type_ref, LocalScope(_NO_NAMES, {}, self.budget))

    def function(
        self, parameters: Iterable[Parameter], run: Callable[[Mapping[str, Any]], Any], cost: CallCost
    ) -> FeelFunction:
        """A function whose `run` gets the coerced arguments by name; null where an argument is not of its type.

        `cost` is that of a call.
        """
        wanted, budget = tuple(parameters), self.budget

        def call(*arguments: Any) -> Any:
            local = {}
            for (model, parameter), value in zip(wanted, arguments, strict=True):
                fits, local[parameter.name] = self.coerced(value, model, parameter.type_ref)
                if not fits:
                    self.mismatch(parameter.name, value, parameter.type_ref, parameter.place)
                    return None
            budget.enter(cost)
            try:
                return run(local)
            finally:
                budget.leave(cost)

        return FeelFunction(tuple(parameter.name for _, parameter in wanted), call)

    def foreign_function(self, names: Iterable[str], kind: str, place: Place) -> FeelFunction:
        """A function of another language than FEEL: null, and reported, wherever it is called."""

        def call(*_: Any) -> None:
            self.sink.warning(FOREIGN, f"a function of kind `{kind}` was called; such functions are not run", place)

        return FeelFunction(tuple(names), call)


@dataclass(frozen=True, slots=True)
class Environment:
    """The values of the names in scope, and the model whose types and names an expression is read with."""

    execution: Execution
    model: Model
    scope: LocalScope
    names: frozenset[str]

    def extended(self, values: Mapping[str, Any]) -> Environment:
        """With more names, which hide those of the same name."""
        scope = LocalScope(self.scope, values, self.execution.budget)
        return Environment(self.execution, self.model, scope, self.names.union(values))

    def within(self, scope: LocalScope, *names: str) -> Environment:
        """In a scope that a FEEL operation made of this one, which has these names more."""
        return Environment(self.execution, self.model, scope, self.names.union(names))

    def coerced(self, value: Any, type_ref: str, what: str, place: Place) -> Any:
        """The value as the type has it; null, and reported as `what`, where it cannot be of the type.

        FeelError ("limit") where that takes too long to tell.
        """
        fits, found = self.execution.coerced(value, self.model, type_ref)
        if not fits:
            self.execution.mismatch(what, value, type_ref, place)
        return found
