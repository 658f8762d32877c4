"""Running a model: decisions, business knowledge models and decision services by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, assert_never

from greenlane.engine.diagnostics import Diagnostic, nearest
from greenlane.engine.feel.errors import FeelError
from greenlane.engine.feel.functions import NOW, TODAY
from greenlane.engine.feel.scope import Budget
from greenlane.engine.feel.values import DateTime, FeelFunction
from greenlane.engine.interop.dmn.boxed import Typed
from greenlane.engine.interop.dmn.evaluate import evaluate, function_value
from greenlane.engine.interop.dmn.faults import MISMATCH
from greenlane.engine.interop.dmn.formulas import Formulas
from greenlane.engine.interop.dmn.frame import Frame, Notes, Shared, outermost
from greenlane.engine.interop.dmn.functions import function, result_type, typed
from greenlane.engine.interop.dmn.library import Library
from greenlane.engine.interop.dmn.model import Decision, DecisionService, Href, InputData, KnowledgeModel, Model, Node
from greenlane.engine.interop.dmn.types import Types

Inputs = Mapping[str | tuple[str, str], Any]
"""FEEL values by the name of the input, or by the namespace of its model and the name."""
Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Answer:
    """`value` is a FEEL value; `notes` tell where nulls on the way to it come from."""

    value: Any
    notes: tuple[Diagnostic, ...]


class UnknownNode(Exception):
    """The model has nothing of the name to decide. `near` is the nearest name that it has."""

    def __init__(self, name: str, near: str | None) -> None:
        self.name = name
        self.near = near
        super().__init__(name)


class Program:
    """A model ready to run. Keeps compiled texts, nothing of what is decided."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self._formulas = Formulas(library)
        self.types = Types(library, self._formulas)

    def decisions(self) -> tuple[str, ...]:
        """The decisions and knowledge models of the main model, in the order of the file."""
        nodes = self.library.main.by_name.items()
        return tuple(name for name, node in nodes if isinstance(node, (Decision, KnowledgeModel)))

    def services(self) -> tuple[str, ...]:
        """Its decision services."""
        return tuple(name for name, node in self.library.main.by_name.items() if isinstance(node, DecisionService))

    def decide(self, name: str, inputs: Inputs, now: DateTime | None = None) -> Answer:
        """The value of a decision, or of a service or knowledge model for the inputs named as its parameters.

        Inputs that the decision does not ask for are ignored, missing ones are null. `now` is what
        `now()` and `today()` say, which are null without it. Raises UnknownNode.
        """
        found = self.library.node(self.library.main, " ".join(name.split()))
        if found is None or isinstance(found[1], InputData):
            raise UnknownNode(name, nearest(name, (*self.decisions(), *self.services())))
        shared = Shared(self.library, self._formulas, self.types, Notes(), Budget(), _clock(now))
        try:
            value = _Run(shared, inputs, {}).asked(*found)
        except (FeelError, RecursionError) as error:
            shared.notes.add(MISMATCH, f"more work than one decision may ask for: {error}", found[1].place)
            value = None
        return Answer(value, shared.notes.all())

    def inputs_from_json(self, values: Mapping[str, Any]) -> dict[str | tuple[str, str], Any]:
        """Inputs out of JSON: text is read as a date, time or duration where the input's type asks for one."""
        made: dict[str | tuple[str, str], Any] = dict(values.items())
        for model in self.library.models.values():
            for node in model.by_id.values():
                if node.name in values and not isinstance(node, KnowledgeModel):
                    read = self.types.from_json(values[node.name], model, node.type_ref)
                    made[model.namespace, node.name] = read
                    if model is self.library.main:
                        made[node.name] = read
        return made


@dataclass
class _Run:
    """Values of elements, each once. `values` may hold some beforehand: what a service was given."""

    shared: Shared
    inputs: Inputs
    values: dict[Key, Any] = field(default_factory=dict)

    def asked(self, model: Model, node: Node) -> Any:
        """The value of what was asked for; functions are called with the inputs."""
        self._require(model, node)
        value = self.values[_key(model, node)]
        if isinstance(node, (DecisionService, KnowledgeModel)) and type(value) is FeelFunction:
            return value.call(*(self._given(name, spaces) for name, spaces in self._parameters(model, node)))
        return value

    def _parameters(self, model: Model, node: DecisionService | KnowledgeModel) -> Iterable[tuple[str, str]]:
        if isinstance(node, DecisionService):
            return [(inner.name, other.namespace) for other, inner in self._resolved(node.inputs)]
        return [(p.name, model.namespace) for p in node.logic.parameters] if node.logic else []

    def _given(self, name: str, namespace: str) -> Any:
        return self.inputs.get((namespace, name), self.inputs.get(name))

    def _require(self, model: Model, node: Node) -> None:
        """Values of the element and all it needs, those first; without recursion, since chains may be long."""
        waiting: list[tuple[Model, Node]] = [(model, node)]
        opened: set[Key] = set()
        while waiting:
            model, node = waiting[-1]
            key = _key(model, node)
            missing = [one for one in self._resolved(_requires(node)) if _key(*one) not in self.values]
            missing = [one for one in missing if _key(*one) not in opened]
            if key in self.values:
                waiting.pop()
            elif missing and key not in opened:
                opened.add(key)
                waiting.extend(reversed(missing))
            else:
                self.values[key] = self._value(model, node)
                waiting.pop()

    def _resolved(self, references: Iterable[Href]) -> list[tuple[Model, Node]]:
        return [found for href in references if (found := self.shared.library.resolve(href)) is not None]

    def _value(self, model: Model, node: Node) -> Any:
        match node:
            case InputData():
                frame = outermost(self.shared, model, {})
                return typed(frame, self._given(node.name, model.namespace), node.type_ref, node.name, node.place)
            case Decision():
                frame = self._frame(model, node.requires)
                return typed(frame, evaluate(node.logic, frame), node.type_ref, node.name, node.place)
            case KnowledgeModel():
                return self._knowledge(model, node)
            case DecisionService():
                return self._service(model, node)
            case _:
                assert_never(node)

    def _frame(self, model: Model, requires: Iterable[Href]) -> Frame:
        """The names of what is required, those of an imported model inside of a context of its name."""
        values: dict[str, Any] = {}
        for other, node in self._resolved(requires):
            value = self.values.get(_key(other, node))
            prefix = self.shared.library.prefix(model, other)
            if prefix:
                values.setdefault(prefix, {})[node.name] = value
            elif other is model or node.name not in values:
                values[node.name] = value
        return outermost(self.shared, model, values)

    def _knowledge(self, model: Model, node: KnowledgeModel) -> FeelFunction:
        frame = self._frame(model, node.requires)
        if node.logic is None:
            return function(self.shared, (), lambda _: None)
        frame = frame.over(frame.scope, node.name)
        made = function_value(node.logic, frame, node.type_ref)
        frame.scope[node.name] = made
        return made

    def _service(self, model: Model, node: DecisionService) -> FeelFunction:
        given, outputs = self._resolved(node.inputs), self._resolved(node.outputs)
        owner, result = result_type(self.shared, model, node.type_ref)

        def run(arguments: Mapping[str, Any]) -> Any:
            values = {_key(*one): arguments[one[1].name] for one in given}
            inner = _Run(self.shared, {}, values)
            found = {decision.name: inner.asked(other, decision) for other, decision in outputs}
            value = next(iter(found.values())) if len(found) == 1 else found
            return typed(outermost(self.shared, owner, {}), value, result, node.name, node.place)

        return function(self.shared, [(other, Typed(n.name, n.type_ref, n.place)) for other, n in given], run)


def _clock(now: DateTime | None) -> Mapping[str, Any]:
    return {} if now is None else {NOW: now, TODAY: now.date}


def _key(model: Model, node: Node) -> Key:
    return model.namespace, node.id


def _requires(node: Node) -> tuple[Href, ...]:
    return node.requires if isinstance(node, (Decision, KnowledgeModel)) else ()
