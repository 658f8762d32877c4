"""A ruleset as items with named texts: what a reader would call the same thing in two versions of the files. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any, NamedTuple

from greenlane.engine.diagnostics import Place
from greenlane.engine.json_text import encode, pointer
from greenlane.engine.rules.ruleset import Decision, ReferenceTable, Ruleset
from greenlane.engine.rules.table import Cell, Output, Row, Table
from greenlane.engine.rules.vocabulary import Fact, FactKind, Scalar
from greenlane.engine.text import Text

HEADING, GROUP, FACT = "heading", "group", "fact"
DECISION, ROW = "decision", "row"
REFERENCE, REFERENCE_ROW = "reference", "reference row"
CASE = "case"
KINDS = (HEADING, GROUP, FACT, DECISION, ROW, REFERENCE, REFERENCE_ROW, CASE)


class ItemKey(NamedTuple):
    """What makes a thing the same one in two versions: its kind and name; of a reference row also its table."""

    kind: str
    name: str
    table: str = ""


@dataclass(frozen=True, slots=True)
class RulesetItem:
    """A thing with its texts by name, as they are written. `parent` is the table a row is in, else empty.

    `source` is where it stands (`file:line` or a path), and does not count in comparisons.
    """

    key: ItemKey
    parent: str
    cells: Mapping[str, str]
    source: str = field(default="", compare=False)


Description = tuple[RulesetItem, ...]
"""Every item of a ruleset, each key once: kind by kind as in `KINDS`, rows table by table in the tables' order."""

Cells = dict[str, str]


def describe(ruleset: Ruleset) -> Description:
    """Every item of a ruleset, kind by kind, each kind in the order of its files.

    Two rulesets with the same description decide the same and say the same, and own the same worked cases; only places
    in files may differ.
    """
    return tuple(_items(ruleset))


def ordered(by_parent: Mapping[tuple[str, str], Sequence[RulesetItem]]) -> Description:
    """The items of each kind and parent, in their order, as a description."""
    found: list[RulesetItem] = []
    for kind in KINDS:
        parent = {ROW: DECISION, REFERENCE_ROW: REFERENCE}.get(kind)
        names = [item.key.name for item in by_parent.get((parent, ""), ())] if parent else [""]
        for name in names:
            found.extend(by_parent.get((kind, name), ()))
    return tuple(found)


def _items(ruleset: Ruleset) -> Iterator[RulesetItem]:
    yield RulesetItem(ItemKey(HEADING, ruleset.name), "", _heading(ruleset), ruleset.answer.place.path)
    for name, title in ruleset.vocabulary.groups.items():
        yield RulesetItem(ItemKey(GROUP, name), "", _text(title))
    for fact in ruleset.vocabulary.facts.values():
        yield RulesetItem(ItemKey(FACT, fact.name), "", _fact(fact), _place(fact.place))
    for decision in ruleset.decisions.values():
        yield RulesetItem(ItemKey(DECISION, decision.name), "", _decision(decision), _place(decision.place))
    for decision in ruleset.decisions.values():
        if isinstance(decision.logic, Table):
            for row in decision.logic.rows:
                cells = _row(row, decision.logic)
                yield RulesetItem(ItemKey(ROW, row.id), decision.name, cells, _place(row.place))
    for table in ruleset.references.values():
        yield RulesetItem(ItemKey(REFERENCE, table.name), "", _reference(table), _place(table.place))
    for table in ruleset.references.values():
        yield from _reference_rows(table)
    for case in ruleset.cases.values():
        cells = dict(_leaves({"application": case.application, "expected": case.expected}))
        yield RulesetItem(ItemKey(CASE, case.name), "", cells, case.place.path)


def _heading(ruleset: Ruleset) -> Cells:
    answer = ruleset.answer
    return _present(
        {
            "language": str(ruleset.language),
            "version": ruleset.version,
            "owner": ruleset.owner,
            **_text(ruleset.title),
            "effective from": ruleset.effective_from.isoformat(),
            "effective until": ruleset.effective_until.isoformat() if ruleset.effective_until else "",
            "outcome": answer.outcome,
            "status": answer.status or "",
            "reasons": ", ".join(answer.reasons),
            "referred": answer.referred or "",
        }
    )


def _fact(fact: Fact) -> Cells:
    return _present(
        {
            "path": ".".join(fact.path),
            **_text(fact.title),
            **_kind(fact.kind),
            "required": "true" if fact.required else "",
            "absent": _scalar(fact.absent),
            "sensitivity": str(fact.sensitivity),
        }
    )


def _kind(kind: FactKind) -> Cells:
    return {
        "type": kind.type.value,
        "unit": kind.unit,
        "allowed": ", ".join(kind.allowed) if kind.allowed is not None else "",
        "minimum": _scalar(kind.minimum),
        "maximum": _scalar(kind.maximum),
        "whole": "true" if kind.whole else "",
        "pattern": kind.pattern or "",
        "check": kind.check or "",
    }


def _decision(decision: Decision) -> Cells:
    cells = {**_text(decision.title), "basis": decision.basis}
    for parameter in decision.parameters:
        cells |= _under(f"parameter {parameter.name}", _kind(parameter.kind))
    cells["parameters"] = ", ".join(parameter.name for parameter in decision.parameters)
    logic = decision.logic
    return _present(cells | (_table(logic) if isinstance(logic, Table) else {"value": logic.text}))


def _table(table: Table) -> Cells:
    cells = {
        "kind": "rule set" if table.chained else "table",
        "hit": table.hit.value if table.hit is not None else "",
        "undetermined": table.undetermined.value,
        "outputs": ", ".join(output.name for output in table.outputs),
        "asserts": ", ".join(table.asserted),
    }
    for output in table.outputs:
        cells |= _under(f"output {output.name}", _output(output))
    for name, output in table.asserted.items():
        cells |= _under(f"asserts {name}", _output(output))
    cells |= _under("default", {name: cell.text for name, cell in table.default.items()})
    return cells | _under("referral", {name: cell.text for name, cell in (table.referral or {}).items()})


def _output(output: Output) -> Cells:
    return {**_kind(output.kind), **(_text(output.title) if output.title is not None else {})}


def _row(row: Row, table: Table) -> Cells:
    section = table.sections[row.section] if table.sections else None
    cells = {
        "section zh": section.title.zh if section and section.title else "",
        "section en": section.title.en if section and section.title else "",
        "for": _cell(section.guard if section else None),
    }
    cells |= {test.fact: test.cell.text for test in row.tests}
    cells["when"] = _cell(row.when)
    cells |= {output.name: _cell(cell) for output, cell in zip(table.outputs, row.outputs, strict=False)}
    cells |= {f"then {name}": cell.text for name, cell in row.asserts.items()}
    cells["code"] = row.code or ""
    cells |= _text(row.text) if row.text is not None else {}
    cells["basis"] = row.basis
    cells["from"] = row.since.isoformat() if row.since else ""
    cells["until"] = row.until.isoformat() if row.until else ""
    return _present(cells)


def _reference(table: ReferenceTable) -> Cells:
    cells = {
        **_text(table.title),
        "source": table.source,
        "dated by": table.dated_by or "",
        "covers": " to ".join(day.isoformat() for day in table.covers) if table.covers else "",
        "columns": ", ".join(column.name for column in table.columns),
    }
    for column in table.columns:
        texts = _text(column.title) if column.title is not None else {}
        optional = {"optional": "true" if column.optional else ""}
        cells |= _under(f"column {column.name}", {**_kind(column.kind), **texts, **optional})
    return _present(cells)


def _reference_rows(table: ReferenceTable) -> Iterator[RulesetItem]:
    """Rows have no ids: one is named by its first columns, as many of them as tell all rows apart."""
    names = [column.name for column in table.columns]
    texts = [tuple(_scalar(value) for value in row) for row in table.rows]
    width = _telling(texts, len(names))
    seen: dict[str, Iterator[int]] = {}
    for row in texts:
        name = ", ".join(row[:width])
        again = next(seen.setdefault(name, count(1)))
        key = ItemKey(REFERENCE_ROW, name if again == 1 else f"{name} #{again}", table.name)
        yield RulesetItem(key, table.name, _present(dict(zip(names, row, strict=True))), table.path)


def _leaves(value: Any, *at: str | int) -> Iterator[tuple[str, str]]:
    """The values of a case, each by its JSON pointer; of a list or map that is empty, itself."""
    if isinstance(value, Mapping) and value:
        for key, inner in value.items():
            yield from _leaves(inner, *at, key)
    elif isinstance(value, list) and value:
        for index, inner in enumerate(value):
            yield from _leaves(inner, *at, index)
    else:
        yield pointer(*at), encode(value).decode()


def _telling(rows: list[tuple[str, ...]], columns: int) -> int:
    widths = (width for width in range(1, columns) if len({row[:width] for row in rows}) == len(rows))
    return next(widths, columns)


def _under(prefix: str, cells: Mapping[str, str]) -> Cells:
    return {f"{prefix}: {name}": text for name, text in cells.items()}


def _present(cells: Mapping[str, str]) -> Cells:
    """The cells that say something: one left blank is one that is not there."""
    return {name: text for name, text in cells.items() if text}


def _cell(cell: Cell | None) -> str:
    return cell.text if cell is not None else ""


def _scalar(value: Scalar) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _text(text: Text) -> Cells:
    return {"zh": text.zh, "en": text.en}


def _place(place: Place) -> str:
    return f"{place.path}:{place.line}"
