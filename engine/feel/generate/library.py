"""What generated code may call: nothing else is in reach of it."""

from __future__ import annotations

import datetime
from decimal import Decimal, DecimalException
from types import FunctionType
from typing import Any, NoReturn

from greenlane.engine.feel import access, bulk, invoke, loops, operate, testing
from greenlane.engine.feel.errors import FeelError
from greenlane.engine.feel.scope import MAX_STEPS, LocalScope, budget_of
from greenlane.engine.feel.semantics import Undetermined, merged
from greenlane.engine.feel.type_expressions import is_instance
from greenlane.engine.feel.values.indexed import IndexedRows
from greenlane.engine.feel.values.number import CONTEXT, own_context
from greenlane.engine.feel.values.types import FeelFunction

# Types whose Python order, or equality, is FEEL's.
ORDERED = frozenset((Decimal, str, datetime.date))
EQUAL = frozenset((Decimal, str, bool, datetime.date))
TYPES: dict[type, str] = {Decimal: "Decimal", str: "str", bool: "bool", datetime.date: "date"}
# What may hold something undetermined, which a list handed to a function must not.
HOLDING = frozenset((Undetermined, list, tuple, dict))


def no_number() -> NoReturn:
    """Ends arithmetic that is written for numbers alone."""
    raise TypeError("no number")


LIBRARY: dict[str, Any] = {
    "Decimal": Decimal,
    "DecimalException": DecimalException,
    "EQUAL": EQUAL,
    "FREE": bulk.FREE,
    "FeelError": FeelError,
    "FeelFunction": FeelFunction,
    "FunctionType": FunctionType,
    "HOLDING": HOLDING,
    "IndexedRows": IndexedRows,
    "LocalScope": LocalScope,
    "MAX_STEPS": MAX_STEPS,
    "NOTHING": {},
    "NO_ITEM": (None,),
    "ORDERED": ORDERED,
    "Undetermined": Undetermined,
    "Unusable": loops.Unusable,
    "add": CONTEXT.add,
    "answer": testing.answer,
    "arithmetic": operate.arithmetic,
    "as_number": Decimal.conjugate,
    "at_once": loops.at_once,
    "between": operate.between,
    "budget_of": budget_of,
    "call_builtin": invoke.call_builtin,
    "call_value": invoke.call_value,
    "charge": bulk.charge,
    "chosen": operate.chosen,
    "counted": loops.counted,
    "date": datetime.date,
    "divide": CONTEXT.divide,
    "doubted": loops.doubted,
    "equal_range": operate.equal_range,
    "equality": operate.equality,
    "give_back": loops.give_back,
    "gone_through": loops.gone_through,
    "instance": operate.instance,
    "inverted": operate.inverted,
    "is_instance": is_instance,
    "is_light": bulk.is_light,
    "items_of": access.items_of,
    "kleene": operate.kleene,
    "made_range": operate.made_range,
    "merged": merged,
    "minus": CONTEXT.minus,
    "multiply": CONTEXT.multiply,
    "negated": operate.negated,
    "no_number": no_number,
    "of_nothing": access.of_nothing,
    "one_sided": operate.one_sided,
    "ordered": operate.ordered,
    "own_context": own_context,
    "path": access.path,
    "path_of_items": access.path_of_items,
    "positioned": access.positioned,
    "quantified": loops.quantified,
    "results": loops.results,
    "subtract": CONTEXT.subtract,
    "too_deep": invoke.too_deep,
    "unclear": access.unclear,
    "written": invoke.written,
}  # fmt: skip
