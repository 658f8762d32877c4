"""Python code while it is being written, and the function that comes of it. Pure; the only place that calls `exec`.

The code holds nothing of the text of an expression: its names, strings and numbers are arguments of the function around
it, called `k0`, `k1` and so on. Expressions of one shape therefore have the same code, which Python compiles once.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from decimal import Decimal, DecimalException
from functools import lru_cache
from types import FunctionType
from typing import Any, NoReturn

from greenlane.engine.feel import invocation, iteration, operations, scope, semantics, unary_tests
from greenlane.engine.feel.errors import FeelError
from greenlane.engine.feel.scope import FREE_SIZE, is_free
from greenlane.engine.feel.semantics import Undetermined
from greenlane.engine.feel.type_expressions import is_instance
from greenlane.engine.feel.values.indexed import IndexedRows
from greenlane.engine.feel.values.number import CONTEXT, own_context
from greenlane.engine.feel.values.types import FeelFunction

# How many functions of different code are kept compiled, the latest asked for.
_KEPT_SHAPES = 1024
# Types whose Python order, or equality, is FEEL's.
ORDERED = frozenset((Decimal, str, datetime.date))
EQUAL = frozenset((Decimal, str, bool, datetime.date))
TYPES: dict[type, str] = {Decimal: "Decimal", str: "str", bool: "bool", datetime.date: "date"}


class CodeWriter:
    """Lines of one function. `known` are the names of the scope that have been read on the way to this place."""

    __slots__ = (
        "_before",
        "_constants",
        "_depths",
        "_lines",
        "_numbers",
        "_outer",
        "_parameters",
        "_variables",
        "depth",
        "known",
    )

    def __init__(self, parameters: str) -> None:
        self._parameters = parameters
        self._before: list[str] = []
        self._lines: list[str] = []
        self._depths: list[int] = []
        self._outer: list[dict[str, str]] = []
        self._constants: list[Any] = []
        self._numbers: dict[int, str] = {}
        self._variables = 0
        self.depth = 0
        self.known: dict[str, str] = {}

    def line(self, text: str) -> None:
        """Adds a line."""
        self._lines.append(text)
        self._depths.append(self.depth)

    def before(self, text: str) -> None:
        """Adds a line of the function around this one, which the calls have in common."""
        self._before.append(text)

    def block(self, head: str) -> CodeWriter:
        """Adds a line that begins a block, to be written inside of `with`."""
        self.line(f"{head}:")
        return self

    def __enter__(self) -> None:
        self._outer.append(self.known)
        self.known = self.known.copy()
        self.depth += 1

    def __exit__(self, *_: object) -> None:
        self.known = self._outer.pop()
        self.depth -= 1

    def reserve(self) -> int:
        """Keeps a place for a line that is known only later."""
        self.line("")
        return len(self._lines) - 1

    def fill(self, place: int, text: str) -> None:
        """Writes the line of a place that was kept."""
        self._lines[place] = text

    def variable(self) -> str:
        """A new variable."""
        self._variables += 1
        return f"v{self._variables}"

    def constant(self, value: Any) -> str:
        """What stands in the code for a value that is known beforehand."""
        number = self._numbers.get(id(value))
        if number is None:
            number = self._numbers[id(value)] = f"k{len(self._constants)}"
            self._constants.append(value)
        return number

    def source(self) -> str:
        """The code of a function that takes the constants and gives the function."""
        head = ", ".join(f"k{index}" for index in range(len(self._constants)))
        body = (f"  {' ' * depth}{text}" for text, depth in zip(self._lines, self._depths, strict=True) if text)
        before = "".join(f" {text}\n" for text in self._before)
        return f"def make({head}):\n{before} def run({self._parameters}):\n" + "\n".join(body) + "\n return run\n"

    def function(self) -> Callable[..., Any]:
        """The function that the code makes."""
        made: Callable[..., Any] = _compiled(self.source())(*self._constants)
        return made


class LazyVariable:
    """A variable that gets its value at an earlier place, if anything asks for it."""

    __slots__ = ("_place", "_value", "_variable", "_writer")

    def __init__(self, writer: CodeWriter, value: str) -> None:
        self._writer = writer
        self._value = value
        self._variable = writer.variable()
        self._place = writer.reserve()

    def __str__(self) -> str:
        self._writer.fill(self._place, f"{self._variable} = {self._value}")
        return self._variable


@lru_cache(maxsize=_KEPT_SHAPES)
def _compiled(source: str) -> Callable[..., Any]:
    made: dict[str, Any] = {}
    exec(compile(source, "<feel>", "exec"), _LIBRARY, made)
    return made["make"]  # type: ignore[no-any-return]


# What may hold something undetermined, which a list handed to a function must not.
_HOLDING = frozenset((Undetermined, list, tuple, dict))


def _no_number() -> NoReturn:
    """Ends arithmetic that is written for numbers alone."""
    raise TypeError("no number")


# What generated code may call: nothing else is in reach of it.
_LIBRARY: dict[str, Any] = {
    "Decimal": Decimal,
    "DecimalException": DecimalException,
    "EQUAL": EQUAL,
    "FREE_SIZE": FREE_SIZE,
    "FeelError": FeelError,
    "FeelFunction": FeelFunction,
    "FunctionType": FunctionType,
    "HOLDING": _HOLDING,
    "IndexedRows": IndexedRows,
    "LocalScope": scope.LocalScope,
    "NOTHING": {},
    "NO_ITEM": (None,),
    "LoopError": iteration.LoopError,
    "MADE": frozenset((str, list, dict)),
    "ORDERED": ORDERED,
    "Undetermined": Undetermined,
    "add": CONTEXT.add,
    "answer": unary_tests.answer,
    "arithmetic": operations.arithmetic,
    "as_number": Decimal.conjugate,
    "between": operations.between,
    "budget_of": scope.budget_of,
    "call_builtin": invocation.call_builtin,
    "call_value": invocation.call_value,
    "charge_made": scope.charge_made,
    "chosen": operations.chosen,
    "closure": invocation.closure,
    "date": datetime.date,
    "divide": CONTEXT.divide,
    "equal_range": operations.equal_range,
    "equality": operations.equality,
    "give_back": iteration.give_back,
    "gone_through": iteration.gone_through,
    "instance": operations.instance,
    "inverted": operations.inverted,
    "is_free": is_free,
    "is_instance": is_instance,
    "items_of": iteration.items_of,
    "kleene": operations.kleene,
    "made_range": operations.made_range,
    "merged": semantics.merged,
    "minus": CONTEXT.minus,
    "multiply": CONTEXT.multiply,
    "negated": operations.negated,
    "no_number": _no_number,
    "of_nothing": iteration.of_nothing,
    "one_sided": operations.one_sided,
    "ordered": operations.ordered,
    "own_context": own_context,
    "paid": iteration.paid,
    "path": operations.path,
    "path_of_items": operations.path_of_items,
    "positioned": operations.positioned,
    "quantified": iteration.quantified,
    "results": iteration.results,
    "subtract": CONTEXT.subtract,
    "too_deep": invocation.too_deep,
    "undecided_filter": iteration.undecided_filter,
    "undecided_turn": iteration.undecided_turn,
}  # fmt: skip
