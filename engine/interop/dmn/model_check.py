"""Checks models that were read: FEEL, types, references, cycles of requirements. Pure; nothing is run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

from greenlane.engine.diagnostics import Diagnostic, DiagnosticSink, nearest
from greenlane.engine.feel import FeelSyntaxError, parse_expression, parse_unary_tests
from greenlane.engine.interop.dmn.boxed import DecisionTable, LiteralExpression
from greenlane.engine.interop.dmn.diagnostic_codes import CYCLE, REFERENCE, STRUCTURE, BoundedSink
from greenlane.engine.interop.dmn.expression_compiler import ExpressionCompiler
from greenlane.engine.interop.dmn.model import (
    BusinessKnowledgeModel,
    DmnDecisionService,
    DrgElement,
    ElementReference,
    ItemDefinition,
    Model,
    ModelSet,
    parts_of,
    requirements,
)
from greenlane.engine.interop.dmn.model_types import TYPE_NAMES, builtin_type
from greenlane.engine.interop.dmn.xml_tree import SourceText


def check(models: ModelSet) -> tuple[Diagnostic, ...]:
    """All that is wrong with the models beyond what reading them has told, sorted by place."""
    sink = BoundedSink()
    members = ExpressionCompiler(models).members
    for model in models.by_namespace.values():
        _references(models, model, sink)
        _cycles(models, model, sink)
        for part in parts_of((*model.items.values(), *model.by_id.values())):
            _types(models, model, part, sink)
            # Names of plain letters need not be known to be read.
            _texts(part, members, sink)
            if isinstance(part, DecisionTable):
                _priorities(models, model, part, sink)
    return sink.sorted()


def _all_references(element: DrgElement) -> Iterator[ElementReference]:
    yield from requirements(element)
    if isinstance(element, DmnDecisionService):
        yield from (*element.outputs, *element.inputs)


def _references(models: ModelSet, model: Model, sink: DiagnosticSink) -> None:
    for element in model.by_id.values():
        for href in _all_references(element):
            if href.namespace in models.by_namespace and models.resolve(href) is None:
                near = nearest(href.id, models.by_namespace[href.namespace].by_id)
                advice = f"did you mean `#{near}`?" if near else ""
                sink.error(REFERENCE, f"no element has the id `{href.id}`", href.place, advice)
            elif href.namespace not in models.by_namespace and all(
                i.namespace != href.namespace for i in model.imports
            ):
                sink.error(REFERENCE, f"the namespace `{href.namespace}` is not imported", href.place)


def _types(models: ModelSet, model: Model, part: Any, sink: DiagnosticSink) -> None:
    for name in (getattr(part, "type_ref", ""), getattr(part, "result", "")):
        if isinstance(name, str) and name and models.item(model, name) is None and builtin_type(name) is None:
            near = nearest(name, (*model.items, *TYPE_NAMES))
            place = getattr(part, "place", None)
            if place is not None:
                sink.error(REFERENCE, f"unknown type `{name}`", place, f"did you mean `{near}`?" if near else "")
    if isinstance(part, ItemDefinition) and _stands_on_itself(models, model, part):
        sink.error(CYCLE, f"the type `{part.name}` stands on itself", part.place)


def _stands_on_itself(models: ModelSet, model: Model, item: ItemDefinition) -> bool:
    seen: list[ItemDefinition] = []
    while item.type_ref and item not in seen:
        seen.append(item)
        found = models.item(model, item.type_ref)
        if found is None:
            return False
        model, item = found
    return bool(item.type_ref) and builtin_type(item.type_ref) is None


def _texts(part: Any, names: frozenset[str], sink: DiagnosticSink) -> None:
    if isinstance(part, LiteralExpression):
        if part.is_feel and part.text.value.strip():
            _syntax(part.text, parse_expression, names, sink)
    elif is_dataclass(part):
        for field in fields(part):
            value = getattr(part, field.name)
            for text in value if isinstance(value, tuple) else (value,):
                if isinstance(text, SourceText):
                    _syntax(text, parse_unary_tests, names, sink)


def _syntax(text: SourceText, parse: Any, names: frozenset[str], sink: DiagnosticSink) -> None:
    try:
        parse(text.value, names, names)
    except FeelSyntaxError as error:
        for found in error.diagnostics:
            sink.error(found.code, found.message, text.place(found.span.start, found.span.end), found.help)


def _priorities(models: ModelSet, model: Model, table: DecisionTable, sink: DiagnosticSink) -> None:
    if table.hit_policy not in ("PRIORITY", "OUTPUT ORDER"):
        return
    items = [models.item(model, output.type_ref) for output in table.outputs]
    ordered = [
        o.values is not None or (i is not None and i[1].allowed is not None)
        for o, i in zip(table.outputs, items, strict=True)
    ]
    if not any(ordered):
        message = f"`{table.hit_policy}` needs the values of an output, in order of priority"
        sink.warning(STRUCTURE, message, table.place, "list them in `outputValues`")


def _cycles(models: ModelSet, model: Model, sink: DiagnosticSink) -> None:
    done: set[tuple[str, str]] = set()
    for node in model.by_id.values():
        _visit(models, model, node, done, sink)


def _visit(models: ModelSet, model: Model, start: DrgElement, done: set[tuple[str, str]], sink: DiagnosticSink) -> None:
    """Goes through what the element requires, deepest first; meeting an element on the way to itself is a cycle."""
    stack: list[tuple[DrgElement, Iterator[ElementReference]]] = [(start, iter(requirements(start)))]
    on_way = {(model.namespace, start.id)}
    keys = [(model.namespace, start.id)]
    while stack:
        node, rest = stack[-1]
        href = next(rest, None)
        if href is None:
            stack.pop()
            key = keys.pop()
            on_way.discard(key)
            done.add(key)
            continue
        key = (href.namespace, href.id)
        found = models.resolve(href)
        if key in on_way and not (isinstance(node, BusinessKnowledgeModel) and key == keys[-1]):
            sink.error(CYCLE, f"`{node.name}` requires itself through what it requires", href.place)
        elif found is not None and key not in done and key not in on_way:
            on_way.add(key)
            keys.append(key)
            stack.append((found[1], iter(requirements(found[1]))))
