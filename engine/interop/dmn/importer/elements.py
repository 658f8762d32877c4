"""What of a library becomes rules: the elements of the main model, and those of other models that they require."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from greenlane.engine.feel import FeelSyntaxError, ast, parse_expression, parse_unary_tests
from greenlane.engine.feel.visitor import walk
from greenlane.engine.interop.dmn.boxed import Entry, LiteralExpression, Output, Typed
from greenlane.engine.interop.dmn.boxed import Iterator as BoxedIterator
from greenlane.engine.interop.dmn.check import parts_of
from greenlane.engine.interop.dmn.formulas import Formulas
from greenlane.engine.interop.dmn.library import Library
from greenlane.engine.interop.dmn.model import Decision, Href, ItemDefinition, KnowledgeModel, Model, Node
from greenlane.engine.interop.dmn.xml_tree import Text

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Element:
    """An element and the names under which its model is imported, from the main model on."""

    model: Model
    node: Node
    prefix: tuple[str, ...]

    @property
    def key(self) -> Key:
        return self.model.namespace, self.node.id


def requires(node: Node) -> tuple[Href, ...]:
    """What the logic of the element may read."""
    return node.requires if isinstance(node, (Decision, KnowledgeModel)) else ()


def elements_of(library: Library, only: Collection[str] = ()) -> tuple[Element, ...]:
    """Those of the main model in the order of the file, then those that they need from other models.

    With `only` the names of some elements of the main model, those and what they need.
    """
    prefixes = _prefixes(library)
    main = library.main
    wanted = [node for node in main.by_id.values() if not only or node.name in only]
    found: dict[Key, tuple[Model, Node]] = {(main.namespace, node.id): (main, node) for node in wanted}
    waiting = list(found.values())
    while waiting:
        _, node = waiting.pop(0)
        for href in requires(node):
            resolved = library.resolve(href)
            key = (href.namespace, href.id)
            if resolved is not None and key not in found:
                found[key] = resolved
                waiting.append(resolved)
    own = [(main, node) for node in main.by_id.values() if (main.namespace, node.id) in found]
    others = [(model, node) for model, node in found.values() if model is not main]
    return tuple(Element(model, node, prefixes.get(model.namespace, ())) for model, node in (*own, *others))


def _prefixes(library: Library) -> dict[str, tuple[str, ...]]:
    """The shortest way of imports to each model."""
    found: dict[str, tuple[str, ...]] = {library.main.namespace: ()}
    waiting = [library.main]
    while waiting:
        model = waiting.pop(0)
        for one in model.imports:
            if one.namespace in library.models and one.namespace not in found:
                name = (one.name,) if one.name else ()
                found[one.namespace] = (*found[model.namespace], *name)
                waiting.append(library.models[one.namespace])
    return found


@dataclass(frozen=True, slots=True)
class InnerNames:
    """Names that expressions define for themselves. `members` are those of entries and components.

    `filtering` are the names that stand inside of filters, where an entry of the items comes first, `called` those that
    are called as functions.
    """

    all: frozenset[str]
    members: frozenset[str]
    filtering: frozenset[str]
    called: frozenset[str]


def inner_names(library: Library, formulas: Formulas) -> InnerNames:
    """Those of all models of the library."""
    local: set[str] = set()
    members: set[str] = set()
    filtering: set[str] = set()
    called: set[str] = set()
    for model in library.models.values():
        for part in parts_of((*model.items.values(), *model.by_id.values())):
            if isinstance(part, (ItemDefinition, Typed, Entry, Output)):
                members.add(part.name)
            elif isinstance(part, BoxedIterator):
                local.add(part.variable)
            for tree in _trees(part, formulas.members):
                for node in walk(tree):
                    local.update(_defined(node))
                    members.update(name for name, _ in getattr(node, "entries", ()))
                    if isinstance(node, ast.Call) and isinstance(node.function, ast.Name):
                        called.add(node.function.name)
                    if isinstance(node, ast.Filter):
                        filtering.update(n.name for n in walk(node.condition) if isinstance(n, ast.Name))
    return InnerNames(frozenset(local | members), frozenset(members), frozenset(filtering), frozenset(called))


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
        if isinstance(text, Text) and text.value.strip():
            try:
                yield parse(text.value, names, names)
            except FeelSyntaxError:
                continue
