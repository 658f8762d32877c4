"""Lowers a set of models to the intermediate representation: each element as decisions under their new names. Pure.

A table nested in an expression is lifted to a decision of its own, a function of the local names that it reads (lambda
lifting).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace

from greenlane.engine.diagnostics import DiagnosticSink, Place
from greenlane.engine.feel import ast, names_read
from greenlane.engine.interop.dmn.boxed import (
    BoxedExpression,
    DecisionTable,
    FunctionDefinition,
    InputClause,
    LiteralExpression,
)
from greenlane.engine.interop.dmn.diagnostic_codes import NO_FACT_TYPE, NO_RULE_LOGIC
from greenlane.engine.interop.dmn.expression_compiler import ExpressionCompiler
from greenlane.engine.interop.dmn.importer.boxed_translator import BoxedTranslator
from greenlane.engine.interop.dmn.importer.feel_translator import FeelTranslator, structure_value
from greenlane.engine.interop.dmn.importer.imported_elements import ImportedElement, elements_of, local_names
from greenlane.engine.interop.dmn.importer.ir import (
    NULL,
    SYNTHETIC,
    DecisionHeader,
    IrDecision,
    Parameters,
    ValueDecision,
)
from greenlane.engine.interop.dmn.importer.name_scopes import NameScope, rename_parameters, scope_of
from greenlane.engine.interop.dmn.importer.symbols import (
    NameAllocator,
    SymbolTable,
    is_column_name,
    rule_name,
    symbol_table,
    title_of,
)
from greenlane.engine.interop.dmn.importer.table_columns import OutputColumns, RowIdentifiers
from greenlane.engine.interop.dmn.importer.table_translator import TableTranslator, TakeName, empty_result
from greenlane.engine.interop.dmn.importer.type_resolution import (
    FACT_TYPES,
    ResolvedType,
    ScalarType,
    StructureType,
    TypeResolver,
    UnknownType,
)
from greenlane.engine.interop.dmn.model import BusinessKnowledgeModel, DmnDecision, DrgElement, ModelSet
from greenlane.engine.rules.vocabulary import FactKind, FactType
from greenlane.engine.text import Text


@dataclass(frozen=True, slots=True)
class LoweredModel:
    """`groups` are the decisions of each element under its new name, itself last; under no name, inputs as a whole.

    `main_names` are the new names of the decisions of the main model, by their names there.
    """

    symbols: SymbolTable
    groups: tuple[tuple[str, tuple[IrDecision, ...]], ...]
    main_names: dict[str, str]
    allocator: NameAllocator


def lower(models: ModelSet, sink: DiagnosticSink, only: Collection[str] = ()) -> LoweredModel:
    """Everything that the main model decides, or `only` some elements; all that cannot be lowered is in the sink."""
    compiler = ExpressionCompiler(models)
    resolver = TypeResolver(models, compiler)
    local = local_names(models, compiler)
    elements = elements_of(models, only)
    allocator = NameAllocator(local.all, local.called)
    symbols = symbol_table(models, elements, resolver, local, allocator, sink)
    rename_parameters(elements, models, symbols, allocator)
    translator = FeelTranslator(compiler, local.members, sink)
    for element in elements:
        empty = empty_result(_logic(element.node))
        if empty is not None:
            translator.empty_results[symbols.names[element.key]] = empty
    lowering = _Lowering(models, symbols, resolver, allocator, translator, sink)
    groups = [(symbols.names[e.key], tuple(lowering.element(e))) for e in elements if e.key in symbols.names]
    places = {symbols.names[e.key]: e.node.place for e in elements if e.key in symbols.structures}
    wholes = tuple(
        ValueDecision(DecisionHeader(name, symbols.groups[name], "", (), places[name]), structure_value(whole, sink))
        for name, whole in translator.used_whole.items()
    )
    main = [e for e in elements if e.model is models.main and isinstance(e.node, DmnDecision)]
    main_names = {e.node.name: symbols.names[e.key] for e in main}
    filled = tuple((name, decisions) for name, decisions in [("", wholes), *groups] if decisions)
    return LoweredModel(symbols, filled, main_names, allocator)


@dataclass(slots=True)
class _Lowering:
    """What the lowering of all elements shares."""

    models: ModelSet
    symbols: SymbolTable
    resolver: TypeResolver
    allocator: NameAllocator
    translator: FeelTranslator
    sink: DiagnosticSink
    identifiers: RowIdentifiers = field(default_factory=RowIdentifiers)

    def element(self, element: ImportedElement) -> list[IrDecision]:
        """The decisions of a decision or a function; none for anything else."""
        node = element.node
        if not isinstance(node, (DmnDecision, BusinessKnowledgeModel)):
            return []
        scope = scope_of(element, self.models, self.symbols)
        logic = _logic(node)
        title, place = title_of(node.name, node.documentation), _place_of(logic) or node.place
        header = DecisionHeader(self.symbols.names[element.key], title, node.documentation.description, (), place)
        lowered = _ElementLowering(self, header)
        if isinstance(node, DmnDecision):
            lowered.decision(node.logic, scope, node.type_ref)
        elif node.logic is None:
            self.sink.error(NO_RULE_LOGIC, f"the function `{node.name}` has no logic", node.place, "give it a body")
        else:
            lowered.function(node.logic, scope, node, element)
        return lowered.decisions


def _logic(node: DrgElement) -> BoxedExpression | None:
    """The logic of a decision, or the body of a function."""
    logic = node.logic if isinstance(node, (DmnDecision, BusinessKnowledgeModel)) else None
    return logic.body if isinstance(logic, FunctionDefinition) else logic


def _place_of(logic: BoxedExpression | None) -> Place | None:
    """Where the logic of an element stands: its text, where it is one."""
    if isinstance(logic, LiteralExpression) and logic.text.value.strip():
        return logic.text.stripped_place()
    return None if logic is None else logic.place


@dataclass(slots=True)
class _ElementLowering:
    """The decisions of one element: those that it reads first, itself last."""

    lowering: _Lowering
    header: DecisionHeader
    decisions: list[IrDecision] = field(default_factory=list)

    @property
    def expressions(self) -> BoxedTranslator:
        """Translates the expressions of the element; nested tables go to `decisions`."""
        return BoxedTranslator(self.lowering.translator, self.lowering.resolver, self._lifted)

    def _tables(self) -> TableTranslator:
        lowering = self.lowering
        kinds = {fact.name: fact.kind for fact in lowering.symbols.facts}
        outputs = OutputColumns(lowering.resolver, kinds, lowering.sink)
        return TableTranslator(self.expressions, outputs, kinds, lowering.identifiers, lowering.allocator.take)

    def decision(self, logic: BoxedExpression | None, scope: NameScope, type_ref: str) -> None:
        """A decision without parameters."""
        if isinstance(logic, DecisionTable):
            inputs = _input_expressions(logic, scope, self.expressions)
            self.decisions += self._tables().decisions(logic, scope, self.header, type_ref, inputs)
            return
        value = self.expressions.expression(logic, scope)
        if not isinstance(value, ast.FunctionLiteral):
            value = self.expressions.converted(value, scope, type_ref)
        self.decisions.append(ValueDecision(self.header, value, isinstance(value, ast.FunctionLiteral)))

    def function(
        self, logic: FunctionDefinition, scope: NameScope, node: BusinessKnowledgeModel, element: ImportedElement
    ) -> None:
        """A function: with parameters where rule files can say their kinds, else a value that is a FEEL function."""
        if logic.kind != "FEEL":
            self.expressions.function(logic, scope)
            return
        types = {one.name: one.type_ref for one in logic.parameters}
        kinds = self.lowering.symbols.kinds.get(element.key)
        if kinds is None:
            value = self.expressions.function(logic, scope)
            self.decisions.append(ValueDecision(self.header, value, function=True))
            return
        renamed = self.lowering.symbols.parameters[element.key]
        parameters = tuple((renamed[name], kind) for name, kind in kinds.items())
        inner = scope.declaring(types, types, renamed)
        header = replace(self.header, parameters=parameters)
        if isinstance(logic.body, DecisionTable):
            inputs = _input_expressions(logic.body, inner, self.expressions)
            self.decisions += self._tables().decisions(logic.body, inner, header, self._result(node, scope), inputs)
            return
        value = self.expressions.expression(logic.body, inner)
        value = self.expressions.converted(value, scope, self._result(node, scope))
        self.decisions.append(ValueDecision(header, value, function=True))

    def _result(self, node: BusinessKnowledgeModel, scope: NameScope) -> str:
        """The type of a function's results."""
        found = self.lowering.models.item(scope.model, node.type_ref)
        if found is not None and found[1].function is not None:
            return found[1].function.result
        return node.type_ref

    def _lifted(self, table: DecisionTable, scope: NameScope) -> ast.Node:
        """Lifts a table out of an expression; the expression that reads it in its place."""
        lowering = self.lowering
        lifter = _TableLifter(self.expressions, lowering.resolver, lowering.allocator.take, lowering.sink)
        lifted = lifter.lift(table, scope)
        name = lowering.allocator.take(f"{self.header.name}_table")
        title = Text(f"{self.header.title.zh}（表）", f"{self.header.title.en} (table)")
        header = DecisionHeader(name, title, "", lifted.parameters, table.place)
        empty = empty_result(table)
        if empty is not None:
            lowering.translator.empty_results[name] = empty
        inner = scope.declaring(parameter for parameter, _ in lifted.parameters)
        self.decisions += self._tables().decisions(table, inner, header, "", lifted.inputs)
        read: ast.Node = ast.Name(name, SYNTHETIC)
        return ast.Call(read, lifted.arguments, (), SYNTHETIC) if lifted.parameters else read


@dataclass(frozen=True, slots=True)
class _LiftedTable:
    """`inputs` are the input expressions in terms of `parameters`; `arguments` are what the parameters stand for."""

    inputs: tuple[ast.Node, ...]
    parameters: Parameters
    arguments: tuple[ast.Node, ...]


def _input_expressions(table: DecisionTable, scope: NameScope, expressions: BoxedTranslator) -> tuple[ast.Node, ...]:
    """The translated input expressions of a table."""
    return tuple(NULL if one.expression is None else expressions.literal(one.expression, scope) for one in table.inputs)


@dataclass(frozen=True, slots=True)
class _TableLifter:
    """Finds the local names that a nested table reads, and their kinds. `take` allocates names."""

    expressions: BoxedTranslator
    resolver: TypeResolver
    take: TakeName
    sink: DiagnosticSink

    def lift(self, table: DecisionTable, scope: NameScope) -> _LiftedTable:
        """Parameters for what reads local names: each input expression, and each name that the rules read."""
        inputs: list[ast.Node] = []
        kinds: dict[str, FactKind] = {}
        arguments: dict[str, ast.Node] = {}
        own = scope.current_names()
        for column, node in zip(table.inputs, _input_expressions(table, scope, self.expressions), strict=True):
            if not own.keys() & set(names_read(node)):
                inputs.append(node)
                continue
            name, kind = self._column(column, node, scope)
            inputs.append(ast.Name(name, node.span))
            kinds[name], arguments[name] = kind, node
        for name in self._read_by_rules(table, scope):
            if name not in kinds:
                resolved = self.resolver.of(scope.model, scope.types.get(own[name], ""))
                kinds[name] = self._kind(resolved, name, table.place)
                arguments[name] = ast.Name(name, NULL.span)
        return _LiftedTable(tuple(inputs), tuple(kinds.items()), tuple(arguments.values()))

    def _column(self, column: InputClause, node: ast.Node, scope: NameScope) -> tuple[str, FactKind]:
        assert column.expression is not None
        text = " ".join(column.expression.text.value.split())
        resolved = self.resolver.of(scope.model, column.expression.type_ref)
        if isinstance(resolved, UnknownType):
            resolved = self._type(node, scope)
        kind = self._kind(self.resolver.with_columns(resolved, [(scope.model, column)]), text, column.place)
        if isinstance(node, ast.Name) and is_column_name(node.name):
            return node.name, kind
        return self.take(rule_name(text)[:40].strip("_")), kind

    def _type(self, node: ast.Node, scope: NameScope) -> ResolvedType:
        if isinstance(node, ast.Name):
            return self.resolver.of(scope.model, scope.types.get(scope.current_names().get(node.name, ""), ""))
        outer = self._type(node.source, scope) if isinstance(node, ast.Path) else None
        if isinstance(node, ast.Path) and isinstance(outer, StructureType) and node.name in outer.components:
            return outer.components[node.name].type
        return UnknownType()

    def _kind(self, resolved: ResolvedType, name: str, place: Place) -> FactKind:
        if isinstance(resolved, ScalarType):
            return FactKind(resolved.kind.type, allowed=resolved.kind.allowed)
        message = f"the table reads `{name}`, whose type is none that a parameter of a function has"
        advice = FACT_TYPES.replace("a fact", "a parameter") + "; give it a `typeRef`, or make the table a decision"
        self.sink.error(NO_FACT_TYPE, message, place, advice)
        return FactKind(FactType.STRING)

    def _read_by_rules(self, table: DecisionTable, scope: NameScope) -> list[str]:
        """The local names that the cells of the table read, in order."""
        local = scope.current_names()
        read = (name for cell in self._cells(table, scope) for name in names_read(cell))
        return [name for name in dict.fromkeys(read) if name in local]

    def _cells(self, table: DecisionTable, scope: NameScope) -> Iterator[ast.Node]:
        for rule in table.rules:
            yield from (self.expressions.feel.tests(text, scope) for text in rule.tests)
            yield from (self.expressions.literal(cell, scope) for cell in rule.results)
        yield from (self.expressions.literal(one.default, scope) for one in table.outputs if one.default is not None)
