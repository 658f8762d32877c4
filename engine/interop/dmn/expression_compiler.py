"""Parses and compiles the FEEL texts of models, each once, under the specification's semantics. Pure.

Text that is no FEEL is null, as the specification has errors.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass, replace
from typing import Any, NamedTuple

from greenlane.engine.diagnostics import Place
from greenlane.engine.feel import (
    SPEC,
    FeelSyntaxError,
    compile_expression,
    compile_test,
    parse_expression,
    parse_unary_tests,
)
from greenlane.engine.feel.ast import Node, Span, TypeName, UnaryTests
from greenlane.engine.feel.cost import STEPS_OF_A_CALL, STEPS_OF_A_VALUE, CallCost
from greenlane.engine.interop.dmn.model import ItemDefinition, Model, ModelSet
from greenlane.engine.interop.dmn.xml_tree import SourceText

Run = Callable[[Any], Any]
Test = Callable[[Any, Any], Any]
_DEPTH = 20
_CHARACTERS_PER_STEP = 16
MAX_KEPT = 50_000
_NO_SPAN = Span(0, 0)
_KEY = re.compile(r'[{,]\s*"((?:[^"\\]|\\.)+)"\s*:|[{,]\s*([^\W\d"][^:{}\[\]",()]*?)\s*:')
_PLAIN = re.compile(r"\w+")


class BoxedCost(NamedTuple):
    """Steps of one evaluation, as `engine.feel.cost` has them; whether `partial` is written in it."""

    steps: int
    partial: bool

    def turn(self, makes: int) -> int:
        """The cost of a turn of a loop that evaluates it and makes so many values."""
        return 1 + self.steps + makes * STEPS_OF_A_VALUE

    def call(self) -> CallCost:
        """The cost of a call of a function that evaluates it."""
        return CallCost(STEPS_OF_A_CALL + self.steps, 1)


class ExpressionCompiler:
    """Trees and compiled functions of texts; those compiled are kept, `MAX_KEPT` of each sort.

    `members` are the names in the models that FEEL reads only where it is told of them: those with spaces or operators.
    """

    def __init__(self, models: ModelSet) -> None:
        self._models = models
        self.members = frozenset(_spaced_names(models.by_namespace.values()))
        self._expressions: dict[tuple[str, str, frozenset[str]], Run] = {}
        self._tests: dict[tuple[str, str, frozenset[str]], tuple[Test, tuple[Test, ...]]] = {}
        # By identity, with what keeps it from being another's.
        self._costs: dict[int, tuple[Any, BoxedCost]] = {}

    def cost(self, boxed: Any) -> BoxedCost:
        """What evaluating a part of a model once costs, by the length of its texts."""
        found = self._costs.get(id(boxed))
        if found is None:
            _evict(self._costs)
            found = self._costs[id(boxed)] = boxed, _cost(boxed)
        return found[1]

    def expression(self, text: SourceText, model: Model, names: frozenset[str]) -> Run:
        """The text as a function of a scope that has these names."""
        key = (text.value, model.namespace, names)
        if key not in self._expressions:
            _evict(self._expressions)
            try:
                run = compile_expression(self.tree(text, model, names), SPEC, names)
            except FeelSyntaxError:
                run = _null
            self._expressions[key] = run
        return self._expressions[key]

    def tree(self, text: SourceText, model: Model, names: frozenset[str]) -> Node:
        """The tree of an expression, its types by structure as in `type_tree`. Raises FeelSyntaxError."""
        parsed: Node = _with_types(parse_expression(text.value, names, self.members), self._type_mapper(model))
        return parsed

    def tests_tree(self, text: SourceText, model: Model, names: frozenset[str]) -> UnaryTests:
        """The tree of unary tests, as `tree`. Raises FeelSyntaxError."""
        parsed: UnaryTests = _with_types(parse_unary_tests(text.value, names, self.members), self._type_mapper(model))
        return parsed

    def type_tree(self, name: str, model: Model) -> TypeName:
        """A type of the model in FEEL's own terms: by its structure, `Any` where it is deeper than 20 levels."""
        return self._structural(_named(name), model, _DEPTH)

    def test(self, text: SourceText, model: Model, names: frozenset[str]) -> Test:
        """Unary tests as a function of the value that is tested and the scope."""
        return self._tested(text, model, names)[0]

    def each_test(self, text: SourceText, model: Model, names: frozenset[str]) -> tuple[Test, ...]:
        """Each of the unary tests by itself, in order."""
        return self._tested(text, model, names)[1]

    def _tested(self, text: SourceText, model: Model, names: frozenset[str]) -> tuple[Test, tuple[Test, ...]]:
        key = (text.value, model.namespace, names)
        if key not in self._tests:
            _evict(self._tests)
            try:
                node = self.tests_tree(text, model, names)
                single = tuple(UnaryTests((test,), node.negated, node.span) for test in node.tests)
                made = compile_test(node, SPEC, names), tuple(compile_test(one, SPEC, names) for one in single)
            except FeelSyntaxError:
                made = _no_test, ()
            self._tests[key] = made
        return self._tests[key]

    def _type_mapper(self, model: Model) -> Callable[[TypeName], TypeName]:
        return lambda kind: self._structural(kind, model, _DEPTH)

    def _structural(self, kind: TypeName, model: Model, depth: int) -> TypeName:
        """The type by its structure, which is all that FEEL's own types can say of it."""
        found = self._models.item(model, kind.name)
        if found is None:
            return kind
        if depth == 0:
            return _named("Any")
        return self._structure_of(found[1], found[0], depth)

    def _structure_of(self, item: ItemDefinition, model: Model, depth: int) -> TypeName:
        if item.function is not None:
            parameters = tuple(self._reference(p.type_ref, model, depth) for p in item.function.parameters)
            result = self._reference(item.function.result, model, depth)
            made = TypeName("function", parameters, (), result, _NO_SPAN)
        elif item.components:
            parts = tuple(
                self._structure_of(part, model, depth - 1) if depth else _named("Any") for part in item.components
            )
            made = TypeName("context", parts, tuple(part.name for part in item.components), None, _NO_SPAN)
        else:
            made = self._reference(item.type_ref, model, depth)
        return TypeName("list", (made,), (), None, _NO_SPAN) if item.collection else made

    def _reference(self, name: str, model: Model, depth: int) -> TypeName:
        return self._structural(_named(name or "Any"), model, max(0, depth - 1))


def _cost(part: Any) -> BoxedCost:
    texts = [found.value for found in _texts_and_names(part) if isinstance(found, SourceText)]
    values = sum(1 + text.count(",") for text in texts)
    steps = sum(map(len, texts)) // _CHARACTERS_PER_STEP + values * STEPS_OF_A_VALUE
    return BoxedCost(steps, any("partial" in text for text in texts))


def _evict(kept: dict[Any, Any]) -> None:
    """Forgets all when there is too much: names in scope may come from the inputs, so there is no end of them."""
    if len(kept) >= MAX_KEPT:
        kept.clear()


def _named(name: str) -> TypeName:
    return TypeName(name, (), (), None, _NO_SPAN)


def _null(_scope: Any) -> None:
    return None


def _no_test(_value: Any, _scope: Any) -> None:
    return None


def _with_types(node: Any, structural: Callable[[TypeName], TypeName]) -> Any:
    """The tree with every name of a type replaced."""
    if isinstance(node, TypeName):
        inner = tuple(_with_types(argument, structural) for argument in node.arguments)
        result = None if node.result is None else _with_types(node.result, structural)
        return structural(TypeName(node.name, inner, node.names, result, node.span))
    if isinstance(node, tuple):
        made = tuple(_with_types(item, structural) for item in node)
        return made if any(new is not old for new, old in zip(made, node, strict=True)) else node
    if not is_dataclass(node) or isinstance(node, (Span, type)):
        return node
    changed = {
        f.name: new for f in fields(node) if (new := _with_types(old := getattr(node, f.name), structural)) is not old
    }
    return replace(node, **changed) if changed else node


def _texts_and_names(part: Any) -> Iterator[SourceText | str]:
    """Every FEEL text and every name in a model, in no order that means anything."""
    if isinstance(part, SourceText):
        yield part
    elif isinstance(part, (tuple, list)):
        for item in part:
            yield from _texts_and_names(item)
    elif isinstance(part, dict):
        yield from _texts_and_names(tuple(part.values()))
    elif is_dataclass(part) and not isinstance(part, Place):
        name = getattr(part, "name", "") or getattr(part, "variable", "")
        if isinstance(name, str) and name:
            yield name
        for field in fields(part):
            yield from _texts_and_names(getattr(part, field.name))


def _spaced_names(models: Any) -> Iterator[str]:
    """Names that FEEL reads only where they are known: those with spaces or operators."""
    for found in _texts_and_names(tuple(models)):
        if isinstance(found, str):
            names = [found]
        else:
            # White space made single: the pattern takes time by the square of a run of it.
            names = [quoted or bare for quoted, bare in _KEY.findall(" ".join(found.value.split()))]
        yield from (name for name in names if not _PLAIN.fullmatch(name))
