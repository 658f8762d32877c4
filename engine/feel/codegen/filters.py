"""Code of filters: written out item by item, and for lists with an index the plan by which it answers. Pure."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from greenlane.engine.feel.ast import And, Comparison, Filter, Name, Node
from greenlane.engine.feel.codegen.code_writer import EQUAL, ORDERED, TYPES, LazyVariable
from greenlane.engine.feel.codegen.emission import ITEM, Bindings, EmissionContext, ItemBindings, Operand
from greenlane.engine.feel.codegen.inlined_operators import SIGNS
from greenlane.engine.feel.codegen.loop_bodies import Turns, catch_errors, leave_early, turns_of
from greenlane.engine.feel.iteration import IndexedFilter, IndexPlan, always_condition, written_position
from greenlane.engine.feel.operations import ORDER
from greenlane.engine.feel.scope import Run
from greenlane.engine.feel.semantics import ErrorContext
from greenlane.engine.feel.visitor import names_read, writes_function

_MIRRORED = {"=": "=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


def filtered(emission: EmissionContext, node: Filter, bindings: Bindings) -> Operand:
    """`source[condition]`."""
    position = written_position(node.condition)
    errors, source = emission.errors(node, node.source, node.condition), emission.emit(node.source, bindings)
    if position is not None:
        return emission.result(f"positioned({errors}, {source}, {emission.writer.constant(position)})")
    if not _may_use_index(node.condition):
        return _gone_through(emission, node, bindings, errors, source)
    writer, result = emission.writer, emission.writer.variable()
    indexed = writer.constant(_indexed_filter(emission, node, bindings.shadows))
    with writer.block(f"if type({source}) is IndexedRows"):
        writer.line(f"{result} = {indexed}({source}, {emission.scope(bindings)})")
    with writer.block("else"):
        writer.line(f"{result} = {_gone_through(emission, node, bindings, errors, source)}")
    return Operand(result)


def _gone_through(emission: EmissionContext, node: Filter, bindings: Bindings, errors: str, source: Operand) -> Operand:
    turns, writer = turns_of(emission, bindings), emission.writer
    result, items, item = emission.result("[]"), writer.variable(), writer.variable()
    with writer.block("try"):
        writer.line(f"{items} = {source} if type({source}) is list else items_of({errors}, {source})")
        place = writer.reserve()
        with writer.block(f"for {item} in {turns.name}"):
            _inline_comparison(emission, node.condition, bindings, item, str(result))
            entries = ItemBindings(item, LazyVariable(writer, f"{item} if isinstance({item}, dict) else NOTHING"))
            answer = emission.emit(node.condition, bindings.over(entries, turns.budget))
            _keep(emission, errors, turns, (str(answer), items, item, str(result)))
        condition = always_condition(node.condition)
        if not condition:
            with writer.block(f"if not {items}"):
                writer.line(f"{result} = of_nothing({errors}, {answer})")
        counted = turns.counted(bindings.scope, items, items)
        writer.fill(place, f"{turns.name} = ({counted}) if {items} else {'()' if condition else 'NO_ITEM'}")
    catch_errors(emission, str(result), errors)
    return result


def _keep(emission: EmissionContext, errors: str, turns: Turns, known: tuple[str, str, str, str]) -> None:
    """Keeps the item if the answer is true; ends the filter where it says neither yes nor no."""
    writer, (answer, items, item, result) = emission.writer, known
    with writer.block(f"if {answer} is True"):
        writer.line(f"{result}.append({item})")
    undecided = "" if emission.semantics.strict else f" and {answer} is not None"
    with writer.block(f"elif {answer} is not False{undecided}"):
        writer.line(f"{result} = undecided_filter({errors}, {items}, {answer})")
        leave_early(emission, turns)


def _inline_comparison(emission: EmissionContext, condition: Node, bindings: Bindings, item: str, result: str) -> None:
    """Keeps or leaves an item without any detour where an entry of it is compared with a constant of its type."""
    if not isinstance(condition, Comparison) or not isinstance(condition.left, Name):
        return
    fixed, value = emission.fixed(condition.right, bindings)
    kind = type(value)
    if not fixed or kind not in (ORDERED if condition.operator in ORDER else EQUAL):
        return
    writer, name, sign = emission.writer, condition.left.name, SIGNS[condition.operator]
    if name == ITEM:
        with writer.block(f"if type({item}) is {TYPES[kind]}"):
            _append(emission, f"{item} {sign} {writer.constant(value)}", item, result)
        return
    key, entry = writer.constant(name), writer.variable()
    with writer.block(f"if type({item}) is dict and {key} in {item}"):
        writer.line(f"{entry} = {item}[{key}]")
        with writer.block(f"if type({entry}) is {TYPES[kind]}"):
            _append(emission, f"{entry} {sign} {writer.constant(value)}", item, result)


def _append(emission: EmissionContext, condition: str, item: str, result: str) -> None:
    with emission.writer.block(f"if {condition}"):
        emission.writer.line(f"{result}.append({item})")
    emission.writer.line("continue")


def _may_use_index(condition: Node) -> bool:
    """Whether an index could answer part of the condition."""
    return any(
        isinstance(part, Comparison)
        and part.operator in _MIRRORED
        and any(isinstance(side, Name) and side.name != ITEM for side in (part.left, part.right))
        for part in _conjuncts(condition)
    )


def _indexed_filter(emission: EmissionContext, node: Filter, shadows: frozenset[str]) -> IndexedFilter:
    condition = node.condition

    def compiled(part: Node) -> Run:
        return emission.compiled(part, shadows)

    errors, reuse = ErrorContext(node, emission.semantics, node.source, condition), not writes_function(condition)
    plan = partial(_plan, condition, compiled)
    return IndexedFilter(errors, compiled(condition), plan, reuse, not always_condition(condition))


class _Lookup(NamedTuple):
    """A comparison of a column with the value of `node`, which reads nothing of the item."""

    column: str
    operator: str
    node: Node


def _plan(condition: Node, compiled: Callable[[Node], Run], columns: frozenset[str]) -> IndexPlan:
    """Which comparisons an index can answer depends on the columns, so the plan is made when the list is there."""
    found = [(part, _lookup(part, columns)) for part in _conjuncts(condition)]
    lookups = [lookup for _, lookup in found if lookup is not None]
    rest = tuple(part for part, lookup in found if lookup is None)
    left = None if not rest else compiled(rest[0] if len(rest) == 1 else And(rest, condition.span))
    asked = tuple((lookup.column, lookup.operator) for lookup in lookups)
    return IndexPlan(asked, tuple(compiled(lookup.node) for lookup in lookups), left)


def _conjuncts(condition: Node) -> tuple[Node, ...]:
    return condition.operands if isinstance(condition, And) else (condition,)


def _lookup(node: Node, columns: frozenset[str]) -> _Lookup | None:
    if not isinstance(node, Comparison) or node.operator not in _MIRRORED:
        return None
    own = columns | {ITEM}
    for column, operator, value in (
        (node.left, node.operator, node.right),
        (node.right, _MIRRORED[node.operator], node.left),
    ):
        if isinstance(column, Name) and column.name in columns and own.isdisjoint(names_read(value)):
            return _Lookup(column.name, operator, value)
    return None
