"""Code of calls: the form of a built-in function is chosen once, for arguments of the types that it asks for."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from decimal import Decimal

from greenlane.engine.feel.ast import Call, Name
from greenlane.engine.feel.functions import BUILTINS, Builtin, FormalParameter, Overload
from greenlane.engine.feel.generate.library import TYPES
from greenlane.engine.feel.generate.work import Names, Operand, Work
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


def call(work: Work, node: Call, names: Names) -> Operand:
    """`function(arguments)`."""
    name = node.function.name if isinstance(node.function, Name) else ""
    if name in BUILTINS and name not in names.shadows:
        return _builtin(work, node, BUILTINS[name], names)
    arguments = [work.emit(argument, names) for argument in node.arguments]
    return _value(work, node, arguments, work.emit(node.function, names), names)


def _value(work: Work, node: Call, arguments: Sequence[Operand], function: Operand, names: Names) -> Operand:
    writer, result, site = work.writer, work.writer.variable(), work.site(node, *node.arguments)
    listed = ", ".join(map(str, arguments))
    given = writer.constant(node.names)
    slow = f"{result} = call_value({site}, {function}, [{listed}], {given}, {work.scope(names)})"
    if node.names:
        writer.line(slow)
        return Operand(result)
    plain = f"type({function}) is FeelFunction and type({function}.call) is FunctionType"
    with writer.block(f"if {plain} and len({function}.parameters) == {len(arguments)}"):
        _tried(work, result, f"{function}.call({listed})", site)
        with writer.block("except RecursionError"):
            writer.line(f"{result} = too_deep({site})")
    with writer.block("else"):
        writer.line(slow)
    return Operand(result)


def _builtin(work: Work, node: Call, builtin: Builtin, names: Names) -> Operand:
    arguments = [work.emit(argument, names) for argument in node.arguments]
    writer, site = work.writer, work.site(node, *node.arguments)
    listed = ", ".join(map(str, arguments))
    scope = work.scope(names) if builtin.reads else "NOTHING"
    given = f"[{listed}], {writer.constant(node.names)}, {scope}, {_payer(work, builtin, names)}"
    slow = f"call_builtin({site}, {writer.constant(builtin)}, {given})"
    form = None if node.names or builtin.reads else _form(builtin, len(arguments))
    if form is None:
        return work.result(slow)
    value = arguments[0]
    if builtin.name == "sum" and len(arguments) == 1:
        return _sum(work, value, slow)
    if builtin.name == "not":
        return work.result(f"not {value} if {value} is True or {value} is False else {slow}")
    result = writer.variable()
    with writer.block(f"if {_fit(work, form, arguments)}"):
        text = f"charge({work.payer(names)}, ({result},))" if _gives_text(builtin) else ""
        _tried(work, result, _called(work, form, arguments), site, text)
    with writer.block("else"):
        writer.line(f"{result} = {slow}")
    return Operand(result)


def _payer(work: Work, builtin: Builtin, names: Names) -> str:
    """The budget. A function among the arguments takes turns of it, others do not."""
    calls = any("function" in parameter.types for form in builtin.overloads for parameter in form.parameters)
    return str(names.budget) if calls and names.budget is not None else work.payer(names)


def _sum(work: Work, value: Operand, slow: str) -> Operand:
    """The sum of a list that holds nothing but numbers, which adding them up finds out."""
    writer, result = work.writer, work.writer.variable()
    with writer.block("try"):
        quick = f"own_context().run(sum, map(as_number, {value}[1:]), as_number({value}[0]))"
        writer.line(f"{result} = {quick} if type({value}) is list and len({value}) <= FREE else {slow}")
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


def _tried(work: Work, result: str, text: str, site: str, of_text: str = "") -> None:
    """The result, and what is to be done in case that it is a string."""
    writer, error = work.writer, work.writer.variable()
    with writer.block("try"):
        writer.line(f"{result} = {text}")
        if of_text:
            with writer.block(f"if type({result}) is str"):
                writer.line(of_text)
    with writer.block(f"except FeelError as {error}"):
        writer.line(f"{result} = {site}.error({error})")


def _form(builtin: Builtin, count: int) -> Overload | None:
    """The form that is tried first with so many arguments: with the types that it asks for no other is."""
    for form in builtin.overloads:
        if count and form.by_position([None] * count) is not None:
            return form
    return None


def _called(work: Work, form: Overload, arguments: Sequence[Operand]) -> str:
    texts = [str(argument) for argument in arguments]
    if form.parameters[-1].rest:
        first = len(form.parameters) - 1
        texts = [*texts[:first], f"[{', '.join(texts[first:])}]"]
    else:
        texts += ["None"] * (len(form.parameters) - len(texts))
    return f"{work.writer.constant(form.call)}({', '.join(texts)})"


def _fit(work: Work, form: Overload, arguments: Sequence[Operand]) -> str:
    """Whether the arguments are of types that need no conversion, and hold nothing that is undetermined."""
    # Further arguments are the function's own to look at.
    wanted = [_accepted(parameter) for parameter in form.parameters if not parameter.rest][: len(arguments)]
    wanted += [_ANY] * (len(arguments) - len(wanted))
    return " and ".join(_fits(work, *pair) for pair in zip(arguments, wanted, strict=True))


def _fits(work: Work, argument: Operand, types: frozenset[type]) -> str:
    if argument.kind is not None:
        return str(argument.kind in types)
    if types == _TYPES["string"]:
        return f"type({argument}) is str and len({argument}) <= FREE"
    if len(types) == 1 and (kind := next(iter(types))) in TYPES:
        return f"type({argument}) is {TYPES[kind]}"
    among = f"type({argument}) in {work.writer.constant(types)}"
    if types.isdisjoint(_LONG):
        return among
    plain = f"len({argument}) <= FREE and HOLDING.isdisjoint(map(type, {argument}))"
    if types == _TYPES["list"]:
        return f"{among} and ({plain} or is_light({argument}))"
    return f"{among} and (type({argument}) not in {work.writer.constant(_LONG)} or is_light({argument}))"


def _accepted(parameter: FormalParameter) -> frozenset[type]:
    """The Python types that the parameter takes as they are."""
    return frozenset().union(*(_TYPES[name] for name in parameter.types)) if parameter.types else _ANY
