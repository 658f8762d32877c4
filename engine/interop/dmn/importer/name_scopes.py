"""Resolves the names in expressions of a model: bindings of what an element requires, and local names. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from greenlane.engine.feel import ast
from greenlane.engine.interop.dmn.importer.imported_elements import ImportedElement
from greenlane.engine.interop.dmn.importer.symbols import (
    NameAllocator,
    StructuredInput,
    SymbolTable,
    is_simple,
    rule_name,
)
from greenlane.engine.interop.dmn.model import (
    BusinessKnowledgeModel,
    DmnDecisionService,
    DrgElement,
    Model,
    ModelSet,
    requirements,
)


@dataclass(frozen=True, slots=True)
class SymbolBinding:
    """A fact, decision or function; `parameters` are the names of those of a function, by their names in the model."""

    name: str
    parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ModuleBinding:
    """The required elements of an imported model, under the name of the import."""

    entries: Mapping[str, Binding]


@dataclass(frozen=True, slots=True)
class UnsupportedBinding:
    """Something that rule files cannot say; `message` is empty where that is reported already."""

    message: str = ""
    advice: str = ""


Binding = SymbolBinding | StructuredInput | ModuleBinding | UnsupportedBinding


@dataclass(frozen=True, slots=True)
class NameScope:
    """The names that an expression may read: `bindings` of the element, hidden by `locals` of the expression.

    `types` are the type references of locals, as far as the model declares them. `renamed` are the locals that have
    another name in rule files. `empty_results`: for locals that are the result of a table, what that is where no row
    holds, if not null. Inside of a filter (`filtered`) an unknown name may be an entry of the items.
    """

    model: Model
    bindings: Mapping[str, Binding]
    locals: frozenset[str] = frozenset()
    filtered: bool = False
    types: Mapping[str, str] = field(default_factory=dict)
    renamed: Mapping[str, str] = field(default_factory=dict)
    empty_results: Mapping[str, ast.Node] = field(default_factory=dict)

    def declaring(
        self, names: Iterable[str], types: Mapping[str, str] | None = None, renamed: Mapping[str, str] | None = None
    ) -> NameScope:
        """With more locals, which hide those of the same name."""
        new = frozenset(names)
        kept = {name: kind for name, kind in self.types.items() if name not in new}
        still = {name: now for name, now in self.renamed.items() if name not in new}
        return replace(
            self,
            locals=self.locals | new,
            types={**kept, **(types or {})},
            renamed={**still, **(renamed or {})},
            empty_results={name: empty for name, empty in self.empty_results.items() if name not in new},
        )

    def current_names(self) -> Mapping[str, str]:
        """The locals by their names in rule files."""
        return {self.renamed.get(name, name): name for name in sorted(self.locals)}

    def in_filter(self) -> NameScope:
        """Inside of a filter."""
        return replace(self, locals=self.locals | {"item"}, filtered=True)

    @property
    def names(self) -> frozenset[str]:
        """All names, for the parser."""
        return self.locals.union(self.bindings)


def scope_of(element: ImportedElement, models: ModelSet, symbols: SymbolTable) -> NameScope:
    """The scope of an element's logic: what it requires, and itself where it is a function."""
    bindings: dict[str, Binding] = {}
    modules: dict[str, dict[str, Binding]] = {}
    for reference in requirements(element.node):
        resolved = models.resolve(reference)
        if resolved is None:
            continue
        other, node = resolved
        key = (reference.namespace, reference.id)
        prefix = models.prefix(element.model, other)
        if key in symbols.structures:
            bound: Binding = symbols.structures[key]
        elif isinstance(node, DmnDecisionService):
            message = f"the decision service `{node.name}` is called here"
            bound = UnsupportedBinding(message, "call its decisions instead, or make a business knowledge model of it")
        elif key in symbols.refused:
            bound = UnsupportedBinding()
        else:
            bound = SymbolBinding(symbols.names[key], parameters_of(node, symbols.parameters.get(key, {})))
        if prefix:
            modules.setdefault(prefix, {})[node.name] = bound
        elif other is element.model or node.name not in bindings:
            bindings[node.name] = bound
    bindings.update({name: ModuleBinding(entries) for name, entries in modules.items()})
    if isinstance(element.node, BusinessKnowledgeModel):
        own = parameters_of(element.node, symbols.parameters.get(element.key, {}))
        bindings[element.node.name] = SymbolBinding(symbols.names[element.key], own)
    return NameScope(element.model, bindings)


def parameters_of(node: DrgElement, renamed: Mapping[str, str]) -> Mapping[str, str]:
    """The parameters of a function, with their names in rule files; none for anything else."""
    logic = node.logic if isinstance(node, BusinessKnowledgeModel) else None
    return {one.name: renamed.get(one.name, one.name) for one in logic.parameters} if logic else {}


def rename_parameters(
    elements: Iterable[ImportedElement], models: ModelSet, symbols: SymbolTable, allocator: NameAllocator
) -> None:
    """Gives the parameters of functions names of rule files, where nothing that the function reads has them."""
    for element in elements:
        if element.key not in symbols.kinds:
            continue
        read = set(_all_names(scope_of(element, models, symbols).bindings.values()))
        renamed: dict[str, str] = {}
        for name in symbols.kinds[element.key]:
            new = rule_name(name)
            usable = is_simple(new) and (new == name or new not in allocator.local) and new not in read
            renamed[name] = new if usable and new not in renamed.values() else name
        symbols.parameters[element.key] = renamed
    allocator.avoid(new for names in symbols.parameters.values() for new in names.values())


def _all_names(bindings: Iterable[Binding]) -> Iterator[str]:
    for bound in bindings:
        match bound:
            case SymbolBinding(name):
                yield name
            case ModuleBinding(entries):
                yield from _all_names(entries.values())
            case StructuredInput():
                yield bound.whole
                yield from _facts(bound)


def _facts(structure: StructuredInput) -> Iterator[str]:
    for part in structure.components.values():
        if isinstance(part, StructuredInput):
            yield from _facts(part)
        elif isinstance(part, str):
            yield part
