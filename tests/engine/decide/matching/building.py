"""Tables made by hand: rows as cells of text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from greenlane.engine.diagnostics import Origin, Place
from greenlane.engine.feel import parse_expression, parse_unary_tests
from greenlane.engine.rules.table import Cell, Hit, OnUndetermined, Row, Section, Table, Test

PLACE = Place("table.yaml", 1, 1, 2)


@dataclass(frozen=True)
class Line:
    """A row: cells by fact, and a `when`."""

    cells: Mapping[str, str] = field(default_factory=dict)
    when: str = ""
    section: int = 0


def table(lines: Sequence[Line], guards: Sequence[str] = ("",)) -> Table:
    """A table of the rows, in sections with these guards."""
    rows = tuple(
        Row(
            id=f"R{index}",
            tests=tuple(Test(fact, tests(text)) for fact, text in line.cells.items()),
            when=expression(line.when) if line.when else None,
            outputs=(),
            asserts={},
            code=None,
            text=None,
            basis="",
            since=None,
            until=None,
            section=line.section,
            place=PLACE,
        )
        for index, line in enumerate(lines)
    )
    sections = tuple(Section(None, expression(guard) if guard else None, PLACE) for guard in guards)
    return Table(Hit.COLLECT, OnUndetermined.REFER, sections, (), {}, rows, referral=None, default={}, chained=False)


def tests(text: str) -> Cell:
    """A cell of a fact column."""
    return Cell(text, Origin("table.yaml", 1, 1), parse_unary_tests(text))


def expression(text: str) -> Cell:
    """Any other cell."""
    return Cell(text, Origin("table.yaml", 1, 1), parse_expression(text))
