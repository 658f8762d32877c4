"""Reference tables: dated data that rules look things up in (rates, size classes, calendars)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from greenlane.engine.rules.vocabulary import FactKind, Scalar
from greenlane.engine.source import Place
from greenlane.engine.text import Text


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a reference table; a blank field of it is null, allowed only where `optional`."""

    name: str
    kind: FactKind
    optional: bool
    title: Text | None
    place: Place


@dataclass(frozen=True, slots=True)
class ReferenceTable:
    """Rows in file order. `dated_by` names the date column from which a row is known (its rows are in that order), if
    any.

    `fields` of a row are in the order of `columns`. `source` says where the data comes from, `covers` through which
    date it is known to be complete (None: no claim).
    """

    name: str
    title: Text
    source: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Scalar, ...], ...]
    dated_by: str | None
    covers: tuple[date, date] | None
    path: str
    place: Place

    def contexts(self) -> list[Mapping[str, Scalar]]:
        """The rows as FEEL contexts."""
        names = [c.name for c in self.columns]
        return [dict(zip(names, row, strict=True)) for row in self.rows]
