"""Calling functions: built-in ones, those written in an expression, and those that the scope provides."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from greenlane.engine.feel.ast import TypeName
from greenlane.engine.feel.bulk import charge, charge_walk
from greenlane.engine.feel.errors import FeelError
from greenlane.engine.feel.functions import BUILTINS, Builtin
from greenlane.engine.feel.operate import undetermined_in
from greenlane.engine.feel.scope import MAX_CALLS, Budget, LocalScope, Scope, budget_of
from greenlane.engine.feel.semantics import Undetermined
from greenlane.engine.feel.site import Site
from greenlane.engine.feel.type_expressions import coerced
from greenlane.engine.feel.values.types import FeelFunction

_STEPS_OF_A_CALL = 4
Parameters = tuple[tuple[str, TypeName | None], ...]


class BuiltinCall:
    """What a built-in function does when it is used as a value."""

    __slots__ = ("builtin",)

    def __init__(self, builtin: Builtin) -> None:
        self.builtin = builtin

    def __call__(self, *arguments: Any) -> Any:
        return self.builtin.call(arguments)


@cache
def builtin_value(name: str) -> FeelFunction:
    """The built-in function as a value, always the same one."""
    builtin = BUILTINS[name]
    return FeelFunction(builtin.as_function().parameters, BuiltinCall(builtin))


class Body:
    """What a function written in an expression does: it reads its parameters before the names around it."""

    __slots__ = ("parameters", "run", "scope", "site")

    def __init__(self, site: Site, parameters: Parameters, run: Callable[[Any], Any], scope: Scope) -> None:
        self.site = site
        self.parameters = parameters
        self.run = run
        self.scope = scope

    def __call__(self, *arguments: Any) -> Any:
        return self.within(arguments, budget_of(self.scope))

    def within(self, arguments: Sequence[Any], budget: Budget) -> Any:
        """The value for as many arguments as there are parameters, on the caller's budget."""
        local: dict[str, Any] = {}
        for (name, kind), value in zip(self.parameters, arguments, strict=True):
            if kind is not None:
                charge_walk(budget, value)
            fits, local[name] = (True, value) if kind is None else coerced(value, kind)
            if not fits:
                return self.site.wrong(
                    "type", f"参数 `{name}` 的类型不符", f"the argument `{name}` is of the wrong type"
                )
        budget.calls -= 1
        try:
            if budget.calls < 0:
                raise FeelError(
                    "limit", f"more than {MAX_CALLS} calls inside of one another", f"嵌套调用超过 {MAX_CALLS} 层"
                )
            # Calls count as several turns: a function that calls itself twice has no end that anyone would see.
            budget.steps -= _STEPS_OF_A_CALL - 1
            budget.step()
            return self.run(LocalScope(self.scope, local, budget))
        finally:
            budget.calls += 1


def written(site: Site, parameters: Parameters, run: Callable[[Any], Any], scope: Scope) -> FeelFunction:
    """The value of a function literal."""
    return FeelFunction(tuple(name for name, _ in parameters), Body(site, parameters, run, scope))


def external(site: Site, parameters: Parameters) -> FeelFunction:
    """The value of a literal of an external function, which does not run code of other languages."""

    def refused(*_: Any) -> Any:
        return site.wrong("argument", "不支持外部函数", "external functions are not run")

    return FeelFunction(tuple(name for name, _ in parameters), refused)


def call_builtin(
    site: Site, builtin: Builtin, arguments: Sequence[Any], names: Sequence[str], scope: Scope, budget: Budget
) -> Any:
    """The value of a built-in function; undetermined where an argument, or an item of a list among them, is.

    Long arguments and strings that it gives are taken from the budget.
    """
    try:
        charge(budget, arguments)
        doubt = undetermined_in(*arguments)
        if doubt is not None:
            return doubt
        made = builtin.call(arguments, names, scope)  # type: ignore[arg-type]  # read with `scope[name]` only
        if type(made) is str:
            charge(budget, (made,))
        return made
    except FeelError as error:
        return site.error(error)


def call_value(site: Site, function: Any, arguments: Sequence[Any], names: Sequence[str], scope: Scope) -> Any:
    """The value of a function that is a value itself."""
    if type(function) is Undetermined:
        return function
    if type(function) is not FeelFunction:
        return site.not_a("function", function)
    call = function.call
    if type(call) is BuiltinCall:
        return call_builtin(site, call.builtin, arguments, names, scope, budget_of(scope))
    ordered = _in_order(function.parameters, arguments, names)
    if ordered is None:
        listed = ", ".join(function.parameters)
        return site.wrong("argument", f"参数应为 ({listed})", f"the function takes ({listed})")
    try:
        return call.within(ordered, budget_of(scope)) if type(call) is Body else call(*ordered)
    except FeelError as error:
        return site.error(error)
    except RecursionError:
        return too_deep(site)


def too_deep(site: Site) -> Any:
    """What comes of calls that Python itself ends."""
    return site.wrong("limit", "调用嵌套过深", "calls are nested too deeply")


def _in_order(parameters: tuple[str, ...], arguments: Sequence[Any], names: Sequence[str]) -> Sequence[Any] | None:
    if not names:
        return arguments if len(arguments) == len(parameters) else None
    by_name: Mapping[str, Any] = dict(zip(names, arguments, strict=True))
    if len(by_name) != len(names) or by_name.keys() != set(parameters):
        return None
    return [by_name[name] for name in parameters]
