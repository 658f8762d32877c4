"""What the names in an expression of a model stand for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from greenlane.engine.feel import ast
from greenlane.engine.interop.dmn.importer.elements import Element, requires
from greenlane.engine.interop.dmn.importer.glossary import Glossary, Tree
from greenlane.engine.interop.dmn.importer.names import Namer, is_simple, rule_name
from greenlane.engine.interop.dmn.library import Library
from greenlane.engine.interop.dmn.model import DecisionService, KnowledgeModel, Model, Node


@dataclass(frozen=True, slots=True)
class Named:
    """A fact, decision or function; `parameters` are the names of those of a function, by their names in the model."""

    name: str
    parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Module:
    """What an imported model gives, under the name of the import."""

    entries: Mapping[str, Binding]


@dataclass(frozen=True, slots=True)
class Refused:
    """Something that rule files cannot say; `advice` is empty where that is a fault already."""

    message: str = ""
    advice: str = ""


Binding = Named | Tree | Module | Refused


@dataclass(frozen=True, slots=True)
class Scope:
    """`bindings` by the names that the model uses; `locals` are names of its own that come before those.

    `types` are those of locals, as far as the model says them; `renamed` are the locals that have another name now;
    `tables` are the locals that are the result of a table that lists or counts, with what that is without a row.

    Inside of a filter (`filters`) a name that is not known may be an entry of the items.
    """

    model: Model
    bindings: Mapping[str, Binding]
    locals: frozenset[str] = frozenset()
    filters: bool = False
    types: Mapping[str, str] = field(default_factory=dict)
    renamed: Mapping[str, str] = field(default_factory=dict)
    tables: Mapping[str, ast.Node] = field(default_factory=dict)

    def knowing(
        self, names: Iterable[str], types: Mapping[str, str] | None = None, renamed: Mapping[str, str] | None = None
    ) -> Scope:
        """With more names of its own."""
        new = frozenset(names)
        kept = {name: kind for name, kind in self.types.items() if name not in new}
        still = {name: now for name, now in self.renamed.items() if name not in new}
        return replace(
            self,
            locals=self.locals | new,
            types={**kept, **(types or {})},
            renamed={**still, **(renamed or {})},
            tables={name: empty for name, empty in self.tables.items() if name not in new},
        )

    def written(self) -> Mapping[str, str]:
        """The locals by the names that they have now."""
        return {self.renamed.get(name, name): name for name in sorted(self.locals)}

    def filtering(self) -> Scope:
        """Inside of a filter."""
        return replace(self, locals=self.locals | {"item"}, filters=True)

    @property
    def names(self) -> frozenset[str]:
        """All names, for reading texts."""
        return self.locals.union(self.bindings)


def scope_of(element: Element, library: Library, glossary: Glossary) -> Scope:
    """What an element requires, and itself where it is a function."""
    bindings: dict[str, Binding] = {}
    modules: dict[str, dict[str, Binding]] = {}
    for href in requires(element.node):
        resolved = library.resolve(href)
        if resolved is None:
            continue
        other, node = resolved
        key = (href.namespace, href.id)
        prefix = library.prefix(element.model, other)
        if key in glossary.trees:
            bound: Binding = glossary.trees[key]
        elif isinstance(node, DecisionService):
            message = f"the decision service `{node.name}` is called here"
            bound = Refused(message, "call its decisions instead, or make a business knowledge model of it")
        elif key in glossary.refused:
            bound = Refused()
        else:
            bound = Named(glossary.names[key], parameters_of(node, glossary.parameters.get(key, {})))
        if prefix:
            modules.setdefault(prefix, {})[node.name] = bound
        elif other is element.model or node.name not in bindings:
            bindings[node.name] = bound
    bindings.update({name: Module(entries) for name, entries in modules.items()})
    if isinstance(element.node, KnowledgeModel):
        own = parameters_of(element.node, glossary.parameters.get(element.key, {}))
        bindings[element.node.name] = Named(glossary.names[element.key], own)
    return Scope(element.model, bindings)


def parameters_of(node: Node, renamed: Mapping[str, str]) -> Mapping[str, str]:
    """The parameters of a function, with the names that they have now."""
    logic = node.logic if isinstance(node, KnowledgeModel) else None
    return {one.name: renamed.get(one.name, one.name) for one in logic.parameters} if logic else {}


def rename_parameters(elements: Iterable[Element], library: Library, glossary: Glossary, namer: Namer) -> None:
    """Gives the parameters of functions names like all others, where nothing that the function reads has them."""
    for element in elements:
        if element.key not in glossary.kinds:
            continue
        read = set(_all_names(scope_of(element, library, glossary).bindings.values()))
        renamed: dict[str, str] = {}
        for name in glossary.kinds[element.key]:
            new = rule_name(name)
            usable = is_simple(new) and (new == name or new not in namer.inner) and new not in read
            renamed[name] = new if usable and new not in renamed.values() else name
        glossary.parameters[element.key] = renamed
    namer.avoid(new for names in glossary.parameters.values() for new in names.values())


def _all_names(bindings: Iterable[Binding]) -> Iterator[str]:
    for bound in bindings:
        match bound:
            case Named(name):
                yield name
            case Module(entries):
                yield from _all_names(entries.values())
            case Tree():
                yield bound.whole
                yield from _facts(bound)


def _facts(tree: Tree) -> Iterator[str]:
    for part in tree.parts.values():
        if isinstance(part, Tree):
            yield from _facts(part)
        elif isinstance(part, str):
            yield part
