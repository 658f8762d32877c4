"""Rows of a table as conjunctions of conditions, and what every matcher answers of them. Pure.

Sets of rows are masks: bit i stands for row i of the table. Conditions that loop or call are paid for from the budget
of the decision: every matcher evaluates all of them once for each match, in their order, so that the budget runs out at
the same place whatever finds the rows. The others take as long as their text and what they read, which the table pays,
and run off the budget.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple, Protocol

from greenlane.engine.decide.matching.predicates import ColumnPredicate, column_predicate
from greenlane.engine.diagnostics import Place
from greenlane.engine.feel import STRICT, compile_expression, compile_test, names_read, print_node
from greenlane.engine.feel.ast import And, Node, UnaryTests
from greenlane.engine.feel.constant_folding import takes_long
from greenlane.engine.feel.scope import Scope, off_budget
from greenlane.engine.feel.semantics import Cause, Undetermined
from greenlane.engine.rules.table import Cell, Row, Table
from greenlane.engine.text import Text

FALSE, UNDETERMINED, TRUE = 0, 1, 2
"""The truth of a condition. Their order is that of Kleene's logic: a conjunction is the least of its parts."""
NOTHING_KNOWN: Mapping[int, Any] = {}


@dataclass(frozen=True, slots=True)
class Condition:
    """Something that is true, false or undetermined of a scope.

    `node` is a boolean expression, or the tests of a cell about `fact`. `subject` is what its causes name: the fact, or
    the printed expression. `indexed` says how an index can answer it; None leaves it to be evaluated. A `counted`
    condition loops or calls: its work is taken from the budget of the decision.
    """

    fact: str | None
    node: Node
    subject: str
    reads: tuple[str, ...]
    indexed: ColumnPredicate | None
    counted: bool
    run: Callable[[Scope], Any]

    @property
    def name(self) -> str | None:
        """The one name that the condition is about, None when it is not indexed."""
        if self.indexed is None:
            return None
        return self.fact if self.fact is not None else self.indexed.subject

    def evaluated(self, scope: Scope) -> Any:
        """Its value: true, false, or anything else where it cannot be said."""
        return self.run(scope)

    def code(self, scope: Scope) -> int:
        """`FALSE`, `UNDETERMINED` or `TRUE`."""
        return code_of(self.run(scope))

    def causes(self, value: Any) -> tuple[Cause, ...]:
        """Why the condition is undetermined that has the value; empty when it is not."""
        if type(value) is bool:
            return ()
        if type(value) is Undetermined:
            return tuple(self._named(cause) for cause in value.causes)
        return (_no_value(self.subject) if value is None else _not_boolean(self.subject),)

    def _named(self, cause: Cause) -> Cause:
        # A cell calls its input `?`; a reader knows it by the name of the column.
        return replace(cause, subject=self.fact) if cause.subject == "?" and self.fact is not None else cause


Run = Callable[[Condition, Scope], Any]
"""A way of evaluating a condition."""


@dataclass(frozen=True, slots=True)
class RowCondition:
    """A condition as one row writes it."""

    condition: int
    text: str
    place: Place


@dataclass(frozen=True, slots=True)
class Conditions:
    """The conditions of some rows of a table, each kept once, and the parts of every row.

    `rows` has an entry for each row of the table, empty for those that are not in the mask `members`. Values
    of the `varying` names (parameters) change between two matches of one evaluation. `counting` has the counted
    conditions, with their numbers, and whether they read none of the varying names, where there are any.
    """

    conditions: tuple[Condition, ...]
    rows: tuple[tuple[RowCondition, ...], ...]
    members: int
    varying: frozenset[str]
    counting: tuple[tuple[int, Condition, bool], ...] = field(init=False)

    def __post_init__(self) -> None:
        counting = ((i, c, self.is_invariant(c)) for i, c in enumerate(self.conditions) if c.counted)
        object.__setattr__(self, "counting", tuple(counting))

    def row_conditions(self, row: int) -> tuple[int, ...]:
        """The conditions of a row, each once, in order."""
        return tuple(dict.fromkeys(part.condition for part in self.rows[row]))

    def reads(self) -> tuple[str, ...]:
        """All names that the conditions read, each once, in order."""
        return tuple(dict.fromkeys(name for condition in self.conditions for name in condition.reads))

    def is_invariant(self, condition: Condition) -> bool:
        """Whether the condition reads none of the varying names, where there are any."""
        return bool(self.varying) and self.varying.isdisjoint(condition.reads)

    def rows_by_condition(self) -> tuple[int, ...]:
        """By condition, the mask of the rows that ask for it."""
        masks = [0] * len(self.conditions)
        for row, parts in enumerate(self.rows):
            for part in parts:
                masks[part.condition] |= 1 << row
        return tuple(masks)

    def counted(self, scope: Scope, kept: dict[int, Any] | None, run: Run = Condition.evaluated) -> Mapping[int, Any]:
        """The values of the counted conditions in the scope, by number, each evaluated by `run`.

        `kept` has those of invariant names once they are known, for several matches of one evaluation.
        """
        if not self.counting:
            return NOTHING_KNOWN
        known: dict[int, Any] = {}
        for number, condition, invariant in self.counting:
            if not invariant or kept is None:
                known[number] = run(condition, scope)
                continue
            if number not in kept:
                kept[number] = run(condition, scope)
            known[number] = kept[number]
        return known

    def causes(self, row: int, scope: Scope, known: Mapping[int, Any] = NOTHING_KNOWN) -> tuple[Cause, ...]:
        """Why the row is undetermined in the scope: the causes of its undetermined conditions, each once, in order.

        `known` are the values of the counted conditions, as the match found them.
        """
        found: dict[tuple[str, str, Text], Cause] = {}
        for index in self.row_conditions(row):
            for cause in self.causes_of(index, scope, known):
                found.setdefault((cause.kind, cause.subject, cause.message), cause)
        return tuple(found.values())

    def causes_of(self, index: int, scope: Scope, known: Mapping[int, Any]) -> tuple[Cause, ...]:
        """The causes of one condition."""
        condition = self.conditions[index]
        return condition.causes(known[index] if index in known else condition.run(scope))


class MatchedRows(NamedTuple):
    """The masks of the rows that hold and of those that cannot be decided; no row is in both.

    A row holds when all its conditions do, fails when at least one fails, and is undetermined otherwise.
    `truths`, given only when asked to explain, has one byte per condition of the matcher's `Conditions`: `FALSE`,
    `UNDETERMINED` or `TRUE`. `known` are the values of the counted conditions.
    """

    held: int
    undetermined: int
    truths: bytes | None
    known: Mapping[int, Any]


class Matcher(Protocol):
    """Finds the rows of one table that hold. Safe to use from several threads; keeps nothing between calls."""

    @property
    def conditions(self) -> Conditions:
        """What the rows ask for."""

    def share(self, scope: Scope) -> object:
        """What `match` finds whatever the varying names hold, to hand to several matches of one evaluation."""

    def match(self, scope: Scope, in_force: int, explain: bool = False, shared: object = None) -> MatchedRows:
        """The rows of `in_force` that hold or are undetermined in `scope`."""


def bits(mask: int) -> Iterator[int]:
    """The rows of a mask, ascending."""
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest


def code_of(value: Any) -> int:
    """The truth of a condition's value. What is not a boolean is undetermined."""
    return TRUE if value is True else FALSE if value is False else UNDETERMINED


def conditions_of(
    table: Table,
    members: int | None = None,
    varying: frozenset[str] = frozenset(),
    functions: frozenset[str] = frozenset(),
) -> Conditions:
    """The conditions of the rows in the mask `members`, all when None. `functions` are those of the ruleset."""
    mask = (1 << len(table.rows)) - 1 if members is None else members
    collected = _Collected(functions)
    rows = tuple(collected.parts(table, row) if mask >> i & 1 else () for i, row in enumerate(table.rows))
    return Conditions(tuple(collected.conditions), rows, mask, varying)


class _Collected:
    """Conditions met so far, by what they say."""

    def __init__(self, functions: frozenset[str]) -> None:
        self.conditions: list[Condition] = []
        self._functions = functions
        self._known: dict[tuple[str | None, str], int] = {}

    def parts(self, table: Table, row: Row) -> tuple[RowCondition, ...]:
        """The parts of a row: its section's guard, its cells, its `when`."""
        return tuple(
            RowCondition(self._index(fact, node), text, place)
            for fact, node, text, place in _written(row, table.sections[row.section].guard)
        )

    def _index(self, fact: str | None, node: Node) -> int:
        printed = print_node(node)
        key = (fact, printed)
        index = self._known.get(key)
        if index is None:
            index = self._known[key] = len(self.conditions)
            self.conditions.append(_condition(fact, node, printed, self._functions))
        return index


def _written(row: Row, guard: Cell | None) -> Iterator[tuple[str | None, Node, str, Place]]:
    if guard is not None:
        yield from _conjuncts(guard)
    for test in row.tests:
        if not (isinstance(test.cell.node, UnaryTests) and not test.cell.node.tests):
            yield test.fact, test.cell.node, test.cell.text, test.cell.place
    if row.when is not None:
        yield from _conjuncts(row.when)


def _conjuncts(cell: Cell) -> Iterator[tuple[None, Node, str, Place]]:
    for node in _operands(cell.node):
        start, end = node.span.start, node.span.end
        yield None, node, cell.text[start:end], cell.origin.place(cell.text, start, end)


def _operands(node: Node) -> Iterator[Node]:
    if isinstance(node, And):
        for operand in node.operands:
            yield from _operands(operand)
    else:
        yield node


def _condition(fact: str | None, node: Node, printed: str, functions: frozenset[str]) -> Condition:
    names = names_read(node)
    reads = names if fact is None or fact in names else (fact, *names)
    indexed = column_predicate(node)
    if fact is None:
        # A fact called `not` would make the call of a function of what looks like a negation.
        usable = indexed if indexed is not None and reads == (indexed.subject,) else None
    else:
        usable = indexed if not names else None
    counted = usable is None and (takes_long(node) or not functions.isdisjoint(reads))
    run = compile_expression(node, STRICT) if fact is None else _of_fact(fact, compile_test(_unary(node), STRICT))
    subject = printed if fact is None else fact
    return Condition(fact, node, subject, reads, usable, counted, run if counted else off_budget(run))


def _of_fact(fact: str, test: Callable[[Any, Scope], Any]) -> Callable[[Scope], Any]:
    return lambda scope: test(scope[fact], scope)


def _unary(node: Node) -> UnaryTests:
    if isinstance(node, UnaryTests):
        return node
    return UnaryTests((node,), False, node.span)


def _no_value(subject: str) -> Cause:
    return Cause("missing", subject, Text("需要一个值，得到的是空值", "a value is needed, got null"))


def _not_boolean(subject: str) -> Cause:
    return Cause("type", subject, Text("条件不是布尔值", "a condition must be true or false"))
