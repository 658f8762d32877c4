"""Code of arithmetic with each number of a list: in Python's own signs, in surroundings where they mean FEEL's."""

from __future__ import annotations

from decimal import Decimal

from greenlane.engine.feel.ast import Arithmetic, For, Name, Node
from greenlane.engine.feel.generate.work import Names, Work


def each_number(work: Work, node: For, names: Names) -> str | None:
    """A function from a list of numbers to what the body gives for each; TypeError for any other item.

    DecimalException for a result out of range. None where the body is anything but arithmetic with item and constants.
    """
    name, writer = node.iterations[0].name, work.writer
    formula = _formula(work, node.body, name, names.also(name)) if isinstance(node.body, Arithmetic) else None
    if formula is None:
        return None
    function = writer.variable()
    each = f"{formula} if type(item) is Decimal else no_number()"
    writer.before(f"def {function}(items): return [{each} for item in items]")
    return function


def _formula(work: Work, node: Node, name: str, names: Names) -> str | None:
    fixed, value = work.fixed(node, names)
    if fixed:
        return work.writer.constant(value) if type(value) is Decimal else None
    if isinstance(node, Name):
        return "item" if node.name == name else None
    # `**` has cases of its own.
    if not isinstance(node, Arithmetic) or node.operator == "**":
        return None
    left, right = _formula(work, node.left, name, names), _formula(work, node.right, name, names)
    return None if left is None or right is None else f"({left} {node.operator} {right})"
