"""Reads DMN models: from XML, with the models that they import. Pure: reads nothing but the bytes given."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from greenlane.engine.diagnostics import Diagnostic, DiagnosticSink
from greenlane.engine.interop.dmn.diagnostic_codes import (
    DUPLICATE,
    FOREIGN,
    REFERENCE,
    STRUCTURE,
    XML,
    BoundedSink,
    XmlError,
)
from greenlane.engine.interop.dmn.model import (
    BusinessKnowledgeModel,
    DmnDecision,
    DmnDecisionService,
    Documentation,
    DrgElement,
    ElementReference,
    FunctionItem,
    Import,
    InputData,
    ItemDefinition,
    Model,
    ModelSet,
)
from greenlane.engine.interop.dmn.read_boxed import (
    expression_in,
    function_definition,
    information_item,
    plain_text,
    text_in,
)
from greenlane.engine.interop.dmn.xml_tree import XmlElement, read_xml

NAMESPACES: Mapping[str, str] = {
    "http://www.omg.org/spec/DMN/20180521/MODEL/": "1.2",
    "https://www.omg.org/spec/DMN/20191111/MODEL/": "1.3",
    "https://www.omg.org/spec/DMN/20211108/MODEL/": "1.4",
    "https://www.omg.org/spec/DMN/20230324/MODEL/": "1.5",
}
"""The version of DMN that each XML namespace is of."""
_ELEMENTS = ("inputData", "decision", "businessKnowledgeModel", "decisionService")
_REQUIREMENTS = {
    "informationRequirement": ("requiredInput", "requiredDecision"),
    "knowledgeRequirement": ("requiredKnowledge",),
}


@dataclass(frozen=True, slots=True)
class ModelReading:
    """`models` is None where the main file is no DMN model. `diagnostics` are sorted by place."""

    models: ModelSet | None
    diagnostics: tuple[Diagnostic, ...]


def read(files: Mapping[str, bytes], main: str) -> ModelReading:
    """Reads the file `main` and what it imports from among the others, found by namespace.

    `files` holds the bytes by path; `main` is one of them. Never raises for what they hold.
    """
    sink = BoundedSink()
    try:
        by_namespace = _ModelFiles(files, main).read(sink)
    except XmlError as error:
        return ModelReading(None, (error.diagnostic,))
    first = next(iter(by_namespace.values()))
    return ModelReading(ModelSet(first, by_namespace), sink.sorted())


class _ModelFiles:
    """The files, each parsed only when it is looked into."""

    def __init__(self, files: Mapping[str, bytes], main: str) -> None:
        self._main = main
        self._files = files
        self._roots: dict[str, XmlElement] | None = None

    def read(self, sink: DiagnosticSink) -> dict[str, Model]:
        """All models by namespace, the main one first."""
        first = _read_model(read_xml(self._main, self._files[self._main]), sink)
        by_namespace, waiting = {first.namespace: first}, [first]
        while waiting:
            for one in waiting.pop().imports:
                if one.namespace in by_namespace:
                    continue
                root = self._others().get(one.namespace)
                if root is None:
                    advice = "models are looked for among the `.dmn` files of the same folder"
                    sink.error(REFERENCE, f"no model has the namespace `{one.namespace}`", one.place, advice)
                    continue
                by_namespace[one.namespace] = _read_model(root, sink)
                waiting.append(by_namespace[one.namespace])
        return by_namespace

    def _others(self) -> dict[str, XmlElement]:
        if self._roots is None:
            self._roots = {}
            for path in sorted(self._files):
                try:
                    root = read_xml(path, self._files[path]) if path != self._main else None
                    if root is not None:
                        self._roots.setdefault(_namespace_of(root), root)
                except XmlError:
                    # A file that nothing asks for may be broken; one that is asked for is then not found.
                    continue
        return self._roots


def _namespace_of(root: XmlElement) -> str:
    """The namespace that a model gives its elements. Raises XmlError where the root is not that of a DMN model."""
    if root.name != "definitions" or root.namespace not in NAMESPACES:
        message = f"`{root.name}` of `{root.namespace}` is not a DMN model"
        advice = f"the root is `definitions` of DMN {', '.join(NAMESPACES.values())}"
        raise XmlError(Diagnostic(XML, message, root.place, advice))
    return root.get("namespace")


def _read_model(root: XmlElement, sink: DiagnosticSink) -> Model:
    """The model of one file; what cannot be understood is left out and reported. Raises XmlError as `_namespace_of`."""
    namespace = _namespace_of(root)
    imports = tuple(_import(child) for child in root.all("import") if _is_model(child, sink))
    items: dict[str, ItemDefinition] = {}
    for child in root.all("itemDefinition"):
        item = _item(child, sink)
        if item.name in items:
            sink.error(DUPLICATE, f"the type `{item.name}` is defined twice", item.place)
        items[item.name] = item
    by_id: dict[str, DrgElement] = {}
    by_name: dict[str, DrgElement] = {}
    for child in root.all(*_ELEMENTS):
        element = _element(child, namespace, sink)
        if element.name in by_name or element.id in by_id:
            what = f"the name `{element.name}`" if element.name in by_name else f"the id `{element.id}`"
            sink.error(DUPLICATE, f"{what} is given twice", element.place)
        by_id[element.id] = by_name[element.name] = element
    return Model(root.place.path, root.get("name"), namespace, imports, items, by_id, by_name)


def _import(element: XmlElement) -> Import:
    return Import(element.get("name"), element.get("namespace"), element.place)


def _is_model(element: XmlElement, sink: DiagnosticSink) -> bool:
    kind = element.get("importType")
    if kind and kind not in NAMESPACES:
        sink.warning(FOREIGN, f"imports of `{kind}` are not read", element.place)
        return False
    return True


def _item(element: XmlElement, sink: DiagnosticSink) -> ItemDefinition:
    name = _named(element, sink)
    reference, inner = element.first("typeRef"), element.first("functionItem")
    signature = None
    if inner is not None:
        signature = FunctionItem(
            tuple(information_item(p) for p in inner.all("parameters")), inner.get("outputTypeRef")
        )
    return ItemDefinition(
        name,
        "" if reference is None else " ".join(reference.text.value.split()),
        text_in(element.first("allowedValues")),
        text_in(element.first("typeConstraint")),
        element.get("isCollection") in ("true", "1"),
        tuple(_item(component, sink) for component in element.all("itemComponent")),
        signature,
        element.place,
        _documentation(element),
    )


def _documentation(element: XmlElement) -> Documentation:
    return Documentation(" ".join(element.get("label").split()), plain_text(element.first("description")))


def _named(element: XmlElement, sink: DiagnosticSink) -> str:
    name = element.get("name")
    if not name:
        sink.error(STRUCTURE, f"`{element.name}` has no name", element.place)
    return name


def _element(element: XmlElement, namespace: str, sink: DiagnosticSink) -> DrgElement:
    name = _named(element, sink)
    identifier = element.get("id") or f" {name}"
    type_ref, place = _type_of(element, name, sink), element.place
    if element.name == "inputData":
        return InputData(identifier, name, type_ref, place, _documentation(element))
    if element.name == "decisionService":
        outputs = _references(element.all("outputDecision"), namespace, sink)
        # Input data come first whatever their order in the file.
        given = (*element.all("inputData"), *element.all("inputDecision"))
        return DmnDecisionService(identifier, name, type_ref, outputs, _references(given, namespace, sink), place)
    requires = _requirements(element, namespace, sink)
    if element.name == "decision":
        logic = expression_in(element, sink)
        return DmnDecision(identifier, name, type_ref, requires, logic, place, _documentation(element))
    inner = element.first("encapsulatedLogic")
    body = None if inner is None else function_definition(inner, sink)
    return BusinessKnowledgeModel(identifier, name, type_ref, requires, body, place, _documentation(element))


def _type_of(element: XmlElement, name: str, sink: DiagnosticSink) -> str:
    variable = element.first("variable")
    if variable is None:
        return ""
    if variable.get("name") not in ("", name):
        message = f"the variable of `{name}` is called `{variable.get('name')}`"
        sink.warning(STRUCTURE, message, variable.place, "both have the same name; that of the element is the one read")
    return variable.get("typeRef")


def _requirements(element: XmlElement, namespace: str, sink: DiagnosticSink) -> tuple[ElementReference, ...]:
    found: list[XmlElement] = []
    for requirement in element.all(*_REQUIREMENTS):
        found.extend(requirement.all(*_REQUIREMENTS[requirement.name]))
    return _references(found, namespace, sink)


def _references(elements: Iterable[XmlElement], namespace: str, sink: DiagnosticSink) -> tuple[ElementReference, ...]:
    found = []
    for element in elements:
        before, mark, identifier = element.get("href").rpartition("#")
        if not mark or not identifier:
            sink.error(STRUCTURE, f"`{element.name}` refers to nothing", element.place, 'write `href="#id"`')
        else:
            found.append(ElementReference(before or namespace, identifier, element.place))
    return tuple(found)
