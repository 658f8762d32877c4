"""FEEL of a model to FEEL of rule files: the same tree with every name bound to what it was bound to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from greenlane.engine.diagnostics import nearest
from greenlane.engine.feel import FeelSyntaxError, ast
from greenlane.engine.feel.functions import BUILTINS
from greenlane.engine.feel.visitor import rebuilt
from greenlane.engine.interop.dmn.faults import Faults
from greenlane.engine.interop.dmn.formulas import Formulas
from greenlane.engine.interop.dmn.importer.codes import FACT_TYPES, LOGIC, NAME, TYPE
from greenlane.engine.interop.dmn.importer.glossary import Tree, Unsaid
from greenlane.engine.interop.dmn.importer.scope import Binding, Module, Named, Refused, Scope
from greenlane.engine.interop.dmn.xml_tree import Text

NOWHERE = ast.Span(0, 0)
NULL = ast.Null(NOWHERE)
ANY = ast.UnaryTests((), False, NOWHERE)
_CLOCK = ("now", "today")


@dataclass(frozen=True, slots=True)
class _Within:
    """A component of a structured input: the way to it, and what it is."""

    root: Tree
    members: tuple[str, ...]
    part: str | Tree | Unsaid


@dataclass(slots=True)
class Translator:
    """`asked` collects the structured inputs that are used as a whole, by the name of their value.

    `empties` says for tables that list or count what they are in rule files where no row holds, and null in the model.
    """

    formulas: Formulas
    members: frozenset[str]
    faults: Faults
    asked: dict[str, Tree] = field(default_factory=dict)
    empties: dict[str, ast.Node] = field(default_factory=dict)

    def expression(self, text: Text, scope: Scope) -> ast.Node:
        """The tree of an expression in terms of rule files; null where there is none, or a fault."""
        if not text.value.strip():
            return NULL
        return self._read(text, scope, self.formulas.tree) or NULL

    def tests(self, text: Text, scope: Scope) -> ast.UnaryTests:
        """The tree of a cell in terms of rule files."""
        made = self._read(text, scope, self.formulas.tests_tree)
        return made if isinstance(made, ast.UnaryTests) else ANY

    def empty(self, node: ast.Node, scope: Scope) -> ast.Node | None:
        """What an expression of rule files is where a table that it is the result of has no row that holds."""
        called = node.function if isinstance(node, ast.Call) else node
        if not isinstance(called, ast.Name):
            return None
        local = scope.written().get(called.name)
        if local is None:
            return self.empties.get(called.name)
        return scope.tables.get(local)

    def _read(self, text: Text, scope: Scope, parse: Callable[..., ast.Node]) -> ast.Node | None:
        try:
            return _Expression(self, text, scope).node(parse(text, scope.model, scope.names))
        except FeelSyntaxError as error:
            for fault in error.diagnostics:
                place = text.place(fault.span.start, fault.span.end)
                self.faults.error(fault.code, fault.message, place, fault.help)
            return None


@dataclass(frozen=True, slots=True)
class _Expression:
    """One text under translation."""

    shared: Translator
    text: Text
    scope: Scope

    def node(self, node: ast.Node) -> ast.Node:
        """The node with its names, and all nodes inside of it."""
        match node:
            case ast.Name():
                return self._name(node)
            case ast.Path():
                return self._path(node)
            case ast.ContextLiteral(entries):
                return replace(node, entries=self._entries(entries))
            case ast.For(iterations, body):
                steps, inner = self._iterations(iterations)
                return replace(node, iterations=steps, body=inner._knowing("partial").node(body))
            case ast.Quantified(_, iterations, condition):
                steps, inner = self._iterations(iterations)
                return replace(node, iterations=steps, condition=inner.node(condition))
            case ast.Filter(source, condition):
                inside = replace(self, scope=self.scope.filtering())
                return replace(node, source=self.node(source), condition=inside.node(condition))
            case ast.FunctionLiteral(parameters, body):
                if node.external:
                    self._fault(LOGIC, "an external function cannot be called", node, "write its body in FEEL")
                    return NULL
                return replace(node, body=self._knowing(*(name for name, _ in parameters)).node(body))
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
            right = self.shared.empty(left, self.scope) or right
        elif isinstance(left, ast.Null):
            left = self.shared.empty(right, self.scope) or left
        return replace(node, left=left, right=right)

    def _knowing(self, *names: str) -> _Expression:
        return replace(self, scope=self.scope.knowing(names))

    def _entries(self, entries: Sequence[tuple[str, ast.Node]]) -> tuple[tuple[str, ast.Node], ...]:
        inner = self
        made = []
        for key, value in entries:
            made.append((key, inner.node(value)))
            inner = inner._knowing(key)
        return tuple(made)

    def _iterations(self, iterations: Sequence[ast.Iteration]) -> tuple[tuple[ast.Iteration, ...], _Expression]:
        inner = self
        made = []
        for one in iterations:
            end = None if one.end is None else inner.node(one.end)
            made.append(replace(one, source=inner.node(one.source), end=end))
            inner = inner._knowing(one.name)
        return tuple(made), inner

    def _call(self, node: ast.Call) -> ast.Node:
        """Arguments given by name are all given: what is left out is null."""
        bound = self._target(node.function)
        made = rebuilt(node, self.node)
        if isinstance(node.function, ast.Name) and node.function.name in _CLOCK and bound is None:
            message = f"`{node.function.name}()` has no answer in rule files"
            self._fault(LOGIC, message, node, "make the day an input of the model")
        if isinstance(bound, Named) and bound.parameters and node.names:
            missing = tuple(new for name, new in bound.parameters.items() if name not in node.names)
            names = tuple(bound.parameters.get(name, name) for name in node.names)
            return replace(made, names=(*names, *missing), arguments=(*made.arguments, *(NULL for _ in missing)))
        return made

    def _target(self, node: ast.Node) -> Binding | _Within | None:
        """What a name or a path to something stands for, None for anything else."""
        if isinstance(node, ast.Name):
            return None if node.name in self.scope.locals else self.scope.bindings.get(node.name)
        if not isinstance(node, ast.Path):
            return None
        outer = self._target(node.source)
        if isinstance(outer, Tree):
            outer = _Within(outer, (), outer)
        if isinstance(outer, Module):
            return outer.entries.get(node.name) or self._missing(node, outer.entries)
        if isinstance(outer, _Within) and isinstance(outer.part, Tree):
            if node.name not in outer.part.parts:
                return self._missing(node, outer.part.parts)
            return _Within(outer.root, (*outer.members, node.name), outer.part.parts[node.name])
        return None

    def _missing(self, node: ast.Path, known: Iterable[str]) -> Refused:
        near = nearest(node.name, known)
        self._fault(NAME, f"there is no `{node.name}` in it", node, f"did you mean `{near}`?" if near else "")
        return Refused()

    def _name(self, node: ast.Name) -> ast.Node:
        if node.name in self.scope.locals:
            return replace(node, name=self.scope.renamed.get(node.name, node.name))
        bound = self.scope.bindings.get(node.name)
        if bound is not None:
            return self._written(node, bound)
        if node.name not in BUILTINS and not self.scope.filters:
            near = nearest(node.name, self.scope.names)
            advice = f"did you mean `{near}`?" if near else "add what it names to the requirements"
            self._fault(NAME, f"nothing that is required here is called `{node.name}`", node, advice)
        return node

    def _written(self, node: ast.Name | ast.Path, bound: Binding) -> ast.Node:
        match bound:
            case Named(name):
                self._ambiguous(node, name)
                return ast.Name(name, node.span)
            case Tree():
                self._ambiguous(node, bound.whole)
                return self._whole(bound, node)
            case Module():
                message = f"`{node.name}` is an imported model, not a value"
                self._fault(NAME, message, node, "name one of its elements behind a `.`")
            case Refused(message, advice):
                if message:
                    self._fault(LOGIC, message, node, advice)
        return ast.Null(node.span)

    def _ambiguous(self, node: ast.Name | ast.Path, name: str) -> None:
        if self.scope.filters and name != node.name and {node.name, name} & self.shared.members:
            message = f"`{node.name}` may be an entry of the items or what is required here"
            self._fault(NAME, message, node, "give the requirement or the entry another name")

    def _path(self, node: ast.Path) -> ast.Node:
        target = self._target(node)
        if target is None:
            return rebuilt(node, self.node)
        if not isinstance(target, _Within):
            return self._written(node, target)
        match target.part:
            case Unsaid(what):
                self._fault(TYPE, f"`{node.name}` is {what}, which no fact can be", node, FACT_TYPES)
                return ast.Null(node.span)
            case Tree():
                return self._inside(target, node)
            case name:
                hidden = name in self.scope.written() or (self.scope.filters and name in self.shared.members)
                return self._inside(target, node) if hidden else ast.Name(name, node.span)

    def _inside(self, target: _Within, node: ast.Node) -> ast.Node:
        """A part by way of the whole."""
        made = self._whole(target.root, node)
        for member in target.members:
            made = ast.Path(made, member, node.span)
        return made

    def _whole(self, tree: Tree, node: ast.Node) -> ast.Node:
        self.shared.asked[tree.whole] = tree
        return ast.Name(tree.whole, node.span)

    def _fault(self, code: str, message: str, node: ast.Node, advice: str = "") -> None:
        place = self.text.place(node.span.start, node.span.end)
        self.shared.faults.error(code, message, place, advice)


def whole_value(tree: Tree, faults: Faults) -> ast.Node:
    """The value of a structured input: a context of its facts."""
    entries: list[tuple[str, ast.Node]] = []
    for name, part in tree.parts.items():
        match part:
            case Unsaid(what):
                message = f"`{name}` is {what}, which no fact can be, and the whole of it is used"
                faults.error(TYPE, message, part.place, FACT_TYPES)
            case Tree():
                entries.append((name, whole_value(part, faults)))
            case fact:
                entries.append((name, ast.Name(fact, NOWHERE)))
    return ast.ContextLiteral(tuple(entries), NOWHERE)
