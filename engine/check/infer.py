"""The type of a FEEL expression, and what cannot be right in it: unknown names, types and units that clash.

An expression whose type is not known is never a fault: the check abstains.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from greenlane.engine.check.clash import Findings
from greenlane.engine.check.results import result_of
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
    ContextType,
    FunctionType,
    ListType,
    NumberType,
    RangeType,
    StringType,
    Type,
    common,
    family,
    unknown,
)
from greenlane.engine.feel import ast
from greenlane.engine.feel.functions import BUILTINS
from greenlane.engine.suggest import nearest


def type_of(inf: Findings, node: ast.Node) -> Type:
    """The type of the node's value; faults found inside it go to `inf`."""
    rule = _RULES.get(type(node))
    return rule(inf, node) if rule else ANY


def check_test(inf: Findings, node: ast.UnaryTests, subject: Type) -> None:
    """Checks a cell against the type of the value that it tests."""
    inside = inf.with_names({"?": subject})
    for test in node.tests:
        if isinstance(test, ast.Range):
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


def _name(inf: Findings, node: ast.Name) -> Type:
    if node.name in inf.names:
        return inf.names[node.name]
    if node.name in BUILTINS:
        return ANY
    near = nearest(node.name, inf.names)
    label = f" ({inf.labels[near]})" if near and near in inf.labels else ""
    help_ = f"did you mean `{near}`{label}?" if near else "no fact or decision has this name"
    inf.fault("GL210", f"unknown name `{node.name}`", node, help_)
    return ANY


def _comparison(inf: Findings, node: ast.Comparison) -> Type:
    inf.comparable(type_of(inf, node.left), type_of(inf, node.right), node.right)
    return BOOLEAN


def _between(inf: Findings, node: ast.Between) -> Type:
    value = type_of(inf, node.value)
    for bound in (node.low, node.high):
        inf.comparable(value, type_of(inf, bound), bound)
    return BOOLEAN


def _in(inf: Findings, node: ast.In) -> Type:
    check_test(inf, ast.UnaryTests(node.tests, False, node.span), type_of(inf, node.value))
    return BOOLEAN


def _logic(inf: Findings, node: ast.And | ast.Or) -> Type:
    for operand in node.operands:
        _condition(inf, operand)
    return BOOLEAN


def _condition(inf: Findings, node: ast.Node) -> None:
    found = type_of(inf, node)
    if not unknown(found) and found != BOOLEAN:
        inf.fault("GL214", f"a boolean is needed here, this is a {family(found)}", node)


def _arithmetic(inf: Findings, node: ast.Arithmetic) -> Type:
    left, right = type_of(inf, node.left), type_of(inf, node.right)
    if isinstance(left, NumberType) and isinstance(right, NumberType):
        if node.operator in "+-":
            inf.same_unit(left, right, node.right)
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
        inf.fault("GL211", f"`{node.operator}` cannot take a {family(left)} and a {family(right)}", node)
    return ANY


def _negation(inf: Findings, node: ast.Negation) -> Type:
    return type_of(inf, node.operand)


def _if(inf: Findings, node: ast.If) -> Type:
    _condition(inf, node.condition)
    return common([type_of(inf, node.then), type_of(inf, node.otherwise)])


def _list(inf: Findings, node: ast.ListLiteral) -> Type:
    return ListType(common([type_of(inf, item) for item in node.items]))


def _context(inf: Findings, node: ast.ContextLiteral) -> Type:
    entries: dict[str, Type] = {}
    for name, value in node.entries:
        entries[name] = type_of(inf.with_names(entries), value)
    return ContextType(tuple(entries.items()))


def _range(inf: Findings, node: ast.Range) -> Type:
    return RangeType(common([type_of(inf, b) for b in (node.low, node.high) if b is not None]))


def _path(inf: Findings, node: ast.Path) -> Type:
    source = type_of(inf, node.source)
    item = source.item if isinstance(source, ListType) else source
    if not isinstance(item, ContextType):
        return NUMBER if item in (DATE, DAYS, MONTHS) else ANY
    found = item.entry(node.name)
    if found is None:
        names = [n for n, _ in item.entries]
        near = nearest(node.name, names)
        inf.fault(
            "GL215",
            f"there is no entry `{node.name}`",
            node,
            (f"did you mean `{near}`? " if near else "") + "entries: " + ", ".join(names),
        )
        return ANY
    return ListType(found) if isinstance(source, ListType) else found


def _filter(inf: Findings, node: ast.Filter) -> Type:
    source = type_of(inf, node.source)
    item = source.item if isinstance(source, ListType) else source
    inside: dict[str, Type] = {"item": item}
    if isinstance(item, ContextType):
        inside.update(item.entries)
    if unknown(item) or (unknown(source)):
        return ANY
    condition = type_of(inf.with_names(inside), node.condition)
    if isinstance(condition, NumberType):
        return item
    return ListType(item) if condition == BOOLEAN else ANY


def _iterate(inf: Findings, iterations: tuple[ast.Iteration, ...]) -> Findings:
    for step in iterations:
        source = type_of(inf, step.source)
        if step.end is not None:
            type_of(inf, step.end)
            item: Type = source
        else:
            item = source.item if isinstance(source, ListType) else ANY
        inf = inf.with_names({step.name: item})
    return inf


def _for(inf: Findings, node: ast.For) -> Type:
    return ListType(type_of(_iterate(inf, node.iterations).with_names({"partial": ListType(ANY)}), node.body))


def _quantified(inf: Findings, node: ast.Quantified) -> Type:
    _condition(_iterate(inf, node.iterations), node.condition)
    return BOOLEAN


def _call(inf: Findings, node: ast.Call) -> Type:
    arguments = [type_of(inf, a) for a in node.arguments]
    if not isinstance(node.function, ast.Name):
        return ANY
    name = node.function.name
    function = inf.names.get(name)
    if isinstance(function, FunctionType):
        return _call_decision(inf, node, function, arguments)
    if function is None and name not in BUILTINS:
        near = nearest(name, [*BUILTINS, *(n for n, t in inf.names.items() if isinstance(t, FunctionType))])
        inf.fault("GL216", f"unknown function `{name}`", node.function, f"did you mean `{near}`?" if near else "")
        return ANY
    return result_of(name, arguments)


def _call_decision(inf: Findings, node: ast.Call, function: FunctionType, arguments: list[Type]) -> Type:
    wanted = [n for n, _ in function.parameters]
    if (len(arguments) != len(wanted)) or (node.names and set(node.names) != set(wanted)):
        inf.fault("GL217", f"this function takes {len(wanted)} arguments: {', '.join(wanted)}", node)
        return function.result
    by_name = dict(function.parameters)
    for name, argument, given in zip(node.names or wanted, node.arguments, arguments, strict=True):
        inf.comparable(by_name[name], given, argument)
    return function.result


def _function(inf: Findings, node: ast.FunctionLiteral) -> Type:
    type_of(inf.with_names({name: ANY for name, _ in node.parameters}), node.body)
    return ANY


def _at_literal(_: Findings, node: ast.AtLiteral) -> Type:
    text = node.text.lstrip("-")
    if text.startswith("P"):
        return MONTHS if "D" not in text and "T" not in text else DAYS
    if "T" in text:
        return DATE_TIME
    return TIME if ":" in text else DATE


_RULES: Mapping[type, Callable[[Findings, Any], Type]] = {
    ast.Number: lambda i, n: NUMBER,
    ast.String: lambda i, n: StringType((n.value,)),
    ast.Boolean: lambda i, n: BOOLEAN,
    ast.Null: lambda i, n: NULL,
    ast.InputValue: lambda i, n: i.names.get("?", ANY),
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
    ast.Range: _range,
    ast.Path: _path,
    ast.Filter: _filter,
    ast.For: _for,
    ast.Quantified: _quantified,
    ast.Call: _call,
    ast.FunctionLiteral: _function,
    ast.InstanceOf: lambda i, n: (type_of(i, n.value), BOOLEAN)[1],
}
