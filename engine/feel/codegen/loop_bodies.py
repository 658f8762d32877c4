"""Code of `for`, `some` and `every`: going through one list is written out, the rest is left to `iteration`. Pure."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from greenlane.engine.feel.ast import Arithmetic, For, Name, Node, Quantified
from greenlane.engine.feel.codegen.code_writer import LazyVariable
from greenlane.engine.feel.codegen.emission import Bindings, EmissionContext, LocalBindings, Operand
from greenlane.engine.feel.cost import turn_cost
from greenlane.engine.feel.iteration import Domain, turn_costs
from greenlane.engine.feel.semantics import ErrorContext
from greenlane.engine.feel.visitor import mentions, writes_function


def loop(emission: EmissionContext, node: For | Quantified, bindings: Bindings) -> Operand:
    """`for … return …`, `some … satisfies …` and `every … satisfies …`."""
    one = node.iterations[0]
    if len(node.iterations) > 1 or one.end is not None or (isinstance(node, For) and mentions(node.body, "partial")):
        return _by_iteration(emission, node, bindings)
    source = emission.emit(one.source, bindings)
    body, makes = (node.body, 1) if isinstance(node, For) else (node.condition, 0)
    turns, writer, item = (
        turns_of(emission, bindings, turn_cost(makes, body)),
        emission.writer,
        emission.writer.variable(),
    )
    inner = bindings.over(LocalBindings({one.name: item}), turns.budget, one.name)
    result = Operand(writer.variable())
    errors = emission.errors(node) if isinstance(node, For) else emission.errors(node, node.condition)
    with writer.block("try"):
        gone_through = f"gone_through({emission.errors(one.source, one.source)}, {source})"
        paid = turns.paid(f"{source} if type({source}) is list else {gone_through}")
        writer.line(f"{turns.name} = {paid if isinstance(node, For) else f'iter({paid})'}")
        if isinstance(node, For):
            _collect(emission, node, inner, turns, (item, str(source), str(result)))
        else:
            _until_decided(emission, node, inner, turns, (item, str(result), errors))
    catch_errors(emission, str(result), errors)
    return result


class Turns(NamedTuple):
    """What is gone through, in the variable `name`, and the budget and cost by which turns are paid for."""

    name: str
    budget: LazyVariable
    cost: int

    def paid(self, items: str) -> str:
        """The turns of `items`, paid for."""
        return f"paid({items}, {self.budget}, {self.cost})"


def turns_of(emission: EmissionContext, bindings: Bindings, cost: int) -> Turns:
    """The turns of a loop at this place."""
    return Turns(emission.writer.variable(), emission.budget(bindings), cost)


def leave_early(emission: EmissionContext, turns: Turns) -> None:
    """Ends the loop before its last turn."""
    emission.writer.line(f"give_back({turns.name}, {turns.budget}, {turns.cost})")
    emission.writer.line("break")


def catch_errors(emission: EmissionContext, result: str, errors: str) -> None:
    """Ends the `try` around a loop: what comes of its errors is the result."""
    error, writer = emission.writer.variable(), emission.writer
    with writer.block(f"except FeelError as {error}"):
        writer.line(f"{result} = {errors}.caught({error})")
    with writer.block(f"except LoopError as {error}"):
        writer.line(f"{result} = {error}.value")


def _collect(emission: EmissionContext, node: For, inner: Bindings, turns: Turns, known: tuple[str, str, str]) -> None:
    writer, (item, source, result) = emission.writer, known
    numbers = _each_number(emission, node, inner)
    if numbers is None:
        _in_turn(emission, node, inner, turns, (item, result))
        return
    with writer.block("try"):
        writer.line(f"{result} = own_context().run({numbers}, {source}) if type({source}) is list else None")
    with writer.block("except (DecimalException, TypeError)"):
        writer.line(f"{result} = None")
    with writer.block(f"if {result} is None"):
        _in_turn(emission, node, inner, turns, (item, result))


def _in_turn(emission: EmissionContext, node: For, inner: Bindings, turns: Turns, known: tuple[str, str]) -> None:
    writer, (item, result) = emission.writer, known
    writer.line(f"{result} = []")
    with writer.block(f"for {item} in {turns.name}"):
        writer.line(f"{result}.append({emission.emit(node.body, inner)})")


def _until_decided(
    emission: EmissionContext, node: Quantified, bindings: Bindings, turns: Turns, known: tuple[str, str, str]
) -> None:
    writer, (item, result, errors) = emission.writer, known
    writer.line(f"{result} = {node.every}")
    undecided = emission.result("None")
    with writer.block(f"for {item} in {turns.name}"):
        answer = emission.emit(node.condition, bindings)
        with writer.block(f"if {answer} is {not node.every}"):
            writer.line(f"{result} = {not node.every}")
            leave_early(emission, turns)
        with writer.block(f"if {answer} is not {node.every}"):
            writer.line(f"{undecided} = undecided_turn({errors}, {undecided}, {answer})")
    with writer.block("else"), writer.block(f"if {undecided}"):
        writer.line(f"{result} = merged({undecided})")


def _by_iteration(emission: EmissionContext, node: For | Quantified, bindings: Bindings) -> Operand:
    domains, shadows = [], bindings.shadows
    inside, makes = (node.body, 1) if isinstance(node, For) else (node.condition, 0)
    for one, cost in zip(node.iterations, turn_costs(node.iterations, inside, makes), strict=True):
        ends = () if one.end is None else (one.end,)
        end = None if one.end is None else emission.compiled(one.end, shadows)
        errors = ErrorContext(one.source, emission.semantics, one.source, *ends)
        domains.append(Domain(one.name, emission.compiled(one.source, shadows), end, errors, cost))
        shadows = bindings.also(*(domain.name for domain in domains)).shadows
    through, reuse, scope = (
        emission.writer.constant(tuple(domains)),
        not writes_function(node),
        emission.scope(bindings),
    )
    if isinstance(node, For):
        body, partial = emission.writer.constant(emission.compiled(node.body, shadows)), mentions(node.body, "partial")
        return emission.result(f"results({emission.errors(node)}, {through}, {body}, {scope}, {partial}, {reuse})")
    condition = emission.writer.constant(emission.compiled(node.condition, shadows))
    given = f"{emission.errors(node, node.condition)}, {through}, {condition}, {scope}"
    return emission.result(f"quantified({given}, {node.every}, {reuse})")


def _each_number(emission: EmissionContext, node: For, inner: Bindings) -> str | None:
    """A function from a list of numbers to what the body gives for each, in Python's own signs.

    To be run in a thread's decimal context in which these mean FEEL's. TypeError for any other item, DecimalException
    for a result out of range. None where the body is anything but arithmetic with item and constants.
    """
    name, writer = node.iterations[0].name, emission.writer
    formula = _formula(emission, node.body, name, inner) if isinstance(node.body, Arithmetic) else None
    if formula is None:
        return None
    function = writer.variable()
    each = f"{formula} if type(item) is Decimal else no_number()"
    writer.before(f"def {function}(items): return [{each} for item in items]")
    return function


def _formula(emission: EmissionContext, node: Node, name: str, bindings: Bindings) -> str | None:
    fixed, value = emission.fixed(node, bindings)
    if fixed:
        return emission.writer.constant(value) if type(value) is Decimal else None
    if isinstance(node, Name):
        return "item" if node.name == name else None
    # `**` has cases of its own.
    if not isinstance(node, Arithmetic) or node.operator == "**":
        return None
    left, right = _formula(emission, node.left, name, bindings), _formula(emission, node.right, name, bindings)
    return None if left is None or right is None else f"({left} {node.operator} {right})"
