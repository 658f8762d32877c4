"""Types of a model as kinds of facts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from greenlane.engine.diagnostics import Place
from greenlane.engine.feel import FeelSyntaxError
from greenlane.engine.feel.ast import Negation, Node, Null, Number, Range, String, UnaryTests
from greenlane.engine.interop.dmn.formulas import Formulas
from greenlane.engine.interop.dmn.library import Library
from greenlane.engine.interop.dmn.model import About, ItemDefinition, Model
from greenlane.engine.interop.dmn.xml_tree import Text
from greenlane.engine.rules.vocabulary import FactKind, FactType

_SCALARS = {name.value: name for name in FactType}
_DEPTH = 10


@dataclass(frozen=True, slots=True)
class Plain:
    """The kind of a fact. `lost` is what the type asks for beyond that."""

    kind: FactKind
    lost: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """A component of a structure."""

    shape: Shape
    place: Place
    about: About


@dataclass(frozen=True, slots=True)
class Structure:
    """A type with components, by name."""

    parts: Mapping[str, Part]


@dataclass(frozen=True, slots=True)
class Untyped:
    """Nothing is said of the type."""


@dataclass(frozen=True, slots=True)
class Other:
    """A type that no fact has; `what` says which. `item` is the shape of the items of a list."""

    what: str
    item: Shape | None = None

    @property
    def lists(self) -> bool:
        """Whether its values are lists."""
        return self.item is not None


Shape = Plain | Structure | Untyped | Other


class Shapes:
    """The shapes of the types of a library."""

    def __init__(self, library: Library, formulas: Formulas) -> None:
        self._library = library
        self.formulas = formulas

    def of(self, model: Model, type_ref: str, depth: int = _DEPTH) -> Shape:
        """The shape of the type that a model knows by a name."""
        found = self._library.item(model, type_ref) if type_ref else None
        if depth == 0:
            return Other("a type that contains itself")
        if found is not None:
            return self._item(*found, depth - 1)
        plain = type_ref.removeprefix("feel:").removeprefix("feel.")
        if plain in _SCALARS:
            return Plain(FactKind(_SCALARS[plain]))
        if plain in ("", "Any"):
            return Untyped()
        article = "an" if plain[:1] in "aeio" else "a"
        return Other(f"{article} {plain}", Untyped() if plain.partition("<")[0] == "list" else None)

    def _item(self, model: Model, item: ItemDefinition, depth: int) -> Shape:
        if item.collection:
            return Other("a list", self._item(model, replace(item, collection=False), depth))
        if item.function is not None:
            return Other("a function")
        if item.components:
            return Structure(
                {
                    part.name: Part(
                        self._item(model, part, depth - 1) if depth else Other("a deep type"), part.place, part.about
                    )
                    for part in item.components
                }
            )
        base = self.of(model, item.type_ref, depth)
        if not isinstance(base, Plain):
            return base
        for text in (item.allowed, item.constraint):
            base = base if text is None else self.narrowed(base, text, model)
        return base

    def narrowed(self, base: Plain, text: Text, model: Model) -> Plain:
        """The kind within the bounds or values of unary tests, as far as a kind can say them."""
        try:
            tests = self.formulas.tests_tree(text, model, frozenset())
        except FeelSyntaxError:
            return base
        # A fact that is not required may be null anyway.
        tests = replace(tests, tests=tuple(test for test in tests.tests if not isinstance(test, Null)))
        values = listed(tests)
        if base.kind.type is FactType.STRING and values and not base.kind.allowed:
            return replace(base, kind=replace(base.kind, allowed=values))
        bounds = _bounds(tests)
        if base.kind.type is FactType.NUMBER and bounds is not None and base.kind == FactKind(FactType.NUMBER):
            return replace(base, kind=replace(base.kind, minimum=bounds[0], maximum=bounds[1]))
        return replace(base, lost=(*base.lost, text))


def listed(tests: UnaryTests) -> tuple[str, ...]:
    """The strings that the tests list, none where they are anything but strings that an allowed value can be."""
    values = [test.value for test in tests.tests if isinstance(test, String)]
    usable = all(value == " ".join(value.split()) and value.isprintable() for value in values)
    if tests.negated or len(values) < len(tests.tests) or not all(values) or not usable:
        return ()
    return tuple(dict.fromkeys(values))


def _bounds(tests: UnaryTests) -> tuple[Decimal | None, Decimal | None] | None:
    test = tests.tests[0] if len(tests.tests) == 1 and not tests.negated else None
    if not isinstance(test, Range) or test.operator:
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
