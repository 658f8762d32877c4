"""What writing the code of a node needs: the lines so far, the semantics, and what the names stand for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from greenlane.engine.feel.ast import Node
from greenlane.engine.feel.folding import constant
from greenlane.engine.feel.functions import BUILTINS
from greenlane.engine.feel.generate.writer import Lazy, Writer
from greenlane.engine.feel.invoke import builtin_value
from greenlane.engine.feel.semantics import Semantics
from greenlane.engine.feel.site import Site

Run = Callable[..., Any]
ITEM = "item"


class Operand(NamedTuple):
    """A value in the code, by a variable or a constant; `kind` is its Python type where that is known."""

    text: str
    kind: type | None = None

    def __str__(self) -> str:
        return self.text


class Local(NamedTuple):
    """Names that variables hold."""

    variables: Mapping[str, str]


class Entries(NamedTuple):
    """The names that an item of a filtered list brings: `item`, and its entries where it is a context."""

    item: str
    entries: Lazy


@dataclass(frozen=True, slots=True)
class Names:
    """What the names stand for at a place: the `layers`, the last one first, before the names of `scope`.

    `shadows` as for `compile_expression`. `budget` is that of the loop, context or test around the place, None where
    there is none: then every loop has the budget of the scope.
    """

    scope: str
    shadows: frozenset[str]
    layers: tuple[Local | Entries, ...] = ()
    budget: Lazy | None = None

    def over(self, layer: Local | Entries, budget: Lazy, *known: str) -> Names:
        """The names of a layer before these; `known` are those of them that hide built-in functions."""
        return Names(self.scope, self.knowing(*known), (*self.layers, layer), budget)

    def within(self, scope: str, budget: Lazy) -> Names:
        """The names of a scope that has all of these."""
        return Names(scope, self.shadows, (), budget)

    def also(self, *known: str) -> Names:
        """The same names, of which those given hide built-in functions."""
        return replace(self, shadows=self.knowing(*known))

    def knowing(self, *names: str) -> frozenset[str]:
        """The names that hide built-in functions, with those given."""
        return self.shadows | {name for name in names if name in BUILTINS}


@dataclass(frozen=True, slots=True)
class Work:
    """The function being written. `emit` writes the code of any node, `compiled` gives a function of its own."""

    writer: Writer
    semantics: Semantics
    emit: Callable[[Node, Names], Operand]
    compiled: Callable[[Node, frozenset[str]], Run]

    def site(self, node: Node, *operands: Node) -> str:
        """The site of a node."""
        return self.writer.constant(Site(node, self.semantics, *operands))

    def fixed(self, node: Node, names: Names) -> tuple[bool, Any]:
        """Whether the node is constant, and its value."""
        return constant(node, self.semantics, names.shadows)

    def result(self, text: str) -> Operand:
        """A variable that gets the value of the text."""
        variable = self.writer.variable()
        self.writer.line(f"{variable} = {text}")
        return Operand(variable)

    def budget(self, names: Names) -> Lazy:
        """The budget of a loop, context or test at this place."""
        return names.budget or Lazy(self.writer, f"budget_of({names.scope})")

    def payer(self, names: Names) -> str:
        """The budget that pays for long values, which is no matter to how turns are counted."""
        return f"budget_of({names.scope})" if names.budget is None else names.budget.aside()

    def scope(self, names: Names) -> str:
        """The names of the place as a scope, for what is not written into the code."""
        if names.budget is None:
            return names.scope
        entries: list[str] = []
        for layer in names.layers:
            if isinstance(layer, Local):
                entries.extend(f"{self.writer.constant(name)}: {text}" for name, text in layer.variables.items())
            else:
                entries.append(f"{self.writer.constant(ITEM)}: {layer.item}")
                entries.append(f"**{layer.entries}")
        return f"LocalScope({names.scope}, {{{', '.join(entries)}}}, {names.budget})"

    def read(self, node: Node, name: str, names: Names) -> Operand:
        """The value of a name; what comes of an unknown one where nothing has it."""
        return self._read(names, name, len(names.layers), self._unknown(node, name))

    def _unknown(self, node: Node, name: str) -> Any:
        return builtin_value(name) if name in BUILTINS else Site(node, self.semantics).unknown(name)

    def _read(self, names: Names, name: str, depth: int, otherwise: Any) -> Operand:
        if depth == 0:
            return self._read_scope(names.scope, name, otherwise)
        layer = names.layers[depth - 1]
        if isinstance(layer, Local):
            held = layer.variables.get(name)
            return self._read(names, name, depth - 1, otherwise) if held is None else Operand(held)
        writer, key = self.writer, self.writer.constant(name)
        if name == ITEM:
            return self.result(f"{layer.entries}.get({key}, {layer.item})")
        found = writer.variable()
        with writer.block(f"if {key} in {layer.entries}"):
            writer.line(f"{found} = {layer.entries}[{key}]")
        with writer.block("else"):
            writer.line(f"{found} = {self._read(names, name, depth - 1, otherwise)}")
        return Operand(found)

    def _read_scope(self, scope: str, name: str, otherwise: Any) -> Operand:
        writer = self.writer
        if name in writer.known and scope == SCOPE:
            return Operand(writer.known[name])
        found = writer.variable()
        with writer.block("try"):
            writer.line(f"{found} = {scope}[{writer.constant(name)}]")
        with writer.block("except KeyError"):
            writer.line(f"{found} = {writer.constant(otherwise)}")
        # A scope made on the way gets names of its own while it is being read.
        if scope == SCOPE:
            writer.known[name] = found
        return Operand(found)


SCOPE = "scope"
