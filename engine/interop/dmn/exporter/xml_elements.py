"""Builds XML elements of DMN models: expressions, item definitions, decision tables; a document as bytes. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element, indent, tostring

from greenlane.engine.feel.printer import string_text
from greenlane.engine.feel.values.number import number_text
from greenlane.engine.rules.ruleset import ReferenceTable
from greenlane.engine.rules.table import Row
from greenlane.engine.rules.vocabulary import FactKind

GUARD, WHEN = "for", "when"
"""The columns of conditions: of a section and of a row."""
ANNOTATION_NAMES = ("id", "code", "zh", "en", "basis", "source")
Component = tuple[str, str]
"""A name and its type."""
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def element(tag: str, attributes: Mapping[str, str], children: Iterable[Element] = ()) -> Element:
    """An element; attributes without a value are left out."""
    made = Element(tag, {name: _clean(value) for name, value in attributes.items() if value})
    made.extend(children)
    return made


def text_element(tag: str, text: str, attributes: Mapping[str, str] | None = None) -> Element:
    """An element with its text inside of a `text`, as DMN has it around FEEL and annotations."""
    inner = Element("text")
    inner.text = _clean(text)
    return element(tag, attributes or {}, [inner])


def plain_element(tag: str, text: str) -> Element:
    """An element with text and nothing else."""
    made = Element(tag)
    made.text = _clean(text)
    return made


def literal(text: str, type_ref: str = "") -> Element:
    """FEEL text as a literal expression."""
    return text_element("literalExpression", text, {"typeRef": type_ref})


def variable(name: str, type_ref: str = "", tag: str = "variable") -> Element:
    """A name with a type, none for any: a variable, a formal parameter, a column."""
    return element(tag, {"name": name, "typeRef": type_ref})


def context(entries: Iterable[tuple[str, Element]], result: Element | None = None) -> Element:
    """A boxed context; its value is `result`, where there is one."""
    children = [element("contextEntry", {}, [variable(name), value]) for name, value in entries]
    if result is not None:
        children.append(element("contextEntry", {}, [result]))
    return element("context", {}, children)


def function(parameters: Iterable[tuple[str, str]], body: Element, tag: str = "functionDefinition") -> Element:
    """A function definition; `parameters` are names and types."""
    return element(tag, {"kind": "FEEL"}, [*(variable(n, t, "formalParameter") for n, t in parameters), body])


def document(root: Element) -> bytes:
    """UTF-8 with two blanks for each level; the same tree always gives the same bytes."""
    indent(root, "  ")
    text: str = tostring(root, "unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text.rstrip()}\n'.encode()


def _clean(text: str) -> str:
    """The text with escapes of FEEL for what XML cannot hold."""
    return _NOT_XML.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


class TypeDefinitions:
    """The item definitions that were asked for, each once, in the order asked for."""

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
        return self._define(owner, [plain_element("typeRef", kind.type.value), text_element("allowedValues", allowed)])

    def of_context(self, components: Iterable[Component], *owner: str, is_list: bool = False) -> str:
        """A context with these entries, or a list of such."""
        parts = [element("itemComponent", {"name": n}, [plain_element("typeRef", t)]) for n, t in components]
        return self._define(owner, parts, is_list)

    def of_list(self, item: str, *owner: str) -> str:
        """A list of values of a type."""
        return self._define(owner, [plain_element("typeRef", item)], True)

    def of_reference(self, table: ReferenceTable) -> tuple[str, Sequence[Component]]:
        """The type of a reference table, and its columns with theirs."""
        columns = [(column.name, self.of_kind(column.kind, table.name, column.name)) for column in table.columns]
        return self.of_context(columns, table.name, is_list=True), columns

    def _define(self, owner: Sequence[str], children: Sequence[Element], is_list: bool = False) -> str:
        name = "_".join(("t", *owner)).replace(" ", "_")
        while name in self._made and not _same(self._made[name], children, is_list):
            name += "_"
        self._made[name] = element(
            "itemDefinition", {"name": name, "isCollection": "true" if is_list else ""}, children
        )
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


def _same(made: Element, children: Sequence[Element], is_list: bool) -> bool:
    return _content(made) == [_content(child) for child in children] and ("isCollection" in made.attrib) is is_list


def _content(part: Element) -> object:
    inner = [_content(child) for child in part]
    return inner if part.tag == "itemDefinition" else (part.tag, tuple(part.attrib.items()), part.text, inner)


@dataclass(frozen=True, slots=True)
class ExportedRule:
    """A rule: input entries by column, output entries, annotations in the order of `ANNOTATION_NAMES`."""

    cells: Mapping[str, str]
    results: Sequence[str]
    annotations: Sequence[str]


@dataclass(frozen=True, slots=True)
class ExportedOutput:
    """An output clause: name, type, unary tests of its values in order of priority, default; empty for none."""

    name: str
    type_ref: str
    values: str = ""
    default: str = ""


def decision_table(
    hit: tuple[str, str],
    rules: Sequence[ExportedRule],
    outputs: Sequence[ExportedOutput],
    as_of: str,
    types_of: Mapping[str, str],
) -> Element:
    """A decision table. Its columns are those that any rule has an entry for, `as_of` first, `when` last.

    `hit` is the hit policy and the aggregator, `types_of` are the types of names.
    """
    used = dict.fromkeys(column for rule in rules for column in rule.cells)
    facts = [column for column in used if column not in (as_of, GUARD, WHEN)]
    columns = [c for c in (as_of, GUARD, *facts, WHEN) if c in used]
    inputs = [_input(column, types_of) for column in columns]
    made = [_output(output, len(outputs) > 1) for output in outputs]
    names = [element("annotation", {"name": name}) for name in ANNOTATION_NAMES]
    lines = [_rule(rule, columns) for rule in rules]
    attributes = {"hitPolicy": hit[0], "aggregation": hit[1], "preferredOrientation": "Rule-as-Row"}
    return element("decisionTable", attributes, [*inputs, *made, *names, *lines])


def annotations_of(row: Row, undetermined: bool = False) -> list[str]:
    """The annotations of the rule of a row, or of the rule for where the row is undetermined."""
    zh, en = ("", "") if row.text is None else (row.text.zh, row.text.en)
    identifier = f"{row.id} undetermined" if undetermined else row.id
    return [identifier, row.code or "", zh, en, row.basis, f"{row.place.path}:{row.place.line}"]


def _input(column: str, types_of: Mapping[str, str]) -> Element:
    condition = column in (GUARD, WHEN)
    type_ref = "boolean" if condition else types_of.get(column, "")
    inner = text_element("inputExpression", "true" if condition else column, {"typeRef": type_ref})
    return element("input", {"label": column}, [inner])


def _output(column: ExportedOutput, named: bool) -> Element:
    inner = [text_element("outputValues", column.values)] if column.values else []
    if column.default:
        inner.append(text_element("defaultOutputEntry", column.default))
    attributes = {"name": column.name if named else "", "label": "" if named else column.name}
    return element("output", {**attributes, "typeRef": column.type_ref}, inner)


def _rule(rule: ExportedRule, columns: Sequence[str]) -> Element:
    cells = [text_element("inputEntry", rule.cells.get(column, "-")) for column in columns]
    results = [text_element("outputEntry", result) for result in rule.results]
    return element(
        "rule", {}, [*cells, *results, *(text_element("annotationEntry", text) for text in rule.annotations)]
    )
