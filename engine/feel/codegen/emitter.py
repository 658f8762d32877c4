"""The compiler of expressions: one function for each type of node that writes its code. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from greenlane.engine.feel import operations
from greenlane.engine.feel.ast import (
    And,
    Arithmetic,
    AtLiteral,
    Between,
    Boolean,
    Call,
    Comparison,
    ContextLiteral,
    Filter,
    For,
    FunctionLiteral,
    If,
    In,
    InputValue,
    InstanceOf,
    ListLiteral,
    Name,
    Negation,
    Node,
    Null,
    Number,
    Or,
    Path,
    Quantified,
    RangeLiteral,
    String,
    UnaryTests,
)
from greenlane.engine.feel.codegen import call_sites, filters, inlined_operators, loop_bodies
from greenlane.engine.feel.codegen.code_writer import CodeWriter
from greenlane.engine.feel.codegen.emission import SCOPE, Bindings, EmissionContext, EmitNode, LocalBindings, Operand
from greenlane.engine.feel.scope import Run, Scope
from greenlane.engine.feel.semantics import STRICT, ErrorContext, Semantics
from greenlane.engine.feel.unary_tests import INPUT
from greenlane.engine.feel.visitor import writes_function


def compile_expression(
    node: Node, semantics: Semantics = STRICT, shadows: frozenset[str] = frozenset()
) -> Callable[[Scope], Any]:
    """A function from scope to value, the same value that `evaluate_node` gives.

    But an unknown name that is written several times may be told of at another of its places.

    `shadows` are the names in scope that a call takes before the built-in function of the same name. Lists and contexts
    that the function returns may be parts of the scope: they must not be changed.
    """
    emission = _emission(semantics, SCOPE)
    emission.writer.line(f"return {emission.emit(node, Bindings(SCOPE, shadows))}")
    return emission.writer.function()


def compile_test(
    node: UnaryTests, semantics: Semantics = STRICT, shadows: frozenset[str] = frozenset()
) -> Callable[[Any, Scope], Any]:
    """A function from value and scope to True, False, null (SPEC) or an undetermined value (STRICT).

    Causes name the value `?`.
    """
    emission = _emission(semantics, f"value, {SCOPE}")
    answer = inlined_operators.cell(emission, node, Operand("value"), Bindings(SCOPE, shadows))
    emission.writer.line(f"return {answer}")
    return emission.writer.function()


def _emission(semantics: Semantics, parameters: str) -> EmissionContext:
    return EmissionContext(CodeWriter(parameters), semantics, EMITTERS, _compiled)


def _compiled(node: Node, semantics: Semantics, shadows: frozenset[str]) -> Run:
    return compile_expression(node, semantics, shadows)


def _literal(
    emission: EmissionContext, node: Number | String | Boolean | Null | AtLiteral, bindings: Bindings
) -> Operand:
    return emission.constant(emission.fixed(node, bindings)[1])


def _name(emission: EmissionContext, node: Name, bindings: Bindings) -> Operand:
    return emission.read(node, node.name, bindings)


def _input(emission: EmissionContext, node: InputValue, bindings: Bindings) -> Operand:
    return emission.read(node, INPUT, bindings)


def _unary_tests(emission: EmissionContext, node: UnaryTests, bindings: Bindings) -> Operand:
    subject = emission.result(f"{bindings.scope}[{emission.writer.constant(INPUT)}]")
    return inlined_operators.cell(emission, node, subject, bindings)


def _list(emission: EmissionContext, node: ListLiteral, bindings: Bindings) -> Operand:
    items = [str(emission.emit(item, bindings)) for item in node.items]
    return emission.result(f"[{', '.join(items)}]")


def _context(emission: EmissionContext, node: ContextLiteral, bindings: Bindings) -> Operand:
    keys = [key for key, _ in node.entries]
    for index, key in enumerate(keys):
        if key in keys[:index]:
            repeated = operations.given_twice(ErrorContext(node, emission.semantics), key)
            return Operand(emission.writer.constant(repeated))
    return (_open_context if writes_function(node) else _closed_context)(emission, node, bindings)


def _closed_context(emission: EmissionContext, node: ContextLiteral, bindings: Bindings) -> Operand:
    """The entries are variables: nothing reads them once the context is made."""
    budget, made, inner = emission.budget(bindings), dict[str, str](), bindings
    for key, value in node.entries:
        inner = bindings.over(LocalBindings(dict(made)), budget, *made)
        made[key] = str(emission.emit(value, inner))
    entries = ", ".join(f"{emission.writer.constant(key)}: {text}" for key, text in made.items())
    return emission.result(f"{{{entries}}}")


def _open_context(emission: EmissionContext, node: ContextLiteral, bindings: Bindings) -> Operand:
    """Functions among the entries read also those that come after them."""
    budget = emission.budget(bindings)
    scope = emission.result(f"LocalScope({emission.scope(bindings)}, NOTHING, {budget})")
    made, inner = emission.result("{}"), bindings.within(str(scope), budget)
    for key, value in node.entries:
        entry = emission.writer.constant(key)
        emission.writer.line(f"{scope}[{entry}] = {made}[{entry}] = {emission.emit(value, inner)}")
        inner = inner.also(key)
    return made


def _range(emission: EmissionContext, node: RangeLiteral, bindings: Bindings) -> Operand:
    if node.low is not None and node.high is not None and not node.operator:
        errors = emission.errors(node, node.low, node.high)
        low, high = emission.emit(node.low, bindings), emission.emit(node.high, bindings)
        return emission.result(f"made_range({errors}, {low}, {high}, {node.low_included}, {node.high_included})")
    end = node.low if node.low is not None else node.high
    if end is None:
        return Operand(emission.writer.constant(ErrorContext(node, emission.semantics).missing()))
    value = emission.emit(end, bindings)
    if node.operator:
        return emission.result(f"equal_range({value}, {emission.writer.constant(node.operator)})")
    below, included = node.low is None, node.low_included or node.high_included
    return emission.result(f"one_sided({emission.errors(node, end, end)}, {value}, {below}, {included})")


def _path(emission: EmissionContext, node: Path, bindings: Bindings) -> Operand:
    source, entry = emission.emit(node.source, bindings), emission.writer.constant(node.name)
    writer, result, errors = emission.writer, emission.writer.variable(), emission.errors(node, node.source)
    payer = emission.payer(bindings)
    with writer.block(f"if type({source}) is dict and {entry} in {source}"):
        writer.line(f"{result} = {source}[{entry}]")
    with writer.block(f"elif type({source}) is list"):
        writer.line(f"{result} = path_of_items({errors}, {source}, {entry}, {payer}) if {source} else []")
    with writer.block("else"):
        writer.line(f"{result} = path({errors}, {source}, {entry}, {payer})")
    return Operand(result)


EMITTERS: Mapping[type[Node], EmitNode] = MappingProxyType(
    {
        Number: _literal,
        String: _literal,
        Boolean: _literal,
        Null: _literal,
        AtLiteral: _literal,
        Name: _name,
        InputValue: _input,
        ListLiteral: _list,
        ContextLiteral: _context,
        RangeLiteral: _range,
        FunctionLiteral: call_sites.function_literal,
        Path: _path,
        Negation: inlined_operators.negation,
        Arithmetic: inlined_operators.arithmetic,
        Comparison: inlined_operators.comparison,
        And: inlined_operators.logical,
        Or: inlined_operators.logical,
        Between: inlined_operators.between,
        In: inlined_operators.membership,
        UnaryTests: _unary_tests,
        InstanceOf: inlined_operators.instance,
        If: inlined_operators.choice,
        For: loop_bodies.loop,
        Quantified: loop_bodies.loop,
        Filter: filters.filtered,
        Call: call_sites.call,
    }
)
"""The function that writes the code of each type of node."""
