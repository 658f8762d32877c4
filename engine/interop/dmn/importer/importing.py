"""A DMN model to rule files, and every fault at its place in the model."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date
from typing import Any

from greenlane.engine.diagnostics import Diagnostic, Place, Severity, has_errors, sort
from greenlane.engine.feel.ast import Span
from greenlane.engine.interop.dmn.faults import Faults
from greenlane.engine.interop.dmn.importer.building import Built, build
from greenlane.engine.interop.dmn.importer.codes import LOGIC
from greenlane.engine.interop.dmn.importer.drafts import TableDraft, ValueDraft
from greenlane.engine.interop.dmn.importer.files import Page, pages_of
from greenlane.engine.interop.dmn.library import Library
from greenlane.engine.rules.files import format_text, read
from greenlane.engine.rules.files.table_text import HeaderCell, split_line
from greenlane.engine.rules.ruleset import Ruleset
from greenlane.engine.rules.table import Table

Check = Callable[[Ruleset], Iterable[Diagnostic]]


@dataclass(frozen=True, slots=True)
class Imported:
    """`files` are canonical rule files by path, none of them where `diagnostics` has an error.

    `facts` says where the value of each fact stands in the inputs of the model, `decisions` what each decision of the
    model is called now.
    """

    files: Mapping[str, str]
    diagnostics: tuple[Diagnostic, ...]
    facts: Mapping[str, tuple[str, ...]]
    decisions: Mapping[str, str]


def import_model(library: Library, today: date, check: Check, only: Collection[str] = ()) -> Imported:
    """The rule files that decide what the model decides. Never raises: all that is wrong is in `diagnostics`, at once.

    The library is one that `dmn.check` finds no error in. `today` is from when the rules hold; `check` is asked
    for faults beyond the reader's. `only` names elements of the main model: they alone are imported, with all that they
    need.
    """
    faults = Faults()
    built = build(library, faults, only)
    if has_errors(faults.found):
        return Imported({}, sort(faults.found), {}, {})
    main = library.main
    place = Place(main.path, 1, 1, 2)
    pages = pages_of(built, main.name, place, today)
    texts = {path: "".join(line.text + "\n" for line in page) for path, page in pages.items()}
    files = {path: format_text(path, text) for path, text in texts.items()}
    reading = read({path: text.encode() for path, text in files.items()})
    found = list(reading.diagnostics)
    if reading.ruleset is not None:
        # What reads as something else than was meant has faults that mean nothing to the reader.
        found.extend(list(_misread(built, reading.ruleset)) or check(reading.ruleset))
    told = sort([*faults.found, *(_located(one, pages, files, place) for one in found)])
    if has_errors(told):
        return Imported({}, told, {}, {})
    facts = {fact.name: fact.path for fact in built.glossary.facts}
    return Imported(files, told, facts, built.decisions)


def _located(fault: Diagnostic, pages: Mapping[str, Page], files: Mapping[str, str], otherwise: Place) -> Diagnostic:
    def moved(place: Place) -> Place:
        page = pages.get(place.path)
        if page is None:
            # A fault of the check that is of the model already.
            return place
        if place.line > len(page):
            return otherwise
        line = page[place.line - 1]
        if not line.cells:
            return line.place
        return _cell(files[place.path].split("\n")[place.line - 1], place.column, line.cells)

    return replace(fault, place=moved(fault.place), related=tuple(map(moved, fault.related)))


def _cell(text: str, column: int, places: tuple[Place, ...]) -> Place:
    """The place that the cell at the column comes from."""
    header = tuple(HeaderCell("", "", cell) for cell in split_line(text, ()))
    begins = [cell.cell.origin.column for cell in header]
    at = max((number for number, begin in enumerate(begins) if begin <= column), default=0)
    return places[min(at, len(places) - 1)]


def _misread(built: Built, ruleset: Ruleset) -> Iterable[Diagnostic]:
    """Decisions that read back as something else than was meant: names that FEEL takes apart, for instance."""
    for _, drafts in built.groups:
        for draft in drafts:
            logic = ruleset.decisions[draft.heading.name].logic
            if isinstance(draft, ValueDraft):
                same = not isinstance(logic, Table) and _bare(logic.node) == _bare(draft.value)
            else:
                same = isinstance(logic, Table) and _read(logic) == _meant(draft)
            if not same:
                message = f"`{draft.heading.name}` cannot be written so that it reads the same"
                advice = "names of entries with signs in them may be the cause: use letters, digits and spaces"
                yield Diagnostic(LOGIC, message, draft.heading.place, advice, Severity.ERROR)


def _read(table: Table) -> list[Any]:
    """What a table says, as trees without places."""
    guard = table.sections[0].guard
    rows = [
        (
            {test.fact: _bare(test.cell.node) for test in row.tests},
            _bare(row.when.node) if row.when else None,
            [_bare(cell.node) if cell else None for cell in row.outputs],
        )
        for row in table.rows
    ]
    default = {name: _bare(cell.node) for name, cell in table.default.items()}
    return [_bare(guard.node) if guard else None, default, *rows]


def _meant(draft: TableDraft) -> list[Any]:
    """What the table was to say, in the same form."""
    rows = [
        (
            {name: _bare(test) for name, test in zip(draft.columns, row.tests, strict=True) if test is not None},
            _bare(row.when) if row.when else None,
            [_bare(cell) if cell is not None else None for cell in row.results],
        )
        for row in draft.rows
    ]
    default = {name: _bare(node) for name, node in draft.default.items()}
    return [_bare(draft.guard) if draft.guard else None, default, *rows]


def _bare(part: Any) -> Any:
    """A tree without places."""
    if isinstance(part, tuple):
        return tuple(_bare(item) for item in part)
    if not is_dataclass(part) or isinstance(part, type):
        return part
    kept = [_bare(getattr(part, f.name)) for f in fields(part) if not isinstance(getattr(part, f.name), Span)]
    return (type(part).__name__, *kept)
