"""What a part of an expression costs each time it is evaluated, in steps, told by its syntax. Pure.

Turns of loops and calls are paid by it, so that a long body costs more than a short one, and what a body makes is paid
before it is there. What is outside of loops and functions is evaluated once and is no longer than its text.
"""

from __future__ import annotations

from typing import NamedTuple

from greenlane.engine.feel.ast import ContextLiteral, FunctionLiteral, ListLiteral, Node
from greenlane.engine.feel.visitor import children, height

STEPS_OF_A_CALL = 4
STEPS_OF_A_VALUE = 3
"""Of an item of a list or an entry of a context that is made, so that a budget of steps bounds what is held too."""
_NODES_PER_STEP = 4
# Python's stack has room for as many calls inside of one another as a budget allows only where each is shallow.
_HEIGHT_OF_A_CALL = 6
# In values: what a context, and a function with the names around it, take beside what they hold.
_CONTEXT, _FUNCTION = 2, 6


class CallCost(NamedTuple):
    """What one call of a function costs; `depth` is what it counts among calls inside of one another."""

    steps: int
    depth: int


def turn_cost(makes: int, *parts: Node) -> int:
    """The cost of one turn of a loop that evaluates the parts and makes so many values of its own."""
    return 1 + makes * STEPS_OF_A_VALUE + cost_of(*parts)


def call_cost(*parts: Node) -> CallCost:
    """The cost of one call of a function that evaluates the parts."""
    return CallCost(STEPS_OF_A_CALL + cost_of(*parts), depth_of(*parts))


def depth_of(*parts: Node) -> int:
    """What evaluating the parts counts among calls inside of one another."""
    return 1 + max(map(height, parts), default=0) // _HEIGHT_OF_A_CALL


def cost_of(*parts: Node) -> int:
    """Of one evaluation of the parts, with every branch and one turn of every loop; bodies of functions pay by call."""
    nodes = values = 0
    waiting = [*parts]
    while waiting:
        found = waiting.pop()
        nodes += 1
        if isinstance(found, FunctionLiteral):
            values += _FUNCTION
            continue
        if isinstance(found, ListLiteral):
            values += len(found.items)
        elif isinstance(found, ContextLiteral):
            values += _CONTEXT + len(found.entries)
        waiting.extend(children(found))
    return nodes // _NODES_PER_STEP + values * STEPS_OF_A_VALUE
