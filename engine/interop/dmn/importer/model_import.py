"""Imports a DMN model: the rule files that decide the same, and every diagnostic at its place in the model. Pure.

What is written is read back and held against the intermediate representation, so that no text means something else.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date
from typing import Any

from greenlane.engine.diagnostics import Diagnostic, Place, Severity, has_errors, sort
from greenlane.engine.feel.ast import Span
from greenlane.engine.interop.dmn.diagnostic_codes import NO_RULE_LOGIC, BoundedSink
from greenlane.engine.interop.dmn.importer.ir import TableDecision, ValueDecision
from greenlane.engine.interop.dmn.importer.lowering import LoweredModel, lower
from greenlane.engine.interop.dmn.importer.rule_file_writer import MappedFile, rule_files
from greenlane.engine.interop.dmn.model import ModelSet
from greenlane.engine.rules.files import read
from greenlane.engine.rules.files.table_lexer import HeaderCell, lex_row
from greenlane.engine.rules.layout.formatting import format_text
from greenlane.engine.rules.ruleset import Ruleset
from greenlane.engine.rules.table import Table

Check = Callable[[Ruleset], Iterable[Diagnostic]]


@dataclass(frozen=True, slots=True)
class ImportedRules:
    """`files` are canonical rule files by path, none of them where `diagnostics` has an error.

    `facts`: where the value of each fact stands in the inputs of the model. `decisions`: the new names of the decisions
    of the main model.
    """

    files: Mapping[str, str]
    diagnostics: tuple[Diagnostic, ...]
    facts: Mapping[str, tuple[str, ...]]
    decisions: Mapping[str, str]


def import_model(models: ModelSet, today: date, check: Check, only: Collection[str] = ()) -> ImportedRules:
    """The rule files that decide what the model decides. Never raises: all that is wrong is in `diagnostics`, at once.

    `dmn.check` finds no error in the models. `today` is the day from which the rules hold; `check` tells what is wrong
    with rule files that read well. `only` names elements of the main model: these are imported, with all that they
    require.
    """
    sink = BoundedSink()
    lowered = lower(models, sink, only)
    if has_errors(sink.in_order()):
        return ImportedRules({}, sink.sorted(), {}, {})
    main = models.main
    place = Place(main.path, 1, 1, 2)
    mapped = rule_files(lowered, main.name, place, today)
    texts = {path: "".join(line.text + "\n" for line in lines) for path, lines in mapped.items()}
    files = {path: format_text(path, text) for path, text in texts.items()}
    reading = read({path: text.encode() for path, text in files.items()})
    found = list(reading.diagnostics)
    if reading.ruleset is not None:
        # What reads as something else than was meant has diagnostics that mean nothing to whoever reads them.
        found.extend(list(_misread(lowered, reading.ruleset)) or check(reading.ruleset))
    diagnostics = sort([*sink.in_order(), *(_located(one, mapped, files, place) for one in found)])
    if has_errors(diagnostics):
        return ImportedRules({}, diagnostics, {}, {})
    facts = {fact.name: fact.path for fact in lowered.symbols.facts}
    return ImportedRules(files, diagnostics, facts, lowered.main_names)


def _located(
    found: Diagnostic, mapped: Mapping[str, MappedFile], files: Mapping[str, str], otherwise: Place
) -> Diagnostic:
    """The diagnostic with places in the model, by the source map of the files; `otherwise` for lines beyond it."""

    def moved(place: Place) -> Place:
        lines = mapped.get(place.path)
        if lines is None:
            # The place is one of the model already.
            return place
        if place.line > len(lines):
            return otherwise
        line = lines[place.line - 1]
        if not line.cells:
            return line.place
        return _cell(files[place.path].split("\n")[place.line - 1], place.column, line.cells)

    return replace(found, place=moved(found.place), related=tuple(map(moved, found.related)))


def _cell(text: str, column: int, places: tuple[Place, ...]) -> Place:
    """The place that the cell at the column comes from."""
    cells = tuple(HeaderCell("", "", cell) for cell in lex_row(text, ()))
    begins = [cell.cell.origin.column for cell in cells]
    at = max((number for number, begin in enumerate(begins) if begin <= column), default=0)
    return places[min(at, len(places) - 1)]


def _misread(lowered: LoweredModel, ruleset: Ruleset) -> Iterable[Diagnostic]:
    """Decisions that read back as something else than was meant: names that FEEL takes apart, for instance."""
    for _, decisions in lowered.groups:
        for decision in decisions:
            logic = ruleset.decisions[decision.header.name].logic
            if isinstance(decision, ValueDecision):
                same = not isinstance(logic, Table) and _without_spans(logic.node) == _without_spans(decision.value)
            else:
                same = isinstance(logic, Table) and _as_read(logic) == _as_meant(decision)
            if not same:
                message = f"`{decision.header.name}` cannot be written so that it reads the same"
                advice = "names of entries with signs in them may be the cause: use letters, digits and spaces"
                yield Diagnostic(NO_RULE_LOGIC, message, decision.header.place, advice, Severity.ERROR)


def _as_read(table: Table) -> list[Any]:
    """A table of rule files as trees without spans."""
    guard = table.sections[0].guard
    rows = [
        (
            {test.fact: _without_spans(test.cell.node) for test in row.tests},
            _without_spans(row.when.node) if row.when else None,
            [_without_spans(cell.node) if cell else None for cell in row.outputs],
        )
        for row in table.rows
    ]
    default = {name: _without_spans(cell.node) for name, cell in table.default.items()}
    return [_without_spans(guard.node) if guard else None, default, *rows]


def _as_meant(decision: TableDecision) -> list[Any]:
    """A table of the intermediate representation, in the same form."""
    rows = [
        (
            {
                name: _without_spans(test)
                for name, test in zip(decision.columns, row.tests, strict=True)
                if test is not None
            },
            _without_spans(row.when) if row.when else None,
            [_without_spans(cell) if cell is not None else None for cell in row.results],
        )
        for row in decision.rows
    ]
    default = {name: _without_spans(node) for name, node in decision.default.items()}
    return [_without_spans(decision.guard) if decision.guard else None, default, *rows]


def _without_spans(part: Any) -> Any:
    """A tree as nested tuples, without its spans."""
    if isinstance(part, tuple):
        return tuple(_without_spans(item) for item in part)
    if not is_dataclass(part) or isinstance(part, type):
        return part
    kept = [_without_spans(getattr(part, f.name)) for f in fields(part) if not isinstance(getattr(part, f.name), Span)]
    return (type(part).__name__, *kept)
