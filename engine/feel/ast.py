"""FEEL syntax trees, plain data. Every node is frozen and carries the span of text it was read from, in code points."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import get_args


@dataclass(frozen=True, slots=True)
class Span:
    """Half-open stretch of the expression's text."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Number:
    """`1.5`, rounded to 34 digits."""

    value: Decimal
    span: Span


@dataclass(frozen=True, slots=True)
class String:
    """`"text"`, its escapes read."""

    value: str
    span: Span


@dataclass(frozen=True, slots=True)
class Boolean:
    """`true` or `false`."""

    value: bool
    span: Span


@dataclass(frozen=True, slots=True)
class Null:
    """`null`."""

    span: Span


@dataclass(frozen=True, slots=True)
class AtLiteral:
    """`@"2026-03-02"`: a date, time, date and time or duration, by the form of its text."""

    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Name:
    """A name of the scope, or of a built-in function."""

    name: str
    span: Span


@dataclass(frozen=True, slots=True)
class InputValue:
    """`?`, the value that a unary test is about."""

    span: Span


@dataclass(frozen=True, slots=True)
class ListLiteral:
    """`[a, b]`."""

    items: tuple[Node, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class ContextLiteral:
    """Entries in order; each may read those before it."""

    entries: tuple[tuple[str, Node], ...]
    span: Span


@dataclass(frozen=True, slots=True)
class RangeLiteral:
    """`[low..high]` with either end open, or one-sided (`low` or `high` None) as in `>= 80`.

    `operator` is `=` or `!=` for the values `(= x)` and `(!= x)`, whose ends are both x; in a cell such tests are
    comparisons with `?`.
    """

    low: Node | None
    high: Node | None
    low_included: bool
    high_included: bool
    span: Span
    operator: str = ""


@dataclass(frozen=True, slots=True)
class Negation:
    """`-operand`."""

    operand: Node
    span: Span


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """`operator` is one of `+ - * / **`."""

    operator: str
    left: Node
    right: Node
    span: Span


@dataclass(frozen=True, slots=True)
class Comparison:
    """`operator` is one of `= != < <= > >=`."""

    operator: str
    left: Node
    right: Node
    span: Span


@dataclass(frozen=True, slots=True)
class And:
    """A conjunction, flattened."""

    operands: tuple[Node, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Or:
    """A disjunction, flattened."""

    operands: tuple[Node, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Between:
    """`value between low and high`."""

    value: Node
    low: Node
    high: Node
    span: Span


@dataclass(frozen=True, slots=True)
class In:
    """`value in tests`."""

    value: Node
    tests: tuple[Node, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class If:
    """`if condition then … else …`."""

    condition: Node
    then: Node
    otherwise: Node
    span: Span


@dataclass(frozen=True, slots=True)
class Iteration:
    """`name in source`, or `name in source..end` when `end` is given."""

    name: str
    source: Node
    end: Node | None
    span: Span


@dataclass(frozen=True, slots=True)
class For:
    """`for … return body`."""

    iterations: tuple[Iteration, ...]
    body: Node
    span: Span


@dataclass(frozen=True, slots=True)
class Quantified:
    """`some` or `every` … `satisfies` …; `every` tells which."""

    every: bool
    iterations: tuple[Iteration, ...]
    condition: Node
    span: Span


@dataclass(frozen=True, slots=True)
class Filter:
    """`source[condition]`."""

    source: Node
    condition: Node
    span: Span


@dataclass(frozen=True, slots=True)
class Path:
    """`source.name`."""

    source: Node
    name: str
    span: Span


@dataclass(frozen=True, slots=True)
class Call:
    """`function(arguments)`, by position (`names` empty) or by name (`names` as long as `arguments`)."""

    function: Node
    arguments: tuple[Node, ...]
    names: tuple[str, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class TypeName:
    """`number`, `list<string>`, `context<a: number>`, `function<number> -> string`, `range<date>` …

    `arguments` are the types inside the brackets, `names` their entry names (context only), `result` that of a
    function.
    """

    name: str
    arguments: tuple[TypeName, ...]
    names: tuple[str, ...]
    result: TypeName | None
    span: Span


@dataclass(frozen=True, slots=True)
class FunctionLiteral:
    """`function(a, b: number) body`. `external` functions are refused when called."""

    parameters: tuple[tuple[str, TypeName | None], ...]
    body: Node
    external: bool
    span: Span


@dataclass(frozen=True, slots=True)
class InstanceOf:
    """`value instance of type`."""

    value: Node
    type: TypeName
    span: Span


@dataclass(frozen=True, slots=True)
class UnaryTests:
    """A cell. No tests: any value (blank or `-`). `negated` for `not(…)`.

    A test is a `RangeLiteral` (also for `>= 80`), an expression to equal or be a member of, or a boolean expression
    that reads `?`.
    """

    tests: tuple[Node, ...]
    negated: bool
    span: Span


Node = (
    Number
    | String
    | Boolean
    | Null
    | AtLiteral
    | Name
    | InputValue
    | ListLiteral
    | ContextLiteral
    | RangeLiteral
    | Negation
    | Arithmetic
    | Comparison
    | And
    | Or
    | Between
    | In
    | If
    | For
    | Quantified
    | Filter
    | Path
    | Call
    | FunctionLiteral
    | InstanceOf
    | UnaryTests
)

NODE_TYPES: tuple[type[Node], ...] = get_args(Node)
"""Every type of node, for tables by type: their keys are these."""

# How tightly the operators bind (DMN 10.3.1.2), the loosest first.
OR, AND, COMPARISON, SUM, PRODUCT, POWER, MINUS, INSTANCE, POSTFIX, PRIMARY = range(1, 11)
ARITHMETIC = {"+": SUM, "-": SUM, "*": PRODUCT, "/": PRODUCT, "**": POWER}
