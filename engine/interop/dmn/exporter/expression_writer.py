"""FEEL of rule files as FEEL of the specification: the analyst's own text, with a word added where nulls would differ.

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
"""What stands for a name that never has a value where it is read."""


class ExportError(Exception):
    """What a decision says cannot be said in DMN: why and where."""

    def __init__(self, message: str, place: Place) -> None:
        self.message = message
        self.place = place
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class NullState:
    """Where a node stands. `sure` names are never null, `bound` ones belong to the expression itself.

    `plain`: nulls are FEEL's own. `filtered`: a name may be an entry of the items gone through.
    """

    sure: Names
    bound: Names = frozenset()
    plain: bool = False
    filtered: bool = False

    def knowing(self, names: Names) -> NullState:
        """With more names that are not null."""
        return replace(self, sure=self.sure | names)

    def binding(self, *names: str) -> NullState:
        """Inside of a loop or function over these names."""
        return replace(self, sure=self.sure - set(names), bound=self.bound.union(names), plain=True)


@dataclass(slots=True)
class ElementScope:
    """What texts of one element see and what was read of it.

    `names` gives the new name of each name that has one, `entries` are all names that entries of contexts may have,
    `own` those that the element itself defines. `flags` tells for some names what says whether they are known.
    """

    sure: Names
    names: Mapping[str, str]
    entries: Names
    own: Names = frozenset()
    flags: Mapping[str, str] = field(default_factory=dict)
    reads: dict[str, None] = field(default_factory=dict)

    def read(self, name: str) -> str:
        """The name under which the model knows it, noted as read."""
        written = self.names.get(name, name)
        if name not in self.own and written != NOTHING:
            self.reads[written.partition(".")[0]] = None
        return written


class ExpressionWriter:
    """Writes the nodes of one cell."""

    def __init__(self, cell: Cell, around: ElementScope) -> None:
        self._cell = cell
        self._around = around
        self._wrapped: Node | None = None

    def expression(self, node: Node, scope: NullState) -> str:
        """The text of the whole node."""
        self._wrapped = None
        text = self.part(node, scope)
        return text[1:-1] if self._wrapped is node else text

    def part(self, node: Node, scope: NullState) -> str:
        """The text of the node where it stands inside of another."""
        match node:
            case Name(name):
                return self._name(name, scope, node.span)
            case String(value):
                written = self._slice(node.span)
                return written if written.startswith('"') else string_text(value)
            case If():
                return self._if(node, scope)
            case And(operands) | Or(operands):
                return self.splice(node, self._flow(operands, isinstance(node, And), scope))
            case Comparison() | In():
                return self._test(node, scope)
            case Filter(source, condition):
                inner = replace(scope.binding("item"), filtered=True)
                return self.splice(node, [(source, self.part(source, scope)), (condition, self.part(condition, inner))])
            case For() | Quantified():
                return self._loop(node, scope)
            case FunctionLiteral(parameters, body):
                inner = scope.binding(*(name for name, _ in parameters))
                return self.splice(node, [(body, self.part(body, inner))])
            case ContextLiteral(entries):
                return self.splice(node, [(value, text) for _, value, text, _ in self.entries(entries, scope)])
            case Call(Name(name)) if name in CLOCK and name not in scope.bound:
                raise ExportError(
                    f"`{name}()` is never known in rule files; another engine has a clock", self._place(node)
                )
            case _:
                return self.splice(node, [(child, self.part(child, scope)) for child in children(node)])

    def entries(self, entries: Iterable[tuple[str, Node]], scope: NullState) -> list[tuple[str, Node, str, NullState]]:
        """Name, value, text of the value and its scope, for each entry of a context."""
        found = []
        for key, value in entries:
            found.append((key, value, self.part(value, scope), scope))
            null = nullable(value, scope.sure, scope.plain)
            sure = scope.sure - {key} if null else scope.sure | {key}
            scope = replace(scope, sure=sure, bound=scope.bound | {key})
        return found

    def nullable_names(self, node: Node, scope: NullState) -> tuple[str, ...]:
        """The names read in the node that may be null, as they are written."""
        names = (n.name for n in walk(node) if isinstance(n, Name) and nullable(n, scope.sure))
        return tuple(dict.fromkeys(self._name(name, scope, node.span) for name in names))

    def _name(self, name: str, scope: NullState, span: Span) -> str:
        if name in scope.bound:
            return name
        if scope.filtered and name in self._around.names and name in self._around.entries:
            message = f"`{name}` may be an entry of what is filtered or another name of the model"
            raise ExportError(message, self._cell.origin.place(self._cell.text, span.start, span.end))
        return self._around.read(name)

    def _if(self, node: If, scope: NullState) -> str:
        condition = self.part(node.condition, scope)
        then = self.part(node.then, scope.knowing(non_null_where(node.condition, True)))
        otherwise = self.part(node.otherwise, scope.knowing(non_null_where(node.condition, False)))
        text = self.splice(node, [(node.condition, condition), (node.then, then), (node.otherwise, otherwise)])
        if scope.plain or not nullable(node.condition, scope.sure):
            return text
        # What comes after an `if` belongs to its last branch, so no brackets are needed where this one stood.
        return f"if {_operand(node.condition, condition)} = null then null else {text}"

    def _flow(self, operands: Iterable[Node], conjunction: bool, scope: NullState) -> list[tuple[Node, str]]:
        found = []
        for operand in operands:
            found.append((operand, self.part(operand, scope)))
            scope = scope.knowing(settled(operand, conjunction, scope.sure))
        return found

    def _test(self, node: Comparison | In, scope: NullState) -> str:
        text = self.splice(node, [(child, self.part(child, scope)) for child in children(node)])
        has_null = reads_null(node)
        if scope.plain or not _hides_null(node) or (has_null and isinstance(node, Comparison)):
            return text
        asked = [node.value] if isinstance(node, In) else [node.left, node.right]
        unsure = [part for part in asked if not has_null and nullable(part, scope.sure)]
        tests = [test for test in node.tests if not isinstance(test, Null)] if isinstance(node, In) else []
        listed = [test for test in tests if nullable(test, scope.sure | {INPUT})]
        if not unsure and not listed:
            return text
        if listed:
            text = f"if {text} then true else if {self._nulls(listed, scope)} then null else false"
        if unsure:
            text = f"if {self._nulls(unsure, scope)} then null else {text}"
        self._wrapped = node
        return f"({text})"

    def _nulls(self, nodes: Iterable[Node], scope: NullState) -> str:
        """That any of them is null."""
        return " or ".join(f"{_operand(node, self.part(node, scope))} = null" for node in nodes)

    def _loop(self, node: For | Quantified, scope: NullState) -> str:
        """Nulls pass through `some` and `every`; what a `for` makes of them is FEEL's own."""
        found, inner = [], scope
        for one in node.iterations:
            found.append((one.source, self.part(one.source, inner)))
            if one.end is not None:
                found.append((one.end, self.part(one.end, inner)))
            inner = inner.binding(one.name)
        if isinstance(node, For):
            found.append((node.body, self.part(node.body, inner.binding("partial"))))
        else:
            known = replace(inner, sure=iterating(scope.sure, node.iterations), plain=scope.plain)
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
