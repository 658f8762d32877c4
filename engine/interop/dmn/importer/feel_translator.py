"""Translates FEEL of a model to FEEL of rule files: the same tree with each name replaced. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from greenlane.engine.diagnostics import DiagnosticSink, nearest
from greenlane.engine.feel import FeelSyntaxError, ast
from greenlane.engine.feel.functions import BUILTINS
from greenlane.engine.feel.visitor import rebuilt
from greenlane.engine.interop.dmn.diagnostic_codes import NO_FACT_TYPE, NO_RULE_LOGIC, UNRESOLVED_NAME
from greenlane.engine.interop.dmn.expression_compiler import ExpressionCompiler
from greenlane.engine.interop.dmn.importer.ir import NULL, SYNTHETIC
from greenlane.engine.interop.dmn.importer.name_scopes import (
    Binding,
    ModuleBinding,
    NameScope,
    SymbolBinding,
    UnsupportedBinding,
)
from greenlane.engine.interop.dmn.importer.symbols import StructuredInput, UnsupportedComponent
from greenlane.engine.interop.dmn.importer.type_resolution import FACT_TYPES
from greenlane.engine.interop.dmn.xml_tree import SourceText

_ANY = ast.UnaryTests((), False, SYNTHETIC)
_CLOCK = ("now", "today")


@dataclass(frozen=True, slots=True)
class _ComponentPath:
    """A component of a structured input: the path to it, and what it is."""

    root: StructuredInput
    members: tuple[str, ...]
    part: str | StructuredInput | UnsupportedComponent


@dataclass(slots=True)
class FeelTranslator:
    """Translates texts. `used_whole` collects structured inputs that are read as a whole, by the name of their value.

    `empty_results`: by name, for tables that list or count, what they are in rule files where no row holds; in the
    model that is null.
    """

    compiler: ExpressionCompiler
    members: frozenset[str]
    sink: DiagnosticSink
    used_whole: dict[str, StructuredInput] = field(default_factory=dict)
    empty_results: dict[str, ast.Node] = field(default_factory=dict)

    def expression(self, text: SourceText, scope: NameScope) -> ast.Node:
        """The translated expression; null where there is none, or an error that is reported."""
        if not text.value.strip():
            return NULL
        return self._read(text, scope, self.compiler.tree) or NULL

    def tests(self, text: SourceText, scope: NameScope) -> ast.UnaryTests:
        """The translated unary tests of a cell; any value passes where there are none, or an error that is reported."""
        translated = self._read(text, scope, self.compiler.tests_tree)
        return translated if isinstance(translated, ast.UnaryTests) else _ANY

    def empty_result(self, node: ast.Node, scope: NameScope) -> ast.Node | None:
        """If a translated expression reads a table: its value where no row holds, None where that is null."""
        called = node.function if isinstance(node, ast.Call) else node
        if not isinstance(called, ast.Name):
            return None
        local = scope.current_names().get(called.name)
        if local is None:
            return self.empty_results.get(called.name)
        return scope.empty_results.get(local)

    def _read(self, text: SourceText, scope: NameScope, parse: Callable[..., ast.Node]) -> ast.Node | None:
        try:
            return _TextTranslation(self, text, scope).node(parse(text, scope.model, scope.names))
        except FeelSyntaxError as error:
            for found in error.diagnostics:
                place = text.place(found.span.start, found.span.end)
                self.sink.error(found.code, found.message, place, found.help)
            return None


@dataclass(frozen=True, slots=True)
class _TextTranslation:
    """The translation of one text, in the scope of a node of it."""

    translator: FeelTranslator
    text: SourceText
    scope: NameScope

    def node(self, node: ast.Node) -> ast.Node:
        """The translated node."""
        match node:
            case ast.Name():
                return self._name(node)
            case ast.Path():
                return self._path(node)
            case ast.ContextLiteral(entries):
                return replace(node, entries=self._entries(entries))
            case ast.For(iterations, body):
                steps, inner = self._iterations(iterations)
                return replace(node, iterations=steps, body=inner._declaring("partial").node(body))
            case ast.Quantified(_, iterations, condition):
                steps, inner = self._iterations(iterations)
                return replace(node, iterations=steps, condition=inner.node(condition))
            case ast.Filter(source, condition):
                inside = replace(self, scope=self.scope.in_filter())
                return replace(node, source=self.node(source), condition=inside.node(condition))
            case ast.FunctionLiteral(parameters, body):
                if node.external:
                    self._error(NO_RULE_LOGIC, "an external function cannot be called", node, "write its body in FEEL")
                    return NULL
                return replace(node, body=self._declaring(*(name for name, _ in parameters)).node(body))
            case ast.Call():
                return self._call(node)
            case ast.Comparison("=" | "!="):
                return self._equality(node)
            case _:
                return rebuilt(node, self.node)

    def _equality(self, node: ast.Comparison) -> ast.Node:
        """A table without a row that holds is null in the model, but an empty list or 0 in rule files."""
        left, right = self.node(node.left), self.node(node.right)
        if isinstance(right, ast.Null):
            right = self.translator.empty_result(left, self.scope) or right
        elif isinstance(left, ast.Null):
            left = self.translator.empty_result(right, self.scope) or left
        return replace(node, left=left, right=right)

    def _declaring(self, *names: str) -> _TextTranslation:
        return replace(self, scope=self.scope.declaring(names))

    def _entries(self, entries: Sequence[tuple[str, ast.Node]]) -> tuple[tuple[str, ast.Node], ...]:
        inner = self
        translated = []
        for key, value in entries:
            translated.append((key, inner.node(value)))
            inner = inner._declaring(key)
        return tuple(translated)

    def _iterations(self, iterations: Sequence[ast.Iteration]) -> tuple[tuple[ast.Iteration, ...], _TextTranslation]:
        inner = self
        translated = []
        for one in iterations:
            end = None if one.end is None else inner.node(one.end)
            translated.append(replace(one, source=inner.node(one.source), end=end))
            inner = inner._declaring(one.name)
        return tuple(translated), inner

    def _call(self, node: ast.Call) -> ast.Node:
        """Arguments given by name are all given: what is left out is null."""
        bound = self._target(node.function)
        translated = rebuilt(node, self.node)
        if isinstance(node.function, ast.Name) and node.function.name in _CLOCK and bound is None:
            message = f"`{node.function.name}()` has no answer in rule files"
            self._error(NO_RULE_LOGIC, message, node, "make the day an input of the model")
        if isinstance(bound, SymbolBinding) and bound.parameters and node.names:
            missing = tuple(new for name, new in bound.parameters.items() if name not in node.names)
            names = tuple(bound.parameters.get(name, name) for name in node.names)
            return replace(
                translated, names=(*names, *missing), arguments=(*translated.arguments, *(NULL for _ in missing))
            )
        return translated

    def _target(self, node: ast.Node) -> Binding | _ComponentPath | None:
        """What a name or a path to something stands for, None for anything else."""
        if isinstance(node, ast.Name):
            return None if node.name in self.scope.locals else self.scope.bindings.get(node.name)
        if not isinstance(node, ast.Path):
            return None
        outer = self._target(node.source)
        if isinstance(outer, StructuredInput):
            outer = _ComponentPath(outer, (), outer)
        if isinstance(outer, ModuleBinding):
            return outer.entries.get(node.name) or self._missing(node, outer.entries)
        if isinstance(outer, _ComponentPath) and isinstance(outer.part, StructuredInput):
            if node.name not in outer.part.components:
                return self._missing(node, outer.part.components)
            return _ComponentPath(outer.root, (*outer.members, node.name), outer.part.components[node.name])
        return None

    def _missing(self, node: ast.Path, known: Iterable[str]) -> UnsupportedBinding:
        near = nearest(node.name, known)
        self._error(
            UNRESOLVED_NAME, f"there is no `{node.name}` in it", node, f"did you mean `{near}`?" if near else ""
        )
        return UnsupportedBinding()

    def _name(self, node: ast.Name) -> ast.Node:
        if node.name in self.scope.locals:
            return replace(node, name=self.scope.renamed.get(node.name, node.name))
        bound = self.scope.bindings.get(node.name)
        if bound is not None:
            return self._bound(node, bound)
        if node.name not in BUILTINS and not self.scope.filtered:
            near = nearest(node.name, self.scope.names)
            advice = f"did you mean `{near}`?" if near else "add what it names to the requirements"
            self._error(UNRESOLVED_NAME, f"nothing that is required here is called `{node.name}`", node, advice)
        return node

    def _bound(self, node: ast.Name | ast.Path, bound: Binding) -> ast.Node:
        match bound:
            case SymbolBinding(name):
                self._ambiguous(node, name)
                return ast.Name(name, node.span)
            case StructuredInput():
                self._ambiguous(node, bound.whole)
                return self._whole(bound, node)
            case ModuleBinding():
                message = f"`{node.name}` is an imported model, not a value"
                self._error(UNRESOLVED_NAME, message, node, "name one of its elements behind a `.`")
            case UnsupportedBinding(message, advice):
                if message:
                    self._error(NO_RULE_LOGIC, message, node, advice)
        return ast.Null(node.span)

    def _ambiguous(self, node: ast.Name | ast.Path, name: str) -> None:
        if self.scope.filtered and name != node.name and {node.name, name} & self.translator.members:
            message = f"`{node.name}` may be an entry of the items or what is required here"
            self._error(UNRESOLVED_NAME, message, node, "give the requirement or the entry another name")

    def _path(self, node: ast.Path) -> ast.Node:
        target = self._target(node)
        if target is None:
            return rebuilt(node, self.node)
        if not isinstance(target, _ComponentPath):
            return self._bound(node, target)
        match target.part:
            case UnsupportedComponent(description):
                self._error(NO_FACT_TYPE, f"`{node.name}` is {description}, which no fact can be", node, FACT_TYPES)
                return ast.Null(node.span)
            case StructuredInput():
                return self._component(target, node)
            case name:
                hidden = name in self.scope.current_names() or (self.scope.filtered and name in self.translator.members)
                return self._component(target, node) if hidden else ast.Name(name, node.span)

    def _component(self, target: _ComponentPath, node: ast.Node) -> ast.Node:
        """A component as a path from the whole input."""
        translated = self._whole(target.root, node)
        for member in target.members:
            translated = ast.Path(translated, member, node.span)
        return translated

    def _whole(self, structure: StructuredInput, node: ast.Node) -> ast.Node:
        self.translator.used_whole[structure.whole] = structure
        return ast.Name(structure.whole, node.span)

    def _error(self, code: str, message: str, node: ast.Node, advice: str = "") -> None:
        place = self.text.place(node.span.start, node.span.end)
        self.translator.sink.error(code, message, place, advice)


def structure_value(structure: StructuredInput, sink: DiagnosticSink) -> ast.Node:
    """The value of a structured input: a context of its facts."""
    entries: list[tuple[str, ast.Node]] = []
    for name, part in structure.components.items():
        match part:
            case UnsupportedComponent(description):
                message = f"`{name}` is {description}, which no fact can be, and the whole of it is used"
                sink.error(NO_FACT_TYPE, message, part.place, FACT_TYPES)
            case StructuredInput():
                entries.append((name, structure_value(part, sink)))
            case fact:
                entries.append((name, ast.Name(fact, SYNTHETIC)))
    return ast.ContextLiteral(tuple(entries), SYNTHETIC)
