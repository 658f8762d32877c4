"""The emission context: the function that is being written, and what its names are bound to at each place. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, NamedTuple

from greenlane.engine.feel.ast import InputValue, Name, Node
from greenlane.engine.feel.codegen.code_writer import CodeWriter, LazyVariable
from greenlane.engine.feel.constant_folding import Evaluate, folded, folded_items
from greenlane.engine.feel.functions import BUILTINS
from greenlane.engine.feel.interpreter import evaluate_constant
from greenlane.engine.feel.invocation import LazyFunction, builtin_value
from greenlane.engine.feel.scope import Run
from greenlane.engine.feel.semantics import ErrorContext, Semantics

ITEM = "item"
"""The name of the item of a filtered list."""
SCOPE = "scope"
"""The parameter of generated functions that holds the scope."""
# Python takes twenty blocks inside of one another; a node writes up to four.
_MAX_DEPTH = 12


class Operand(NamedTuple):
    """A value in the code, by a variable or a constant; `kind` is its Python type where that is known."""

    text: str
    kind: type | None = None

    def __str__(self) -> str:
        return self.text


class LocalBindings(NamedTuple):
    """Names that variables hold."""

    variables: Mapping[str, str]


class ItemBindings(NamedTuple):
    """The names that an item of a filtered list brings: `item`, and its entries where it is a context."""

    item: str
    entries: LazyVariable


@dataclass(frozen=True, slots=True)
class Bindings:
    """What names are bound to at a place: by the `layers`, the last one first, before the names of `scope`.

    `shadows` are the names that hide built-in functions. `budget` is that of the loop, context or test around the
    place, None where there is none: then every loop has the budget of the scope.
    """

    scope: str
    shadows: frozenset[str]
    layers: tuple[LocalBindings | ItemBindings, ...] = ()
    budget: LazyVariable | None = None

    def over(self, layer: LocalBindings | ItemBindings, budget: LazyVariable, *known: str) -> Bindings:
        """With a layer before these; `known` are those of its names that may hide built-in functions."""
        return Bindings(self.scope, self.hiding(*known), (*self.layers, layer), budget)

    def within(self, scope: str, budget: LazyVariable) -> Bindings:
        """Of a scope that has all of these."""
        return Bindings(scope, self.shadows, (), budget)

    def also(self, *known: str) -> Bindings:
        """The same, where the names given hide built-in functions too."""
        return replace(self, shadows=self.hiding(*known))

    def hiding(self, *names: str) -> frozenset[str]:
        """The names that hide built-in functions, with those given."""
        return self.shadows | {name for name in names if name in BUILTINS}


EmitNode = Callable[["EmissionContext", Any, Bindings], Operand]
"""Writes the code of a node of one type; the operand is its value."""


@dataclass(frozen=True, slots=True)
class EmissionContext:
    """The function being written.

    `emitters` has a function for each type of node; `compile` makes a function of a node, for parts that become
    functions of their own.
    """

    writer: CodeWriter
    semantics: Semantics
    emitters: Mapping[type[Node], EmitNode]
    compile: Callable[[Node, Semantics, frozenset[str]], Run]

    def emit(self, node: Node, bindings: Bindings) -> Operand:
        """Writes the code of any node; the operand is its value."""
        is_fixed, value = self.fixed(node, bindings)
        if is_fixed:
            return self.constant(value)
        if self.writer.depth > _MAX_DEPTH and not isinstance(node, Name | InputValue):
            run = self.writer.constant(self.compiled(node, bindings.shadows))
            return self.result(f"{run}({self.scope(bindings)})")
        return self.emitters[type(node)](self, node, bindings)

    def compiled(self, node: Node, shadows: frozenset[str]) -> Run:
        """The node as a function of the scope, compiled when it is first called."""
        return LazyFunction(partial(self.compile, node, self.semantics, shadows))

    def errors(self, node: Node, *operands: Node) -> str:
        """The error context of a node, as it stands in the code."""
        return self.writer.constant(ErrorContext(node, self.semantics, *operands))

    def fixed(self, node: Node, bindings: Bindings) -> tuple[bool, Any]:
        """Whether the node is constant, and its value."""
        return folded(node, bindings.shadows, self._evaluated(bindings))

    def fixed_items(self, node: Node, bindings: Bindings) -> tuple[Any, ...] | None:
        """The items of a list literal of constants, None for any other node."""
        return folded_items(node, bindings.shadows, self._evaluated(bindings))

    def _evaluated(self, bindings: Bindings) -> Evaluate:
        return lambda node, budget: evaluate_constant(node, self.semantics, bindings.shadows, budget)

    def constant(self, value: Any) -> Operand:
        """A value that is known beforehand."""
        return Operand(self.writer.constant(value), type(value))

    def result(self, text: str) -> Operand:
        """A variable that gets the value of the text."""
        variable = self.writer.variable()
        self.writer.line(f"{variable} = {text}")
        return Operand(variable)

    def budget(self, bindings: Bindings) -> LazyVariable:
        """The budget of a loop, context or test at this place."""
        return bindings.budget or LazyVariable(self.writer, f"budget_of({bindings.scope})")

    def payer(self, bindings: Bindings) -> str:
        """The budget, for what is seldom asked for: outside of loops it is looked up there and then."""
        return f"budget_of({bindings.scope})" if bindings.budget is None else str(bindings.budget)

    def scope(self, bindings: Bindings) -> str:
        """The bindings as a scope, for what is not written into the code."""
        if bindings.budget is None:
            return bindings.scope
        entries: list[str] = []
        for layer in bindings.layers:
            if isinstance(layer, LocalBindings):
                entries.extend(f"{self.writer.constant(name)}: {text}" for name, text in layer.variables.items())
            else:
                entries.append(f"{self.writer.constant(ITEM)}: {layer.item}")
                entries.append(f"**{layer.entries}")
        return f"LocalScope({bindings.scope}, {{{', '.join(entries)}}}, {bindings.budget})"

    def read(self, node: Node, name: str, bindings: Bindings) -> Operand:
        """The value of a name; what comes of an unknown one where nothing has it."""
        known = name in BUILTINS
        otherwise = builtin_value(name) if known else ErrorContext(node, self.semantics).unknown(name)
        return self._read(bindings, name, len(bindings.layers), otherwise)

    def _read(self, bindings: Bindings, name: str, depth: int, otherwise: Any) -> Operand:
        if depth == 0:
            return self._read_scope(bindings.scope, name, otherwise)
        layer = bindings.layers[depth - 1]
        if isinstance(layer, LocalBindings):
            held = layer.variables.get(name)
            return self._read(bindings, name, depth - 1, otherwise) if held is None else Operand(held)
        writer, key = self.writer, self.writer.constant(name)
        if name == ITEM:
            return self.result(f"{layer.entries}.get({key}, {layer.item})")
        found = writer.variable()
        with writer.block(f"if {key} in {layer.entries}"):
            writer.line(f"{found} = {layer.entries}[{key}]")
        with writer.block("else"):
            writer.line(f"{found} = {self._read(bindings, name, depth - 1, otherwise)}")
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
