"""Reads ruleset.yaml, the manifest: name, version, since when the rules hold, which decisions make the answer. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date

from greenlane.engine.diagnostics import DiagnosticSink, Origin
from greenlane.engine.feel.ast import Boolean, Null, Span
from greenlane.engine.rules.files.cell_reader import CellReader
from greenlane.engine.rules.files.file_schemas import LANGUAGE, REQUIREMENT, RULESET
from greenlane.engine.rules.files.namespace import NamespaceBuilder, report_unknown
from greenlane.engine.rules.files.node_reader import MapReader
from greenlane.engine.rules.files.schema import TextPattern, value_schema
from greenlane.engine.rules.files.table_lexer import RawCell
from greenlane.engine.rules.files.yaml_tree import ListNode, MapEntry, MapNode, TextNode
from greenlane.engine.rules.ruleset import REQUIRES, AnswerDecisions, Decision
from greenlane.engine.rules.table import Cell, Hit, OnUndetermined, Output, Row, Section, Table
from greenlane.engine.rules.vocabulary import FactKind, FactType
from greenlane.engine.text import Text

_TITLE = Text("答复必须满足的要求", "What an answer must have")
_ID, _MET = "id", "met"
_NOT = "not("


@dataclass(frozen=True, slots=True)
class Manifest:
    """The contents of ruleset.yaml. `requirements` is the decision that `answer.requires` makes, None without it.

    Each of its rows is a requirement and holds where that is asked for and not met.
    """

    name: str
    version: str
    owner: str
    effective_from: date
    effective_until: date | None
    title: Text
    answer: AnswerDecisions
    requirements: Decision | None
    language: int = LANGUAGE


def declare_requirements(root: MapNode, names: NamespaceBuilder) -> None:
    """Declares the decision that the requirements make, where there are any."""
    answer = root.get("answer")
    for entry in answer.entries if isinstance(answer, MapNode) else ():
        if entry.key.text == REQUIRES:
            names.declare(entry.key, None)


def read_manifest(
    root: MapNode, decisions: Collection[str], cells: CellReader, sink: DiagnosticSink
) -> Manifest | None:
    """None where anything required is missing or wrong.

    `decisions` are the names that `answer` may give; `cells` reads the requirements, and knows whether these are all.
    """
    reader = MapReader(root, "the ruleset", sink, RULESET)
    reader.reject_unknown_keys()
    name = _matching(reader, "ruleset", "name", "lower case words joined by `-`, as in `corporate-lending`")
    version = _matching(reader, "version", "version", "three numbers, as in `1.0.0`")
    owner, title = reader.text("owner"), reader.title()
    effective = reader.map("effective")
    since, until = effective.period() if effective else (None, None)
    given = reader.map("answer")
    answer = _answer(given, decisions, cells.names.complete)
    if not _check_language(reader) or not (given and name and version and owner and title and since and answer):
        return None
    requirements = _requirements(given.map(REQUIRES), cells.reporting(sink))
    return Manifest(name.text, version.text, owner.text, since, until, title, answer, requirements)


def _matching(reader: MapReader, key: str, what: str, help: str) -> TextNode | None:
    node = reader.text(key)
    schema = value_schema(reader.schema, key)
    if node is not None and isinstance(schema, TextPattern) and not re.fullmatch(schema.pattern, node.text):
        reader.sink.error("GL118", f"`{node.text}` is no {what}", node.place, help)
        return None
    return node


def _check_language(reader: MapReader) -> bool:
    """Whether the rules are written in the version of the language that this program reads."""
    node = reader.text("language")
    if node is not None and node.text != str(LANGUAGE):
        message = f"unknown language version `{node.text}`"
        reader.sink.error("GL118", message, node.place, f"this program reads version {LANGUAGE}")
        return False
    return node is not None


def _answer(reader: MapReader | None, decisions: Collection[str], complete: bool) -> AnswerDecisions | None:
    if reader is None:
        return None
    reader.reject_unknown_keys()
    outcome, status, referred = reader.text("outcome"), reader.text("status"), reader.text("referred")
    reasons = _one_or_several(reader, "reasons")
    for node in (outcome, status, *reasons):
        if node is not None and complete and node.text not in decisions:
            report_unknown(node.text, decisions, "decision", node.place, reader.sink)
    if outcome is None or (status is None) is not (referred is None):
        return None
    return AnswerDecisions(
        outcome=outcome.text,
        status=status.text if status else None,
        reasons=tuple(node.text for node in reasons),
        referred=referred.text if referred else None,
        place=reader.place,
        requires=REQUIRES if reader.has(REQUIRES) else None,
    )


def _one_or_several(reader: MapReader, key: str) -> tuple[TextNode, ...]:
    if isinstance(reader.node.get(key), ListNode):
        return reader.texts(key) or ()
    node = reader.text(key)
    return (node,) if node else ()


def _requirements(reader: MapReader | None, cells: CellReader) -> Decision | None:
    """The table of the requirements that can be read: each a section of its `when`, a row that denies `then`."""
    if reader is None:
        return None
    if not reader.node.entries:
        reader.sink.error("GL116", "`requires` lists nothing", reader.place, "write a requirement, or remove the key")
    read = [found for entry in reader.node.entries if (found := _requirement(entry, cells, reader.sink)) is not None]
    place, sections = reader.place, tuple(section for section, _ in read)
    rows = tuple(replace(row, section=index) for index, (_, row) in enumerate(read))
    nothing = Cell("null", Origin(place.path, place.line, place.column), Null(Span(0, 4)))
    outputs = (
        Output(_ID, FactKind(FactType.STRING), None, place),
        Output(_MET, FactKind(FactType.BOOLEAN), Text("已满足", "Met"), place),
    )
    table = Table(Hit.COLLECT, OnUndetermined.REFER, sections, outputs, {}, rows, {_MET: nothing}, {}, chained=False)
    return Decision(REQUIRES, _TITLE, "", (), table, place)


def _requirement(entry: MapEntry, cells: CellReader, sink: DiagnosticSink) -> tuple[Section, Row] | None:
    code, value = entry.key, entry.value
    if not isinstance(value, MapNode):
        sink.error("GL117", f"requirement `{code.text}` takes a map", code.place, "write `CODE: {when: …, then: …}`")
        return None
    reader = MapReader(value, f"requirement `{code.text}`", sink, REQUIREMENT)
    reader.reject_unknown_keys()
    when, then, text = reader.text("when"), reader.text("then"), reader.labels()
    guard = cells.expression(when) if when else None
    denied = _denied(then, cells) if then else None
    if (when and guard is None) or denied is None or text is None:
        return None
    unmet = Cell("false", denied.origin, Boolean(False, Span(0, 5)))
    row = Row(code.text, (), denied, (None, unmet), {}, code.text, text, "", None, None, 0, code.place)
    return Section(None, guard, code.place), row


def _denied(then: TextNode, cells: CellReader) -> Cell | None:
    """`not(then)`, in which every part of `then` has the place where it is written."""
    written = cells.expression(then)
    if written is None:
        return None
    origin = written.origin
    if "\n" not in written.text:
        text, moved = f"{_NOT}{written.text})", replace(origin, column=origin.column - len(_NOT))
    else:
        text, moved = f"{_NOT}\n{written.text}\n)", replace(origin, line=origin.line - 1)
    return cells.expression(RawCell(text, moved))
