"""Type inference of FEEL expressions, with the mismatches found on the way: GL210 to GL217. Pure.

One rule for each type of node (`_RULES`). An expression whose type is not known is never a fault.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from greenlane.engine.check.mismatch import TypingContext
from greenlane.engine.check.types import (
    ANY,
    BOOLEAN,
    DATE,
    DATE_TIME,
    DAYS,
    MONTHS,
    NULL,
    NUMBER,
    STRING,
    TIME,
    CallableType,
    ContextType,
    ListType,
    NumberType,
    RangeType,
    StringType,
    Type,
    common,
    family,
    result_of,
    unknown,
)
from greenlane.engine.diagnostics import nearest
from greenlane.engine.feel import ast
from greenlane.engine.feel.functions import BUILTINS


def type_of(context: TypingContext, node: ast.Node) -> Type:
    """The type of the node's value; mismatches inside it are reported to `context`."""
    rule = _RULES.get(type(node))
    return rule(context, node) if rule else ANY


def check_test(context: TypingContext, node: ast.UnaryTests, subject: Type) -> None:
    """Checks the unary tests of a cell against the type of the value that they test."""
    inside = context.with_names({"?": subject})
    for test in node.tests:
        if isinstance(test, ast.RangeLiteral):
            for bound in (test.low, test.high):
                if bound is not None:
                    inside.comparable(subject, type_of(inside, bound), bound)
            continue
        found = type_of(inside, test)
        if isinstance(found, ListType):
            found = found.item
        elif isinstance(found, RangeType):
            found = found.bound
        if found != BOOLEAN or subject == BOOLEAN:
            inside.comparable(subject, found, test)


def check_condition(context: TypingContext, node: ast.Node) -> None:
    """Reports GL214 unless the node's type is boolean or unknown."""
    context.boolean(type_of(context, node), node)


def _name(context: TypingContext, node: ast.Name) -> Type:
    if node.name in context.names:
        return context.names[node.name]
    if node.name in BUILTINS:
        return ANY
    near = nearest(node.name, context.names)
    label = f" ({context.labels[near]})" if near and near in context.labels else ""
    help_ = f"did you mean `{near}`{label}?" if near else "no fact or decision has this name"
    context.report("GL210", f"unknown name `{node.name}`", node, help_)
    return ANY


def _comparison(context: TypingContext, node: ast.Comparison) -> Type:
    context.comparable(type_of(context, node.left), type_of(context, node.right), node.right)
    return BOOLEAN


def _between(context: TypingContext, node: ast.Between) -> Type:
    value = type_of(context, node.value)
    for bound in (node.low, node.high):
        context.comparable(value, type_of(context, bound), bound)
    return BOOLEAN


def _in(context: TypingContext, node: ast.In) -> Type:
    check_test(context, ast.UnaryTests(node.tests, False, node.span), type_of(context, node.value))
    return BOOLEAN


def _logic(context: TypingContext, node: ast.And | ast.Or) -> Type:
    for operand in node.operands:
        check_condition(context, operand)
    return BOOLEAN


def _arithmetic(context: TypingContext, node: ast.Arithmetic) -> Type:
    left, right = type_of(context, node.left), type_of(context, node.right)
    if isinstance(left, NumberType) and isinstance(right, NumberType):
        if node.operator in "+-":
            context.same_unit(left, right, node.right)
            return NumberType(left.unit or right.unit)
        return NUMBER
    if isinstance(left, StringType) and isinstance(right, StringType) and node.operator == "+":
        return STRING
    if (left, right) == (DATE, DATE) and node.operator == "-":
        return DAYS
    if left == DATE and right in (DAYS, MONTHS) and node.operator in "+-":
        return DATE
    plain = {"number", "string", "boolean"}
    if {family(left), family(right)} <= plain:
        context.report("GL211", f"`{node.operator}` cannot take a {family(left)} and a {family(right)}", node)
    return ANY


def _negation(context: TypingContext, node: ast.Negation) -> Type:
    return type_of(context, node.operand)


def _if(context: TypingContext, node: ast.If) -> Type:
    check_condition(context, node.condition)
    return common([type_of(context, node.then), type_of(context, node.otherwise)])


def _list(context: TypingContext, node: ast.ListLiteral) -> Type:
    return ListType(common([type_of(context, item) for item in node.items]))


def _context(context: TypingContext, node: ast.ContextLiteral) -> Type:
    entries: dict[str, Type] = {}
    for name, value in node.entries:
        entries[name] = type_of(context.with_names(entries), value)
    return ContextType(tuple(entries.items()))


def _range(context: TypingContext, node: ast.RangeLiteral) -> Type:
    return RangeType(common([type_of(context, b) for b in (node.low, node.high) if b is not None]))


def _path(context: TypingContext, node: ast.Path) -> Type:
    source = type_of(context, node.source)
    item = source.item if isinstance(source, ListType) else source
    if not isinstance(item, ContextType):
        return NUMBER if item in (DATE, DAYS, MONTHS) else ANY
    found = item.entry(node.name)
    if found is None:
        names = [n for n, _ in item.entries]
        near = nearest(node.name, names)
        context.report(
            "GL215",
            f"there is no entry `{node.name}`",
            node,
            (f"did you mean `{near}`? " if near else "") + "entries: " + ", ".join(names),
        )
        return ANY
    return ListType(found) if isinstance(source, ListType) else found


def _filter(context: TypingContext, node: ast.Filter) -> Type:
    source = type_of(context, node.source)
    item = source.item if isinstance(source, ListType) else source
    inside: dict[str, Type] = {"item": item}
    if isinstance(item, ContextType):
        inside.update(item.entries)
    if unknown(item) or (unknown(source)):
        return ANY
    condition = type_of(context.with_names(inside), node.condition)
    if isinstance(condition, NumberType):
        return item
    return ListType(item) if condition == BOOLEAN else ANY


def _iterate(context: TypingContext, iterations: tuple[ast.Iteration, ...]) -> TypingContext:
    for step in iterations:
        source = type_of(context, step.source)
        if step.end is not None:
            type_of(context, step.end)
            item: Type = source
        else:
            item = source.item if isinstance(source, ListType) else ANY
        context = context.with_names({step.name: item})
    return context


def _for(context: TypingContext, node: ast.For) -> Type:
    return ListType(type_of(_iterate(context, node.iterations).with_names({"partial": ListType(ANY)}), node.body))


def _quantified(context: TypingContext, node: ast.Quantified) -> Type:
    check_condition(_iterate(context, node.iterations), node.condition)
    return BOOLEAN


def _call(context: TypingContext, node: ast.Call) -> Type:
    arguments = [type_of(context, a) for a in node.arguments]
    if not isinstance(node.function, ast.Name):
        return ANY
    name = node.function.name
    function = context.names.get(name)
    if name == "not" and function is None and len(arguments) == 1:
        context.boolean(arguments[0], node.arguments[0])
    if isinstance(function, CallableType):
        return _call_decision(context, node, function, arguments)
    if function is None and name not in BUILTINS:
        near = nearest(name, [*BUILTINS, *(n for n, t in context.names.items() if isinstance(t, CallableType))])
        context.report("GL216", f"unknown function `{name}`", node.function, f"did you mean `{near}`?" if near else "")
        return ANY
    return result_of(name, arguments)


def _call_decision(context: TypingContext, node: ast.Call, function: CallableType, arguments: list[Type]) -> Type:
    wanted = [n for n, _ in function.parameters]
    if (len(arguments) != len(wanted)) or (node.names and set(node.names) != set(wanted)):
        context.report("GL217", f"this function takes {len(wanted)} arguments: {', '.join(wanted)}", node)
        return function.result
    by_name = dict(function.parameters)
    for name, argument, given in zip(node.names or wanted, node.arguments, arguments, strict=True):
        context.comparable(by_name[name], given, argument)
    return function.result


def _function(context: TypingContext, node: ast.FunctionLiteral) -> Type:
    type_of(context.with_names({name: ANY for name, _ in node.parameters}), node.body)
    return ANY


def _instance_of(context: TypingContext, node: ast.InstanceOf) -> Type:
    type_of(context, node.value)
    return BOOLEAN


def _at_literal(_: TypingContext, node: ast.AtLiteral) -> Type:
    text = node.text.lstrip("-")
    if text.startswith("P"):
        return MONTHS if "D" not in text and "T" not in text else DAYS
    if "T" in text:
        return DATE_TIME
    return TIME if ":" in text else DATE


_RULES: Mapping[type, Callable[[TypingContext, Any], Type]] = {
    ast.Number: lambda *_: NUMBER,
    ast.String: lambda _, n: StringType((n.value,)),
    ast.Boolean: lambda *_: BOOLEAN,
    ast.Null: lambda *_: NULL,
    ast.InputValue: lambda c, n: c.names.get("?", ANY),
    ast.Name: _name,
    ast.AtLiteral: _at_literal,
    ast.Comparison: _comparison,
    ast.Between: _between,
    ast.In: _in,
    ast.And: _logic,
    ast.Or: _logic,
    ast.Arithmetic: _arithmetic,
    ast.Negation: _negation,
    ast.If: _if,
    ast.ListLiteral: _list,
    ast.ContextLiteral: _context,
    ast.RangeLiteral: _range,
    ast.Path: _path,
    ast.Filter: _filter,
    ast.For: _for,
    ast.Quantified: _quantified,
    ast.Call: _call,
    ast.FunctionLiteral: _function,
    ast.InstanceOf: _instance_of,
}
