"""The tree of one file to a model."""

from __future__ import annotations

from collections.abc import Iterable

from greenlane.engine.diagnostics import Diagnostic
from greenlane.engine.interop.dmn.faults import DUPLICATE, FOREIGN, STRUCTURE, XML, Faults, XmlRefused
from greenlane.engine.interop.dmn.model import (
    About,
    Decision,
    DecisionService,
    FunctionType,
    Href,
    Import,
    InputData,
    ItemDefinition,
    KnowledgeModel,
    Model,
    Node,
)
from greenlane.engine.interop.dmn.read_boxed import expression_in, function, plain_text, text_in, typed
from greenlane.engine.interop.dmn.xml_tree import Element

NAMESPACES = {
    "http://www.omg.org/spec/DMN/20180521/MODEL/": "1.2",
    "https://www.omg.org/spec/DMN/20191111/MODEL/": "1.3",
    "https://www.omg.org/spec/DMN/20211108/MODEL/": "1.4",
    "https://www.omg.org/spec/DMN/20230324/MODEL/": "1.5",
}
"""The version of DMN that each XML namespace is of."""
_NODES = ("inputData", "decision", "businessKnowledgeModel", "decisionService")
_REQUIREMENTS = {
    "informationRequirement": ("requiredInput", "requiredDecision"),
    "knowledgeRequirement": ("requiredKnowledge",),
}


def namespace_of(root: Element) -> str:
    """The namespace that a model gives its elements. Raises XmlRefused where the root is not that of a DMN model."""
    if root.name != "definitions" or root.namespace not in NAMESPACES:
        message = f"`{root.name}` of `{root.namespace}` is not a DMN model"
        advice = f"the root is `definitions` of DMN {', '.join(NAMESPACES.values())}"
        raise XmlRefused(Diagnostic(XML, message, root.place, advice))
    return root.get("namespace")


def read_model(root: Element, faults: Faults) -> Model:
    """The model; what cannot be understood is left out and a fault. Raises XmlRefused as `namespace_of`."""
    namespace = namespace_of(root)
    imports = tuple(_import(element) for element in root.all("import") if _is_model(element, faults))
    items: dict[str, ItemDefinition] = {}
    for element in root.all("itemDefinition"):
        item = _item(element, faults)
        if item.name in items:
            faults.error(DUPLICATE, f"the type `{item.name}` is defined twice", item.place)
        items[item.name] = item
    by_id: dict[str, Node] = {}
    by_name: dict[str, Node] = {}
    for element in root.all(*_NODES):
        node = _node(element, namespace, faults)
        if node.name in by_name or node.id in by_id:
            what = f"the name `{node.name}`" if node.name in by_name else f"the id `{node.id}`"
            faults.error(DUPLICATE, f"{what} is given twice", node.place)
        by_id[node.id] = by_name[node.name] = node
    return Model(root.place.path, root.get("name"), namespace, imports, items, by_id, by_name)


def _import(element: Element) -> Import:
    return Import(element.get("name"), element.get("namespace"), element.place)


def _is_model(element: Element, faults: Faults) -> bool:
    kind = element.get("importType")
    if kind and kind not in NAMESPACES:
        faults.warning(FOREIGN, f"imports of `{kind}` are not read", element.place)
        return False
    return True


def _item(element: Element, faults: Faults) -> ItemDefinition:
    name = _named(element, faults)
    reference, inner = element.first("typeRef"), element.first("functionItem")
    signature = None
    if inner is not None:
        signature = FunctionType(tuple(typed(p) for p in inner.all("parameters")), inner.get("outputTypeRef"))
    return ItemDefinition(
        name,
        "" if reference is None else " ".join(reference.text.value.split()),
        text_in(element.first("allowedValues")),
        text_in(element.first("typeConstraint")),
        element.get("isCollection") in ("true", "1"),
        tuple(_item(component, faults) for component in element.all("itemComponent")),
        signature,
        element.place,
        _about(element),
    )


def _about(element: Element) -> About:
    return About(" ".join(element.get("label").split()), plain_text(element.first("description")))


def _named(element: Element, faults: Faults) -> str:
    name = element.get("name")
    if not name:
        faults.error(STRUCTURE, f"`{element.name}` has no name", element.place)
    return name


def _node(element: Element, namespace: str, faults: Faults) -> Node:
    name = _named(element, faults)
    identifier = element.get("id") or f" {name}"
    type_ref, place = _type_of(element, name, faults), element.place
    if element.name == "inputData":
        return InputData(identifier, name, type_ref, place, _about(element))
    if element.name == "decisionService":
        outputs = _hrefs(element.all("outputDecision"), namespace, faults)
        # Input data come first whatever their order in the file.
        given = (*element.all("inputData"), *element.all("inputDecision"))
        return DecisionService(identifier, name, type_ref, outputs, _hrefs(given, namespace, faults), place)
    requires = _requirements(element, namespace, faults)
    if element.name == "decision":
        logic = expression_in(element, faults)
        return Decision(identifier, name, type_ref, requires, logic, place, _about(element))
    inner = element.first("encapsulatedLogic")
    body = None if inner is None else function(inner, faults)
    return KnowledgeModel(identifier, name, type_ref, requires, body, place, _about(element))


def _type_of(element: Element, name: str, faults: Faults) -> str:
    variable = element.first("variable")
    if variable is None:
        return ""
    if variable.get("name") not in ("", name):
        message = f"the variable of `{name}` is called `{variable.get('name')}`"
        faults.warning(
            STRUCTURE, message, variable.place, "both have the same name; that of the element is the one read"
        )
    return variable.get("typeRef")


def _requirements(element: Element, namespace: str, faults: Faults) -> tuple[Href, ...]:
    found: list[Element] = []
    for requirement in element.all(*_REQUIREMENTS):
        found.extend(requirement.all(*_REQUIREMENTS[requirement.name]))
    return _hrefs(found, namespace, faults)


def _hrefs(elements: Iterable[Element], namespace: str, faults: Faults) -> tuple[Href, ...]:
    found = []
    for element in elements:
        before, mark, identifier = element.get("href").rpartition("#")
        if not mark or not identifier:
            faults.error(STRUCTURE, f"`{element.name}` refers to nothing", element.place, 'write `href="#id"`')
        else:
            found.append(Href(before or namespace, identifier, element.place))
    return tuple(found)
