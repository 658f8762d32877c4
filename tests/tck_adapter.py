"""Joins the language to the public DMN Technology Compatibility Kit's runner."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from feelvals import Function, Lit, Opaque
from run_tck import BaseAdapter

from greenlane.engine.feel import SPEC, FeelSyntaxError, evaluate, test
from greenlane.engine.feel.functions import NOW, TODAY
from greenlane.engine.feel.values import (
    FeelFunction,
    Range,
    parse_at,
    parse_date,
    parse_date_time,
    parse_duration,
    parse_time,
    text_of,
    type_name,
)
from greenlane.engine.interop.dmn import DmnRuntime, read
from greenlane.engine.interop.dmn.model import DmnDecisionService

_PARSERS = {"date": parse_date, "time": parse_time, "dateTime": parse_date_time, "duration": parse_duration}
_KINDS = {
    "date": "date",
    "time": "time",
    "date and time": "dateTime",
    "years and months duration": "duration",
    "days and time duration": "duration",
}
# A clock is what the language has not: the kit only asks of which type the answers are.
_CLOCK = {NOW: parse_at("2026-03-02T10:30:00Z"), TODAY: datetime.date(2026, 3, 2)}


class Adapter(BaseAdapter):
    """Evaluates the kit's expressions as the specification means them."""

    name = "greenlane"

    def evaluate_expression(self, text: str, context: Mapping[Any, Any]) -> Any:
        """The value, null where the text is no FEEL."""
        try:
            return _outward(evaluate(text, _scope(context), SPEC))
        except FeelSyntaxError:
            return None

    def evaluate_unary_tests(self, text: str, input_value: Any, context: Mapping[Any, Any]) -> Any:
        """What the cell says of the value."""
        try:
            return _outward(test(text, _inward(input_value), _scope(context), SPEC))
        except FeelSyntaxError:
            return None

    def evaluate_model(self, dmn_path: str, decision_name: str, inputs: Mapping[Any, Any]) -> Any:
        """What the whole model gives, read and run by the engine itself."""
        given = {name: _inward(value) for name, value in inputs.items()}
        return _outward(_program(dmn_path).decide(decision_name, given, _CLOCK[NOW]).value)

    def evaluate_service(self, dmn_path: str, service_name: str, inputs: Mapping[Any, Any], result_name: str) -> Any:
        """What a decision service gives; one of its results where it has several and the kit asks for that one."""
        found = self.evaluate_model(dmn_path, service_name, inputs)
        node = _program(dmn_path).models.main.by_name[service_name]
        several = isinstance(node, DmnDecisionService) and len(node.outputs) > 1
        return found[result_name] if several and isinstance(found, dict) and result_name in found else found


@lru_cache(maxsize=1)
def _program(path: str) -> DmnRuntime:
    main = Path(path)
    files = {str(file): file.read_bytes() for file in sorted(main.parent.glob("*.dmn"))}
    library = read(files, str(main)).models
    assert library is not None, f"{main.name} cannot be read"
    return DmnRuntime(library)


def _scope(context: Mapping[Any, Any]) -> dict[str, Any]:
    return {name: _inward(value) for name, value in context.items() if isinstance(name, str)} | _CLOCK


def _inward(value: Any) -> Any:
    if isinstance(value, Lit):
        return _PARSERS[value.kind](value.text)
    if isinstance(value, Function):
        return _function(value)
    if isinstance(value, Opaque):
        return value.native
    if isinstance(value, list):
        return [_inward(item) for item in value]
    if isinstance(value, dict):
        return {name: _inward(entry) for name, entry in value.items()}
    return value


def _function(function: Any) -> Any:
    if isinstance(function.native, FeelFunction):
        return function.native
    return FeelFunction(
        tuple(function.params), lambda *arguments: _inward(function.call([_outward(one) for one in arguments]))
    )


def _outward(value: Any) -> Any:
    kind = type_name(value)
    if kind in _KINDS:
        return Lit(_KINDS[kind], text_of(value))
    if isinstance(value, FeelFunction):
        call = value.call
        return Function(list(value.parameters), lambda arguments: _outward(call(*map(_inward, arguments))), value)
    if isinstance(value, Range):
        return Opaque(value)
    if isinstance(value, (list, tuple)):
        return [_outward(item) for item in value]
    if isinstance(value, dict):
        return {name: _outward(entry) for name, entry in value.items()}
    return value
