"""Check of rows that can never hold, are never reached, or overlap: GL320 to GL322. Pure.

Only cells made of constants are looked at (`region.py`); of all other rows nothing is said.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

from greenlane.engine.check.region import Region, domain_of, region_of
from greenlane.engine.diagnostics import Diagnostic
from greenlane.engine.feel import ast
from greenlane.engine.rules.ruleset import Decision, Ruleset
from greenlane.engine.rules.table import Hit, Row, Table
from greenlane.engine.rules.vocabulary import FactKind


def check(ruleset: Ruleset) -> Iterator[Diagnostic]:
    """Cells that no value passes, rows masked by an earlier row, and rows of a `unique` table that can hold at once."""
    kinds = {name: fact.kind for name, fact in ruleset.vocabulary.facts.items()}
    tables = [(d, d.logic) for d in ruleset.decisions.values() if isinstance(d.logic, Table)]
    for _, table in tables:
        kinds.update({n: o.kind for n, o in table.asserted.items()})
    for decision, table in tables:
        yield from _unsatisfiable_cells(decision, table, kinds)
        if table.hit is Hit.FIRST:
            yield from _masked_rows(table)
        elif table.hit is Hit.UNIQUE:
            yield from _overlapping_rows(table)


def _unsatisfiable_cells(decision: Decision, table: Table, kinds: Mapping[str, FactKind]) -> Iterator[Diagnostic]:
    """Cells that hold for no value that the fact may have (GL320): the row can never hold."""
    kinds = {**kinds, **{p.name: p.kind for p in decision.parameters}}
    for row in table.rows:
        for test in row.tests:
            node = test.cell.node
            region = region_of(node) if isinstance(node, ast.UnaryTests) else None
            kind = kinds.get(test.fact)
            if region is None or not _same_order(region, kind):
                continue
            if region.empty or (kind is not None and region.meet(domain_of(kind)).empty):
                yield Diagnostic(
                    "GL320",
                    f"no value of `{test.fact}` passes `{test.cell.text}`, so row `{row.id}` can never hold",
                    test.cell.place,
                    _help(region, kind),
                )


def _same_order(region: Region, kind: FactKind | None) -> bool:
    """Whether both are sets of intervals or both are sets of values, so that they can be intersected."""
    return kind is None or (region.intervals is None) == (domain_of(kind).intervals is None)


def _help(region: Region, kind: FactKind | None) -> str:
    if region.empty:
        return "a range runs from its lower to its higher end, as in `[1..30]`"
    if kind is not None and kind.allowed:
        return "allowed: " + ", ".join(kind.allowed)
    if kind is not None and (kind.minimum is not None or kind.maximum is not None):
        ends = (kind.minimum is not None and f"from {kind.minimum}", kind.maximum is not None and f"to {kind.maximum}")
        return "its values run " + " ".join(e for e in ends if e)
    return ""


def _masked_rows(table: Table) -> Iterator[Diagnostic]:
    """Rows of a `first` table that are never reached, since one earlier row holds whenever they do (GL321)."""
    regions = [(row, _regions(row)) for row in table.rows]
    for index, (row, inner) in enumerate(regions):
        for earlier, outer in regions[:index]:
            if _covers(table, (earlier, outer), (row, inner)):
                yield Diagnostic(
                    "GL321",
                    f"row `{row.id}` is never reached: row `{earlier.id}` holds whenever it does",
                    row.place,
                    "put the more special row first, or remove one of them",
                    related=(earlier.place,),
                )
                break


def _covers(table: Table, outer: tuple[Row, RowRegions], inner: tuple[Row, RowRegions]) -> bool:
    """Whether the first row surely holds whenever the second one does."""
    (earlier, covering), (row, covered) = outer, inner
    unguarded = table.sections[earlier.section].guard is None or earlier.section == row.section
    if not (covering.exact and unguarded and _in_force_throughout(earlier, row)):
        return False
    return all(name in covered.regions and covered.regions[name].within(r) for name, r in covering.regions.items())


def _overlapping_rows(table: Table) -> Iterator[Diagnostic]:
    """Pairs of rows of a `unique` table with values for which both hold (GL322)."""
    regions = [(row, _regions(row)) for row in table.rows]
    for (first, one), (second, two) in combinations(regions, 2):
        guarded = first.section != second.section and any(
            table.sections[r.section].guard is not None for r in (first, second)
        )
        if one.exact and two.exact and not guarded and _in_force_together(first, second) and _intersect(one, two):
            yield Diagnostic(
                "GL322",
                f"rows `{first.id}` and `{second.id}` can hold at once, but the hit policy is `unique`",
                second.place,
                "narrow one of them, or choose another hit policy",
                related=(first.place,),
            )


def _intersect(one: RowRegions, two: RowRegions) -> bool:
    shared = one.regions.keys() & two.regions.keys()
    return all(not one.regions[name].meet(two.regions[name]).empty for name in shared)


@dataclass(frozen=True, slots=True)
class RowRegions:
    """The region of values that a row asks of each fact. `exact`: it asks for nothing else but its section's guard."""

    regions: Mapping[str, Region]
    exact: bool


def _regions(row: Row) -> RowRegions:
    """What the fact columns of the row ask for; cells that are not made of constants make it inexact."""
    regions: dict[str, Region] = {}
    exact = row.when is None
    for test in row.tests:
        region = region_of(test.cell.node) if isinstance(test.cell.node, ast.UnaryTests) else None
        if region is None:
            exact = False
        else:
            regions[test.fact] = regions[test.fact].meet(region) if test.fact in regions else region
    return RowRegions(regions, exact)


def _in_force_together(first: Row, second: Row) -> bool:
    """Whether there is a day on which both rows are in force."""
    starts = [d for d in (first.since, second.since) if d]
    ends = [d for d in (first.until, second.until) if d]
    return not starts or not ends or max(starts) <= min(ends)


def _in_force_throughout(outer: Row, inner: Row) -> bool:
    """Whether `outer` is in force on every day that `inner` is."""
    starts_first = outer.since is None or (inner.since is not None and outer.since <= inner.since)
    ends_last = outer.until is None or (inner.until is not None and inner.until <= outer.until)
    return starts_first and ends_last
