"""What the operators make of values, with errors and nulls as the semantics of the site has them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from greenlane.engine.feel import operators
from greenlane.engine.feel.ast import TypeName
from greenlane.engine.feel.bulk import SINGLE, charge, charge_lists, charge_walk
from greenlane.engine.feel.comparison import COMPARED_AT_MOST
from greenlane.engine.feel.errors import FeelError
from greenlane.engine.feel.operators import compare, equal, in_range
from greenlane.engine.feel.scope import Budget
from greenlane.engine.feel.semantics import Undetermined, merged
from greenlane.engine.feel.site import Site
from greenlane.engine.feel.type_expressions import is_instance
from greenlane.engine.feel.values.indexed import IndexedRows
from greenlane.engine.feel.values.types import ZH, Range, type_name

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


def undetermined_in(*values: Any) -> Undetermined | None:
    """What is undetermined among the values and inside of the lists and contexts among them."""
    return merged(_flattened(values, set())) if holds_doubt(values) else None


def holds_doubt(values: Collection[Any]) -> bool:
    """Whether anything is undetermined among the values or inside of them."""
    return not _SIMPLE.issuperset(map(type, values)) and _doubt_inside(values, set())


def _doubt_inside(values: Iterable[Any], seen: set[int]) -> bool:
    """`seen` are the lists and contexts gone through: those that share their items can be endless to walk."""
    for value in values:
        kind = type(value)
        if kind in _SIMPLE:
            continue
        if kind is Undetermined:
            return True
        if not isinstance(value, (list, tuple, dict)) or id(value) in seen:
            continue
        seen.add(id(value))
        held = value.values() if isinstance(value, dict) else value
        if not _SIMPLE.issuperset(map(type, held)) and _doubt_inside(held, seen):
            return True
    return False


def _flattened(values: Iterable[Any], seen: set[int]) -> Iterable[Any]:
    for value in values:
        if type(value) is IndexedRows or id(value) in seen:
            continue
        if isinstance(value, (list, tuple, dict)):
            seen.add(id(value))
            yield from _flattened(value.values() if isinstance(value, dict) else value, seen)
        elif type(value) is Undetermined:
            yield value


def negated(site: Site, operand: Any) -> Any:
    """`-operand`."""
    if type(operand) is Undetermined:
        return operand
    try:
        return operators.negate(operand)
    except FeelError as error:
        return site.error(error)


def arithmetic(site: Site, operation: Callable[[Any, Any], Any], left: Any, right: Any, budget: Budget) -> Any:
    """One of `ARITHMETIC`. Long strings that it joins are taken from the budget."""
    if type(left) is Undetermined or type(right) is Undetermined:
        return merged((left, right))
    try:
        if type(left) is str and type(right) is str:
            charge(budget, (left, right))
        return operation(left, right)
    except FeelError as error:
        return site.error(error)


def ordered(site: Site, holds: Callable[[int], bool], left: Any, right: Any) -> Any:
    """One of `ORDER`."""
    if type(left) is Undetermined or type(right) is Undetermined:
        return merged((left, right))
    try:
        return holds(compare(left, right))
    except FeelError as error:
        return site.error(error)


def equality(site: Site, left: Any, right: Any, null_written: bool, budget: Budget) -> Any:
    """`=`; `null_written` tells whether one of the sides is the literal `null`.

    Long lists are taken from the budget.
    """
    try:
        charge_lists(budget, (left, right))
    except FeelError as error:
        return site.error(error)
    doubt = undetermined_in(left, right)
    if doubt is not None:
        return doubt
    if site.semantics.strict and not null_written and (left is None or right is None):
        return merged([site.missing(index) for index, value in enumerate((left, right)) if value is None])
    try:
        answer = equal(left, right)
    except FeelError as error:
        return site.error(error)
    return differing(site, left, right) if answer is None else answer


def differing(site: Site, left: Any, right: Any) -> Any:
    """What comes of values that cannot be compared."""
    one, other = type_name(left), type_name(right)
    return site.wrong("type", f"{ZH[one]}与{ZH[other]}不能比较", f"cannot compare {one} and {other}")


def inverted(answer: Any) -> Any:
    """The opposite of a boolean; anything else as it is."""
    return (not answer) if type(answer) is bool else answer


def kleene(site: Site, values: Iterable[Any], decisive: bool) -> Any:
    """A conjunction (`decisive` False) or disjunction (True): the decisive value if any has it."""
    doubts = []
    for index, value in enumerate(values):
        if value is decisive:
            return decisive
        if type(value) is not bool:
            doubts.append(value if type(value) is Undetermined else site.not_a("boolean", value, index))
    return merged(doubts) if doubts else not decisive


def chosen(site: Site, condition: Any) -> Any:
    """Whether the first branch of an `if` is the one: True, False, or what comes of a condition that does not say."""
    if type(condition) is bool or type(condition) is Undetermined:
        return condition
    doubt = site.not_a("boolean", condition, 0)
    # To the specification null is not true, which is all that `if` asks; another type is an error.
    return False if condition is None and doubt is None else doubt


def between(site: Site, value: Any, low: Any, high: Any) -> Any:
    """`value between low and high`."""
    above, below = ordered(site, ORDER[">="], value, low), ordered(_shifted(site), ORDER["<="], value, high)
    return kleene(site, (above, below), False)


def _shifted(site: Site) -> Site:
    """The site of `value <= high`, whose second operand is the third of `between`."""
    return Site(site.node, site.semantics, site.operands[0], site.operands[2])


def instance(site: Site, value: Any, kind: TypeName, budget: Budget) -> Any:
    """`value instance of kind`, for a type that FEEL has. A long list is taken from the budget."""
    if type(value) is Undetermined:
        return value
    try:
        charge_walk(budget, value)
    except FeelError as error:
        return site.error(error)
    return is_instance(value, kind)


def given_twice(site: Site, key: str) -> Any:
    """What comes of a context with two entries of one name."""
    return site.wrong("argument", f"名称 `{key}` 重复", f"the entry `{key}` is given twice")


def made_range(site: Site, low: Any, high: Any, low_included: bool, high_included: bool) -> Any:
    """`[low..high]`; both ends must be given, of one ordered type, in order."""
    if type(low) is Undetermined or type(high) is Undetermined:
        return merged((low, high))
    try:
        if compare(low, high) > 0:
            return site.wrong("argument", "区间的起点在终点之后", "the range begins after its end")
    except FeelError as error:
        return site.error(error)
    return Range(low, high, low_included, high_included)


def one_sided(site: Site, end: Any, below: bool, included: bool) -> Any:
    """`(<= end)` and the like."""
    if type(end) is Undetermined:
        return end
    try:
        compare(end, end)
    except FeelError as error:
        return site.error(error)
    return Range(None, end, False, included) if below else Range(end, None, included, False)


def equal_range(end: Any, operator: str) -> Any:
    """`(= end)` or `(!= end)`."""
    return end if type(end) is Undetermined else Range(end, end, True, True, operator)


def member(site: Site, value: Any, tested: Any, long: Iterable[Any], budget: Budget) -> Any:
    """Whether the value passes a test: equals it, lies in the range, or is or passes an item of the list.

    `long` are those of the two that are taken from the budget where they are long lists.
    """
    try:
        charge_lists(budget, long)
    except FeelError as error:
        return site.error(error)
    if type(tested) is list and type(value) in _PLAIN and _ONLY[type(value)].issuperset(map(type, tested)):
        return value in tested
    doubt = undetermined_in(value, tested)
    if doubt is not None:
        return doubt
    try:
        answer = _passes(site, value, tested, [0])
    except FeelError as error:
        return site.error(error)
    if answer is None:
        return site.missing(0) if value is None else differing(site, value, tested)
    return answer


def _passes(site: Site, value: Any, tested: Any, asked: list[int]) -> bool | None:
    """`asked` counts the items: lists that share their items can be endless to walk."""
    if isinstance(tested, (list, tuple)):
        asked[0] += len(tested)
        if asked[0] > COMPARED_AT_MOST:
            raise FeelError("limit", "too many items to compare", "需要比较的项过多")
        if isinstance(value, (list, tuple)) and equal(value, tested):
            return True
        answers = [_passes(site, value, item, asked) for item in tested]
        if True in answers:
            return True
        return None if site.semantics.strict and None in answers else False
    if type(tested) is Range and type(value) is not Range:
        try:
            return in_range(value, tested)
        except FeelError:
            return None
    return equal(value, tested)


# Types whose Python equality is FEEL's.
_PLAIN = (Decimal, str, date)
_ONLY = {kind: frozenset((kind,)) for kind in _PLAIN}
# Types of values that hold no others, and lists whose rows are known to be determined.
_SIMPLE = SINGLE | {IndexedRows}
