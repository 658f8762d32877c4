"""Elements of XML to boxed expressions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import get_args

from greenlane.engine.diagnostics import nearest
from greenlane.engine.interop.dmn.boxed import (
    Aggregation,
    Boxed,
    Child,
    Conditional,
    ContextExpression,
    DecisionTable,
    Entry,
    FilterExpression,
    FunctionDefinition,
    HitPolicy,
    Input,
    Invocation,
    Iterator,
    ListExpression,
    LiteralExpression,
    Output,
    Relation,
    Rule,
    Typed,
)
from greenlane.engine.interop.dmn.faults import FOREIGN, STRUCTURE, Faults
from greenlane.engine.interop.dmn.xml_tree import Element, Text


def expression_in(element: Element | None, faults: Faults) -> Boxed | None:
    """The expression inside of an element, None where there is none."""
    found = None if element is None else element.first(*_READERS)
    return None if found is None else expression(found, faults)


def expression(element: Element, faults: Faults) -> Boxed:
    """The expression that an element is."""
    return _READERS[element.name](element, faults)


def text_in(element: Element | None) -> Text | None:
    """The text of an element's `text`, None where it is blank."""
    found = None if element is None else element.first("text")
    return found.text if found is not None and found.text.value.strip() else None


def _expressions(element: Element, faults: Faults) -> tuple[Boxed, ...]:
    return tuple(expression(child, faults) for child in element.all(*_READERS))


def typed(element: Element) -> Typed:
    """A parameter, a column or a variable."""
    return Typed(element.get("name"), element.get("typeRef"), element.place)


def literal(element: Element, faults: Faults) -> LiteralExpression:
    """FEEL text and its language."""
    inner = element.first("text")
    language = element.get("expressionLanguage")
    if language and not is_feel(language):
        faults.warning(FOREIGN, f"`{language}` is not run; the value is null", element.place, "write it in FEEL")
    text = element.text if inner is None else inner.text
    if inner is None:
        text = Text("", text.path, text.pieces)
    return LiteralExpression(text, language, element.get("typeRef"), element.place)


def is_feel(language: str) -> bool:
    """Whether an expression language is FEEL of any version."""
    return not language or "FEEL" in language.upper()


def _context(element: Element, faults: Faults) -> ContextExpression:
    entries = []
    for child in element.all("contextEntry"):
        variable = child.first("variable")
        name, type_ref = ("", "") if variable is None else (variable.get("name"), variable.get("typeRef"))
        entries.append(Entry(name, type_ref, expression_in(child, faults), child.place))
    return ContextExpression(tuple(entries), element.get("typeRef"), element.place)


def _invocation(element: Element, faults: Faults) -> Invocation:
    bindings = []
    for child in element.all("binding"):
        parameter = child.first("parameter")
        if parameter is None or not parameter.get("name"):
            faults.error(STRUCTURE, "a binding without the name of a parameter", child.place)
            continue
        bindings.append((parameter.get("name"), expression_in(child, faults)))
    return Invocation(expression_in(element, faults), tuple(bindings), element.get("typeRef"), element.place)


def function(element: Element, faults: Faults) -> FunctionDefinition:
    """A function definition, boxed or of a business knowledge model."""
    kind = element.get("kind").upper() or "FEEL"
    if kind != "FEEL":
        faults.warning(FOREIGN, f"functions of kind `{kind}` are not run; calling one gives null", element.place)
    parameters = tuple(typed(child) for child in element.all("formalParameter"))
    return FunctionDefinition(parameters, expression_in(element, faults), kind, element.get("typeRef"), element.place)


def _list(element: Element, faults: Faults) -> ListExpression:
    return ListExpression(_expressions(element, faults), element.get("typeRef"), element.place)


def _relation(element: Element, faults: Faults) -> Relation:
    columns = tuple(typed(child) for child in element.all("column"))
    rows = []
    for row in element.all("row"):
        cells = _expressions(row, faults)
        if len(cells) != len(columns):
            faults.error(STRUCTURE, f"a row of {len(cells)} cells under {len(columns)} columns", row.place)
        else:
            rows.append(cells)
    return Relation(columns, tuple(rows), element.get("typeRef"), element.place)


def _child(element: Element, name: str, faults: Faults) -> Child:
    found = element.first(name)
    if found is None:
        faults.error(STRUCTURE, f"`{element.name}` has no `{name}`", element.place)
        return Child(None, "")
    return Child(expression_in(found, faults), found.get("typeRef"))


def _conditional(element: Element, faults: Faults) -> Conditional:
    condition, then, otherwise = (_child(element, name, faults) for name in ("if", "then", "else"))
    return Conditional(condition, then, otherwise, element.get("typeRef"), element.place)


def _filter(element: Element, faults: Faults) -> FilterExpression:
    source, match = _child(element, "in", faults), _child(element, "match", faults)
    return FilterExpression(source, match, element.get("typeRef"), element.place)


def _iterator(element: Element, faults: Faults) -> Iterator:
    variable = element.get("iteratorVariable")
    if not variable:
        faults.error(STRUCTURE, f"`{element.name}` has no `iteratorVariable`", element.place)
    source = _child(element, "in", faults)
    type_ref, place = element.get("typeRef"), element.place
    if element.name == "for":
        return Iterator("for", variable, source, _child(element, "return", faults), type_ref, place)
    body = _child(element, "satisfies", faults)
    return Iterator("some" if element.name == "some" else "every", variable, source, body, type_ref, place)


def _table(element: Element, faults: Faults) -> DecisionTable:
    inputs = tuple(_input(child, faults) for child in element.all("input"))
    outputs = tuple(_output(child, faults) for child in element.all("output"))
    notes = tuple(child.get("name") for child in element.all("annotation"))
    hit = _one_of(element, "hitPolicy", get_args(HitPolicy), "UNIQUE", faults)
    aggregation = _one_of(element, "aggregation", get_args(Aggregation), "", faults)
    if not outputs:
        faults.error(STRUCTURE, "the table has no output", element.place)
    for output in outputs[1 if len(outputs) == 1 else 0 :]:
        if not output.name:
            faults.error(STRUCTURE, "one output of several has no name", output.place)
    if aggregation and (hit != "COLLECT" or len(outputs) > 1):
        faults.error(STRUCTURE, f"`{aggregation}` needs the hit policy `COLLECT` and a single output", element.place)
    sizes = len(inputs), len(outputs), len(notes)
    rules = [rule for child in element.all("rule") if (rule := _rule(child, *sizes, faults))]
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


def _one_of(element: Element, name: str, known: tuple[str, ...], otherwise: str, faults: Faults) -> str:
    given = element.get(name).upper() or otherwise
    if given in known:
        return given
    near = nearest(given, [value for value in known if value])
    advice = f"did you mean `{near}`?" if near else f"one of {', '.join(filter(None, known))}"
    faults.error(STRUCTURE, f"unknown {name} `{given}`", element.place, advice)
    return otherwise


def _input(element: Element, faults: Faults) -> Input:
    inner = element.first("inputExpression")
    read = None if inner is None else literal(inner, faults)
    return Input(read, text_in(element.first("inputValues")), element.place, element.get("label"))


def _output(element: Element, faults: Faults) -> Output:
    default = element.first("defaultOutputEntry")
    return Output(
        element.get("name"),
        element.get("typeRef"),
        text_in(element.first("outputValues")),
        None if default is None else literal(default, faults),
        element.place,
    )


def _rule(element: Element, inputs: int, outputs: int, notes: int, faults: Faults) -> Rule | None:
    tests, results = element.all("inputEntry"), element.all("outputEntry")
    if (len(tests), len(results)) != (inputs, outputs):
        found, wanted = f"{len(tests)} tests and {len(results)} results", f"{inputs} inputs and {outputs} outputs"
        faults.error(STRUCTURE, f"a rule of {found} in a table of {wanted}", element.place)
        return None
    cells = tuple(text_in(test) or Text("", element.text.path, element.text.pieces) for test in tests)
    written = [plain_text(entry.first("text")) for entry in element.all("annotationEntry")]
    annotations = tuple([*written, *[""] * notes][:notes])
    described = plain_text(element.first("description"))
    results_read = tuple(literal(result, faults) for result in results)
    return Rule(cells, results_read, element.place, annotations, described)


def plain_text(element: Element | None) -> str:
    """The text of an element for people, on one line."""
    return "" if element is None else " ".join(element.text.value.split())


_READERS: Mapping[str, Callable[[Element, Faults], Boxed]] = {
    "literalExpression": literal,
    "decisionTable": _table,
    "context": _context,
    "invocation": _invocation,
    "functionDefinition": function,
    "list": _list,
    "relation": _relation,
    "conditional": _conditional,
    "filter": _filter,
    "for": _iterator,
    "some": _iterator,
    "every": _iterator,
}
