"""Type checks of values against item definitions, and DMN's implicit conversions (10.3.2.9.4). Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from greenlane.engine.feel import FeelSyntaxError, parse_expression
from greenlane.engine.feel.ast import InstanceOf, TypeName
from greenlane.engine.feel.errors import FeelError
from greenlane.engine.feel.scope import Scope, budget_of
from greenlane.engine.feel.type_expressions import conforms, is_known
from greenlane.engine.feel.values import (
    FeelFunction,
    is_date,
    parse_date,
    parse_date_time,
    parse_duration,
    parse_time,
)
from greenlane.engine.feel.values.times import at_midnight
from greenlane.engine.interop.dmn.expression_compiler import ExpressionCompiler
from greenlane.engine.interop.dmn.model import FunctionItem, ItemDefinition, Model, ModelSet
from greenlane.engine.interop.dmn.xml_tree import SourceText

_Seen = frozenset[tuple[str, str]]
_NONE_SEEN: _Seen = frozenset()
_PARSERS: Mapping[str, Callable[[str], Any]] = {
    "date": parse_date,
    "time": parse_time,
    "date and time": parse_date_time,
    "dateTime": parse_date_time,
    "days and time duration": parse_duration,
    "dayTimeDuration": parse_duration,
    "years and months duration": parse_duration,
    "yearMonthDuration": parse_duration,
}

TYPE_NAMES = (*_PARSERS, "number", "string", "boolean", "Any", "list", "context", "function")


@lru_cache(maxsize=1024)
def builtin_type(name: str) -> TypeName | None:
    """FEEL's own type of that name, also written `feel:name`; None where it has none."""
    try:
        node = parse_expression(f"null instance of {name.removeprefix('feel:').removeprefix('feel.')}")
    except FeelSyntaxError:
        return None
    return node.type if isinstance(node, InstanceOf) and is_known(node.type) else None


class ModelTypes:
    """The types of a set of models. A type that is not known is `Any`."""

    def __init__(self, models: ModelSet, compiler: ExpressionCompiler) -> None:
        self._models = models
        self._compiler = compiler

    def coerced(self, value: Any, model: Model, name: str, scope: Scope) -> tuple[bool, Any]:
        """Whether the value conforms to the type once converted, and the converted value: null where it does not.

        A list of one item becomes the item and a value a list of itself where that fits; a date becomes its midnight in
        UTC. What a type allows is evaluated in the scope, which has no names; FeelError ("limit") where its budget does
        not suffice.
        """
        if value is None or not name:
            return True, value
        fitting = _Fitting(self._models, self._compiler, scope)
        if fitting.fits(value, model, name):
            return True, value
        if isinstance(value, (list, tuple)) and len(value) == 1 and fitting.fits(value[0], model, name):
            return True, value[0]
        if fitting.fits([value], model, name):
            return True, [value]
        if is_date(value) and fitting.fits(at_midnight(value), model, name):
            return True, at_midnight(value)
        return False, None

    def signature(self, model: Model, name: str) -> tuple[Model, FunctionItem] | None:
        """The parameters and result of a function type, and its model; None for any other type."""
        found = self._models.item(model, name)
        return None if found is None or found[1].function is None else (found[0], found[1].function)

    def from_json(self, value: Any, model: Model, name: str) -> Any:
        """A value of JSON, with text read as a date, time or duration where the type asks for one and it can be."""
        return self._read(value, model, name, None, _NONE_SEEN)

    def _read(self, value: Any, model: Model, name: str, item: ItemDefinition | None, seen: _Seen) -> Any:
        if item is None:
            found = self._models.item(model, name)
            if found is None or (found[0].namespace, name) in seen:
                return _parsed(value, name)
            model, item, seen = found[0], found[1], seen | {(found[0].namespace, name)}
        if isinstance(value, list):
            return [self._read(inner, model, name, item, seen) for inner in value]
        if item.components and isinstance(value, Mapping):
            parts = {part.name: part for part in item.components}
            return {
                key: self._read(inner, model, "", parts[key], _NONE_SEEN) if key in parts else inner
                for key, inner in value.items()
            }
        return self._read(value, model, item.type_ref, None, seen) if item.type_ref else value


@dataclass(frozen=True, slots=True)
class _Fitting:
    """Whether values are of types as they are; what types allow is evaluated in `scope`, which has no names."""

    models: ModelSet
    compiler: ExpressionCompiler
    scope: Scope

    def fits(self, value: Any, model: Model, name: str, seen: _Seen = _NONE_SEEN) -> bool:
        """Whether the value is of the type; null is of every type."""
        if value is None or not name:
            return True
        found = self.models.item(model, name)
        if found is not None and (found[0].namespace, name) not in seen:
            return self._fits_item(value, found[0], found[1], seen | {(found[0].namespace, name)})
        kind = builtin_type(name)
        return kind is None or conforms(value, kind)

    def _fits_item(self, value: Any, model: Model, item: ItemDefinition, seen: _Seen) -> bool:
        if value is None:
            return True
        if not item.collection:
            fits = self._fits_one(value, model, item, seen)
        else:
            fits = isinstance(value, (list, tuple)) and self._all_fit(value, model, item)
        return fits and (item.constraint is None or self._holds(item.constraint, value, model))

    def _all_fit(self, items: Sequence[Any], model: Model, item: ItemDefinition) -> bool:
        budget_of(self.scope).take(len(items))
        return all(self._fits_one(value, model, item, _NONE_SEEN) for value in items)

    def _fits_one(self, value: Any, model: Model, item: ItemDefinition, seen: _Seen) -> bool:
        if value is None:
            return True
        if item.function is not None:
            return type(value) is FeelFunction and len(value.parameters) == len(item.function.parameters)
        if item.components:
            return isinstance(value, Mapping) and all(
                part.name in value and self._fits_item(value[part.name], model, part, _NONE_SEEN)
                for part in item.components
            )
        if not self.fits(value, model, item.type_ref, seen):
            return False
        return item.allowed is None or self._allowed(item.allowed, value, model)

    def _allowed(self, tests: SourceText, value: Any, model: Model) -> bool:
        if self._holds(tests, value, model):
            return True
        # A type may restrict the items of the list type that it stands on without being a collection itself.
        items = value if isinstance(value, (list, tuple)) else ()
        return bool(items) and all(self._holds(tests, item, model) for item in items)

    def _holds(self, tests: SourceText, value: Any, model: Model) -> bool:
        return self.compiler.test(tests, model, frozenset())(value, self.scope) is True


def _parsed(value: Any, name: str) -> Any:
    parse = _PARSERS.get(name.removeprefix("feel:"))
    if parse is None or not isinstance(value, (str, list)):
        return value
    if isinstance(value, list):
        return [_parsed(inner, name) for inner in value]
    try:
        return parse(value)
    except FeelError:
        return value
