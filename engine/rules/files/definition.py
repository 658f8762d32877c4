"""The definition of a decision: its rules and expressions, read when the names of all declarations are known. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from greenlane.engine.diagnostics import DiagnosticSink
from greenlane.engine.rules.files.cell_reader import CellReader
from greenlane.engine.rules.files.declaration import DecisionDeclaration
from greenlane.engine.rules.files.file_schemas import SECTION
from greenlane.engine.rules.files.namespace import Namespace, report_unknown
from greenlane.engine.rules.files.node_reader import MapReader
from greenlane.engine.rules.files.table_lexer import lex_table
from greenlane.engine.rules.files.table_reader import HeaderReader, RowReader
from greenlane.engine.rules.files.yaml_tree import MapNode, TextNode, YamlNode
from greenlane.engine.rules.ruleset import Decision, DecisionParameter
from greenlane.engine.rules.table import LISTING, Cell, OnUndetermined, Row, Section, Table
from greenlane.engine.rules.vocabulary import FactKind


def read_decision(declaration: DecisionDeclaration, shared: CellReader, sink: DiagnosticSink) -> Decision | None:
    """The decision without the rows that hold errors; None where it is not declared in full or its expression not FEEL.

    `shared` reads cells that see no parameters.
    """
    parameters = _parameters(declaration, shared.names, sink)
    cells = shared
    if parameters:
        inner = shared.names.with_parameters({p.name: p.kind for p in parameters})
        cells = CellReader(inner, sink)
    logic: Table | Cell | None
    if declaration.is_value:
        node = declaration.document.text("value")
        logic = cells.expression(node) if node else None
    else:
        logic = _TableReader(declaration, cells, sink).table()
    if logic is None or declaration.title is None or len(parameters) != len(declaration.parameters):
        return None
    name = declaration.name
    return Decision(name.text, declaration.title, declaration.basis, parameters, logic, name.place)


def _parameters(
    declaration: DecisionDeclaration, names: Namespace, sink: DiagnosticSink
) -> tuple[DecisionParameter, ...]:
    found: list[DecisionParameter] = []
    for parameter in declaration.parameters:
        name = parameter.name
        kind = parameter.kind or names.kinds.get(name.text)
        if kind is not None:
            found.append(DecisionParameter(name.text, kind, name.place))
        elif name.text in names.kinds:
            help_ = f"give it a type: `{{{name.text}: {{type: …}}}}`"
            sink.error("GL201", f"the kind of `{name.text}` is not known", name.place, help_)
        elif names.complete:
            report_unknown(name.text, names.kinds, "fact", name.place, sink)
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _TableReader:
    """Reads the table of one decision, section by section."""

    declaration: DecisionDeclaration
    cells: CellReader
    sink: DiagnosticSink

    def table(self) -> Table | None:
        """The table; None where its declaration lacks what every table needs."""
        declaration, document = self.declaration, self.declaration.document
        sections, rows = self._sections()
        kinds = {name: output.kind for name, output in declaration.asserted.items()} or declaration.output_kinds
        default = self._constants(document.map("default"), kinds)
        referral = self._constants(document.map("referral"), kinds) if document.has("referral") else None
        self._check_outcomes()
        yields = (declaration.hit is not None and declaration.outputs) or (declaration.chained and declaration.asserted)
        if declaration.undetermined is None or not sections or not yields:
            return None
        return Table(
            hit=declaration.hit,
            undetermined=declaration.undetermined,
            sections=sections,
            outputs=declaration.outputs,
            asserted=declaration.asserted,
            rows=rows,
            referral=referral,
            default=default,
            chained=declaration.chained,
        )

    def _check_outcomes(self) -> None:
        """`referral` and `default`: which tables need them, and which have no use for them."""
        declaration, document = self.declaration, self.declaration.document
        refers = declaration.undetermined is OnUndetermined.REFER and declaration.hit in LISTING
        if refers and not document.has("referral"):
            help_ = "say what a row that cannot be decided yields, as in `referral: {finding: refer}`"
            document.report_missing("referral", help_)
        useless = not refers and declaration.undetermined is not None and not declaration.collects
        if document.has("referral") and useless:
            message = "`referral` is for tables that list what their rows yield"
            self.sink.error("GL119", message, document.place_of("referral"), "remove it")
        if document.has("default") and declaration.hit in LISTING:
            message = "`default` is for tables with a single result"
            help_ = "remove it; the list is empty when no row holds"
            self.sink.error("GL119", message, document.place_of("default"), help_)

    def _constants(self, reader: MapReader | None, kinds: Mapping[str, FactKind]) -> dict[str, Cell]:
        """Values by the name of their output."""
        found: dict[str, Cell] = {}
        if reader is None:
            return found
        for entry in reader.node.entries:
            name = entry.key.text
            node = reader.text(name)
            if name in self.declaration.unreadable:
                continue
            if name not in kinds:
                report_unknown(name, kinds, "output", entry.key.place, self.sink)
            elif node is not None:
                cell = self.cells.value(node, kinds[name])
                if cell is not None:
                    found[name] = cell
        return found

    def _sections(self) -> tuple[tuple[Section, ...], tuple[Row, ...]]:
        document = self.declaration.document
        if document.has("rows"):
            only = Section(None, None, document.place_of("rows"))
            return (only,), tuple(self._rows(document, 0, {}))
        node = document.list("sections")
        if node and not node.items:
            self.sink.error("GL116", "`sections` lists nothing", node.place, "add a section with `rows:`")
        readers = [reader for item in (node.items if node else ()) if (reader := self._section_reader(item))]
        sections: list[Section] = []
        rows: list[Row] = []
        for number, reader in enumerate(readers):
            sections.append(self._section(reader))
            rows += self._rows(reader, number, self._constants(reader.map("set"), self.declaration.output_kinds))
        return tuple(sections), tuple(rows)

    def _section_reader(self, item: YamlNode) -> MapReader | None:
        if not isinstance(item, MapNode):
            help_ = "its keys are `title`, `for`, `set` and `rows`"
            self.sink.error("GL117", "a section is a map", item.place, help_)
            return None
        reader = MapReader(item, "the section", self.sink, SECTION)
        reader.reject_unknown_keys()
        return reader

    def _section(self, reader: MapReader) -> Section:
        guard = reader.text("for")
        return Section(reader.title(), self.cells.expression(guard) if guard else None, reader.place)

    def _rows(self, reader: MapReader, section: int, constants: Mapping[str, Cell]) -> list[Row]:
        node = reader.text("rows")
        table = lex_table(node, self.sink) if node and self._is_block(node) else None
        if table is None:
            return []
        given = reader.node.get("set")
        constant = frozenset(entry.key.text for entry in given.entries) if isinstance(given, MapNode) else frozenset()
        columns = HeaderReader(self.declaration, constant, self.cells.names, self.sink).columns(table)
        rows = RowReader(self.declaration, columns, constants, section, self.cells, self.sink)
        return [row for row in map(rows.row, table.rows) if row is not None]

    def _is_block(self, node: TextNode) -> bool:
        if not node.block:
            help_ = "write `rows: |` and the table on the next lines"
            self.sink.error("GL117", "the rows of a table stand under `|`", node.place, help_)
        return node.block
