"""Chooses what is imported: elements of the main model and all that they require; and the names they define. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from greenlane.engine.feel import FeelSyntaxError, ast, parse_expression, parse_unary_tests
from greenlane.engine.feel.visitor import walk
from greenlane.engine.interop.dmn.boxed import (
    ContextEntry,
    InformationItem,
    IteratorExpression,
    LiteralExpression,
    OutputClause,
)
from greenlane.engine.interop.dmn.expression_compiler import ExpressionCompiler
from greenlane.engine.interop.dmn.model import (
    DrgElement,
    ElementKey,
    ItemDefinition,
    Model,
    ModelSet,
    parts_of,
    requirements,
)
from greenlane.engine.interop.dmn.xml_tree import SourceText


@dataclass(frozen=True, slots=True)
class ImportedElement:
    """An element and the names under which its model is imported, from the main model on."""

    model: Model
    node: DrgElement
    prefix: tuple[str, ...]

    @property
    def key(self) -> ElementKey:
        """The namespace of its model and its id."""
        return self.model.namespace, self.node.id


def elements_of(models: ModelSet, only: Collection[str] = ()) -> tuple[ImportedElement, ...]:
    """Those of the main model in the order of the file, then those that they require from other models.

    With `only`, names of elements of the main model, these and what they require.
    """
    prefixes = _prefixes(models)
    main = models.main
    wanted = [node for node in main.by_id.values() if not only or node.name in only]
    found: dict[ElementKey, tuple[Model, DrgElement]] = {(main.namespace, node.id): (main, node) for node in wanted}
    waiting = list(found.values())
    while waiting:
        _, node = waiting.pop(0)
        for href in requirements(node):
            resolved = models.resolve(href)
            key = (href.namespace, href.id)
            if resolved is not None and key not in found:
                found[key] = resolved
                waiting.append(resolved)
    own = [(main, node) for node in main.by_id.values() if (main.namespace, node.id) in found]
    others = [(model, node) for model, node in found.values() if model is not main]
    return tuple(ImportedElement(model, node, prefixes.get(model.namespace, ())) for model, node in (*own, *others))


def _prefixes(models: ModelSet) -> dict[str, tuple[str, ...]]:
    """The shortest way of imports to each model."""
    found: dict[str, tuple[str, ...]] = {models.main.namespace: ()}
    waiting = [models.main]
    while waiting:
        model = waiting.pop(0)
        for one in model.imports:
            if one.namespace in models.by_namespace and one.namespace not in found:
                name = (one.name,) if one.name else ()
                found[one.namespace] = (*found[model.namespace], *name)
                waiting.append(models.by_namespace[one.namespace])
    return found


@dataclass(frozen=True, slots=True)
class LocalNames:
    """Names that expressions of the models define. `members` are those of context entries and components of types.

    `filtering` are names that are read inside of filters, where an entry of the items comes first; `called` are names
    that are called as functions.
    """

    all: frozenset[str]
    members: frozenset[str]
    filtering: frozenset[str]
    called: frozenset[str]


def local_names(models: ModelSet, compiler: ExpressionCompiler) -> LocalNames:
    """Those of all models."""
    local: set[str] = set()
    members: set[str] = set()
    filtering: set[str] = set()
    called: set[str] = set()
    for model in models.by_namespace.values():
        for part in parts_of((*model.items.values(), *model.by_id.values())):
            if isinstance(part, (ItemDefinition, InformationItem, ContextEntry, OutputClause)):
                members.add(part.name)
            elif isinstance(part, IteratorExpression):
                local.add(part.variable)
            for tree in _trees(part, compiler.members):
                for node in walk(tree):
                    local.update(_defined(node))
                    members.update(name for name, _ in getattr(node, "entries", ()))
                    if isinstance(node, ast.Call) and isinstance(node.function, ast.Name):
                        called.add(node.function.name)
                    if isinstance(node, ast.Filter):
                        filtering.update(n.name for n in walk(node.condition) if isinstance(n, ast.Name))
    return LocalNames(frozenset(local | members), frozenset(members), frozenset(filtering), frozenset(called))


def _defined(node: ast.Node) -> Iterator[str]:
    if isinstance(node, (ast.For, ast.Quantified)):
        yield from (one.name for one in node.iterations)
    elif isinstance(node, ast.FunctionLiteral):
        yield from (name for name, _ in node.parameters)


def _trees(part: object, names: Iterable[str]) -> Iterator[ast.Node]:
    """The trees of the texts that stand directly in a part of a model."""
    texts: list[object] = []
    for name in getattr(part, "__dataclass_fields__", ()):
        value = getattr(part, name)
        texts.extend(value if isinstance(value, tuple) else (value,))
    parse = parse_expression if isinstance(part, LiteralExpression) else parse_unary_tests
    for text in texts:
        if isinstance(text, SourceText) and text.value.strip():
            try:
                yield parse(text.value, names, names)
            except FeelSyntaxError:
                continue
