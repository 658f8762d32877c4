"""Where in an expression something goes wrong, and the value that comes of it."""

from __future__ import annotations

from typing import Any

from greenlane.engine.feel.ast import Node
from greenlane.engine.feel.errors import FeelError
from greenlane.engine.feel.printer import print_node
from greenlane.engine.feel.semantics import Cause, CauseKind, Semantics
from greenlane.engine.feel.values.types import ZH, type_name
from greenlane.engine.text import Text

MISSING = Text("需要一个值，得到的是空值", "a value is needed, got null")


class Site:
    """A node under a semantics. `operands` are the nodes whose values an operator or function gets, by index."""

    __slots__ = ("_limits", "_missing", "_printed", "node", "operands", "semantics")

    def __init__(self, node: Node, semantics: Semantics, *operands: Node) -> None:
        self.node = node
        self.semantics = semantics
        self.operands = operands
        self._limits: dict[str, Any] = {}
        self._missing: dict[int | None, Any] = {}
        self._printed: dict[int | None, str] = {}

    def error(self, error: FeelError) -> Any:
        """What comes of a FeelError of the operator or function."""
        if error.answer is not None:
            return error.answer
        if error.kind == "missing" and error.en == MISSING.en:
            return self.missing(error.argument)
        if error.kind == "limit":
            return self._limit(error)
        return self._failed(error.kind, Text(error.zh, error.en), error.argument)

    def _limit(self, error: FeelError) -> Any:
        """Kept: once there is too much, there may be so again in every turn of a loop."""
        if error.en not in self._limits:
            self._limits[error.en] = self._failed(error.kind, Text(error.zh, error.en), error.argument)
        return self._limits[error.en]

    def missing(self, operand: int | None = None) -> Any:
        """What comes of a null where a value is needed."""
        if operand not in self._missing:
            self._missing[operand] = self._failed("missing", MISSING, operand)
        return self._missing[operand]

    def unknown(self, name: str) -> Any:
        """What comes of an unknown name."""
        message = Text(f"未知名称 `{name}`", f"unknown name `{name}`")
        return self.semantics.failed(lambda: Cause("name", name, message, self.node.span))

    def wrong(self, kind: CauseKind, zh: str, en: str, operand: int | None = None) -> Any:
        """What comes of any other error."""
        return self._failed(kind, Text(zh, en), operand)

    def not_a(self, wanted: str, value: object, operand: int | None = None) -> Any:
        """What comes of a value of another type than the one wanted."""
        if value is None:
            return self.missing(operand)
        found = type_name(value)
        message = Text(f"需要{ZH[wanted]}，得到的是{ZH[found]}", f"a {wanted} is needed, got a {found}")
        return self._failed("type", message, operand)

    def _failed(self, kind: CauseKind, message: Text, operand: int | None) -> Any:
        def cause() -> Cause:
            node = self.operands[operand] if operand is not None and operand < len(self.operands) else self.node
            if operand not in self._printed:
                self._printed[operand] = print_node(node)
            return Cause(kind, self._printed[operand], message, node.span)

        return self.semantics.failed(cause)
