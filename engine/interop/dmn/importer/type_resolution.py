"""Resolves types of a model to the kinds of facts that rule files know. Pure.

Many tools write types and values only in the columns of decision tables: these tell where no type is declared.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from greenlane.engine.diagnostics import Place
from greenlane.engine.feel import FeelSyntaxError
from greenlane.engine.feel.ast import Negation, Node, Null, Number, RangeLiteral, String, UnaryTests
from greenlane.engine.interop.dmn.boxed import DecisionTable, InputClause
from greenlane.engine.interop.dmn.expression_compiler import ExpressionCompiler
from greenlane.engine.interop.dmn.importer.imported_elements import ImportedElement
from greenlane.engine.interop.dmn.model import (
    BusinessKnowledgeModel,
    Documentation,
    ElementKey,
    InputData,
    ItemDefinition,
    Model,
    ModelSet,
    parts_of,
    requirements,
)
from greenlane.engine.interop.dmn.xml_tree import SourceText
from greenlane.engine.rules.vocabulary import FactKind, FactType

_SCALARS = {name.value: name for name in FactType}
_DEPTH = 10
FACT_TYPES = "a fact is a number, string, boolean or date"
Columns = list[tuple[Model, InputClause]]
"""Input columns, each with the model that it is of."""


@dataclass(frozen=True, slots=True)
class ScalarType:
    """A type that a fact can have. `unenforced` are the constraints of the type that the kind cannot say."""

    kind: FactKind
    unenforced: tuple[SourceText, ...] = ()


@dataclass(frozen=True, slots=True)
class TypeComponent:
    """A component of a structured type."""

    type: ResolvedType
    place: Place
    documentation: Documentation


@dataclass(frozen=True, slots=True)
class StructureType:
    """A type with components, by their names."""

    components: Mapping[str, TypeComponent]


@dataclass(frozen=True, slots=True)
class UnknownType:
    """The type is not declared, or is `Any`."""


@dataclass(frozen=True, slots=True)
class UnsupportedType:
    """A type that no fact has: `description` says which, as in `a list`. `item` is the type of the items of a list."""

    description: str
    item: ResolvedType | None = None

    @property
    def is_list(self) -> bool:
        """Whether its values are lists."""
        return self.item is not None


ResolvedType = ScalarType | StructureType | UnknownType | UnsupportedType


class TypeResolver:
    """Resolves the types that the models know by name."""

    def __init__(self, models: ModelSet, compiler: ExpressionCompiler) -> None:
        self._models = models
        self.compiler = compiler

    def of(self, model: Model, type_ref: str, depth: int = _DEPTH) -> ResolvedType:
        """The type that a model knows by a name, components down to 10 levels."""
        found = self._models.item(model, type_ref) if type_ref else None
        if depth == 0:
            return UnsupportedType("a type that contains itself")
        if found is not None:
            return self._item(*found, depth - 1)
        plain = type_ref.removeprefix("feel:").removeprefix("feel.")
        if plain in _SCALARS:
            return ScalarType(FactKind(_SCALARS[plain]))
        if plain in ("", "Any"):
            return UnknownType()
        article = "an" if plain[:1] in "aeio" else "a"
        return UnsupportedType(f"{article} {plain}", UnknownType() if plain.partition("<")[0] == "list" else None)

    def with_columns(self, known: ResolvedType, columns: Columns) -> ResolvedType:
        """The type with what columns tell beyond it: a type where none is declared, values where all list the same."""
        found = known
        if isinstance(known, UnknownType):
            told = [self.of(model, one.expression.type_ref) for model, one in columns if one.expression is not None]
            by_type = {one.kind.type: one for one in told if isinstance(one, ScalarType)}
            if len(by_type) != 1:
                return known
            found = next(iter(by_type.values()))
        if not isinstance(found, ScalarType) or found.kind.type is not FactType.STRING or found.kind.allowed:
            return found
        values = {self.listed_values(column.values, model) for model, column in columns}
        only = next(iter(values)) if len(values) == 1 else ()
        return replace(found, kind=replace(found.kind, allowed=only)) if only else found

    def parameter_kinds(self, element: ImportedElement) -> Mapping[str, FactKind] | None:
        """The kinds of the parameters of a function; None where one of them has no kind that a parameter can have."""
        logic = element.node.logic if isinstance(element.node, BusinessKnowledgeModel) else None
        columns = [(name, (element.model, column)) for name, column in _columns_of(element)]
        found = {}
        for one in logic.parameters if logic else ():
            own = [column for name, column in columns if name == one.name]
            resolved = self.with_columns(self.of(element.model, one.type_ref), own)
            if not isinstance(resolved, ScalarType):
                return None
            found[one.name] = FactKind(resolved.kind.type, allowed=resolved.kind.allowed)
        return found

    def listed_values(self, text: SourceText | None, model: Model) -> tuple[str, ...]:
        """The strings that unary tests list, none where they are anything else or there is no text."""
        if text is None:
            return ()
        try:
            return listed_strings(self.compiler.tests_tree(text, model, frozenset()))
        except FeelSyntaxError:
            return ()

    def _item(self, model: Model, item: ItemDefinition, depth: int) -> ResolvedType:
        if item.collection:
            return UnsupportedType("a list", self._item(model, replace(item, collection=False), depth))
        if item.function is not None:
            return UnsupportedType("a function")
        if item.components:
            return StructureType(
                {
                    part.name: TypeComponent(
                        self._item(model, part, depth - 1) if depth else UnsupportedType("a deep type"),
                        part.place,
                        part.documentation,
                    )
                    for part in item.components
                }
            )
        base = self.of(model, item.type_ref, depth)
        if not isinstance(base, ScalarType):
            return base
        for text in (item.allowed, item.constraint):
            base = base if text is None else self._constrained(base, text, model)
        return base

    def _constrained(self, base: ScalarType, text: SourceText, model: Model) -> ScalarType:
        """The type with the bounds or values of unary tests, as far as a kind can say them."""
        try:
            tests = self.compiler.tests_tree(text, model, frozenset())
        except FeelSyntaxError:
            return base
        # A fact that is not required may be null anyway.
        tests = replace(tests, tests=tuple(test for test in tests.tests if not isinstance(test, Null)))
        values = listed_strings(tests)
        if base.kind.type is FactType.STRING and values and not base.kind.allowed:
            return replace(base, kind=replace(base.kind, allowed=values))
        bounds = _bounds(tests)
        if base.kind.type is FactType.NUMBER and bounds is not None and base.kind == FactKind(FactType.NUMBER):
            return replace(base, kind=replace(base.kind, minimum=bounds[0], maximum=bounds[1]))
        return replace(base, unenforced=(*base.unenforced, text))


def input_columns(models: ModelSet, elements: Iterable[ImportedElement]) -> Mapping[ElementKey, Columns]:
    """For each input data the columns of tables that are about it and nothing else."""
    found: dict[ElementKey, Columns] = {}
    for element in elements:
        known = {}
        for href in requirements(element.node):
            resolved = models.resolve(href)
            if resolved is not None and isinstance(resolved[1], InputData):
                prefix = models.prefix(element.model, resolved[0])
                known[f"{prefix}.{resolved[1].name}" if prefix else resolved[1].name] = (href.namespace, href.id)
        hidden = _parameter_names(element)
        for name, column in _columns_of(element):
            if name in known and name not in hidden:
                found.setdefault(known[name], []).append((element.model, column))
    return found


def _columns_of(element: ImportedElement) -> Iterator[tuple[str, InputClause]]:
    """The columns of all tables within an element, with the text that each is about."""
    for part in parts_of(getattr(element.node, "logic", None)):
        for column in part.inputs if isinstance(part, DecisionTable) else ():
            if column.expression is not None:
                yield " ".join(column.expression.text.value.split()), column


def _parameter_names(element: ImportedElement) -> frozenset[str]:
    """The parameters of a function, which hide what it requires."""
    logic = element.node.logic if isinstance(element.node, BusinessKnowledgeModel) else None
    return frozenset(parameter.name for parameter in logic.parameters) if logic else frozenset()


def listed_strings(tests: UnaryTests) -> tuple[str, ...]:
    """The strings that the tests list, none where they are anything but strings that an allowed value can be."""
    values = [test.value for test in tests.tests if isinstance(test, String)]
    usable = all(value == " ".join(value.split()) and value.isprintable() for value in values)
    if tests.negated or len(values) < len(tests.tests) or not all(values) or not usable:
        return ()
    return tuple(dict.fromkeys(values))


def _bounds(tests: UnaryTests) -> tuple[Decimal | None, Decimal | None] | None:
    test = tests.tests[0] if len(tests.tests) == 1 and not tests.negated else None
    if not isinstance(test, RangeLiteral) or test.operator:
        return None
    ends: list[Decimal | None] = []
    for end, included in ((test.low, test.low_included), (test.high, test.high_included)):
        if end is not None and (_number(end) is None or not included):
            return None
        ends.append(None if end is None else _number(end))
    return ends[0], ends[1]


def _number(node: Node) -> Decimal | None:
    if isinstance(node, Negation) and isinstance(node.operand, Number):
        return -node.operand.value
    return node.value if isinstance(node, Number) else None
