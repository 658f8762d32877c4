"""What operators, ranges and paths make of values that may be null, undetermined or of a wrong type. Pure.

The one meaning of these nodes: the interpreter calls these functions, and so does compiled code for anything but the
common case. Errors and nulls become what the semantics of the error context says; the undetermined stays so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from greenlane.engine.feel import operators
from greenlane.engine.feel.ast import TypeName
from greenlane.engine.feel.errors import FeelError
from greenlane.engine.feel.operators import compare, equal
from greenlane.engine.feel.scope import FREE_SIZE, Budget, charge_lists, charge_text, charge_walk
from greenlane.engine.feel.semantics import ErrorContext, Undetermined, merged, undetermined_in
from greenlane.engine.feel.type_expressions import is_instance
from greenlane.engine.feel.values.types import ZH, Range, has_properties, property_of, type_name

ARITHMETIC: Mapping[str, Callable[[Any, Any], Any]] = {
    "+": operators.add,
    "-": operators.subtract,
    "*": operators.multiply,
    "/": operators.divide,
    "**": operators.power,
}
ORDER: Mapping[str, Callable[[int], bool]] = {
    "<": lambda order: order < 0,
    "<=": lambda order: order <= 0,
    ">": lambda order: order > 0,
    ">=": lambda order: order >= 0,
}
# An item without the entry is an error with its cause, which takes longer to make than an item to look at.
_STEPS_OF_AN_ERROR = 2
_STEPS_OF_A_POWER = 200


def negated(errors: ErrorContext, operand: Any) -> Any:
    """`-operand`."""
    if type(operand) is Undetermined:
        return operand
    try:
        return operators.negate(operand)
    except FeelError as error:
        return errors.caught(error)


def arithmetic(
    errors: ErrorContext, operation: Callable[[Any, Any], Any], left: Any, right: Any, budget: Budget
) -> Any:
    """One of `ARITHMETIC`. What takes long or makes a long string is taken from the budget."""
    if type(left) is Undetermined or type(right) is Undetermined:
        return merged((left, right))
    try:
        if type(left) is str and type(right) is str:
            charge_text(budget, len(left) + len(right))
        elif operation is operators.power:
            budget.take(_STEPS_OF_A_POWER)
        return operation(left, right)
    except FeelError as error:
        return errors.caught(error)


def ordered(errors: ErrorContext, holds: Callable[[int], bool], left: Any, right: Any) -> Any:
    """One of `ORDER`."""
    if type(left) is Undetermined or type(right) is Undetermined:
        return merged((left, right))
    try:
        return holds(compare(left, right))
    except FeelError as error:
        return errors.caught(error)


def equality(errors: ErrorContext, left: Any, right: Any, null_written: bool, budget: Budget) -> Any:
    """`=`; `null_written` tells whether one of the sides is the literal `null`.

    Long lists are taken from the budget, but by the literal `null`: no list or context is null, whatever is in it.
    """
    if null_written:
        asked = right if left is None else left
        return asked if type(asked) is Undetermined else asked is None
    try:
        charge_lists(budget, (left, right))
    except FeelError as error:
        return errors.caught(error)
    undetermined = undetermined_in(left, right)
    if undetermined is not None:
        return undetermined
    if errors.semantics.strict and (left is None or right is None):
        return merged([errors.missing(index) for index, value in enumerate((left, right)) if value is None])
    try:
        answer = equal(left, right)
    except FeelError as error:
        return errors.caught(error)
    return differing(errors, left, right) if answer is None else answer


def differing(errors: ErrorContext, left: Any, right: Any) -> Any:
    """What comes of values that cannot be compared."""
    one, other = type_name(left), type_name(right)
    return errors.wrong("type", f"{ZH[one]}与{ZH[other]}不能比较", f"cannot compare {one} and {other}")


def inverted(answer: Any) -> Any:
    """The opposite of a boolean; anything else as it is."""
    return (not answer) if type(answer) is bool else answer


def kleene(errors: ErrorContext, values: Iterable[Any], decisive: bool) -> Any:
    """A conjunction (`decisive` False) or disjunction (True) in Kleene's logic: the decisive value if any has it."""
    unclear = []
    for index, value in enumerate(values):
        if value is decisive:
            return decisive
        if type(value) is not bool:
            unclear.append(value if type(value) is Undetermined else errors.not_a("boolean", value, index))
    return merged(unclear) if unclear else not decisive


def chosen(errors: ErrorContext, condition: Any) -> Any:
    """Whether the first branch of an `if` is the one: True, False, or what comes of a condition that does not say."""
    if type(condition) is bool or type(condition) is Undetermined:
        return condition
    unclear = errors.not_a("boolean", condition, 0)
    # To the specification null is not true, which is all that `if` asks; another type is an error.
    return False if condition is None and unclear is None else unclear


def between(errors: ErrorContext, value: Any, low: Any, high: Any) -> Any:
    """`value between low and high`."""
    # The second operand of `value <= high` is the third of `between`.
    upper = ErrorContext(errors.node, errors.semantics, errors.operands[0], errors.operands[2])
    above, below = ordered(errors, ORDER[">="], value, low), ordered(upper, ORDER["<="], value, high)
    return kleene(errors, (above, below), False)


def instance(errors: ErrorContext, value: Any, kind: TypeName, budget: Budget) -> Any:
    """`value instance of kind`, for a type that FEEL has. A long list is taken from the budget."""
    if type(value) is Undetermined:
        return value
    try:
        charge_walk(budget, value)
    except FeelError as error:
        return errors.caught(error)
    return is_instance(value, kind)


def given_twice(errors: ErrorContext, key: str) -> Any:
    """What comes of a context with two entries of one name."""
    return errors.wrong("argument", f"名称 `{key}` 重复", f"the entry `{key}` is given twice")


def made_range(errors: ErrorContext, low: Any, high: Any, low_included: bool, high_included: bool) -> Any:
    """`[low..high]`; both ends must be given, of one ordered type, in order."""
    if type(low) is Undetermined or type(high) is Undetermined:
        return merged((low, high))
    try:
        if compare(low, high) > 0:
            return errors.wrong("argument", "区间的起点在终点之后", "the range begins after its end")
    except FeelError as error:
        return errors.caught(error)
    return Range(low, high, low_included, high_included)


def one_sided(errors: ErrorContext, end: Any, below: bool, included: bool) -> Any:
    """`(<= end)` and the like."""
    if type(end) is Undetermined:
        return end
    try:
        compare(end, end)
    except FeelError as error:
        return errors.caught(error)
    return Range(None, end, False, included) if below else Range(end, None, included, False)


def equal_range(end: Any, operator: str) -> Any:
    """`(= end)` or `(!= end)`."""
    return end if type(end) is Undetermined else Range(end, end, True, True, operator)


def path(errors: ErrorContext, source: Any, name: str, budget: Budget) -> Any:
    """`source.name`: an entry of a context, a property of a value, or those of all items of a list.

    A long list, and the lists in it, are taken from the budget.
    """
    if isinstance(source, dict):
        if name in source:
            return source[name]
        return errors.wrong("name", f"上下文中没有 `{name}`", f"the context has no entry `{name}`")
    if type(source) is Undetermined:
        return source
    if isinstance(source, (list, tuple)):
        return path_of_items(errors, source, name, budget)
    if source is None:
        return errors.missing(0)
    if not has_properties(source):
        return errors.not_a("context", source, 0)
    try:
        return property_of(source, name)
    except FeelError as error:
        return errors.caught(error)


def path_of_items(errors: ErrorContext, items: Sequence[Any], name: str, budget: Budget) -> Any:
    """`items.name`."""
    try:
        count = len(items)
        if count:
            budget.take(count)
        if not all(type(item) is dict and name in item for item in items):
            charge_walk(budget, items)
            if count > FREE_SIZE:
                budget.take(count * _STEPS_OF_AN_ERROR)
            return [path(errors, item, name, budget) for item in items]
    except FeelError as error:
        return errors.caught(error)
    return [item[name] for item in items]


def item_at(errors: ErrorContext, items: Sequence[Any], position: Any) -> Any:
    """The item, counted from 1, or from -1 for the last; null where there is none."""
    if type(position) is Undetermined:
        return position
    if type(position) is not Decimal:
        return errors.not_a("number", position, 1)
    if position != position.to_integral_value():
        return errors.wrong("argument", "位置必须是整数", "a position is a whole number", 1)
    if not 0 < abs(position) <= len(items):
        return None
    return items[int(position) - 1 if position > 0 else int(position)]


def positioned(errors: ErrorContext, source: Any, position: Any) -> Any:
    """`source[position]` for a position that does not depend on the items."""
    if type(source) is Undetermined:
        return source
    if source is None:
        return errors.missing(0)
    items = source if isinstance(source, (list, tuple)) else [source]
    return item_at(errors, items, position)
