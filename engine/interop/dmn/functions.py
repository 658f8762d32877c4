"""Functions of a model as FEEL values: arguments and results converted to their types."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from greenlane.engine.diagnostics import Place
from greenlane.engine.feel.errors import FeelError
from greenlane.engine.feel.scope import MAX_CALLS
from greenlane.engine.feel.values import FeelFunction, type_name
from greenlane.engine.interop.dmn.boxed import Typed
from greenlane.engine.interop.dmn.faults import FOREIGN, MISMATCH
from greenlane.engine.interop.dmn.frame import Frame, Shared
from greenlane.engine.interop.dmn.model import Model

Parameter = tuple[Model, Typed]


def function(shared: Shared, parameters: Iterable[Parameter], run: Callable[[Mapping[str, Any]], Any]) -> FeelFunction:
    """A function of arguments that have the parameters' types; an argument that cannot have it makes the call null."""
    wanted = tuple(parameters)

    def call(*arguments: Any) -> Any:
        local = {}
        for (model, parameter), value in zip(wanted, arguments, strict=True):
            fits, local[parameter.name] = shared.types.converted(value, model, parameter.type_ref)
            if not fits:
                mismatch(shared, parameter.name, value, parameter.type_ref, parameter.place)
                return None
        return _bounded(shared, lambda: run(local))

    return FeelFunction(tuple(parameter.name for _, parameter in wanted), call)


def foreign(shared: Shared, names: Iterable[str], kind: str, place: Place) -> FeelFunction:
    """A function of another language: calling it is null, with a note."""

    def refused(*_: Any) -> None:
        shared.notes.add(FOREIGN, f"a function of kind `{kind}` was called; such functions are not run", place)

    return FeelFunction(tuple(names), refused)


def typed(frame: Frame, value: Any, type_ref: str, what: str, place: Place) -> Any:
    """The value as the type has it; null, with a note, where it cannot be of the type."""
    fits, made = frame.shared.types.converted(value, frame.model, type_ref)
    if not fits:
        mismatch(frame.shared, what, value, type_ref, place)
    return made


def mismatch(shared: Shared, what: str, value: Any, type_ref: str, place: Place) -> None:
    """Notes a value that is not of its type."""
    shared.notes.add(MISMATCH, f"`{what}` is not of the type `{type_ref}`: a {type_name(value)}; null instead", place)


def result_type(shared: Shared, model: Model, type_ref: str) -> tuple[Model, str]:
    """The type of a function's results, from the type of the function or, as older models write it, of the results."""
    found = shared.types.signature(model, type_ref)
    return (model, type_ref) if found is None else (found[0], found[1].result)


def _bounded(shared: Shared, run: Callable[[], Any]) -> Any:
    budget = shared.budget
    budget.calls -= 1
    try:
        if budget.calls < 0:
            raise FeelError("limit", f"more than {MAX_CALLS} calls in one another", f"嵌套调用超过 {MAX_CALLS} 层")
        return run()
    finally:
        budget.calls += 1
