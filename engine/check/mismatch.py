"""Type mismatches: types, units and values that cannot be compared, and the diagnostics that say so. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from greenlane.engine.check.types import BOOLEAN, NumberType, StringType, Type, family, unknown
from greenlane.engine.diagnostics import Diagnostic, Severity, nearest
from greenlane.engine.feel import ast
from greenlane.engine.rules.table import Cell


@dataclass(slots=True)
class TypingContext:
    """What one cell is checked in: the types of the names it may read, and the diagnostics found in it so far.

    `labels` are the Chinese titles of facts by name, for messages.
    """

    cell: Cell
    names: Mapping[str, Type]
    labels: Mapping[str, str]
    diagnostics: list[Diagnostic] = field(default_factory=list)

    def report(self, code: str, message: str, node: ast.Node, help_: str = "") -> None:
        """Records an error underlining the node's text."""
        place = self.cell.origin.place(self.cell.text, node.span.start, node.span.end)
        self.diagnostics.append(Diagnostic(code, message, place, help_, Severity.ERROR))

    def with_names(self, more: Mapping[str, Type]) -> TypingContext:
        """A context of an inner scope with further names; diagnostics go to the same list."""
        return TypingContext(self.cell, InnerScope(self.names, more), self.labels, self.diagnostics)

    def comparable(self, left: Type, right: Type, node: ast.Node) -> None:
        """Reports (GL211 to GL213) unless values of the two types can be compared; `node` is the right-hand one."""
        if unknown(left) or unknown(right):
            return
        if isinstance(left, StringType) and isinstance(right, StringType):
            self._same_values(left, right, node)
        elif isinstance(left, NumberType) and isinstance(right, NumberType):
            self.same_unit(left, right, node)
        elif family(left) != family(right) and "list" not in (family(left), family(right)):
            self.report(
                "GL211",
                f"a {family(left)} cannot be compared with a {family(right)}",
                node,
                _type_help(left, node),
            )

    def boolean(self, found: Type, node: ast.Node) -> None:
        """Reports GL214 unless the type of the node is boolean or unknown."""
        if not unknown(found) and found != BOOLEAN:
            self.report("GL214", f"a boolean is needed here, this is a {family(found)}", node)

    def same_unit(self, left: NumberType, right: NumberType, node: ast.Node) -> None:
        """Reports GL212 when both units are known and differ."""
        if left.unit is not None and right.unit is not None and left.unit != right.unit:
            self.report(
                "GL212",
                f"a number in {left.unit} meets a number in {right.unit}",
                node,
                "numbers are never scaled silently: convert one of them first",
            )

    def _same_values(self, left: StringType, right: StringType, node: ast.Node) -> None:
        if left.allowed is None or right.allowed is None:
            return
        for value in right.allowed:
            if value not in left.allowed:
                near = nearest(value, left.allowed)
                self.report(
                    "GL213",
                    f"`{value}` is not an allowed value",
                    node,
                    (f"did you mean `{near}`? " if near else "") + "allowed: " + ", ".join(left.allowed),
                )


class InnerScope(Mapping[str, Type]):
    """The names of an inner scope, which shadow those of the outer one; types of outer names stay uninferred."""

    def __init__(self, outer: Mapping[str, Type], inner: Mapping[str, Type]) -> None:
        self._outer, self._inner = outer, inner

    def __getitem__(self, name: str) -> Type:
        return self._inner[name] if name in self._inner else self._outer[name]

    def __contains__(self, name: object) -> bool:
        return name in self._inner or name in self._outer

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys([*self._inner, *self._outer]))

    def __len__(self) -> int:
        return len(set(self._inner) | set(self._outer))


def _type_help(left: Type, node: ast.Node) -> str:
    if isinstance(left, NumberType) and isinstance(node, ast.String):
        return "write the number without quotes"
    if isinstance(left, StringType) and left.allowed:
        return "allowed: " + ", ".join(left.allowed)
    if family(left) == "boolean":
        return "write `true` or `false`"
    return ""
