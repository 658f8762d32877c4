"""Calling functions: built-in ones, closures written in an expression, and those that the scope provides. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from greenlane.engine.feel.ast import TypeName
from greenlane.engine.feel.cost import CallCost
from greenlane.engine.feel.errors import FeelError
from greenlane.engine.feel.functions import BUILTINS, Builtin
from greenlane.engine.feel.scope import Budget, LocalScope, Run, Scope, budget_of, charge, charge_made, charge_walk
from greenlane.engine.feel.semantics import ErrorContext, Undetermined, undetermined_in
from greenlane.engine.feel.type_expressions import coerced
from greenlane.engine.feel.values.types import FeelFunction

_NOTHING: Any = {}
Parameters = tuple[tuple[str, TypeName | None], ...]


class BuiltinCall:
    """What a built-in function does when it is used as a value."""

    __slots__ = ("builtin",)

    def __init__(self, builtin: Builtin) -> None:
        self.builtin = builtin

    def __call__(self, *arguments: Any) -> Any:
        return self.on_budget(arguments, Budget())

    def on_budget(self, arguments: Sequence[Any], budget: Budget) -> Any:
        """The value for the arguments, on the caller's budget. Raises FeelError."""
        return _on_budget(self.builtin, arguments, (), _NOTHING, budget)


class Closure:
    """What a function written in an expression does: it reads its parameters before the scope it was made in.

    `cost` is that of a call.
    """

    __slots__ = ("cost", "errors", "parameters", "run", "scope")

    def __init__(self, errors: ErrorContext, parameters: Parameters, run: Run, cost: CallCost, scope: Scope) -> None:
        self.errors = errors
        self.parameters = parameters
        self.run = run
        self.cost = cost
        self.scope = scope

    def __call__(self, *arguments: Any) -> Any:
        return self.on_budget(arguments, budget_of(self.scope))

    def on_budget(self, arguments: Sequence[Any], budget: Budget) -> Any:
        """The value for as many arguments as there are parameters, on the caller's budget."""
        held: dict[str, Any] = {}
        for (name, kind), value in zip(self.parameters, arguments, strict=True):
            if kind is not None:
                charge_walk(budget, value)
            fits, held[name] = (True, value) if kind is None else coerced(value, kind)
            if not fits:
                zh, en = f"参数 `{name}` 的类型不符", f"the argument `{name}` is of the wrong type"
                return self.errors.wrong("type", zh, en)
        budget.enter(self.cost)
        try:
            return self.run(LocalScope(self.scope, held, budget))
        finally:
            budget.leave(self.cost)


class LazyFunction:
    """A function that is made when it is first called.

    An expression may have more parts inside of one another than Python's stack has room for while all are compiled.
    """

    __slots__ = ("_made", "_make")

    def __init__(self, make: Callable[[], Run]) -> None:
        self._make = make
        self._made: Run | None = None

    def __call__(self, scope: Scope) -> Any:
        made = self._made
        if made is None:
            made = self._made = self._make()
        return made(scope)


@cache
def builtin_value(name: str) -> FeelFunction:
    """The built-in function as a value, always the same one."""
    builtin = BUILTINS[name]
    return FeelFunction(builtin.as_function().parameters, BuiltinCall(builtin))


def closure(errors: ErrorContext, parameters: Parameters, run: Run, cost: CallCost, scope: Scope) -> FeelFunction:
    """The value of a function literal; `cost` is that of a call."""
    return FeelFunction(tuple(name for name, _ in parameters), Closure(errors, parameters, run, cost, scope))


def external_function(errors: ErrorContext, parameters: Parameters) -> FeelFunction:
    """The value of a literal of an external function, which does not run code of other languages."""

    def refused(*_: Any) -> Any:
        return errors.wrong("argument", "不支持外部函数", "external functions are not run")

    return FeelFunction(tuple(name for name, _ in parameters), refused)


def call_builtin(
    errors: ErrorContext, builtin: Builtin, arguments: Sequence[Any], names: Sequence[str], scope: Scope, budget: Budget
) -> Any:
    """The value of a built-in function; undetermined where an argument, or an item of a list among them, is.

    Long arguments, work that takes long and what it makes are taken from the budget.
    """
    try:
        return _on_budget(builtin, arguments, names, scope, budget)
    except FeelError as error:
        return errors.caught(error)


def _on_budget(builtin: Builtin, arguments: Sequence[Any], names: Sequence[str], scope: Scope, budget: Budget) -> Any:
    charge(budget, arguments)
    undetermined = undetermined_in(*arguments)
    if undetermined is not None:
        return undetermined
    if builtin.steps:
        budget.take(builtin.steps)
    if builtin.metered:
        arguments = [_bound(argument, budget) for argument in arguments]
    made = builtin.call(arguments, names, scope, budget)  # type: ignore[arg-type]  # read with `scope[name]` only
    charge_made(budget, made, builtin.makes)
    return made


def _bound(argument: Any, budget: Budget) -> Any:
    """The argument; a built-in function that a function is to call pays from the same budget."""
    if type(argument) is not FeelFunction or type(argument.call) is not BuiltinCall:
        return argument
    call = argument.call
    return FeelFunction(argument.parameters, lambda *arguments: call.on_budget(arguments, budget))


def call_value(
    errors: ErrorContext, function: Any, arguments: Sequence[Any], names: Sequence[str], scope: Scope
) -> Any:
    """The value of a function that is a value itself."""
    if type(function) is Undetermined:
        return function
    if type(function) is not FeelFunction:
        return errors.not_a("function", function)
    call = function.call
    if type(call) is BuiltinCall:
        return call_builtin(errors, call.builtin, arguments, names, scope, budget_of(scope))
    ordered = _in_order(function.parameters, arguments, names)
    if ordered is None:
        listed = ", ".join(function.parameters)
        return errors.wrong("argument", f"参数应为 ({listed})", f"the function takes ({listed})")
    try:
        return call.on_budget(ordered, budget_of(scope)) if type(call) is Closure else call(*ordered)
    except FeelError as error:
        return errors.caught(error)
    except RecursionError:
        return too_deep(errors, budget_of(scope))


def too_deep(errors: ErrorContext, budget: Budget) -> Any:
    """What comes of calls that Python itself ends, and with them the budget."""
    budget.end_calls()
    return errors.wrong("limit", "调用嵌套过深", "calls are nested too deeply")


def _in_order(parameters: tuple[str, ...], arguments: Sequence[Any], names: Sequence[str]) -> Sequence[Any] | None:
    if not names:
        return arguments if len(arguments) == len(parameters) else None
    by_name: Mapping[str, Any] = dict(zip(names, arguments, strict=True))
    if len(by_name) != len(names) or by_name.keys() != set(parameters):
        return None
    return [by_name[name] for name in parameters]
