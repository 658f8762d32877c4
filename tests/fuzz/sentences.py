"""FEEL sentences made from choices: most of them have a meaning, and all of them look like FEEL."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from greenlane.engine.feel.functions import BUILTINS
from greenlane.engine.feel.functions.builtin import Overload

NAMES = ("a", "b", "n", "t", "yes", "day", "low-cost", "monthly payment", "rows", "u", "x", "item", "partial", "?")
NUMBERS = (
    "0", "1", "2", "3", "10", "-1", "0.5", ".25", "1e3", "1.5E-2", "12345678901234567890123456789012345",
    "9.999999999999999999999999999999999e6144", "1e-6143", "0.1", "100", "1000000",
)  # fmt: skip
STRINGS = (
    '""', '"a"', '"text"', '"文"', '"\\U01F40E"', '"a,b;c"', '"2026-03-02"', '"P1D"', '"[1..3]"', '"1,000.5"',
    '"(a+)+$"', '"[a-z-[b]]"', '"\\\\d"', '"$1"', '"x"', '"."', '","', '"start"',
)  # fmt: skip
MOMENTS = (
    "2026-03-02", "2024-02-29", "-0001-12-31", "999999999-12-31", "10:30:00", "23:59:59.999999999", "00:00:00Z",
    "10:30:00+14:00", "10:30:00@Europe/Paris", "2026-03-29T02:30:00@Europe/Paris", "2026-03-02T24:00:00",
    "2026-03-02T10:30:00.5-08:00", "P1Y2M", "-P1D", "P1DT2H3M4.5S", "PT0S", "P999999999Y", "P0D", "nonsense",
)  # fmt: skip
OPERATORS = ("+", "-", "*", "/", "**", "=", "!=", "<", "<=", ">", ">=", "and", "or", "in")
TYPES = (
    "number", "string", "date", "date and time", "days and time duration", "list<number>", "context<a: number>",
    "range<date>", "function<number> -> string", "Any", "Null", "list<list<Any>>",
)  # fmt: skip
MEMBERS = ("x", "y", "a", "year", "start", "end", "start included", "time offset", "days", "months", "value", "weekday")
FRAGMENTS = ("(", ")", "[", "]", "{", "}", "..", ",", ":", " in ", "not(", "external", "function", "@", '"', "//", "/*")


class Choices(Protocol):
    """Where the choices come from."""

    def ConsumeIntInRange(self, low: int, high: int) -> int:
        """A number within bounds, both included."""


class Sentences:
    """Makes sentences; deeper than `depth` there are only atoms."""

    def __init__(self, choices: Choices, depth: int = 5) -> None:
        self._choices = choices
        self._depth = depth

    def expression(self) -> str:
        """An expression, seldom with something in it that should not be there."""
        return self._broken(self._expression(self._depth))

    def cell(self) -> str:
        """The tests of a cell."""
        tests = ", ".join(self._test(self._depth - 1) for _ in range(self._number(1, 3)))
        return self._broken(f"not({tests})" if self._number(0, 5) == 5 else tests)

    def _number(self, low: int, high: int) -> int:
        return self._choices.ConsumeIntInRange(low, high)

    def _one(self, options: Sequence[str]) -> str:
        return options[self._number(0, len(options) - 1)]

    def _broken(self, text: str) -> str:
        if self._number(0, 15) < 15:
            return text
        at = self._number(0, len(text))
        return text[:at] + self._one(FRAGMENTS) + text[at + self._number(0, 3) :]

    def _atom(self) -> str:
        kind = self._number(0, 4)
        if kind == 3:
            return f'@"{self._one(MOMENTS)}"'
        return self._one((NAMES, NUMBERS, STRINGS, (), ("true", "false", "null", "[]", "{}"))[kind])

    def _expression(self, depth: int) -> str:
        if depth <= 0 or self._number(0, 7) == 0:
            return self._atom()
        makers: tuple[Callable[[int], str], ...] = (
            self._binary, self._builtin, self._list, self._context, self._filter, self._path, self._if, self._for,
            self._quantified, self._range, self._function, self._instance, self._between, self._in, self._brackets,
            self._builtin, self._builtin, self._binary,
        )  # fmt: skip
        return makers[self._number(0, len(makers) - 1)](depth - 1)

    def _binary(self, depth: int) -> str:
        return f"{self._expression(depth)} {self._one(OPERATORS)} {self._expression(depth)}"

    def _brackets(self, depth: int) -> str:
        return f"({self._expression(depth)})" if self._number(0, 1) else f"-{self._expression(depth)}"

    def _builtin(self, depth: int) -> str:
        names = sorted(BUILTINS)
        builtin = BUILTINS[names[self._number(0, len(names) - 1)]]
        form = builtin.overloads[self._number(0, len(builtin.overloads) - 1)]
        return f"{builtin.name}({self._arguments(form, depth)})"

    def _arguments(self, form: Overload, depth: int) -> str:
        named = self._number(0, 5) == 5
        count = len(form.parameters) + (self._number(0, 6) == 6) - (self._number(0, 6) == 6)
        made = []
        for index in range(max(0, count)):
            parameter = form.parameters[min(index, len(form.parameters) - 1)] if form.parameters else None
            value = self._fitting(parameter.types if parameter else (), depth)
            made.append(f"{parameter.name}: {value}" if named and parameter else value)
        return ", ".join(made)

    def _fitting(self, types: tuple[str, ...], depth: int) -> str:
        """Mostly a value of a type that is asked for."""
        kind = types[self._number(0, len(types) - 1)] if types and self._number(0, 4) else ""
        match kind:
            case "number":
                return self._one(NUMBERS)
            case "string":
                return self._one(STRINGS)
            case "list":
                return self._list(depth - 1)
            case "context":
                return self._context(depth - 1)
            case "range":
                return self._range(depth - 1)
            case "function":
                return self._function(depth - 1)
            case "" | "boolean" | "null":
                return self._expression(depth)
            case _:
                return f'@"{self._one(MOMENTS)}"'

    def _list(self, depth: int) -> str:
        return "[" + ", ".join(self._expression(depth) for _ in range(self._number(0, 3))) + "]"

    def _context(self, depth: int) -> str:
        entries = [f"{self._one(MEMBERS)}: {self._expression(depth)}" for _ in range(self._number(0, 3))]
        return "{" + ", ".join(entries) + "}"

    def _filter(self, depth: int) -> str:
        return f"{self._expression(depth)}[{self._expression(depth)}]"

    def _path(self, depth: int) -> str:
        return f"{self._expression(depth)}.{self._one(MEMBERS)}"

    def _if(self, depth: int) -> str:
        return f"if {self._expression(depth)} then {self._expression(depth)} else {self._expression(depth)}"

    def _iterations(self, depth: int) -> str:
        made = []
        for _ in range(self._number(1, 2)):
            end = f"..{self._expression(depth)}" if self._number(0, 2) == 2 else ""
            made.append(f"{self._one(('x', 'y', 'item', 'a'))} in {self._expression(depth)}{end}")
        return ", ".join(made)

    def _for(self, depth: int) -> str:
        return f"for {self._iterations(depth)} return {self._expression(depth)}"

    def _quantified(self, depth: int) -> str:
        return f"{self._one(('some', 'every'))} {self._iterations(depth)} satisfies {self._expression(depth)}"

    def _range(self, depth: int) -> str:
        if self._number(0, 2) == 0:
            return f"({self._one(('<', '<=', '>', '>=', '=', '!='))} {self._expression(depth)})"
        return f"{self._one('[(]')}{self._expression(depth)}..{self._expression(depth)}{self._one('])[')}"

    def _function(self, depth: int) -> str:
        typed = f": {self._one(TYPES)}" if self._number(0, 3) == 3 else ""
        body = self._expression(depth)
        written = f"function({self._one(('x', 'y', 'x, y', 'a, item', ''))}{typed}) {body}"
        return written if self._number(0, 2) else f"({written})({self._expression(depth)}, {self._expression(depth)})"

    def _instance(self, depth: int) -> str:
        return f"{self._expression(depth)} instance of {self._one(TYPES)}"

    def _between(self, depth: int) -> str:
        return f"{self._expression(depth)} between {self._expression(depth)} and {self._expression(depth)}"

    def _in(self, depth: int) -> str:
        return f"{self._expression(depth)} in ({', '.join(self._test(depth) for _ in range(self._number(1, 2)))})"

    def _test(self, depth: int) -> str:
        kind = self._number(0, 3)
        if kind == 0:
            return self._expression(depth)
        return self._range(depth) if kind == 1 else f"{self._one(('<', '>=', '=', '!='))} {self._expression(depth)}"
