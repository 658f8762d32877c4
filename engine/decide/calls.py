"""Decisions with parameters as FEEL functions: each made once for the same arguments within one evaluation."""

from __future__ import annotations

from typing import Any

from greenlane.engine.decide.logic import Logic
from greenlane.engine.decide.messages import waiting_for_itself
from greenlane.engine.decide.scope import CallScope, Evaluation, Step
from greenlane.engine.feel.values import FeelFunction


def calls_of(logic: Logic) -> Step:
    """Gives the function."""
    decision = logic.decision
    waiting = waiting_for_itself(decision.name)
    parameters = tuple(parameter.name for parameter in decision.parameters)

    def function(evaluation: Evaluation) -> FeelFunction:
        made: dict[Any, Any] = {}

        def make(arguments: tuple[Any, ...]) -> Any:
            scope = CallScope(evaluation, dict(zip(parameters, arguments, strict=True)))
            return logic.decide(evaluation, scope, arguments)

        def call(*arguments: Any) -> Any:
            # The type goes with the value: Python takes true for 1, FEEL does not.
            key = (*arguments, *map(type, arguments))
            try:
                if key in made:
                    return made[key]
            except TypeError:
                return make(arguments)
            made[key] = waiting
            value = made[key] = make(arguments)
            return value

        return FeelFunction(parameters, call)

    return function
