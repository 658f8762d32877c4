"""Faults of a model beyond those of its XML: FEEL, references, cycles."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass
from typing import Any

from greenlane.engine.diagnostics import Diagnostic, Place, nearest, sort
from greenlane.engine.feel import FeelSyntaxError, parse_expression, parse_unary_tests
from greenlane.engine.interop.dmn.boxed import DecisionTable, LiteralExpression
from greenlane.engine.interop.dmn.faults import CYCLE, REFERENCE, STRUCTURE, Faults
from greenlane.engine.interop.dmn.formulas import Formulas
from greenlane.engine.interop.dmn.library import Library
from greenlane.engine.interop.dmn.model import (
    Decision,
    DecisionService,
    Href,
    ItemDefinition,
    KnowledgeModel,
    Model,
    Node,
)
from greenlane.engine.interop.dmn.read_boxed import is_feel
from greenlane.engine.interop.dmn.types import TYPE_NAMES, builtin_type
from greenlane.engine.interop.dmn.xml_tree import Text


def check(library: Library) -> tuple[Diagnostic, ...]:
    """Every fault that can be told without running the models, sorted."""
    faults = Faults()
    members = Formulas(library).members
    for model in library.models.values():
        _references(library, model, faults)
        _cycles(library, model, faults)
        for part in parts_of((*model.items.values(), *model.by_id.values())):
            _types(library, model, part, faults)
            # Names of plain letters need not be known to be read.
            _texts(part, members, faults)
            if isinstance(part, DecisionTable):
                _priorities(library, model, part, faults)
    return sort(faults.found)


def parts_of(part: Any) -> Iterator[Any]:
    """Every object of a model, outer ones first."""
    if isinstance(part, tuple):
        for item in part:
            yield from parts_of(item)
    elif is_dataclass(part) and not isinstance(part, (Place, Text, Href)):
        yield part
        for field in fields(part):
            yield from parts_of(getattr(part, field.name))


def _hrefs(node: Node) -> Iterator[Href]:
    if isinstance(node, (Decision, KnowledgeModel)):
        yield from node.requires
    elif isinstance(node, DecisionService):
        yield from (*node.outputs, *node.inputs)


def _references(library: Library, model: Model, faults: Faults) -> None:
    for node in model.by_id.values():
        for href in _hrefs(node):
            if href.namespace in library.models and library.resolve(href) is None:
                near = nearest(href.id, library.models[href.namespace].by_id)
                advice = f"did you mean `#{near}`?" if near else ""
                faults.error(REFERENCE, f"no element has the id `{href.id}`", href.place, advice)
            elif href.namespace not in library.models and all(i.namespace != href.namespace for i in model.imports):
                faults.error(REFERENCE, f"the namespace `{href.namespace}` is not imported", href.place)


def _types(library: Library, model: Model, part: Any, faults: Faults) -> None:
    for name in (getattr(part, "type_ref", ""), getattr(part, "result", "")):
        if isinstance(name, str) and name and library.item(model, name) is None and builtin_type(name) is None:
            near = nearest(name, (*model.items, *TYPE_NAMES))
            place = getattr(part, "place", None)
            if place is not None:
                faults.error(REFERENCE, f"unknown type `{name}`", place, f"did you mean `{near}`?" if near else "")
    if isinstance(part, ItemDefinition) and _stands_on_itself(library, model, part):
        faults.error(CYCLE, f"the type `{part.name}` stands on itself", part.place)


def _stands_on_itself(library: Library, model: Model, item: ItemDefinition) -> bool:
    seen: list[ItemDefinition] = []
    while item.type_ref and item not in seen:
        seen.append(item)
        found = library.item(model, item.type_ref)
        if found is None:
            return False
        model, item = found
    return bool(item.type_ref) and builtin_type(item.type_ref) is None


def _texts(part: Any, names: frozenset[str], faults: Faults) -> None:
    if isinstance(part, LiteralExpression):
        if is_feel(part.language) and part.text.value.strip():
            _syntax(part.text, parse_expression, names, faults)
    elif is_dataclass(part):
        for field in fields(part):
            value = getattr(part, field.name)
            for text in value if isinstance(value, tuple) else (value,):
                if isinstance(text, Text):
                    _syntax(text, parse_unary_tests, names, faults)


def _syntax(text: Text, parse: Any, names: frozenset[str], faults: Faults) -> None:
    try:
        parse(text.value, names, names)
    except FeelSyntaxError as error:
        for fault in error.diagnostics:
            faults.error(fault.code, fault.message, text.place(fault.span.start, fault.span.end), fault.help)


def _priorities(library: Library, model: Model, table: DecisionTable, faults: Faults) -> None:
    if table.hit_policy not in ("PRIORITY", "OUTPUT ORDER"):
        return
    items = [library.item(model, output.type_ref) for output in table.outputs]
    ordered = [
        o.values is not None or (i is not None and i[1].allowed is not None)
        for o, i in zip(table.outputs, items, strict=True)
    ]
    if not any(ordered):
        message = f"`{table.hit_policy}` needs the values of an output, in order of priority"
        faults.warning(STRUCTURE, message, table.place, "list them in `outputValues`")


def _cycles(library: Library, model: Model, faults: Faults) -> None:
    done: set[tuple[str, str]] = set()
    for node in model.by_id.values():
        _visit(library, model, node, done, faults)


def _visit(library: Library, model: Model, start: Node, done: set[tuple[str, str]], faults: Faults) -> None:
    """Goes through what the element requires, deepest first; meeting an element on the way to itself is a cycle."""
    stack: list[tuple[Node, Iterator[Href]]] = [(start, iter(_required(start)))]
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
        found = library.resolve(href)
        if key in on_way and not (isinstance(node, KnowledgeModel) and key == keys[-1]):
            faults.error(CYCLE, f"`{node.name}` requires itself through what it requires", href.place)
        elif found is not None and key not in done and key not in on_way:
            on_way.add(key)
            keys.append(key)
            stack.append((found[1], iter(_required(found[1]))))


def _required(node: Node) -> Iterable[Href]:
    return node.requires if isinstance(node, (Decision, KnowledgeModel)) else ()
