"""Writes FEEL of rule files as FEEL of the specification: the analyst's text, with tests where nulls differ. Pure.

In a rule file `stage = "growth"` cannot be told while `stage` is missing; in DMN it is false. The text written here is
null then, so that "cannot be told" stays apart from "no". Inside of filters, loops and function literals the text is
left as it is, and nulls are FEEL's own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from greenlane.engine.diagnostics import Place
from greenlane.engine.feel.ast import (
    And,
    Call,
    Comparison,
    ContextLiteral,
    Filter,
    For,
    FunctionLiteral,
    If,
    In,
    InputValue,
    Name,
    Node,
    Null,
    Number,
    Or,
    Path,
    Quantified,
    Span,
    String,
)
from greenlane.engine.feel.printer import string_text
from greenlane.engine.feel.visitor import children, walk
from greenlane.engine.interop.dmn.exporter.nullability import (
    INPUT,
    Names,
    iterating,
    non_null_where,
    nullable,
    reads_null,
    settled,
)
from greenlane.engine.rules.table import Cell

CLOCK = ("now", "today")
NOTHING = "null"
"""The text of a name that never has a value where it is read."""


class ExportError(Exception):
    """A decision that DMN cannot express; `message` says why, `place` where."""

    def __init__(self, message: str, place: Place) -> None:
        self.message = message
        self.place = place
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class NullState:
    """What is known of nulls at a node. `bound` are the names that the expression itself defines.

    `plain`: the text around is FEEL's own, nulls are not kept apart. `filtered`: a name may be an entry of the items.
    """

    non_null: Names
    bound: Names = frozenset()
    plain: bool = False
    filtered: bool = False

    def assuming(self, names: Names) -> NullState:
        """With more non-null names."""
        return replace(self, non_null=self.non_null | names)

    def binding(self, *names: str) -> NullState:
        """Inside of a loop or function that defines these names."""
        return replace(self, non_null=self.non_null - set(names), bound=self.bound.union(names), plain=True)


@dataclass(slots=True)
class ElementScope:
    """The names that the texts of one element may read; `reads` collects those that they do, in order.

    `names` are the names in the model of those that have another there. `entries` are all names that context entries
    may have, `own` those that the element itself defines. `flags`: for some names, the name of a boolean that tells
    whether their value is known.
    """

    non_null: Names
    names: Mapping[str, str]
    entries: Names
    own: Names = frozenset()
    flags: Mapping[str, str] = field(default_factory=dict)
    reads: dict[str, None] = field(default_factory=dict)

    def read(self, name: str) -> str:
        """The name in the model, noted as read."""
        written = self.names.get(name, name)
        if name not in self.own and written != NOTHING:
            self.reads[written.partition(".")[0]] = None
        return written


class ExpressionWriter:
    """Writes the nodes of one cell. Raises ExportError where DMN cannot express one."""

    def __init__(self, cell: Cell, scope: ElementScope) -> None:
        self._cell = cell
        self._scope = scope
        self._wrapped: Node | None = None

    def expression(self, node: Node, state: NullState) -> str:
        """The text of the whole node."""
        self._wrapped = None
        text = self.part(node, state)
        return text[1:-1] if self._wrapped is node else text

    def part(self, node: Node, state: NullState) -> str:
        """The text of the node where it stands inside of another."""
        match node:
            case Name(name):
                return self._name(name, state, node.span)
            case String(value):
                written = self._slice(node.span)
                return written if written.startswith('"') else string_text(value)
            case If():
                return self._if(node, state)
            case And(operands) | Or(operands):
                return self.splice(node, self._flow(operands, isinstance(node, And), state))
            case Comparison() | In():
                return self._test(node, state)
            case Filter(source, condition):
                inner = replace(state.binding("item"), filtered=True)
                return self.splice(node, [(source, self.part(source, state)), (condition, self.part(condition, inner))])
            case For() | Quantified():
                return self._loop(node, state)
            case FunctionLiteral(parameters, body):
                inner = state.binding(*(name for name, _ in parameters))
                return self.splice(node, [(body, self.part(body, inner))])
            case ContextLiteral(entries):
                return self.splice(node, [(value, text) for _, value, text, _ in self.entries(entries, state)])
            case Call(Name(name)) if name in CLOCK and name not in state.bound:
                raise ExportError(
                    f"`{name}()` is never known in rule files; another engine has a clock", self._place(node)
                )
            case _:
                return self.splice(node, [(child, self.part(child, state)) for child in children(node)])

    def entries(self, entries: Iterable[tuple[str, Node]], state: NullState) -> list[tuple[str, Node, str, NullState]]:
        """Name, value, text of the value and its null state, for each entry of a context."""
        found = []
        for key, value in entries:
            found.append((key, value, self.part(value, state), state))
            null = nullable(value, state.non_null, state.plain)
            non_null = state.non_null - {key} if null else state.non_null | {key}
            state = replace(state, non_null=non_null, bound=state.bound | {key})
        return found

    def nullable_names(self, node: Node, state: NullState) -> tuple[str, ...]:
        """The names read in the node that may be null, as the model has them."""
        names = (n.name for n in walk(node) if isinstance(n, Name) and nullable(n, state.non_null))
        return tuple(dict.fromkeys(self._name(name, state, node.span) for name in names))

    def _name(self, name: str, state: NullState, span: Span) -> str:
        if name in state.bound:
            return name
        if state.filtered and name in self._scope.names and name in self._scope.entries:
            message = f"`{name}` may be an entry of what is filtered or another name of the model"
            raise ExportError(message, self._cell.origin.place(self._cell.text, span.start, span.end))
        return self._scope.read(name)

    def _if(self, node: If, state: NullState) -> str:
        condition = self.part(node.condition, state)
        then = self.part(node.then, state.assuming(non_null_where(node.condition, True)))
        otherwise = self.part(node.otherwise, state.assuming(non_null_where(node.condition, False)))
        text = self.splice(node, [(node.condition, condition), (node.then, then), (node.otherwise, otherwise)])
        if state.plain or not nullable(node.condition, state.non_null):
            return text
        # What comes after an `if` belongs to its last branch, so no brackets are needed where this one stood.
        return f"if {_operand(node.condition, condition)} = null then null else {text}"

    def _flow(self, operands: Iterable[Node], conjunction: bool, state: NullState) -> list[tuple[Node, str]]:
        found = []
        for operand in operands:
            found.append((operand, self.part(operand, state)))
            state = state.assuming(settled(operand, conjunction, state.non_null))
        return found

    def _test(self, node: Comparison | In, state: NullState) -> str:
        text = self.splice(node, [(child, self.part(child, state)) for child in children(node)])
        has_null = reads_null(node)
        if state.plain or not _hides_null(node) or (has_null and isinstance(node, Comparison)):
            return text
        operands = [node.value] if isinstance(node, In) else [node.left, node.right]
        sides = [part for part in operands if not has_null and nullable(part, state.non_null)]
        tests = [test for test in node.tests if not isinstance(test, Null)] if isinstance(node, In) else []
        listed = [test for test in tests if nullable(test, state.non_null | {INPUT})]
        if not sides and not listed:
            return text
        if listed:
            text = f"if {text} then true else if {self._nulls(listed, state)} then null else false"
        if sides:
            text = f"if {self._nulls(sides, state)} then null else {text}"
        self._wrapped = node
        return f"({text})"

    def _nulls(self, nodes: Iterable[Node], state: NullState) -> str:
        """That any of them is null."""
        return " or ".join(f"{_operand(node, self.part(node, state))} = null" for node in nodes)

    def _loop(self, node: For | Quantified, state: NullState) -> str:
        """Nulls pass through `some` and `every`; what a `for` makes of them is FEEL's own."""
        found, inner = [], state
        for one in node.iterations:
            found.append((one.source, self.part(one.source, inner)))
            if one.end is not None:
                found.append((one.end, self.part(one.end, inner)))
            inner = inner.binding(one.name)
        if isinstance(node, For):
            found.append((node.body, self.part(node.body, inner.binding("partial"))))
        else:
            known = replace(inner, non_null=iterating(state.non_null, node.iterations), plain=state.plain)
            found.append((node.condition, self.part(node.condition, known)))
        return self.splice(node, found)

    def splice(self, node: Node, parts: Iterable[tuple[Node, str]]) -> str:
        """The node's own text with the texts of the nodes inside of it in their places."""
        made: list[str] = []
        at = node.span.start
        for inner, text in parts:
            made += (self._cell.text[at : inner.span.start], text)
            at = inner.span.end
        return "".join((*made, self._cell.text[at : node.span.end]))

    def _slice(self, span: Span) -> str:
        return self._cell.text[span.start : span.end]

    def _place(self, node: Node) -> Place:
        return self._cell.origin.place(self._cell.text, node.span.start, node.span.end)


def _hides_null(node: Comparison | In) -> bool:
    """Whether FEEL says false of a null where a rule file cannot tell; a test without its `?` belongs to its cell."""
    if isinstance(node, In):
        return True
    implied_input = isinstance(node.left, InputValue) and node.left.span.start == node.left.span.end
    return node.operator in ("=", "!=") and not implied_input


def _operand(node: Node, text: str) -> str:
    """The text as an operand of a comparison."""
    return text if isinstance(node, Name | Call | Filter | Path | Number | Null | String) else f"({text})"
