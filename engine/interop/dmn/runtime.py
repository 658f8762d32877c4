"""Runs models: decisions, business knowledge models and decision services by name. Pure; the clock is an argument."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, assert_never

from greenlane.engine.diagnostics import Diagnostic, nearest
from greenlane.engine.feel.cost import STEPS_OF_A_CALL, STEPS_OF_A_VALUE, CallCost
from greenlane.engine.feel.errors import FeelError
from greenlane.engine.feel.functions import NOW, TODAY
from greenlane.engine.feel.scope import Budget
from greenlane.engine.feel.values import DateTime, FeelFunction
from greenlane.engine.interop.dmn.boxed import InformationItem
from greenlane.engine.interop.dmn.boxed_evaluation import evaluate, function_value
from greenlane.engine.interop.dmn.diagnostic_codes import LIMIT, BoundedSink
from greenlane.engine.interop.dmn.environment import Environment, Execution
from greenlane.engine.interop.dmn.expression_compiler import ExpressionCompiler
from greenlane.engine.interop.dmn.model import (
    BusinessKnowledgeModel,
    DmnDecision,
    DmnDecisionService,
    DrgElement,
    ElementKey,
    ElementReference,
    InputData,
    Model,
    ModelSet,
    requirements,
)
from greenlane.engine.interop.dmn.model_types import ModelTypes

Inputs = Mapping[str | tuple[str, str], Any]
"""FEEL values by the name of the input, or by the namespace of its model and the name."""
MAX_CAUSES = 100
"""How many causes of nulls a result tells at most."""


@dataclass(frozen=True, slots=True)
class DmnResult:
    """`value` is a FEEL value; `diagnostics` are warnings that tell where nulls on the way to it come from, as met."""

    value: Any
    diagnostics: tuple[Diagnostic, ...]


class UnknownElementError(Exception):
    """The model has nothing of the name to decide. `near` is the nearest name that it has."""

    def __init__(self, name: str, near: str | None) -> None:
        self.name = name
        self.near = near
        super().__init__(name)


class DmnRuntime:
    """A model ready to run. Keeps compiled expressions, nothing of what is decided; reusable."""

    def __init__(self, models: ModelSet) -> None:
        self.models = models
        self._compiler = ExpressionCompiler(models)
        self.types = ModelTypes(models, self._compiler)

    def decisions(self) -> tuple[str, ...]:
        """The decisions and knowledge models of the main model, in the order of the file."""
        elements = self.models.main.by_name.items()
        return tuple(name for name, one in elements if isinstance(one, (DmnDecision, BusinessKnowledgeModel)))

    def services(self) -> tuple[str, ...]:
        """Its decision services."""
        return tuple(name for name, one in self.models.main.by_name.items() if isinstance(one, DmnDecisionService))

    def decide(self, name: str, inputs: Inputs, now: DateTime | None = None) -> DmnResult:
        """The value of a decision, or of a service or knowledge model for the inputs named as its parameters.

        Inputs that the decision does not ask for are ignored, missing ones are null. `now` is what
        `now()` and `today()` say, which are null without it. Raises UnknownElementError.
        """
        found = self.models.element(self.models.main, " ".join(name.split()))
        if found is None or isinstance(found[1], InputData):
            raise UnknownElementError(name, nearest(name, (*self.decisions(), *self.services())))
        sink = BoundedSink(MAX_CAUSES)
        execution = Execution(self.models, self._compiler, self.types, sink, Budget(), _clock(now))
        ended: Exception | None
        try:
            value = _Evaluation(execution, inputs, {}).asked(*found)
            ended = execution.budget.ended
        except (FeelError, RecursionError) as error:
            ended = error
        if ended is not None:
            # A null on the way, which errors are here, may have become anything since.
            value = None
            sink.warning(LIMIT, f"`{found[1].name}` has no value: {ended}", found[1].place)
        return DmnResult(value, sink.in_order())

    def inputs_from_json(self, values: Mapping[str, Any]) -> dict[str | tuple[str, str], Any]:
        """Inputs out of JSON: text is read as a date, time or duration where the input's type asks for one."""
        made: dict[str | tuple[str, str], Any] = dict(values.items())
        for model in self.models.by_namespace.values():
            for element in model.by_id.values():
                if element.name in values and not isinstance(element, BusinessKnowledgeModel):
                    read = self.types.from_json(values[element.name], model, element.type_ref)
                    made[model.namespace, element.name] = read
                    if model is self.models.main:
                        made[element.name] = read
        return made


@dataclass
class _Evaluation:
    """Evaluates elements, each once. `values` may hold some beforehand: the arguments of a service."""

    execution: Execution
    inputs: Inputs
    values: dict[ElementKey, Any] = field(default_factory=dict)

    def asked(self, model: Model, element: DrgElement) -> Any:
        """The value of what was asked for; functions are called with the inputs."""
        self._require(model, element)
        value = self.values[_key(model, element)]
        if isinstance(element, (DmnDecisionService, BusinessKnowledgeModel)) and type(value) is FeelFunction:
            return value.call(*(self._given(name, spaces) for name, spaces in self._parameters(model, element)))
        return value

    def _parameters(
        self, model: Model, element: DmnDecisionService | BusinessKnowledgeModel
    ) -> Iterable[tuple[str, str]]:
        """The name of each parameter, and the namespace that its argument is looked for in."""
        if isinstance(element, DmnDecisionService):
            return [(inner.name, other.namespace) for other, inner in self._resolved(element.inputs)]
        return [(p.name, model.namespace) for p in element.logic.parameters] if element.logic else []

    def _given(self, name: str, namespace: str) -> Any:
        return self.inputs.get((namespace, name), self.inputs.get(name))

    def _require(self, model: Model, element: DrgElement) -> None:
        """Values of the element and all it needs, those first; without recursion, since chains may be long."""
        waiting: list[tuple[Model, DrgElement]] = [(model, element)]
        opened: set[ElementKey] = set()
        while waiting:
            model, element = waiting[-1]
            key = _key(model, element)
            missing = [one for one in self._resolved(requirements(element)) if _key(*one) not in self.values]
            missing = [one for one in missing if _key(*one) not in opened]
            if key in self.values:
                waiting.pop()
            elif missing and key not in opened:
                opened.add(key)
                waiting.extend(reversed(missing))
            else:
                self.values[key] = self._value(model, element)
                waiting.pop()

    def _resolved(self, references: Iterable[ElementReference]) -> list[tuple[Model, DrgElement]]:
        return [found for one in references if (found := self.execution.models.resolve(one)) is not None]

    def _value(self, model: Model, element: DrgElement) -> Any:
        match element:
            case InputData():
                env = self.execution.environment(model, {})
                given = self._given(element.name, model.namespace)
                return env.coerced(given, element.type_ref, element.name, element.place)
            case DmnDecision():
                env = self._environment(model, element.requires)
                cost = self.execution.compiler.cost(element.logic)
                self.execution.budget.take(cost.steps)
                return env.coerced(evaluate(element.logic, env), element.type_ref, element.name, element.place)
            case BusinessKnowledgeModel():
                return self._knowledge(model, element)
            case DmnDecisionService():
                return self._service(model, element)
            case _:
                assert_never(element)

    def _environment(self, model: Model, requires: Iterable[ElementReference]) -> Environment:
        """The names of what is required, those of an imported model inside of a context of its name."""
        values: dict[str, Any] = {}
        for other, element in self._resolved(requires):
            value = self.values.get(_key(other, element))
            prefix = self.execution.models.prefix(model, other)
            if prefix:
                values.setdefault(prefix, {})[element.name] = value
            elif other is model or element.name not in values:
                values[element.name] = value
        return self.execution.environment(model, values)

    def _knowledge(self, model: Model, element: BusinessKnowledgeModel) -> FeelFunction:
        env = self._environment(model, element.requires)
        if element.logic is None:
            return self.execution.function((), lambda _: None, CallCost(1, 1))
        env = env.within(env.scope, element.name)
        made = function_value(element.logic, env, element.type_ref)
        env.scope[element.name] = made
        return made

    def _service(self, model: Model, element: DmnDecisionService) -> FeelFunction:
        given, outputs = self._resolved(element.inputs), self._resolved(element.outputs)
        owner, result = self.execution.result_type(model, element.type_ref)

        def run(arguments: Mapping[str, Any]) -> Any:
            values = {_key(*one): arguments[one[1].name] for one in given}
            inner = _Evaluation(self.execution, {}, values)
            found = {decision.name: inner.asked(other, decision) for other, decision in outputs}
            value = next(iter(found.values())) if len(found) == 1 else found
            return self.execution.environment(owner, {}).coerced(value, result, element.name, element.place)

        parameters = [(other, InformationItem(one.name, one.type_ref, one.place)) for other, one in given]
        return self.execution.function(parameters, run, CallCost(STEPS_OF_A_CALL + len(outputs) * STEPS_OF_A_VALUE, 1))


def _clock(now: DateTime | None) -> Mapping[str, Any]:
    return {} if now is None else {NOW: now, TODAY: now.date}


def _key(model: Model, element: DrgElement) -> ElementKey:
    return model.namespace, element.id
