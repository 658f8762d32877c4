"""Code of calls and function literals. Pure.

The form of a built-in function is chosen when its call is compiled, for arguments of the types that it asks for.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from decimal import Decimal

from greenlane.engine.feel.ast import Call, FunctionLiteral, Name
from greenlane.engine.feel.codegen.code_writer import TYPES
from greenlane.engine.feel.codegen.emission import Bindings, EmissionContext, Operand
from greenlane.engine.feel.cost import call_cost
from greenlane.engine.feel.functions import BUILTINS, Builtin, FormalParameter, Overload
from greenlane.engine.feel.invocation import external_function
from greenlane.engine.feel.semantics import ErrorContext
from greenlane.engine.feel.values.dates import DaysTime, FarDate, YearsMonths
from greenlane.engine.feel.values.indexed import IndexedRows
from greenlane.engine.feel.values.times import DateTime, Time
from greenlane.engine.feel.values.types import FeelFunction, Range

_TYPES: dict[str, frozenset[type]] = {
    "number": frozenset((Decimal,)),
    "string": frozenset((str,)),
    "boolean": frozenset((bool,)),
    "date": frozenset((datetime.date, FarDate)),
    "time": frozenset((Time,)),
    "date and time": frozenset((DateTime,)),
    "years and months duration": frozenset((YearsMonths,)),
    "days and time duration": frozenset((DaysTime,)),
    "list": frozenset((list, IndexedRows)),
    "context": frozenset(),
    "range": frozenset((Range,)),
    "function": frozenset((FeelFunction,)),
}
_ANY = frozenset().union(*_TYPES.values())
_LONG = frozenset((str, list, IndexedRows))


def call(emission: EmissionContext, node: Call, bindings: Bindings) -> Operand:
    """`function(arguments)`."""
    name = node.function.name if isinstance(node.function, Name) else ""
    if name in BUILTINS and name not in bindings.shadows:
        return _builtin(emission, node, BUILTINS[name], bindings)
    arguments = [emission.emit(argument, bindings) for argument in node.arguments]
    return _value(emission, node, arguments, emission.emit(node.function, bindings), bindings)


def function_literal(emission: EmissionContext, node: FunctionLiteral, bindings: Bindings) -> Operand:
    """`function(a) body`: the body is a function of its own, of the scope in which it is called."""
    parameters = emission.writer.constant(node.parameters)
    if node.external:
        refused = external_function(ErrorContext(node, emission.semantics), node.parameters)
        return Operand(emission.writer.constant(refused))
    run = emission.compiled(node.body, bindings.hiding(*(name for name, _ in node.parameters)))
    body, scope = emission.writer.constant(run), emission.scope(bindings)
    cost = emission.writer.constant(call_cost(node.body))
    return emission.result(f"closure({emission.errors(node)}, {parameters}, {body}, {cost}, {scope})")


def _value(
    emission: EmissionContext, node: Call, arguments: Sequence[Operand], function: Operand, bindings: Bindings
) -> Operand:
    writer, result, errors = emission.writer, emission.writer.variable(), emission.errors(node, *node.arguments)
    listed = ", ".join(map(str, arguments))
    given = writer.constant(node.names)
    slow = f"{result} = call_value({errors}, {function}, [{listed}], {given}, {emission.scope(bindings)})"
    if node.names:
        writer.line(slow)
        return Operand(result)
    plain = f"type({function}) is FeelFunction and type({function}.call) is FunctionType"
    with writer.block(f"if {plain} and len({function}.parameters) == {len(arguments)}"):
        _tried(emission, result, f"{function}.call({listed})", errors)
        with writer.block("except RecursionError"):
            writer.line(f"{result} = too_deep({errors}, {emission.payer(bindings)})")
    with writer.block("else"):
        writer.line(slow)
    return Operand(result)


def _builtin(emission: EmissionContext, node: Call, builtin: Builtin, bindings: Bindings) -> Operand:
    arguments = [emission.emit(argument, bindings) for argument in node.arguments]
    writer, errors = emission.writer, emission.errors(node, *node.arguments)
    listed = ", ".join(map(str, arguments))
    scope = emission.scope(bindings) if builtin.reads else "NOTHING"
    given = f"[{listed}], {writer.constant(node.names)}, {scope}, {emission.payer(bindings)}"
    slow = f"call_builtin({errors}, {writer.constant(builtin)}, {given})"
    plain = not (node.names or builtin.reads or builtin.steps or builtin.metered)
    form = _form(builtin, len(arguments)) if plain else None
    if form is None:
        return emission.result(slow)
    value = arguments[0]
    if builtin.name == "sum" and len(arguments) == 1:
        return _sum(emission, value, slow)
    if builtin.name == "not":
        return emission.result(f"not {value} if {value} is True or {value} is False else {slow}")
    result = writer.variable()
    with writer.block(f"if {_fit(emission, form, arguments)}"):
        made = f"charge_made({emission.payer(bindings)}, {result}, {builtin.makes})"
        pays = made if builtin.makes or _gives_text(builtin) else ""
        _tried(emission, result, _called(emission, form, arguments), errors, pays)
    with writer.block("else"):
        writer.line(f"{result} = {slow}")
    return Operand(result)


def _sum(emission: EmissionContext, value: Operand, slow: str) -> Operand:
    """The sum of a list that holds nothing but numbers, which adding them up finds out."""
    writer, result = emission.writer, emission.writer.variable()
    with writer.block("try"):
        quick = f"own_context().run(sum, map(as_number, {value}[1:]), as_number({value}[0]))"
        writer.line(f"{result} = {quick} if type({value}) is list and len({value}) <= FREE_SIZE else {slow}")
    with writer.block("except (TypeError, IndexError, DecimalException)"):
        writer.line(f"{result} = {slow}")
    return Operand(result)


def _gives_text(builtin: Builtin) -> bool:
    """Whether it may make a string out of what it is given."""
    return builtin.name != "count" and not all(
        {"number", "date", "time", "boolean"}.issuperset(parameter.types or ("list",))
        for form in builtin.overloads
        for parameter in form.parameters
    )


def _tried(emission: EmissionContext, result: str, text: str, errors: str, pays: str = "") -> None:
    """The result, and what pays for a long one."""
    writer, error = emission.writer, emission.writer.variable()
    with writer.block("try"):
        writer.line(f"{result} = {text}")
        if pays:
            with writer.block(f"if type({result}) in MADE"):
                writer.line(pays)
    with writer.block(f"except FeelError as {error}"):
        writer.line(f"{result} = {errors}.caught({error})")


def _form(builtin: Builtin, count: int) -> Overload | None:
    """The form that is tried first with so many arguments: with the types that it asks for no other is."""
    for form in builtin.overloads:
        if count and form.by_position([None] * count) is not None:
            return form
    return None


def _called(emission: EmissionContext, form: Overload, arguments: Sequence[Operand]) -> str:
    texts = [str(argument) for argument in arguments]
    if form.parameters[-1].rest:
        first = len(form.parameters) - 1
        texts = [*texts[:first], f"[{', '.join(texts[first:])}]"]
    else:
        texts += ["None"] * (len(form.parameters) - len(texts))
    return f"{emission.writer.constant(form.call)}({', '.join(texts)})"


def _fit(emission: EmissionContext, form: Overload, arguments: Sequence[Operand]) -> str:
    """Whether the arguments are of types that need no conversion, and hold nothing that is undetermined."""
    # Further arguments are the function's own to look at.
    wanted = [_accepted(parameter) for parameter in form.parameters if not parameter.rest][: len(arguments)]
    wanted += [_ANY] * (len(arguments) - len(wanted))
    return " and ".join(_fits(emission, *pair) for pair in zip(arguments, wanted, strict=True))


def _fits(emission: EmissionContext, argument: Operand, types: frozenset[type]) -> str:
    if argument.kind is not None:
        return str(argument.kind in types)
    if types == _TYPES["string"]:
        return f"type({argument}) is str and len({argument}) <= FREE_SIZE"
    if len(types) == 1 and (kind := next(iter(types))) in TYPES:
        return f"type({argument}) is {TYPES[kind]}"
    among = f"type({argument}) in {emission.writer.constant(types)}"
    if types.isdisjoint(_LONG):
        return among
    plain = f"len({argument}) <= FREE_SIZE and HOLDING.isdisjoint(map(type, {argument}))"
    if types == _TYPES["list"]:
        return f"{among} and ({plain} or is_free({argument}))"
    return f"{among} and (type({argument}) not in {emission.writer.constant(_LONG)} or is_free({argument}))"


def _accepted(parameter: FormalParameter) -> frozenset[type]:
    """The Python types that the parameter takes as they are."""
    return frozenset().union(*(_TYPES[name] for name in parameter.types)) if parameter.types else _ANY
