"""The symbol table of an import: the name of every element in rule files, and the facts that input data become. Pure.

Names are snake_case where they are English, each is used once, and they are the same every time.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import chain, count

from greenlane.engine.diagnostics import DiagnosticSink, Place
from greenlane.engine.feel.functions import BUILTINS
from greenlane.engine.feel.lexer import KEYWORDS
from greenlane.engine.interop.dmn.diagnostic_codes import NO_FACT_TYPE, NOT_IMPORTED
from greenlane.engine.interop.dmn.importer.imported_elements import ImportedElement, LocalNames
from greenlane.engine.interop.dmn.importer.type_resolution import (
    FACT_TYPES,
    ResolvedType,
    ScalarType,
    StructureType,
    TypeComponent,
    TypeResolver,
    UnknownType,
    UnsupportedType,
    input_columns,
)
from greenlane.engine.interop.dmn.model import (
    BusinessKnowledgeModel,
    DmnDecision,
    DmnDecisionService,
    Documentation,
    ElementKey,
    InputData,
    ModelSet,
    requirements,
)
from greenlane.engine.rules.files.table_lexer import COLUMN_WORDS
from greenlane.engine.rules.vocabulary import FactKind
from greenlane.engine.text import Text

_WORDS = frozenset((*KEYWORDS, *COLUMN_WORDS, "item", "partial"))
_RESERVED = _WORDS.union(BUILTINS)
_JOINT = re.compile(r"[\W_]+")
_HUMPS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_SIMPLE = re.compile(r"[^\W\d]\w*")
_SIGNED = re.compile(r"[^\W\d]\w*(?:(?: |[-+*/.'])?\w+)*")


def rule_name(text: str) -> str:
    """`Monthly income`, `MonthlyIncome` and `monthly-income` are `monthly_income`; other scripts keep their letters."""
    words = _JOINT.sub("_", _HUMPS.sub("_", text)).strip("_")
    name = words.lower() if words.isascii() else words
    if not name:
        return "unnamed"
    return f"n_{name}" if name[0].isdigit() else name


def is_simple(name: str) -> bool:
    """Whether FEEL reads the name without being told of it, and nothing else has it."""
    return bool(_SIMPLE.fullmatch(name)) and name not in _RESERVED


def is_column_name(name: str) -> bool:
    """Whether rule files allow the name for an output or a parameter, where it may hold signs and spaces."""
    return bool(_SIGNED.fullmatch(name)) and name not in _RESERVED


class NameAllocator:
    """Gives names out, each once.

    `local` are names that expressions of the model give to entries, items and parameters of their own: another name is
    not changed into one of them, since it would be hidden there. `called` are the built-in functions that the model
    calls: only the others may lose their name to an element that the model calls so itself.
    """

    def __init__(self, local: Iterable[str], called: Iterable[str] = BUILTINS) -> None:
        self.local = frozenset(local)
        self._called = frozenset(called)
        self._taken: set[str] = set()

    def avoid(self, names: Iterable[str]) -> None:
        """Adds names that would hide others."""
        self.local = self.local.union(names)

    def is_free(self, name: str, original: str | None = "") -> bool:
        """Whether the name can still be given; `original` is what the model calls it, None where nothing hides it."""
        hidden = name in self.local and original is not None and name != original
        kept = name == original and bool(_SIMPLE.fullmatch(name)) and name not in _WORDS | self._called
        return (kept or is_simple(name)) and name not in self._taken and not hidden

    def take(self, *candidates: str, original: str | None = "") -> str:
        """The first of the candidates that is free, else the last one with the smallest number that makes it so."""
        last = f"{candidates[-1]}_value" if candidates[-1] in _RESERVED else candidates[-1]
        numbered = (f"{last}_{number}" for number in count(2))
        found = next(name for name in chain(candidates, [last], numbered) if self.is_free(name, original))
        self._taken.add(found)
        return found


@dataclass(frozen=True, slots=True)
class FactSymbol:
    """A fact. `path` is where its value stands in the inputs of the model."""

    name: str
    kind: FactKind
    group: str
    title: Text
    path: tuple[str, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class UnsupportedComponent:
    """A component of an input that no fact can hold, and why."""

    description: str
    place: Place


@dataclass(frozen=True, slots=True)
class StructuredInput:
    """An input of a structured type: for each component the name of its fact, or a structure again.

    `whole` is the name of the value that puts all of it together.
    """

    whole: str
    components: Mapping[str, str | StructuredInput | UnsupportedComponent]


@dataclass(slots=True)
class SymbolTable:
    """`names` by element. `structures` are the input data of structured types, `refused` those that no fact can hold.

    `kinds` and `parameters` are the kinds and new names of the parameters of functions, by their names in the model;
    functions with parameters of other kinds are in neither. `groups` are titles of groups of facts by name.
    """

    names: dict[ElementKey, str] = field(default_factory=dict)
    structures: dict[ElementKey, StructuredInput] = field(default_factory=dict)
    refused: set[ElementKey] = field(default_factory=set)
    kinds: dict[ElementKey, Mapping[str, FactKind]] = field(default_factory=dict)
    parameters: dict[ElementKey, Mapping[str, str]] = field(default_factory=dict)
    facts: list[FactSymbol] = field(default_factory=list)
    groups: dict[str, Text] = field(default_factory=dict)


def title_of(name: str, documentation: Documentation) -> Text:
    """The name in both languages, or name and label where one of them is Chinese and the other is not.

    A label may be in both languages itself: `申请金额 / Amount`.
    """
    label = documentation.label
    zh, slash, en = label.partition(" / ")
    if slash and _chinese(zh) and en.strip() and not _chinese(en):
        return Text(zh.strip(), en.strip())
    if label and _chinese(label) and not _chinese(name):
        return Text(label, name)
    if label and _chinese(name) and not _chinese(label):
        return Text(name, label)
    return Text(name, name)


def _chinese(text: str) -> bool:
    return any("\u4e00" <= character <= "\u9fff" for character in text)


def symbol_table(
    models: ModelSet,
    elements: tuple[ImportedElement, ...],
    resolver: TypeResolver,
    local: LocalNames,
    allocator: NameAllocator,
    sink: DiagnosticSink,
) -> SymbolTable:
    """Names for all elements; facts for all input data that can be facts, diagnostics for the others."""
    table = SymbolTable()
    for element in elements:
        if isinstance(element.node, (DmnDecision, BusinessKnowledgeModel, InputData)):
            keep = (element.node.name,) if element.node.name in local.filtering & local.members else ()
            plain = rule_name("_".join((*element.prefix, element.node.name)))
            table.names[element.key] = allocator.take(*keep, plain, original=element.node.name)
        elif isinstance(element.node, DmnDecisionService):
            sink.warning(
                NOT_IMPORTED, f"the decision service `{element.node.name}` is left out", element.node.place,
                "rule files decide all of its decisions at once; ask for those that it offers",
            )  # fmt: skip
        kinds = resolver.parameter_kinds(element)
        if kinds:
            table.kinds[element.key] = kinds
    _add_facts(table, models, elements, resolver, allocator, sink)
    return table


def _add_facts(
    table: SymbolTable,
    models: ModelSet,
    elements: tuple[ImportedElement, ...],
    resolver: TypeResolver,
    allocator: NameAllocator,
    sink: DiagnosticSink,
) -> None:
    """The facts that input data become, in the order of the elements."""
    columns = input_columns(models, elements)
    required = {(one.namespace, one.id) for element in elements for one in requirements(element.node)}
    leaves: list[_ComponentFact] = []
    for element in elements:
        if isinstance(element.node, InputData):
            resolved = resolver.of(element.model, element.node.type_ref)
            resolved = resolver.with_columns(resolved, columns.get(element.key, []))
            _input(element, element.node, resolved, table, leaves, element.key in required, sink)
    _name_leaves(leaves, table, allocator)
    order = [element.node.name for element in elements]
    table.facts.sort(key=lambda fact: order.index(fact.path[0]))


@dataclass(slots=True)
class _ComponentFact:
    """A component of a structured input that becomes a fact; its name goes into `components` of its structure."""

    group: str
    path: tuple[str, ...]
    part: TypeComponent
    kind: FactKind
    components: dict[str, str | StructuredInput | UnsupportedComponent]


def _input(
    element: ImportedElement,
    node: InputData,
    resolved: ResolvedType,
    table: SymbolTable,
    leaves: list[_ComponentFact],
    needed: bool,
    sink: DiagnosticSink,
) -> None:
    name = table.names[element.key]
    title = title_of(node.name, node.documentation)
    if isinstance(resolved, ScalarType):
        _report_unenforced(resolved, node.name, sink)
        table.facts.append(FactSymbol(name, resolved.kind, "", title, (node.name,), node.place))
    elif isinstance(resolved, StructureType):
        table.groups[name] = title
        table.structures[element.key] = _structure(resolved, name, (node.name,), leaves, sink)
    else:
        table.refused.add(element.key)
        description = resolved.description if isinstance(resolved, UnsupportedType) else "of no type"
        advice = f"give its variable a `typeRef`: {FACT_TYPES}" if isinstance(resolved, UnknownType) else FACT_TYPES
        report = sink.error if needed else sink.warning
        report(NO_FACT_TYPE, f"the input `{node.name}` is {description}, which no fact can be", node.place, advice)


def _structure(
    resolved: StructureType, group: str, path: tuple[str, ...], leaves: list[_ComponentFact], sink: DiagnosticSink
) -> StructuredInput:
    components: dict[str, str | StructuredInput | UnsupportedComponent] = {}
    for name, part in resolved.components.items():
        inner = (*path, name)
        if isinstance(part.type, StructureType):
            components[name] = _structure(part.type, group, inner, leaves, sink)
        elif isinstance(part.type, ScalarType):
            _report_unenforced(part.type, ".".join(inner), sink)
            components[name] = ""
            leaves.append(_ComponentFact(group, inner, part, part.type.kind, components))
        else:
            components[name] = UnsupportedComponent(
                part.type.description if isinstance(part.type, UnsupportedType) else "of no type", part.place
            )
    return StructuredInput(group, components)


def _name_leaves(leaves: list[_ComponentFact], table: SymbolTable, allocator: NameAllocator) -> None:
    """The plain name of a component where no other has it, else with the names of what it is a part of."""
    plain = [rule_name("_".join(leaf.path[1:])) for leaf in leaves]
    for leaf, name in zip(leaves, plain, strict=True):
        full = f"{leaf.group}_{name}"
        # Where such a name would be hidden, the component is read from the whole of the input.
        given = allocator.take(*((name,) if plain.count(name) == 1 else ()), full, original=None)
        leaf.components[leaf.path[-1]] = given
        title = title_of(leaf.path[-1], leaf.part.documentation)
        table.facts.append(FactSymbol(given, leaf.kind, leaf.group, title, leaf.path, leaf.part.place))


def _report_unenforced(resolved: ScalarType, name: str, sink: DiagnosticSink) -> None:
    for text in resolved.unenforced:
        place = text.place(0, len(text.value))
        shown = " ".join(text.value.split())
        sink.warning(
            NOT_IMPORTED, f"a fact cannot be bound to `{shown}`; `{name}` may have any value of its type", place,
            "add a rule that refers other values",
        )  # fmt: skip
