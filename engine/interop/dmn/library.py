"""A model with all that it imports."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from greenlane.engine.diagnostics import Diagnostic, sort
from greenlane.engine.interop.dmn.faults import REFERENCE, Faults, XmlRefused
from greenlane.engine.interop.dmn.model import Href, ItemDefinition, Model, Node
from greenlane.engine.interop.dmn.read_model import namespace_of, read_model
from greenlane.engine.interop.dmn.xml_tree import Element, read_xml


@dataclass(frozen=True, slots=True)
class Library:
    """`main` and the models that it imports, and those that they import, by namespace."""

    main: Model
    models: Mapping[str, Model]

    def resolve(self, href: Href) -> tuple[Model, Node] | None:
        """The element referred to and its model, None where there is none."""
        model = self.models.get(href.namespace)
        node = None if model is None else model.by_id.get(href.id)
        return None if model is None or node is None else (model, node)

    def prefix(self, model: Model, other: Model) -> str:
        """The name under which the elements of another model stand in this one; empty when among its own."""
        if model is other:
            return ""
        return next((one.name for one in model.imports if one.namespace == other.namespace), "")

    def node(self, model: Model, name: str) -> tuple[Model, Node] | None:
        """The element that the model knows by a name: its own `name`, an imported `import.name`."""
        for other, inner in self._known(model, name, frozenset()):
            if inner in other.by_name:
                return other, other.by_name[inner]
        return None

    def item(self, model: Model, name: str) -> tuple[Model, ItemDefinition] | None:
        """The type that the model knows by a name."""
        for other, inner in self._known(model, name, frozenset()):
            if inner in other.items:
                return other, other.items[inner]
        return None

    def _known(self, model: Model, name: str, seen: frozenset[str]) -> Iterator[tuple[Model, str]]:
        yield model, name
        for one in model.imports:
            other = self.models.get(one.namespace)
            if other is None or one.namespace in seen:
                continue
            if not one.name:
                yield from self._known(other, name, seen | {one.namespace})
            elif name.startswith(f"{one.name}."):
                yield from self._known(other, name[len(one.name) + 1 :], seen | {one.namespace})


@dataclass(frozen=True, slots=True)
class Reading:
    """`library` is None where the main file cannot be read. `diagnostics` are sorted."""

    library: Library | None
    diagnostics: tuple[Diagnostic, ...]


def read(files: Mapping[str, bytes], main: str) -> Reading:
    """Reads the file `main` and what it imports from among the others, found by namespace."""
    faults = Faults()
    try:
        models = _Shelf(files, main).read(faults)
    except XmlRefused as refused:
        return Reading(None, (refused.fault,))
    first = next(iter(models.values()))
    return Reading(Library(first, models), sort(faults.found))


class _Shelf:
    """The files, each parsed only when it is looked into."""

    def __init__(self, files: Mapping[str, bytes], main: str) -> None:
        self._main = main
        self._files = files
        self._roots: dict[str, Element] | None = None

    def read(self, faults: Faults) -> dict[str, Model]:
        """All models by namespace, the main one first."""
        first = read_model(read_xml(self._main, self._files[self._main]), faults)
        models, waiting = {first.namespace: first}, [first]
        while waiting:
            for one in waiting.pop().imports:
                if one.namespace in models:
                    continue
                root = self._others().get(one.namespace)
                if root is None:
                    advice = "models are looked for among the `.dmn` files of the same folder"
                    faults.error(REFERENCE, f"no model has the namespace `{one.namespace}`", one.place, advice)
                    continue
                models[one.namespace] = read_model(root, faults)
                waiting.append(models[one.namespace])
        return models

    def _others(self) -> dict[str, Element]:
        if self._roots is None:
            self._roots = {}
            for path in sorted(self._files):
                try:
                    root = read_xml(path, self._files[path]) if path != self._main else None
                    if root is not None:
                        self._roots.setdefault(namespace_of(root), root)
                except XmlRefused:
                    # A file that nothing asks for may be broken; one that is asked for is then not found.
                    continue
        return self._roots
