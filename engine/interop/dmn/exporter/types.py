"""Types of a DMN model: item definitions for what rule files say of values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from xml.etree.ElementTree import Element

from greenlane.engine.feel.printer import string_text
from greenlane.engine.feel.values.number import number_text
from greenlane.engine.interop.dmn.exporter.elements import bare, element, text_element
from greenlane.engine.rules.ruleset import ReferenceTable
from greenlane.engine.rules.vocabulary import FactKind

Component = tuple[str, str]


class Types:
    """Makes the item definitions that are asked for, each once, in the order asked for."""

    def __init__(self) -> None:
        self._made: dict[str, Element] = {}

    def definitions(self) -> list[Element]:
        """All of them."""
        return list(self._made.values())

    def of_kind(self, kind: FactKind, *owner: str) -> str:
        """The type of a value: FEEL's own, or one with the values that the kind allows, named after its owner."""
        allowed = allowed_values(kind)
        if not allowed:
            return kind.type.value
        return self._define(owner, [bare("typeRef", kind.type.value), text_element("allowedValues", allowed)])

    def of_context(self, components: Iterable[Component], *owner: str, listed: bool = False) -> str:
        """A context with these entries, or a list of such."""
        parts = [element("itemComponent", {"name": n}, [bare("typeRef", t)]) for n, t in components]
        return self._define(owner, parts, listed)

    def of_list(self, item: str, *owner: str) -> str:
        """A list of values of a type."""
        return self._define(owner, [bare("typeRef", item)], True)

    def of_reference(self, table: ReferenceTable) -> tuple[str, Sequence[Component]]:
        """The type of a reference table, and its columns with theirs."""
        columns = [(column.name, self.of_kind(column.kind, table.name, column.name)) for column in table.columns]
        return self.of_context(columns, table.name, listed=True), columns

    def _define(self, owner: Sequence[str], children: Sequence[Element], listed: bool = False) -> str:
        name = "_".join(("t", *owner)).replace(" ", "_")
        while name in self._made and not _same(self._made[name], children, listed):
            name += "_"
        self._made[name] = element("itemDefinition", {"name": name, "isCollection": "true" if listed else ""}, children)
        return name


def allowed_values(kind: FactKind) -> str:
    """Unary tests of the values that a kind allows, empty for any. Patterns and check digits are not among them."""
    if kind.allowed is not None:
        return ", ".join(map(string_text, kind.allowed))
    low, high = kind.minimum, kind.maximum
    if low is not None and high is not None:
        return f"[{number_text(low)}..{number_text(high)}]"
    if low is not None:
        return f">= {number_text(low)}"
    return "" if high is None else f"<= {number_text(high)}"


def _same(made: Element, children: Sequence[Element], listed: bool) -> bool:
    return _shape(made) == [_shape(child) for child in children] and ("isCollection" in made.attrib) is listed


def _shape(part: Element) -> object:
    inner = [_shape(child) for child in part]
    return inner if part.tag == "itemDefinition" else (part.tag, tuple(part.attrib.items()), part.text, inner)
