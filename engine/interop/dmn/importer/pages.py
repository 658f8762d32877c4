"""Drafts as the text of rule files, each line with the place in the model that it comes from."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from greenlane.engine.diagnostics import Place
from greenlane.engine.feel import print_node
from greenlane.engine.interop.dmn.importer.cell_texts import test_text, value_text
from greenlane.engine.interop.dmn.importer.drafts import Draft, Heading, RowDraft, TableDraft, ValueDraft
from greenlane.engine.interop.dmn.importer.layout import WIDTH, laid_out
from greenlane.engine.interop.dmn.importer.tables import LISTING
from greenlane.engine.rules.files.yaml_values import written_expression, written_text
from greenlane.engine.rules.vocabulary import FactKind
from greenlane.engine.text import Text

MARK = "# 导入补写 set on import"
_NOTES = ("code", "zh", "en", "basis", "from", "until")
_STEP = "  "


@dataclass(frozen=True, slots=True)
class Line:
    """`cells` are the places of the cells of a row, none for any other line."""

    text: str
    place: Place
    cells: tuple[Place, ...] = ()


def text_pair(title: Text) -> str:
    """`{zh: …, en: …}`."""
    return f"{{zh: {written_text(title.zh, True)}, en: {written_text(title.en, True)}}}"


def kind_entries(kind: FactKind) -> list[str]:
    """`type: …` and what else the kind says, as entries of a map in brackets."""
    made = [f"type: {kind.type.value}"]
    if kind.allowed:
        made.append(f"allowed: [{', '.join(written_text(value, True) for value in kind.allowed)}]")
    if kind.minimum is not None:
        made.append(f"min: {kind.minimum:f}")
    if kind.maximum is not None:
        made.append(f"max: {kind.maximum:f}")
    return made


def document(draft: Draft, kinds: Mapping[str, FactKind | None]) -> list[Line]:
    """The lines of a decision. `kinds` are those of the names that its cells may test."""
    head = [Line(text, draft.heading.place) for text in _heading(draft.heading)]
    if isinstance(draft, ValueDraft):
        return [*head, *(Line(text, draft.heading.place) for text in _value(draft))]
    return [*head, *_table(draft, {**kinds, **dict(draft.heading.parameters)})]


def _heading(heading: Heading) -> Iterator[str]:
    yield f"decision: {heading.name}"
    yield f"title: {text_pair(heading.title)}"
    if heading.basis:
        yield f"basis: {written_text(heading.basis, False)}"
    if heading.parameters:
        yield "parameters:"
        for name, kind in heading.parameters:
            yield f"{_STEP}{name}: {{{', '.join(kind_entries(kind))}}}"


def _value(draft: ValueDraft) -> Iterator[str]:
    text = print_node(draft.value)
    written = written_expression(text) if len(text) <= WIDTH else None
    if written is not None:
        yield f"value: {written}"
        return
    yield "value: |"
    for line in laid_out(draft.value):
        yield _STEP + line


def _table(draft: TableDraft, kinds: Mapping[str, FactKind | None]) -> Iterator[Line]:
    place = draft.heading.place
    undetermined = "error" if draft.hit in LISTING else "refer"
    yield Line(f"hit: {draft.hit.value}", place)
    yield Line(f"undetermined: {undetermined}  {MARK}", place)
    yield Line("outputs:", place)
    for name, kind in draft.outputs:
        yield Line(f"{_STEP}{name}: {{{', '.join(kind_entries(kind))}}}", place)
    if draft.default:
        allowed = {name: kind.allowed for name, kind in draft.outputs}
        entries = [f"{n}: {written_text(value_text(node, allowed[n]), True)}" for n, node in draft.default.items()]
        yield Line(f"default: {{{', '.join(entries)}}}", place)
    inner = _STEP
    if draft.guard is None:
        yield Line("rows: |", place)
    else:
        condition = print_node(draft.guard)
        yield Line("sections:", place)
        yield Line(f"{_STEP}- for: {written_expression(condition) or json.dumps(condition, ensure_ascii=False)}", place)
        yield Line(f"{_STEP * 2}rows: |", place)
        inner = _STEP * 3
    notes = [note for note in _NOTES if any(row.notes.get(note) for row in draft.rows)]
    asked = any(row.when is not None for row in draft.rows)
    header = ["id", *draft.columns, *(["when"] if asked else []), *(name for name, _ in draft.outputs), *notes]
    yield Line(inner + " | ".join(header), place)
    for row in draft.rows:
        line = _row(draft, row, kinds, asked, notes)
        yield Line(inner + line.text, line.place, line.cells)


def _row(
    draft: TableDraft, row: RowDraft, kinds: Mapping[str, FactKind | None], asked: bool, notes: Sequence[str]
) -> Line:
    cells = [row.notes["id"].replace("|", "\\|")]
    for column, test in zip(draft.columns, row.tests, strict=True):
        kind = kinds.get(column)
        cells.append(test_text(test, kind.allowed if kind else None))
    if asked:
        cells.append("-" if row.when is None else print_node(row.when))
    for (_, kind), result in zip(draft.outputs, row.results, strict=True):
        cells.append(value_text(result, kind.allowed))
    cells += [row.notes.get(note, "").replace("|", "\\|") for note in notes]
    tests = len(draft.columns)
    places = row.places[:tests] + row.places[tests : tests + asked] + row.places[tests + 1 :]
    return Line(" | ".join(cells).rstrip(), row.place, (row.place, *places, *(row.place for _ in notes)))
