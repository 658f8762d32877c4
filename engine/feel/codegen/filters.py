"""Code of filters: written out item by item; lists with an index answer by themselves. Pure."""

from __future__ import annotations

from greenlane.engine.feel.ast import Comparison, Filter, Name, Node
from greenlane.engine.feel.codegen.code_writer import EQUAL, ORDERED, TYPES, LazyVariable
from greenlane.engine.feel.codegen.emission import ITEM, Bindings, EmissionContext, ItemBindings, Operand
from greenlane.engine.feel.codegen.inlined_operators import SIGNS
from greenlane.engine.feel.codegen.loop_bodies import Turns, catch_errors, leave_early, turns_of
from greenlane.engine.feel.cost import turn_cost
from greenlane.engine.feel.indexed_filter import indexed_filter, may_use_index
from greenlane.engine.feel.iteration import always_condition, written_position
from greenlane.engine.feel.operations import ORDER
from greenlane.engine.feel.semantics import ErrorContext


def filtered(emission: EmissionContext, node: Filter, bindings: Bindings) -> Operand:
    """`source[condition]`."""
    position = written_position(node.condition)
    errors, source = emission.errors(node, node.source, node.condition), emission.emit(node.source, bindings)
    if position is not None:
        return emission.result(f"positioned({errors}, {source}, {emission.writer.constant(position)})")
    if not may_use_index(node.condition):
        return _gone_through(emission, node, bindings, errors, source)
    writer, result = emission.writer, emission.writer.variable()
    answering = ErrorContext(node, emission.semantics, node.source, node.condition)
    indexed = writer.constant(
        indexed_filter(answering, node.condition, lambda part: emission.compiled(part, bindings.shadows))
    )
    with writer.block(f"if type({source}) is IndexedRows"):
        writer.line(f"{result} = {indexed}({source}, {emission.scope(bindings)})")
    with writer.block("else"):
        writer.line(f"{result} = {_gone_through(emission, node, bindings, errors, source)}")
    return Operand(result)


def _gone_through(emission: EmissionContext, node: Filter, bindings: Bindings, errors: str, source: Operand) -> Operand:
    turns, writer = turns_of(emission, bindings, turn_cost(0, node.condition)), emission.writer
    result, items, item = emission.result("[]"), writer.variable(), writer.variable()
    with writer.block("try"):
        writer.line(f"{items} = {source} if type({source}) is list else items_of({errors}, {source})")
        condition = always_condition(node.condition)
        writer.line(f"{turns.name} = iter({turns.paid(items)} if {items} else {'()' if condition else 'NO_ITEM'})")
        with writer.block(f"for {item} in {turns.name}"):
            _inline_comparison(emission, node.condition, bindings, item, str(result))
            entries = ItemBindings(item, LazyVariable(writer, f"{item} if isinstance({item}, dict) else NOTHING"))
            answer = emission.emit(node.condition, bindings.over(entries, turns.budget))
            _keep(emission, errors, turns, (str(answer), items, item, str(result)))
        with writer.block("else"), writer.block(f"if {items}"):
            writer.line(f"{turns.budget}.steps -= len({result})")
            with writer.block(f"if {turns.budget}.steps < 0"):
                writer.line(f"{turns.budget}.refuse()")
        if not condition:
            with writer.block(f"if not {items}"):
                writer.line(f"{result} = of_nothing({errors}, {answer})")
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
