"""What an error means: null, as the DMN specification says, or an undetermined value that tells its causes. Pure.

Every operation gets an `ErrorContext`, which turns what goes wrong into such a value.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Any, Literal

from greenlane.engine.feel.ast import Node, Span
from greenlane.engine.feel.errors import FeelError
from greenlane.engine.feel.printer import print_node
from greenlane.engine.feel.values.dates import DaysTime, FarDate, YearsMonths
from greenlane.engine.feel.values.indexed import IndexedRows
from greenlane.engine.feel.values.times import DateTime, Time
from greenlane.engine.feel.values.types import ZH, FeelFunction, Range, type_name
from greenlane.engine.text import Text

ValuePath = tuple[str | int, ...]
"""Where a value stands in another: names of entries, positions in lists from 0 on."""
CauseKind = Literal["missing", "type", "arithmetic", "argument", "limit", "name"]

# Types of values that hold no others.
SCALARS = frozenset(
    (type(None), bool, Decimal, str, date, FarDate, Time, DateTime, YearsMonths, DaysTime, Range, FeelFunction)
)
_MISSING = Text("需要一个值，得到的是空值", "a value is needed, got null")
# Most errors come back with every item of a list: so many that differ are kept for each context.
_KEPT = 64


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a value cannot be said.

    `kind`: "missing" (a null where a value is needed), "type" (an operation that does not exist for the types),
    "arithmetic" (division by zero, overflow), "argument" (outside of what a function takes), "limit" (more work than
    one expression may ask for) or "name" (an unknown name). `subject` is the name or the printed expression at fault,
    `span` its place in the expression's text, None for what comes from outside.
    """

    kind: CauseKind
    subject: str
    message: Text
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Undetermined:
    """A value that cannot be said, and why: one cause at least, each once, in the order met."""

    causes: tuple[Cause, ...]


@dataclass(frozen=True, slots=True)
class Semantics:
    """What errors and nulls mean. `failed` turns a cause, made only when asked for, into a value.

    `strict`: what is not a clear no is not taken for one. A null compared with `=`, tested by a cell or taken as a
    condition is a missing value unless the literal `null` is written there, and so on.
    """

    name: str
    failed: Callable[[Callable[[], Cause]], Any]
    strict: bool


SPEC = Semantics("spec", lambda cause: None, strict=False)
STRICT = Semantics("strict", lambda cause: Undetermined((cause(),)), strict=True)


class ErrorContext:
    """The node whose errors are told, and the semantics that gives them a value.

    `operands` are the nodes whose values an operator or function gets; an error names the one at fault by its index.
    """

    __slots__ = ("_printed", "_recurrent", "node", "operands", "semantics")

    def __init__(self, node: Node, semantics: Semantics, *operands: Node) -> None:
        self.node = node
        self.semantics = semantics
        self.operands = operands
        self._recurrent: dict[tuple[CauseKind, int | None, str], Any] = {}
        self._printed: dict[int | None, str] = {}

    def caught(self, error: FeelError) -> Any:
        """What comes of a FeelError of the operator or function."""
        if error.answer is not None:
            return error.answer
        return self._once(error.kind, error.zh, error.en, error.argument)

    def missing(self, operand: int | None = None) -> Any:
        """What comes of a null where a value is needed."""
        return self._once("missing", _MISSING.zh, _MISSING.en, operand)

    def unknown(self, name: str) -> Any:
        """What comes of an unknown name."""
        message = Text(f"未知名称 `{name}`", f"unknown name `{name}`")
        return self.semantics.failed(lambda: Cause("name", name, message, self.node.span))

    def wrong(self, kind: CauseKind, zh: str, en: str, operand: int | None = None) -> Any:
        """What comes of any other error."""
        return self._once(kind, zh, en, operand)

    def not_a(self, wanted: str, value: object, operand: int | None = None) -> Any:
        """What comes of a value of another type than the one wanted."""
        if value is None:
            return self.missing(operand)
        found = type_name(value)
        return self._once(
            "type", f"需要{ZH[wanted]}，得到的是{ZH[found]}", f"a {wanted} is needed, got a {found}", operand
        )

    def _once(self, kind: CauseKind, zh: str, en: str, operand: int | None) -> Any:
        key = kind, operand, en
        try:
            return self._recurrent[key]
        except KeyError:
            made = self._failed(kind, Text(zh, en), operand)
            if len(self._recurrent) < _KEPT:
                self._recurrent[key] = made
            return made

    def _failed(self, kind: CauseKind, message: Text, operand: int | None) -> Any:
        def cause() -> Cause:
            node = self.operands[operand] if operand is not None and operand < len(self.operands) else self.node
            if operand not in self._printed:
                self._printed[operand] = print_node(node)
            return Cause(kind, self._printed[operand], message, node.span)

        return self.semantics.failed(cause)


def merged(values: Iterable[Any]) -> Undetermined | None:
    """All causes of the undetermined values among them, in order; None where none is undetermined.

    Of causes that differ in nothing but their place the first stays.
    """
    found = [value for value in values if type(value) is Undetermined]
    if len(found) < 2:
        return found[0] if found else None
    causes: dict[tuple[str, str, Text], Cause] = {}
    for value in found:
        for cause in value.causes:
            causes.setdefault((cause.kind, cause.subject, cause.message), cause)
    return Undetermined(tuple(causes.values()))


def undetermined_in(*values: Any) -> Undetermined | None:
    """What is undetermined among the values and inside of the lists and contexts among them."""
    return merged(_flattened(values)) if holds_undetermined(values) else None


def holds_undetermined(values: Collection[Any]) -> bool:
    """Whether anything is undetermined among the values or inside of them."""
    return not _DETERMINED.issuperset(map(type, values)) and _undetermined_inside(values)


def settled(value: Any, most: int) -> tuple[Any, tuple[tuple[ValuePath, Undetermined], ...]]:
    """The value with null for whatever in it is undetermined, itself where nothing is; and where that stood, in order.

    At most `most` places are told. What lists and contexts share is gone through once: they can be endless to walk.
    """
    if not holds_undetermined((value,)):
        return value, ()
    made: dict[int, Any] = {}
    return _settled(value, made), tuple(islice(_places(value, (), made), most))


def _settled(value: Any, made: dict[int, Any]) -> Any:
    kind = type(value)
    if kind is not dict and kind is not list and kind is not tuple:
        return None if kind is Undetermined else value
    if id(value) not in made:
        items = list(value.values() if kind is dict else value)
        new = [_settled(item, made) for item in items]
        same = all(one is other for one, other in zip(new, items, strict=True))
        made[id(value)] = value if same else dict(zip(value, new, strict=True)) if kind is dict else new
    return made[id(value)]


def _places(value: Any, at: ValuePath, made: Mapping[int, Any]) -> Iterator[tuple[ValuePath, Undetermined]]:
    """What is undetermined in a value of which `made` has the settled parts."""
    if type(value) is Undetermined:
        yield at, value
    elif made.get(id(value), value) is not value:
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _places(item, (*at, key), made)


def _undetermined_inside(values: Iterable[Any]) -> bool:
    """However deep; lists and contexts are gone through once: those that share items can be endless to walk."""
    seen: set[int] = set()
    waiting = [values]
    while waiting:
        for value in waiting.pop():
            kind = type(value)
            if kind in _DETERMINED:
                continue
            if kind is Undetermined:
                return True
            if not isinstance(value, (list, tuple, dict)) or id(value) in seen:
                continue
            seen.add(id(value))
            held = value.values() if isinstance(value, dict) else value
            if not _DETERMINED.issuperset(map(type, held)):
                waiting.append(held)
    return False


def _flattened(values: Iterable[Any]) -> Iterator[Any]:
    """What is no list or context, however deep, in order; lists and contexts are gone through once."""
    seen: set[int] = set()
    waiting = [iter(values)]
    while waiting:
        for value in waiting[-1]:
            if isinstance(value, (list, tuple, dict)):
                if type(value) is IndexedRows or id(value) in seen:
                    continue
                seen.add(id(value))
                waiting.append(iter(value.values() if isinstance(value, dict) else value))
                break
            yield value
        else:
            waiting.pop()


# Types of values that are determined with all they hold: the rows of an index are.
_DETERMINED = SCALARS | {IndexedRows}
