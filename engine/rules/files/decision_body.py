"""The rules and expressions of a decision, read when all names are known."""

from __future__ import annotations

from collections.abc import Mapping

from greenlane.engine.diagnostics import DiagnosticSink
from greenlane.engine.rules.files.cells import CellReader
from greenlane.engine.rules.files.columns import read_header
from greenlane.engine.rules.files.decision_frame import LISTING, DecisionFrame
from greenlane.engine.rules.files.decision_shapes import SECTION
from greenlane.engine.rules.files.form import Form, title
from greenlane.engine.rules.files.names import Names, unknown
from greenlane.engine.rules.files.rows import RowReader, kinds_of
from greenlane.engine.rules.files.table_text import split_table
from greenlane.engine.rules.files.yaml_nodes import MapNode, TextNode, YamlNode
from greenlane.engine.rules.ruleset import Decision, Parameter
from greenlane.engine.rules.table import Cell, OnUndetermined, Row, Section, Table
from greenlane.engine.rules.vocabulary import FactKind


def read_decision(frame: DecisionFrame, shared: CellReader, sink: DiagnosticSink) -> Decision | None:
    """The decision without the rows that hold faults; None where its frame is not whole or its expression not FEEL.

    `shared` reads cells that see no parameters.
    """
    parameters = _parameters(frame, shared.names, sink)
    cells = shared
    if parameters:
        inner = shared.names.with_parameters({p.name: p.kind for p in parameters})
        cells = CellReader(inner, sink)
    logic = _value(frame, cells) if frame.is_value else _table(frame, cells, sink)
    if logic is None or frame.title is None or len(parameters) != len(frame.parameters):
        return None
    return Decision(frame.name.text, frame.title, frame.basis, parameters, logic, frame.name.place)


def _parameters(frame: DecisionFrame, names: Names, sink: DiagnosticSink) -> tuple[Parameter, ...]:
    found: list[Parameter] = []
    for parameter in frame.parameters:
        name = parameter.name
        kind = parameter.kind or names.kinds.get(name.text)
        if kind is not None:
            found.append(Parameter(name.text, kind, name.place))
        elif name.text in names.kinds:
            help_ = f"give it a type: `{{{name.text}: {{type: …}}}}`"
            sink.error("GL201", f"the kind of `{name.text}` is not known", name.place, help_)
        elif names.complete:
            unknown(name.text, names.kinds, "fact", name.place, sink)
    return tuple(found)


def _value(frame: DecisionFrame, cells: CellReader) -> Cell | None:
    node = frame.form.text("value")
    return cells.expression(node) if node else None


def _table(frame: DecisionFrame, cells: CellReader, sink: DiagnosticSink) -> Table | None:
    sections, rows = _sections(frame, cells, sink)
    kinds = {name: output.kind for name, output in frame.asserted.items()} or kinds_of(frame.outputs)
    default = _constants(frame.form.map("default"), kinds, frame, cells)
    referral = _constants(frame.form.map("referral"), kinds, frame, cells) if frame.form.has("referral") else None
    _check_outcomes(frame, sink)
    whole = (frame.hit is not None and frame.outputs) or (frame.chained and frame.asserted)
    if frame.undetermined is None or not sections or not whole:
        return None
    return Table(
        hit=frame.hit,
        undetermined=frame.undetermined,
        sections=sections,
        outputs=frame.outputs,
        asserted=frame.asserted,
        rows=rows,
        referral=referral,
        default=default,
        chained=frame.chained,
    )


def _check_outcomes(frame: DecisionFrame, sink: DiagnosticSink) -> None:
    """`referral` and `default`: which tables need them, and which have no use for them."""
    form = frame.form
    refers = frame.undetermined is OnUndetermined.REFER and frame.hit in LISTING
    if refers and not form.has("referral"):
        form.missing("referral", "say what a row that cannot be decided yields, as in `referral: {finding: refer}`")
    if form.has("referral") and not refers and frame.undetermined is not None and not frame.lists:
        message = "`referral` is for tables that list what their rows yield"
        sink.error("GL119", message, form.place_of("referral"), "remove it")
    if form.has("default") and frame.hit in LISTING:
        message = "`default` is for tables with a single result"
        sink.error("GL119", message, form.place_of("default"), "remove it; the list is empty when no row holds")


def _constants(
    form: Form | None, kinds: Mapping[str, FactKind], frame: DecisionFrame, cells: CellReader
) -> dict[str, Cell]:
    """Values by the name of their output."""
    found: dict[str, Cell] = {}
    for entry in form.node.entries if form else ():
        assert form is not None
        name = entry.key.text
        node = form.text(name)
        if name in frame.faulty:
            continue
        if name not in kinds:
            unknown(name, kinds, "output", entry.key.place, form.sink)
        elif node is not None:
            cell = cells.value(node, kinds[name])
            if cell is not None:
                found[name] = cell
    return found


def _sections(
    frame: DecisionFrame, cells: CellReader, sink: DiagnosticSink
) -> tuple[tuple[Section, ...], tuple[Row, ...]]:
    if frame.form.has("rows"):
        forms = [frame.form]
    else:
        node = frame.form.list("sections")
        forms = [form for item in (node.items if node else ()) if (form := _section_form(item, sink))]
        if node and not node.items:
            sink.error("GL116", "`sections` lists nothing", node.place, "add a section with `rows:`")
    sections: list[Section] = []
    rows: list[Row] = []
    for number, form in enumerate(forms):
        alone = form is frame.form
        sections.append(Section(None, None, form.place_of("rows")) if alone else _section(form, cells))
        rows += _rows(form, number, frame, {} if alone else _set(form, frame, cells), cells, sink)
    return tuple(sections), tuple(rows)


def _section_form(item: YamlNode, sink: DiagnosticSink) -> Form | None:
    if not isinstance(item, MapNode):
        sink.error("GL117", "a section is a map", item.place, "its keys are `title`, `for`, `set` and `rows`")
        return None
    form = Form(item, "the section", sink, SECTION)
    form.only_known()
    return form


def _section(form: Form, cells: CellReader) -> Section:
    guard = form.text("for")
    return Section(title(form.map("title")), cells.expression(guard) if guard else None, form.place)


def _set(form: Form, frame: DecisionFrame, cells: CellReader) -> dict[str, Cell]:
    return _constants(form.map("set"), kinds_of(frame.outputs), frame, cells)


def _rows(
    form: Form,
    number: int,
    frame: DecisionFrame,
    constants: Mapping[str, Cell],
    cells: CellReader,
    sink: DiagnosticSink,
) -> list[Row]:
    node = form.text("rows")
    table = split_table(node, sink) if node and _under_bar(node, sink) else None
    if node is None or table is None:
        return []
    given = form.node.get("set")
    constant = frozenset(entry.key.text for entry in given.entries) if isinstance(given, MapNode) else frozenset()
    columns = read_header(table, frame, constant, cells.names, sink)
    reader = RowReader(frame, columns, constants, number, cells, sink)
    return [row for row in map(reader.row, table.rows) if row is not None]


def _under_bar(node: TextNode, sink: DiagnosticSink) -> bool:
    if not node.block:
        help_ = "write `rows: |` and the table on the next lines"
        sink.error("GL117", "the rows of a table stand under `|`", node.place, help_)
    return node.block
