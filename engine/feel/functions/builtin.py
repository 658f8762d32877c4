"""What a built-in function is: name, overloads, formal parameters; binding of arguments (DMN 10.3.2.13). Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

from greenlane.engine.feel.errors import FeelError, missing
from greenlane.engine.feel.values.types import ZH, FeelFunction, type_name

_NOTHING: Mapping[str, Any] = {}


class Meter(Protocol):
    """The budget of a decision, by which a function pays for its work as it goes on.

    `patterns` keeps what has been compiled for the decision, by pattern and flags.
    """

    patterns: dict[tuple[str, str], Any]

    def take(self, steps: int, /) -> None:
        """Pays for steps; FeelError ("limit") when too little is left."""

    def size(self, value: Any, /) -> int:
        """How many items there are in a value; FeelError ("limit") for one that is too deep."""


class Unmetered:
    """The meter of a call that nothing bounds."""

    def __init__(self) -> None:
        self.patterns: dict[tuple[str, str], Any] = {}

    def take(self, steps: int, /) -> None:
        """Bounds nothing."""

    def size(self, value: Any, /) -> int:
        """Nothing has to be known of what nobody pays for."""
        return 0


@dataclass(frozen=True, slots=True)
class FormalParameter:
    """One parameter. `types` are the FEEL types it takes, none meaning any.

    `nullable`: null is acceptable. `optional`: may be left out, and is None then. `rest`: takes all further arguments
    as one list; only the last parameter may.
    """

    name: str
    types: tuple[str, ...] = ()
    nullable: bool = False
    optional: bool = False
    rest: bool = False

    def takes(self, value: Any) -> bool:
        """Whether the value, already `fit`, may stand here."""
        return (self.nullable or not self.types) if value is None else not self.types or type_name(value) in self.types

    def fit(self, value: Any) -> Any:
        """The value after FEEL's implicit conversions: a list of one item to its item, an item to a list of one."""
        if not self.types or value is None:
            return value
        is_list = isinstance(value, (list, tuple))
        if is_list and "list" not in self.types and len(value) == 1:
            return value[0]
        if not is_list and self.types == ("list",):
            return [value]
        return value


@dataclass(frozen=True, slots=True)
class Overload:
    """One way of calling a function. `call` takes a value for every parameter, in order, after a meter if metered."""

    parameters: tuple[FormalParameter, ...]
    call: Callable[..., Any]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the parameters, in order."""
        return tuple(parameter.name for parameter in self.parameters)

    def by_position(self, arguments: Sequence[Any]) -> list[Any] | None:
        """The values of the parameters, or None when the number of arguments does not fit."""
        parameters = self.parameters
        count = len(parameters)
        if parameters and parameters[-1].rest:
            if len(arguments) < count:
                return None
            return [*map(_fit, parameters, arguments[: count - 1]), list(arguments[count - 1 :])]
        required = sum(not parameter.optional for parameter in parameters)
        if not required <= len(arguments) <= count:
            return None
        return [parameter.fit(value) for parameter, value in zip(parameters, arguments, strict=False)]

    def by_name(self, arguments: Mapping[str, Any]) -> list[Any] | None:
        """The same for named arguments."""
        known = {parameter.name for parameter in self.parameters}
        if len(known) < len(self.parameters) or not arguments.keys() <= known:
            return None
        if any(not parameter.optional and parameter.name not in arguments for parameter in self.parameters):
            return None
        values = [parameter.fit(arguments.get(parameter.name)) for parameter in self.parameters]
        return [[value] if parameter.rest else value for parameter, value in zip(self.parameters, values, strict=True)]


def _fit(parameter: FormalParameter, value: Any) -> Any:
    return parameter.fit(value)


@dataclass(frozen=True, slots=True)
class Builtin:
    """A function that FEEL itself provides.

    `reads`: names that the function takes from what the caller supplies (`now()`), before its arguments. `makes`:
    what each item of the list or context that it makes costs, in steps; 0 where it makes none. `steps`: what
    a call costs beside what its arguments are long. `metered`: it takes a `Meter` before all else and pays by that for
    work that its arguments do not tell beforehand.
    """

    name: str
    overloads: tuple[Overload, ...]
    reads: tuple[str, ...] = ()
    makes: int = 0
    steps: int = 0
    metered: bool = False

    def call(
        self,
        arguments: Sequence[Any],
        names: Sequence[str] = (),
        supplied: Mapping[str, Any] = _NOTHING,
        meter: Meter | None = None,
    ) -> Any:
        """The function's value for arguments by position, or by name when `names` is as long as `arguments`.

        `supplied` is read with `supplied[name]` only, for each of `reads`. Raises FeelError: "argument" when no
        overload takes so many or so named arguments, "missing" for a null that is not acceptable (`argument` tells
        which one by its index in `arguments`), "type" for an argument of the wrong type, and whatever the function
        finds wrong.
        """
        failure: FeelError | None = None
        # Two overloads may have the same names (`before`): then the order in which they are written decides.
        wanted = tuple(names)
        for overload in sorted(self.overloads, key=lambda one: one.names != wanted) if names else self.overloads:
            named = dict(zip(names, arguments, strict=True)) if names else None
            values = overload.by_position(arguments) if named is None else overload.by_name(named)
            if values is None or (named is not None and len(named) < len(names)):
                continue
            given = len(values) if named is None else None
            failure = _first_fault(overload, values, given, arguments, names)
            if failure is None:
                metered = (meter or Unmetered(),) if self.metered else ()
                return overload.call(*metered, *self._supplied(supplied), *_complete(overload, values))
        raise failure or self._no_overload(arguments, names)

    def as_function(self, supplied: Mapping[str, Any] = _NOTHING) -> FeelFunction:
        """The function as a value, with the parameters of its first overload; `rest` arguments count as one."""
        names = tuple(parameter.name for parameter in self.overloads[0].parameters)
        return FeelFunction(names, lambda *arguments: self.call(arguments, (), supplied))

    def _supplied(self, supplied: Mapping[str, Any]) -> list[Any]:
        values = []
        for name in self.reads:
            try:
                value = supplied[name]
            except KeyError:
                value = None
            if value is None:
                en, zh = f"the caller supplies no value for `{name}`", f"调用方未提供 `{name}` 的值"
                raise FeelError("missing", en, zh)
            values.append(value)
        return values

    def _no_overload(self, arguments: Sequence[Any], names: Sequence[str]) -> FeelError:
        overloads = " or ".join(f"`{self.name}({signature(overload)})`" for overload in self.overloads)
        found = "these names" if names else f"{len(arguments)} argument{'' if len(arguments) == 1 else 's'}"
        zh_found = "这些参数名" if names else f"{len(arguments)} 个参数"
        return FeelError("argument", f"{overloads}: not with {found}", f"{overloads}：不接受{zh_found}")


def signature(overload: Overload) -> str:
    """The parameters as text: `list, start position, length?`, `list, item...`."""
    return ", ".join(
        parameter.name + ("?" if parameter.optional else "...")
        if parameter.optional or parameter.rest
        else parameter.name
        for parameter in overload.parameters
    )


def _complete(overload: Overload, values: list[Any]) -> list[Any]:
    return values + [None] * (len(overload.parameters) - len(values))


def _first_fault(
    overload: Overload, values: list[Any], given: int | None, arguments: Sequence[Any], names: Sequence[str]
) -> FeelError | None:
    """What is wrong with the first unacceptable argument, None when all are fine."""
    for index, (parameter, value) in enumerate(zip(overload.parameters, values, strict=False)):
        left_out = given is None and parameter.optional and parameter.name not in names
        if left_out or parameter.rest or parameter.takes(value):
            continue
        place = index if given is not None else list(names).index(parameter.name)
        if value is None:
            return missing(place)
        kind = type_name(value)
        expected = " or ".join(parameter.types)
        zh_expected = "或".join(ZH[name] for name in parameter.types)
        en = f"`{parameter.name}` must be a {expected}, not a {kind}"
        return FeelError("type", en, f"`{parameter.name}` 应为{zh_expected}，而不是{ZH[kind]}", place)
    return None


def whole(value: Decimal) -> int:
    """The integer part, towards zero, of an argument that is a position, a length or a scale.

    Raises FeelError ("argument") for a number of more than 19 digits before the point.
    """
    if value.adjusted() > 18:
        raise FeelError("argument", "the number is too large here", "此处数字过大")
    return int(value)
