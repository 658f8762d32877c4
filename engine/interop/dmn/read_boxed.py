"""Reads boxed expressions: elements of XML to the classes of `boxed`. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import get_args

from greenlane.engine.diagnostics import DiagnosticSink, nearest
from greenlane.engine.interop.dmn.boxed import (
    AggregatorName,
    BoxedExpression,
    ChildExpression,
    Conditional,
    ContextEntry,
    ContextExpression,
    DecisionRule,
    DecisionTable,
    FilterExpression,
    FunctionDefinition,
    HitPolicyName,
    InformationItem,
    InputClause,
    Invocation,
    IteratorExpression,
    ListExpression,
    LiteralExpression,
    OutputClause,
    Relation,
)
from greenlane.engine.interop.dmn.diagnostic_codes import FOREIGN, STRUCTURE
from greenlane.engine.interop.dmn.xml_tree import SourceText, XmlElement


def expression_in(element: XmlElement | None, sink: DiagnosticSink) -> BoxedExpression | None:
    """The expression inside of an element, None where there is none."""
    found = None if element is None else element.first(*_READERS)
    return None if found is None else _READERS[found.name](found, sink)


def text_in(element: XmlElement | None) -> SourceText | None:
    """The text of an element's child `text`, None where it is blank."""
    found = None if element is None else element.first("text")
    return found.text if found is not None and found.text.value.strip() else None


def _expressions(element: XmlElement, sink: DiagnosticSink) -> tuple[BoxedExpression, ...]:
    return tuple(_READERS[child.name](child, sink) for child in element.all(*_READERS))


def information_item(element: XmlElement) -> InformationItem:
    """A parameter, a column or a variable."""
    return InformationItem(element.get("name"), element.get("typeRef"), element.place)


def literal_expression(element: XmlElement, sink: DiagnosticSink) -> LiteralExpression:
    """A literal expression; a warning where it is of another language than FEEL."""
    inner = element.first("text")
    text = SourceText("", element.text.path, element.text.pieces) if inner is None else inner.text
    read = LiteralExpression(text, element.get("expressionLanguage"), element.get("typeRef"), element.place)
    if not read.is_feel:
        sink.warning(FOREIGN, f"`{read.language}` is not run; the value is null", read.place, "write it in FEEL")
    return read


def _context(element: XmlElement, sink: DiagnosticSink) -> ContextExpression:
    entries = []
    for child in element.all("contextEntry"):
        variable = child.first("variable")
        name, type_ref = ("", "") if variable is None else (variable.get("name"), variable.get("typeRef"))
        entries.append(ContextEntry(name, type_ref, expression_in(child, sink), child.place))
    return ContextExpression(tuple(entries), element.get("typeRef"), element.place)


def _invocation(element: XmlElement, sink: DiagnosticSink) -> Invocation:
    bindings = []
    for child in element.all("binding"):
        parameter = child.first("parameter")
        if parameter is None or not parameter.get("name"):
            sink.error(STRUCTURE, "a binding without the name of a parameter", child.place)
            continue
        bindings.append((parameter.get("name"), expression_in(child, sink)))
    return Invocation(expression_in(element, sink), tuple(bindings), element.get("typeRef"), element.place)


def function_definition(element: XmlElement, sink: DiagnosticSink) -> FunctionDefinition:
    """A function definition, boxed or of a business knowledge model."""
    kind = element.get("kind").upper() or "FEEL"
    if kind != "FEEL":
        sink.warning(FOREIGN, f"functions of kind `{kind}` are not run; calling one gives null", element.place)
    parameters = tuple(information_item(child) for child in element.all("formalParameter"))
    return FunctionDefinition(parameters, expression_in(element, sink), kind, element.get("typeRef"), element.place)


def _list(element: XmlElement, sink: DiagnosticSink) -> ListExpression:
    return ListExpression(_expressions(element, sink), element.get("typeRef"), element.place)


def _relation(element: XmlElement, sink: DiagnosticSink) -> Relation:
    columns = tuple(information_item(child) for child in element.all("column"))
    rows = []
    for row in element.all("row"):
        cells = _expressions(row, sink)
        if len(cells) != len(columns):
            sink.error(STRUCTURE, f"a row of {len(cells)} cells under {len(columns)} columns", row.place)
        else:
            rows.append(cells)
    return Relation(columns, tuple(rows), element.get("typeRef"), element.place)


def _child(element: XmlElement, name: str, sink: DiagnosticSink) -> ChildExpression:
    found = element.first(name)
    if found is None:
        sink.error(STRUCTURE, f"`{element.name}` has no `{name}`", element.place)
        return ChildExpression(None, "")
    return ChildExpression(expression_in(found, sink), found.get("typeRef"))


def _conditional(element: XmlElement, sink: DiagnosticSink) -> Conditional:
    condition, then, otherwise = (_child(element, name, sink) for name in ("if", "then", "else"))
    return Conditional(condition, then, otherwise, element.get("typeRef"), element.place)


def _filter(element: XmlElement, sink: DiagnosticSink) -> FilterExpression:
    source, match = _child(element, "in", sink), _child(element, "match", sink)
    return FilterExpression(source, match, element.get("typeRef"), element.place)


def _iterator(element: XmlElement, sink: DiagnosticSink) -> IteratorExpression:
    variable = element.get("iteratorVariable")
    if not variable:
        sink.error(STRUCTURE, f"`{element.name}` has no `iteratorVariable`", element.place)
    source = _child(element, "in", sink)
    type_ref, place = element.get("typeRef"), element.place
    if element.name == "for":
        return IteratorExpression("for", variable, source, _child(element, "return", sink), type_ref, place)
    body = _child(element, "satisfies", sink)
    return IteratorExpression("some" if element.name == "some" else "every", variable, source, body, type_ref, place)


def _table(element: XmlElement, sink: DiagnosticSink) -> DecisionTable:
    inputs = tuple(_input(child, sink) for child in element.all("input"))
    outputs = tuple(_output(child, sink) for child in element.all("output"))
    notes = tuple(child.get("name") for child in element.all("annotation"))
    hit = _one_of(element, "hitPolicy", get_args(HitPolicyName), "UNIQUE", sink)
    aggregation = _one_of(element, "aggregation", get_args(AggregatorName), "", sink)
    if not outputs:
        sink.error(STRUCTURE, "the table has no output", element.place)
    for output in outputs[1 if len(outputs) == 1 else 0 :]:
        if not output.name:
            sink.error(STRUCTURE, "one output of several has no name", output.place)
    if aggregation and (hit != "COLLECT" or len(outputs) > 1):
        sink.error(STRUCTURE, f"`{aggregation}` needs the hit policy `COLLECT` and a single output", element.place)
    sizes = len(inputs), len(outputs), len(notes)
    rules = [rule for child in element.all("rule") if (rule := _rule(child, *sizes, sink))]
    return DecisionTable(
        hit,  # type: ignore[arg-type]  # one of the names listed
        aggregation,  # type: ignore[arg-type]
        inputs,
        outputs,
        tuple(rules),
        element.get("typeRef"),
        element.place,
        notes,
    )


def _one_of(element: XmlElement, name: str, known: tuple[str, ...], otherwise: str, sink: DiagnosticSink) -> str:
    given = element.get(name).upper() or otherwise
    if given in known:
        return given
    near = nearest(given, [value for value in known if value])
    advice = f"did you mean `{near}`?" if near else f"one of {', '.join(filter(None, known))}"
    sink.error(STRUCTURE, f"unknown {name} `{given}`", element.place, advice)
    return otherwise


def _input(element: XmlElement, sink: DiagnosticSink) -> InputClause:
    inner = element.first("inputExpression")
    read = None if inner is None else literal_expression(inner, sink)
    return InputClause(read, text_in(element.first("inputValues")), element.place, element.get("label"))


def _output(element: XmlElement, sink: DiagnosticSink) -> OutputClause:
    default = element.first("defaultOutputEntry")
    return OutputClause(
        element.get("name"),
        element.get("typeRef"),
        text_in(element.first("outputValues")),
        None if default is None else literal_expression(default, sink),
        element.place,
    )


def _rule(element: XmlElement, inputs: int, outputs: int, notes: int, sink: DiagnosticSink) -> DecisionRule | None:
    tests, results = element.all("inputEntry"), element.all("outputEntry")
    if (len(tests), len(results)) != (inputs, outputs):
        found, wanted = f"{len(tests)} tests and {len(results)} results", f"{inputs} inputs and {outputs} outputs"
        sink.error(STRUCTURE, f"a rule of {found} in a table of {wanted}", element.place)
        return None
    cells = tuple(text_in(test) or SourceText("", element.text.path, element.text.pieces) for test in tests)
    written = [plain_text(entry.first("text")) for entry in element.all("annotationEntry")]
    annotations = tuple([*written, *[""] * notes][:notes])
    described = plain_text(element.first("description"))
    results_read = tuple(literal_expression(result, sink) for result in results)
    return DecisionRule(cells, results_read, element.place, annotations, described)


def plain_text(element: XmlElement | None) -> str:
    """The text of an element for people, on one line."""
    return "" if element is None else " ".join(element.text.value.split())


_READERS: Mapping[str, Callable[[XmlElement, DiagnosticSink], BoxedExpression]] = {
    "literalExpression": literal_expression,
    "decisionTable": _table,
    "context": _context,
    "invocation": _invocation,
    "functionDefinition": function_definition,
    "list": _list,
    "relation": _relation,
    "conditional": _conditional,
    "filter": _filter,
    "for": _iterator,
    "some": _iterator,
    "every": _iterator,
}
